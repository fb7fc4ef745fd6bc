"""The demonstration's tables for people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sipp_scenarios.demo.checks import Check
from switch.records.projection import JournalEntry

_SAID_ELSEWHERE = {"call_id", "contact_id", "sip_call_id"}
"""The same in every line of one call."""


def show_events(console: Console, events: Sequence[JournalEntry]) -> None:
    """Every event of the call, with its time since the first."""
    table = Table("time", "after", "event", "facts", title="Events", title_justify="left")
    start = events[0].time if events else 0.0
    for entry in events:
        moment = datetime.fromtimestamp(entry.time, UTC).astimezone()
        after = f"{entry.time - start:.3f}"
        table.add_row(f"{moment:%H:%M:%S.%f}"[:-3], after, entry.topic, _facts(entry.fields))
    console.print(table)


def show_record(console: Console, record: Mapping[str, Any]) -> None:
    """The call record, a line a column."""
    table = Table("column", "value", title="Call record", title_justify="left")
    for name, value in record.items():
        table.add_row(name, "" if value is None else str(value))
    console.print(table)


def show_checks(console: Console, checks: Iterable[Check]) -> None:
    """What was compared, and how it came out."""
    table = Table("", "check", "found", title="Checks", title_justify="left")
    for check in checks:
        mark = Text("ok", "green") if check.good else Text("WRONG", "bold red")
        table.add_row(mark, check.question, check.found)
    console.print(table)


def _facts(fields: Mapping[str, Any]) -> str:
    facts = {name: value for name, value in fields.items() if name not in _SAID_ELSEWHERE}
    return "  ".join(f"{name}={value}" for name, value in facts.items() if value not in (None, ""))
