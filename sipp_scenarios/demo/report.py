"""The demonstration's tables for people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.brief import brief_fields
from sipp_scenarios.demo.checks import Check
from switch.records.projection import JournalEntry

_LEFT_OUT = {"call_id", "contact_id", "sip_call_id", "sdp", "path", "sha256"}
"""The same in every line of one call, too long for a line, or told below."""


def show_events(console: Console, events: Sequence[JournalEntry]) -> None:
    """Every event of the call, with its time since the first."""
    table = _table("Events", "time", "after", "event", "facts")
    start = events[0].time if events else 0.0
    for entry in events:
        moment = datetime.fromtimestamp(entry.time, UTC).astimezone()
        after = f"{entry.time - start:.3f} s"
        facts = "  ".join(f"{name}={value}" for name, value in brief_fields(entry.fields, _LEFT_OUT).items())
        table.add_row(f"{moment:%H:%M:%S.%f}"[:-3], after, entry.topic, facts)
    console.print(table)


def show_record(console: Console, record: Mapping[str, Any]) -> None:
    """The call record, a line a column."""
    table = _table("Call record", "column", "value")
    for name, value in record.items():
        table.add_row(name, "" if value is None else str(value))
    console.print(table)


def show_checks(console: Console, checks: Iterable[Check]) -> None:
    """What was compared, and how it came out."""
    table = _table("Checks", "", "check", "found")
    for check in checks:
        mark = Text("ok", "green") if check.good else Text("WRONG", "bold red")
        table.add_row(mark, check.question, check.found)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
