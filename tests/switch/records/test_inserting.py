"""Rows as they are handed to the driver of a database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from sqlalchemy import Boolean, Column, Connection, Dialect, Integer, MetaData, String, Table, create_engine
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import StatementError

from switch.causes import Cause
from switch.records.columns import Stamp
from switch.records.inserting import LATEST_ROW_COUNTS, Inserting

TABLE = Table(
    "things",
    MetaData(),
    Column("thing_id", String(8), primary_key=True),
    Column("at", Stamp),
    Column("good", Boolean),
    Column("count", Integer),
    Column("text", String(30)),
)
AT = datetime(2026, 11, 22, 22, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=8)))
ROW = {"thing_id": "客户-5f0c", "at": AT, "good": True, "count": 3, "text": Cause.NORMAL_CLEARING}


class Listening:
    """A connection that keeps what it is given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Any]] = []

    def exec_driver_sql(self, statement: str, parameters: Any) -> None:
        self.given.append((statement, parameters))


def given(dialect: Dialect, row: dict[str, Any]) -> tuple[str, Any]:
    connection = Listening()
    Inserting(TABLE, dialect).write(cast(Connection, connection), [row])
    ((statement, (parameters,)),) = connection.given
    return statement, parameters


@pytest.fixture
def connection() -> Iterator[Connection]:
    with create_engine("sqlite://").begin() as connection:
        TABLE.create(connection)
        yield connection


def test_a_row_reads_back_as_it_was_written_and_what_it_does_not_have_is_null(connection: Connection) -> None:
    inserting = Inserting(TABLE, connection.dialect)
    inserting.write(connection, [ROW, {"thing_id": "other"}, ROW | {"count": 4}])
    one, other = connection.execute(TABLE.select().order_by(TABLE.c.thing_id.desc())).mappings()
    assert one == {**ROW, "at": AT.astimezone(UTC), "text": "NORMAL_CLEARING"}
    assert other == {"thing_id": "other", "at": None, "good": None, "count": None, "text": None}


def test_rows_with_the_same_columns_are_handed_over_together_without_what_they_do_not_have() -> None:
    connection = Listening()
    rows: list[dict[str, Any]] = [
        {"thing_id": "one", "at": None, "count": 1},
        {"count": 2, "thing_id": "two", "good": False},
        {"thing_id": "three", "count": 3, "text": None},
    ]
    Inserting(TABLE, mysql.dialect()).write(cast(Connection, connection), rows)
    assert [parameters for _, parameters in connection.given] == [
        [("one", 1), ("three", 3)],
        [("two", False, 2)],
    ]
    assert [statement.count("%s") for statement, _ in connection.given] == [2, 3]


def test_where_the_latest_row_counts_it_takes_back_what_the_one_before_had(connection: Connection) -> None:
    latest = Table("latest", MetaData(), *(each._copy() for each in TABLE.c), info={LATEST_ROW_COUNTS: True})
    latest.create(connection)
    first = {"thing_id": "one", "count": 1, "text": "first"}
    rows = [first, {"thing_id": "two", "count": 2}, {"thing_id": "one", "good": True}]
    inserting = Inserting(latest, connection.dialect)
    inserting.write(connection, rows)
    one, two = connection.execute(latest.select().order_by(latest.c.thing_id)).mappings()
    assert one == {"thing_id": "one", "at": None, "good": True, "count": None, "text": None}
    assert two == {"thing_id": "two", "at": None, "good": None, "count": 2, "text": None}
    inserting.write(connection, [{"thing_id": "two", "text": "no count"}, first])
    one, two = connection.execute(latest.select().order_by(latest.c.thing_id)).mappings()
    assert one == {"thing_id": "one", "at": None, "good": None, "count": 1, "text": "first"}
    assert two == {"thing_id": "two", "at": None, "good": None, "count": None, "text": "no count"}


def test_drivers_that_take_parameters_by_name_get_them_so() -> None:
    statement, parameters = given(postgresql.dialect(), ROW)  # type: ignore[no-untyped-call]
    assert parameters == {**ROW, "at": AT.astimezone(UTC)}
    assert all(f"%({name})s" in statement for name in ROW)


def test_drivers_that_take_them_by_place_get_them_in_the_order_of_the_columns() -> None:
    statement, parameters = given(mysql.dialect(), ROW)
    assert statement.count("%s") == len(parameters) == 5
    assert parameters[0] == "客户-5f0c"
    assert parameters[3:] == (3, "NORMAL_CLEARING")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("x" * 31, "x" * 30), ("a\0b", "ab"), ("\udc80", "\\udc80"), ("客" * 31, "客" * 30)],
    ids=["too long", "NUL", "a lone surrogate", "too long, in Chinese"],
)
def test_a_text_becomes_one_that_every_database_takes(connection: Connection, text: str, kept: str) -> None:
    Inserting(TABLE, connection.dialect).write(connection, [ROW | {"text": text}])
    assert connection.execute(TABLE.select()).mappings().one()["text"] == kept


def test_a_text_that_must_be_made_fit_leaves_the_others_of_its_column_as_they_are(
    connection: Connection,
) -> None:
    texts = ["客户", "a\0b", "\udc80", "", Cause.USER_BUSY, None]
    rows = [ROW | {"thing_id": str(place), "text": text} for place, text in enumerate(texts)]
    Inserting(TABLE, connection.dialect).write(connection, rows)
    kept = connection.execute(TABLE.select().order_by(TABLE.c.thing_id)).mappings()
    assert [row["text"] for row in kept] == ["客户", "ab", "\\udc80", "", "USER_BUSY", None]


@pytest.mark.parametrize("wrong", [{"at": "yesterday"}, {"text": 7}], ids=str)
def test_a_value_that_is_none_of_its_column_is_an_objection_to_the_row(
    connection: Connection, wrong: dict[str, object]
) -> None:
    with pytest.raises(StatementError):
        Inserting(TABLE, connection.dialect).write(connection, [ROW | wrong])
