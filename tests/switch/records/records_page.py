"""Writes docs/records.md from the tables, so that the page cannot disagree with the database.

python -m tests.switch.records.records_page
"""

from pathlib import Path

from sqlalchemy import Boolean, Column, Float, Integer, String, Table, Text

import acd.service
import ivr.service
from ivr.config import IvrConfig
from ivr.editions import FlowSet
from runtime.clock import ManualClock
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.access.records import Operations
from switch.alarms.records import AlarmRecords
from switch.archive.catalogue.projections import RecordingParties, Recordings
from switch.records.call_records import CallRecords
from switch.records.columns import Stamp
from switch.records.number_entries import NumberEntries
from switch.records.projection import Projection
from switch.records.recording_changes import RecordingChanges
from switch.records.schema import journal_cursor
from tests.ivr.scripted_caller import world_of

PAGE = Path(__file__).parents[3] / "docs" / "records.md"

_HEAD = """\
# Records

The tables in the database that `records.database` names. They are made from
[the journal](verbs.md#the-journal) and from nothing else; a row is written once and does not change,
but those of `number_entries`, `alarms`, `callbacks`, `items` and `messages`.
`ringmain records` and `ringmain recordings` read them, and so may any program: SQLite's file can be read
while the switch runs.

**Units.** Columns that end in `_ms` are milliseconds, in `_bytes` bytes. `duration`, `billsec` and `waitsec`
are whole seconds, rounded down; `talk_ms` is rounded to the nearest millisecond. Moments are UTC, with
microseconds. Those of `call_records` come from the machine's clock: where that is set back during a call,
durations are 0 and not less.

**Texts** that are longer than their column are cut off.

This page is made from the source by `python -m tests.switch.records.records_page`.
"""


def _submit(command: Command) -> None:
    raise AssertionError(f"nobody should ask for {command}")


PROJECTIONS: list[Projection] = [
    CallRecords(),
    NumberEntries(),
    (RECORDINGS := Recordings()),
    RecordingParties(RECORDINGS),
    RecordingChanges(),
    AlarmRecords(),
    Operations(),
    *acd.service.build([], [], {}, SeededIds(), _submit, ManualClock()).projections,
    *ivr.service.build(IvrConfig(), FlowSet.of({}), SeededIds(), world_of()).application.projections,
]
TABLES = [*(projection.table for projection in PROJECTIONS), journal_cursor]


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *map(_table, TABLES)])


def _table(table: Table) -> str:
    rows = (f"| `{column.name}` | {_type(column)} | {_meaning(column)} |" for column in table.columns)
    head = [f"## `{table.name}`", "", str(table.comment), "", "| column | type | meaning |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _type(column: Column[object]) -> str:
    return _words(column) + (", key" if column.primary_key else ", or null" if column.nullable else "")


def _meaning(column: Column[object]) -> str:
    return (column.comment or "").replace("<", "&lt;")


def _words(column: Column[object]) -> str:
    match column.type:
        case Text():
            return "text"
        case String(length=length):
            return f"text up to {length}"
        case Boolean():
            return "true or false"
        case Integer():
            return "whole number"
        case Float():
            return "number"
        case Stamp():
            return "moment"
    raise TypeError(f"{column.type!r} has no words yet")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
