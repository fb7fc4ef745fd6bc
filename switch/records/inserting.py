"""How the rows of a table get into a database: worked out once, where SQLAlchemy would do it for each row."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import compress
from typing import Any, cast

from sqlalchemy import Column, Connection, Dialect, Insert, String, Table, insert
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import StatementError

Row = Mapping[str, Any]
Values = tuple[Any, ...]
Kinds = tuple[type, ...]

_NULL = type(None)
_ANYTHING = object

LATEST_ROW_COUNTS = "latest_row_counts"
"""In the ``info`` of a table whose rows take the place of those with their key; others are written once."""


class Inserting:
    """Puts rows into a table of a database. What a row does not have is null.

    Most columns of most rows are, and drivers take long to hand over a null: so rows are written together
    with those whose values are of the same kinds. Where the latest row counts they keep their order.
    """

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self._table = table
        self._dialect = dialect
        self._names = [column.name for column in table.c]
        self._inserts: dict[Kinds, _Insert] = {}

    def write(self, connection: Connection, rows: Iterable[Row]) -> None:
        """Raises StatementError."""
        for kinds, some in self._by_kinds(rows).items():
            insert = self._inserts.get(kinds)
            if insert is None:
                insert = self._inserts[kinds] = _Insert(self._table, kinds, self._dialect)
            insert.write(connection, some)

    def _by_kinds(self, rows: Iterable[Row]) -> Mapping[Kinds, list[Values]]:
        """The values of all columns, by their kinds."""
        every = [tuple(map(row.get, self._names)) for row in rows]
        if LATEST_ROW_COUNTS in self._table.info:
            return {(_ANYTHING,) * len(self._names): every}
        found: defaultdict[Kinds, list[Values]] = defaultdict(list)
        for values in every:
            found[tuple(map(type, values))].append(values)
        return found


class _Insert:
    """Puts rows into a table but for the columns that are null, by a statement made once for its dialect.

    Texts are made such as every database and its driver take: members of enumerations plain, UTF-8, without
    NUL, not longer than the column. A column is gone through at once for all rows, since that takes half as
    long as row by row.
    """

    def __init__(self, table: Table, kinds: Kinds, dialect: Dialect) -> None:
        self._known = [kind is not _NULL for kind in kinds]
        columns = list(compress(table.c, self._known))
        self._names = [column.name for column in columns]
        compiled = _statement(table, dialect).compile(dialect=dialect, column_keys=self._names)
        self._statement = str(compiled)
        self._by_name = not compiled.positional
        self._preparations = [
            _preparation(column, kind, dialect)
            for column, kind in zip(columns, compress(kinds, self._known), strict=True)
        ]

    def write(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Raises StatementError."""
        columns = compress(zip(*rows, strict=True), self._known)
        try:
            prepared = [prepare(column) for prepare, column in zip(self._preparations, columns, strict=True)]
            parameters: list[Any] = list(zip(*prepared, strict=True))
        except (AttributeError, TypeError, ValueError) as error:
            raise StatementError(str(error), self._statement, None, error) from error
        if self._by_name:
            parameters = [dict(zip(self._names, each, strict=True)) for each in parameters]
        connection.exec_driver_sql(self._statement, parameters)


def _preparation(column: Column[Any], kind: type, dialect: Dialect) -> Callable[[Values], Iterable[Any]]:
    """Makes the values of a column, all of a kind, such as the driver takes."""
    if isinstance(column.type, String):
        fit = _fit_plain if kind is str else _fit_all
        return partial(fit, limit=column.type.length or sys.maxsize)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return iter if process is None else partial(map, process)


def _fit_plain(texts: Values, limit: int) -> Iterable[str | None]:
    """Most fit as they are."""
    together = "".join(texts)
    as_they_are = "\0" not in together and max(map(len, texts)) <= limit and _has_utf8(together)
    return texts if as_they_are else _fit_all(texts, limit)


def _fit_all(texts: Values, limit: int) -> Iterable[str | None]:
    return [None if text is None else _fit(text, limit) for text in texts]


def _fit(text: str, limit: int) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "")[:limit]


def _has_utf8(text: str) -> bool:
    """Lone surrogates, which stand for octets of SIP that were no UTF-8, have none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _statement(table: Table, dialect: Dialect) -> Insert:
    statement_for = _insert_or_replace if LATEST_ROW_COUNTS in table.info else _insert_new
    return statement_for(table, dialect)


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
