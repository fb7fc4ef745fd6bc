"""The tables of all records together, as each kind of database would make them."""

from typing import Any

import pytest
from sqlalchemy import Table, create_mock_engine

from tests.switch.records.records_page import TABLES


def statements(table: Table, database: str) -> list[str]:
    """What would be sent to a database to make the table, its indexes and comments."""
    sent: list[str] = []

    def send(statement: Any, *_: Any, **__: Any) -> None:
        sent.append(str(statement.compile(dialect=engine.dialect)))

    engine = create_mock_engine(f"{database}://", send)
    table.create(engine, checkfirst=False)
    return sent


@pytest.mark.parametrize("database", ["sqlite", "postgresql", "mysql"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_database_can_make_every_table(table: Table, database: str) -> None:
    made, *others = (" ".join(each.split()) for each in statements(table, database))
    assert made.startswith(f"CREATE TABLE {table.name} ")
    assert sum(other.startswith("CREATE INDEX ") for other in others) == len(table.indexes)
    # Keys come from the journal: one the database makes up would be another after reading it again.
    assert "SERIAL" not in made
    assert "AUTO_INCREMENT" not in made
