"""``ringmain queues entries`` and ``totals``: who came to queues before, from the database."""

from datetime import UTC, timedelta
from typing import Annotated, Any

import typer

from cli.options import ConfigOption, JsonOption, LimitOption, record_reader
from cli.output import duration, minute, print_json
from cli.table import print_table
from runtime.clock import local_now

QueueArgument = Annotated[str | None, typer.Argument(help="The queue's name; all when left out.")]
MediumOption = Annotated[
    str | None, typer.Option("--medium", "-m", help="Only voice, chat, mail or another.")
]
HoursOption = Annotated[float, typer.Option("--hours", min=0.1, help="Who came in so many hours until now.")]


def list_entries(
    queue: QueueArgument = None,
    medium: MediumOption = None,
    limit: LimitOption = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the latest who came to queues and are gone, newest first."""
    from acd.records import latest_entries  # loads the database's library

    found = latest_entries(record_reader(config), queue, medium, limit)
    if as_json:
        print_json(found)
        return
    columns = ("came", "queue", "medium", "outcome", "wait#", "talk#", "offers#", "agent", "call")
    print_table("queue entries", columns, (_entry_row(row) for row in found), ("call", "queue", "agent"))


def show_totals(
    queue: QueueArgument = None,
    medium: MediumOption = None,
    hours: HoursOption = 24.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell who came, was served and gave up, by queue and medium."""
    since = local_now().astimezone(UTC) - timedelta(hours=hours)
    from acd.records import totals_since  # loads the database's library

    found = totals_since(record_reader(config), since, queue, medium)
    if as_json:
        print_json(found)
        return
    columns = ("queue", "medium", "came#", "served#", "abandoned#", "wait#", "longest#", "talk#")
    print_table(f"the last {hours:g} h", columns, (_total_row(row) for row in found), ("queue",))


def _entry_row(row: Any) -> tuple[object, ...]:
    return (
        minute(row["joined_at"]),
        row["queue"],
        row["medium"],
        row["outcome"],
        _time(row["wait_ms"]),
        _time(row["talk_ms"]),
        row["offers"],
        row["agent"],
        row["call_id"],
    )


def _total_row(row: Any) -> tuple[object, ...]:
    times = (_time(row[name]) for name in ("wait_ms", "longest_wait_ms", "talk_ms"))
    return (row["queue"], row["medium"], row["came"], row["served"], row["abandoned"], *times)


def _time(ms: float | None) -> str | None:
    return None if ms is None else duration(ms / 1000)
