"""Which version made a database: no row is written into tables that mean something else.

A database of another version need not be converted, since everything in it comes from the journal.
"""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, inspect

from switch.records.errors import OtherSchema
from switch.records.inserting import LATEST_ROW_COUNTS

journal_cursor = Table(
    "journal_cursor",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False, comment="always 1"),
    Column("next_sequence", BigInteger, nullable=False, comment="where to go on reading the journal"),
    comment="The place in the journal from which records that are not complete still need it.",
    info={LATEST_ROW_COUNTS: True},
)

_CALLS_BEFORE = Table("call_records", MetaData(), Column("sip_call_id", String(255), index=True))
"""Had an index that nobody asked, and into which each call had to be put."""

_BESIDE = ("-shm", "-wal", "")
"""The ends of the names of SQLite's files. The database comes last: while it is there, moving is not done."""


def make_tables(connection: Connection, tables: Sequence[Table]) -> None:
    """Make the tables that are missing. Raises OtherSchema when one that is there lacks a column."""
    for table in tables:
        table.create(connection, checkfirst=True)
        there = {column["name"] for column in inspect(connection).get_columns(table.name)}
        if missing := [column.name for column in table.columns if column.name not in there]:
            raise OtherSchema(
                f"table {table.name} has no column {', '.join(missing)}: another version made it; "
                "move the database aside; it is filled again from the journal"
            )
    if connection.dialect.name == "sqlite" and _number_in(connection) != _number_of(tables):
        connection.exec_driver_sql(f"PRAGMA user_version = {_number_of(tables)}")


def drop_unused_indexes(connection: Connection) -> None:
    """Take away what an earlier version made and nobody asks any more; none of it need be gone."""
    for index in _CALLS_BEFORE.indexes:
        index.drop(connection, checkfirst=True)


def made_by_another_version(connection: Connection, tables: Sequence[Table]) -> bool:
    """Whether an SQLite file is ours, but of another version."""
    return inspect(connection).has_table(journal_cursor.name) and _number_in(connection) != _number_of(tables)


def move_aside(file: Path) -> Path:
    """Rename an SQLite database that nobody has open here to the first free ``<name>.<n>``."""
    number = 1
    while (kept := file.with_name(f"{file.name}.{number}")).exists():
        number += 1
    for end in _BESIDE:
        part = file.with_name(file.name + end)
        if part.exists():
            part.rename(kept.with_name(kept.name + end))
    return kept


def _number_in(connection: Connection) -> int:
    number: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return number


def _number_of(tables: Sequence[Table]) -> int:
    """A number that changes with every column, so that nobody need remember to count it up; 31 bits."""
    columns = [
        (table.name, column.name, str(column.type), column.nullable)
        for table in tables
        for column in table.columns
    ]
    return crc32(repr(sorted(columns)).encode()) & 0x7FFF_FFFF
