"""How the rows of a table get into a database: worked out once, where SQLAlchemy would do it for each row."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Insert, String, Table, insert
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import StatementError

Row = Mapping[str, Any]

LATEST_ROW_COUNTS = "latest_row_counts"
"""In the ``info`` of a table whose rows take the place of those with their key; others are written once."""


class Inserting:
    """The INSERT of a table in a dialect, and what makes parameters of a row.

    What a row does not have is null. Texts become such as every database can take: Unicode, without NUL, not
    longer than the column.
    """

    def __init__(self, table: Table, dialect: Dialect) -> None:
        compiled = _statement(table, dialect).compile(dialect=dialect)
        self._statement = str(compiled)
        self._by_name = not compiled.positional
        self._names = [column.name for column in table.c]
        self._texts = [
            (place, column.type.length or sys.maxsize)
            for place, column in enumerate(table.c)
            if isinstance(column.type, String)
        ]
        processors = (column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.c)
        self._processors = [(place, one) for place, one in enumerate(processors) if one is not None]

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Raises StatementError."""
        parameters = [self._parameters(row) for row in rows]
        if self._by_name:
            connection.exec_driver_sql(
                self._statement, [dict(zip(self._names, each, strict=True)) for each in parameters]
            )
        else:
            connection.exec_driver_sql(self._statement, parameters)

    def _parameters(self, row: Row) -> tuple[Any, ...]:
        values = list(map(row.get, self._names))
        try:
            for place, limit in self._texts:
                text = values[place]
                if text is not None and not (
                    # as most are; members of an enumeration become texts first
                    type(text) is str and text.isascii() and len(text) <= limit and "\0" not in text
                ):
                    values[place] = _fit(text, limit)
            for place, process in self._processors:
                values[place] = process(values[place])
        except (AttributeError, TypeError, ValueError) as error:
            raise StatementError(str(error), self._statement, None, error) from error
        return tuple(values)


def _fit(text: str, limit: int) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "")[:limit]


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
