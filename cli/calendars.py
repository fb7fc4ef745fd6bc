"""``ringmain calendars``: what is open, and when."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import print_fields, print_json, print_line
from cli.table import print_table
from runtime.clock import local_now
from runtime.durations import parse_duration

app = noun()

CalendarArgument = Annotated[str, typer.Argument(help="The calendar, by its name in the configuration.")]


class StateWord(StrEnum):
    """What a calendar can be set to."""

    OPEN = "open"
    CLOSED = "closed"
    HOURS = "hours"


@app.command("list")
def list_calendars(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all calendars: open or closed, and until when."""
    found = ask(socket, config, "calendar.list")
    if as_json:
        print_json(found)
        return
    columns = ("calendar", "title", "state", "until", "by hand", "time zone")
    print_table("calendars", columns, map(_row, found), ("time zone", "title"))


@app.command("show")
def show_calendar(
    calendar: CalendarArgument,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="So many days, from today on.")] = 7,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one calendar: its days, and when it opens and closes next."""
    found = ask(socket, config, "calendar.show", calendar=calendar, days=days)
    if as_json:
        print_json(found)
        return
    fields = {"state": _state(found), "until": _minute(found["next_change"]), "by hand": _by_hand(found)}
    print_fields(f"calendar {found['name']}", fields | {"time zone": found["time_zone"]})
    print_table("days", ("date", "day", "hours", "occasion"), map(_day_row, found["days"]))
    rows = ((_minute(change["at"]), "opens" if change["open"] else "closes") for change in found["changes"])
    print_table("next changes by its hours", ("at", "it"), rows)


@app.command("override")
def override_calendar(
    calendar: CalendarArgument,
    state: Annotated[StateWord, typer.Argument(help="What it shall be; hours: as its hours say.")],
    until: Annotated[
        str | None,
        typer.Option("--until", help="A moment by the calendar's clock, such as 2026-11-22T08:00."),
    ] = None,
    lasting: Annotated[str | None, typer.Option("--for", help="A length of time, such as 90m or 8h.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever lists the calendars.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open or close a calendar by hand, whatever its hours say; or give it back to them."""
    moment = _end(until, lasting)
    params = {"calendar": calendar, "state": state.value, "until": moment, "reason": reason, "by": own_name()}
    found = ask(socket, config, "calendar.override", **params)
    if as_json:
        print_json(found)
    else:
        lasts = "" if found["next_change"] is None else f" until {_minute(found['next_change'])}"
        print_line(f"{escape(calendar)} is {_state(found)}{lasts}")


def _end(until: str | None, lasting: str | None) -> str | None:
    if lasting is None:
        return until
    if until is not None:
        raise typer.BadParameter("name --until or --for, not both")
    try:
        return (local_now() + timedelta(seconds=parse_duration(lasting))).isoformat()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from None


def _row(calendar: dict[str, Any]) -> tuple[object, ...]:
    return (
        calendar["name"],
        calendar["title"],
        _state(calendar),
        _minute(calendar["next_change"]),
        _by_hand(calendar),
        calendar["time_zone"],
    )


def _day_row(day: dict[str, Any]) -> tuple[object, ...]:
    return day["date"], day["weekday"], day["hours"] or "closed", day["occasion"]


def _state(calendar: dict[str, Any]) -> str:
    return "open" if calendar["open"] else "closed"


def _by_hand(calendar: dict[str, Any]) -> str | None:
    override = calendar["override"]
    if override is None:
        return None
    parts = (
        "open" if override["open"] else "closed",
        override["by"] and f"by {override['by']}",
        override["reason"],
    )
    return ", ".join(part for part in parts if part)


def _minute(moment: str | None) -> str | None:
    """By the calendar's clock, not ours."""
    return None if moment is None else f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"
