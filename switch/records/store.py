"""The tables of the records in a database: made when missing, written once whatever is written twice."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Insert,
    String,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from switch.records.events import DatabaseMovedAside, Report
from switch.records.schema import journal_cursor, made_by_another_version, make_tables, move_aside

log = structlog.get_logger(__name__)

Row = Mapping[str, Any]

_LOCK_PATIENCE_S = 5
LATEST_ROW_COUNTS = "latest_row_counts"
"""In the ``info`` of a table whose rows take the place of those with their key; others are written once."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row the database does not take, whatever else it takes."""

    table: str
    key: str
    reason: str


class RecordStore:
    """Rows together with the place in the journal they came from.

    Methods raise SQLAlchemyError, OSError or OtherSchema when the database is out of order.
    """

    def __init__(self, url: str, tables: Iterable[Table], report: Report = lambda event: None) -> None:
        self._tables = (*tables, journal_cursor)
        self._report = report
        self._engine = _engine(url)
        self._file = _sqlite_file(self._engine)
        self._inode: int | None = None

    def open(self) -> int:
        """Connect anew, make what is missing; return the sequence from which the journal is still needed."""
        self._engine.dispose()
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._move_aside_what_another_version_made(self._file)
        with self._engine.begin() as connection:
            make_tables(connection, self._tables)
            next_sequence: int | None = connection.execute(select(journal_cursor.c.next_sequence)).scalar()
        self._inode = _inode(self._file)
        return next_sequence or 1

    def _move_aside_what_another_version_made(self, file: Path) -> None:
        with self._engine.connect() as connection:
            other = made_by_another_version(connection, self._tables)
        if other:
            self._engine.dispose()
            kept = move_aside(file)
            log.warning("database of another version moved aside", path=str(file), moved_to=str(kept))
            self._report(DatabaseMovedAside(path=str(file), moved_to=str(kept)))

    def write(self, rows: Mapping[Table, list[Row]], next_sequence: int) -> list[RejectedRow]:
        """Write rows and the place in the journal in one transaction.

        When the database objects to what a row holds, the rows are written one by one, and those it objects
        to are returned.
        """
        if _inode(self._file) != self._inode:  # SQLite would go on writing into a file that nobody can see
            raise FileNotFoundError(f"{self._file} was removed or replaced")
        try:
            with self._engine.begin() as connection:
                for table, some in rows.items():
                    connection.execute(_insert(table, connection.dialect), _fitted(table, some))
                _move_cursor(connection, next_sequence)
        except StatementError as error:
            if not _objects_to_content(error):
                raise
            return self._write_singly(rows, next_sequence)
        return []

    def _write_singly(self, rows: Mapping[Table, list[Row]], next_sequence: int) -> list[RejectedRow]:
        rejected = []
        for table, some in rows.items():
            for row in some:
                try:
                    with self._engine.begin() as connection:
                        connection.execute(_insert(table, connection.dialect), _fitted(table, [row]))
                except StatementError as error:
                    if not _objects_to_content(error):
                        raise
                    rejected.append(RejectedRow(table.name, _key(table, row), str(error.orig)))
        with self._engine.begin() as connection:
            _move_cursor(connection, next_sequence)
        return rejected

    def close(self) -> None:
        self._engine.dispose()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=1, pool_pre_ping=True)
    engine = create_engine(url, pool_size=1, connect_args={"timeout": _LOCK_PATIENCE_S})

    @event.listens_for(engine, "connect")
    def let_readers_read_while_we_write(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def _sqlite_file(engine: Engine) -> Path | None:
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    return Path(engine.url.database)


def _inode(file: Path | None) -> int | None:
    return file.stat().st_ino if file is not None and file.exists() else None


def _insert(table: Table, dialect: Dialect) -> Insert:
    insert_for = _insert_or_replace if LATEST_ROW_COUNTS in table.info else _insert_new
    return insert_for(table, dialect)


def _insert_or_replace(table: Table, dialect: Dialect) -> Insert:
    """INSERT that changes the row whose key is there already."""
    values = [column.name for column in table.c if not column.primary_key]
    if dialect.name not in ("sqlite", "postgresql"):
        for_mysql = mysql.insert(table)
        changes = {name: for_mysql.inserted[name] for name in values}
        return cast(Insert, for_mysql.on_duplicate_key_update(changes))
    new = (sqlite if dialect.name == "sqlite" else postgresql).insert(table)
    changes = {name: new.excluded[name] for name in values}
    return cast(Insert, new.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes))


def _insert_new(table: Table, dialect: Dialect) -> Insert:
    """INSERT that passes over rows whose key is there already."""
    match dialect.name:
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
    return insert(table).prefix_with("IGNORE")  # MySQL and MariaDB


def _move_cursor(connection: Connection, next_sequence: int) -> None:
    moved = connection.execute(update(journal_cursor).values(next_sequence=next_sequence))
    if moved.rowcount == 0:
        connection.execute(insert(journal_cursor).values(id=1, next_sequence=next_sequence))


def _objects_to_content(error: StatementError) -> bool:
    """Whether it is the row that is wrong, and not the database that is out of order."""
    return isinstance(error, DataError | IntegrityError) or not isinstance(error, DBAPIError)


def _fitted(table: Table, rows: list[Row]) -> list[dict[str, Any]]:
    """Rows whose texts every database can take: Unicode, without NUL, not longer than the column."""
    texts = [
        (column.name, column.type.length or sys.maxsize)
        for column in table.c
        if isinstance(column.type, String)
    ]
    fitted = [dict(row) for row in rows]
    for row in fitted:
        for name, limit in texts:
            text = row.get(name)
            if text is not None and not _fits(text, limit):
                row[name] = _fit(text, limit)
    return fitted


def _fits(text: str, limit: int) -> bool:
    """Whether a text may stay as it is, as most do; members of an enumeration become texts first."""
    return type(text) is str and text.isascii() and len(text) <= limit and "\0" not in text


def _fit(text: str, limit: int) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "")[:limit]


def _key(table: Table, row: Row) -> str:
    return ", ".join(str(row.get(column.name)) for column in table.primary_key)
