"""The tables of all records together, as each kind of database would make them."""

from typing import Any

import pytest
from sqlalchemy import Table, create_mock_engine

import acd.service
import ivr.service
from ivr.config import IvrConfig
from runtime.clock import ManualClock
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.records.call_records import CallRecords
from switch.records.projection import Projection
from switch.records.recordings import Recordings


def _submit(command: Command) -> None:
    raise AssertionError(f"nobody should ask for {command}")


PROJECTIONS: list[Projection] = [
    CallRecords(),
    Recordings(),
    *acd.service.build([], [], (), SeededIds(), _submit, ManualClock()).projections,
    *ivr.service.build(IvrConfig(), {}, SeededIds()).projections,
]
TABLES = [projection.table for projection in PROJECTIONS]


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
