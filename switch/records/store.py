"""The tables of the records in a database: made when missing, written once whatever is written twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine, Table, create_engine, event, make_url, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from switch.records.events import DatabaseMovedAside, Report
from switch.records.inserting import Inserting, Row
from switch.records.schema import (
    drop_unused_indexes,
    journal_cursor,
    made_by_another_version,
    make_tables,
    move_aside,
)

log = structlog.get_logger(__name__)

_LOCK_PATIENCE_S = 5


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
        self._inserting: dict[Table, Inserting] = {}
        """Of the dialect that the database was found to speak."""

    def open(self) -> int:
        """Connect anew, make what is missing; return the sequence from which the journal is still needed."""
        self._engine.dispose()
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._move_aside_what_another_version_made(self._file)
        with self._engine.begin() as connection:
            make_tables(connection, self._tables)
            self._inserting = {table: Inserting(table, connection.dialect) for table in self._tables}
            next_sequence: int | None = connection.execute(select(journal_cursor.c.next_sequence)).scalar()
        self._drop_unused_indexes()
        self._inode = _inode(self._file)
        return next_sequence or 1

    def _drop_unused_indexes(self) -> None:
        """Rows are written all the same where we have not the right to."""
        try:
            with self._engine.begin() as connection:
                drop_unused_indexes(connection)
        except DBAPIError as error:
            log.warning("an index that is not used any more stays in the database", reason=str(error.orig))

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
        rows = {**rows, journal_cursor: [{"id": 1, "next_sequence": next_sequence}]}
        try:
            with self._engine.begin() as connection:
                for table, some in rows.items():
                    self._inserting[table].write(connection, some)
        except StatementError as error:
            if not _objects_to_content(error):
                raise
            return self._write_singly(rows)
        return []

    def _write_singly(self, rows: Mapping[Table, list[Row]]) -> list[RejectedRow]:
        rejected = []
        for table, some in rows.items():
            for row in some:
                try:
                    with self._engine.begin() as connection:
                        self._inserting[table].write(connection, [row])
                except StatementError as error:
                    if not _objects_to_content(error):
                        raise
                    rejected.append(RejectedRow(table.name, _key(table, row), str(error.orig)))
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


def _objects_to_content(error: StatementError) -> bool:
    """Whether it is the row that is wrong, and not the database that is out of order."""
    return isinstance(error, DataError | IntegrityError) or not isinstance(error, DBAPIError)


def _key(table: Table, row: Row) -> str:
    return ", ".join(str(row.get(column.name)) for column in table.primary_key)
