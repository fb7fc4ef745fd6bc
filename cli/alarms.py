"""``ringmain alarms``: what is raised, what was, who knows of it, and silence for a while."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, LimitOption, SocketOption, ask, own_name
from cli.output import duration, minute, print_json, print_line
from cli.table import print_table
from runtime.durations import parse_duration

app = noun()

_SWITCH = "the switch"


@app.command("list")
def list_alarms(
    rules: Annotated[bool, typer.Option("--rules", help="Those of the configuration instead.")] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the alarms that are raised."""
    found = ask(socket, config, "alarm.list")
    if as_json:
        print_json(found)
    elif rules:
        of_rules = ("alarm", "of", "measure", "levels", "calendar", "silenced until")
        print_table("alarms", of_rules, map(_rule_row, found["alarms"]), ("calendar", "silenced until"))
    else:
        columns = ("id", "level", "alarm", "of", "measure", "value#", "since", "acknowledged by")
        print_table("raised alarms", columns, map(_raised_row, found["raised"]), ("measure", "since"))


@app.command("acknowledge")
def acknowledge(
    alarm_id: Annotated[str, typer.Argument(help="The id that `ringmain alarms` tells.")],
    note: Annotated[str, typer.Option("--note", help="What is done about it.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that you know of an alarm: it is not repeated any more."""
    found = ask(socket, config, "alarm.acknowledge", alarm_id=alarm_id, by=own_name() or "cli", note=note)
    if as_json:
        print_json(found)
    else:
        print_line(f"{escape(found['alarm'])} of {escape(_subject(found))} is acknowledged")


@app.command("silence")
def silence(
    alarm: Annotated[str, typer.Argument(help="The alarm, by its name in the configuration.")],
    lasting: Annotated[str, typer.Option("--for", help="Such as 90m or 8h; 0s ends a silence.")],
    subject: Annotated[str, typer.Option("--of", help="Of this queue, agent or trunk alone.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell services nothing of an alarm for a while."""
    try:
        for_s = parse_duration(lasting)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from None
    params = {"alarm": alarm, "subject": subject, "for_s": for_s, "by": own_name() or "cli", "reason": reason}
    found = ask(socket, config, "alarm.silence", **params)
    if as_json:
        print_json(found)
        return
    until = found["silenced_until"]
    said = "is told of again" if until is None else f"is silent until {_minute(until)}"
    print_line(f"{escape(alarm)} {said}")


@app.command("history")
def show_history(
    alarm: Annotated[str, typer.Option("--alarm", "-a", help="Only of this name.")] = "",
    limit: LimitOption = 50,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the alarms there were, the newest first."""
    found = ask(socket, config, "alarm.history", alarm=alarm, limit=limit)
    if as_json:
        print_json(found)
        return
    columns = ("raised", "worst", "alarm", "of", "measure", "value#", "lasted", "end", "acknowledged by")
    print_table("alarms there were", columns, map(_past_row, found), ("measure", "end"))


def _raised_row(raised: dict[str, Any]) -> tuple[object, ...]:
    return (
        raised["alarm_id"],
        raised["level"],
        raised["alarm"],
        _subject(raised),
        raised["measure"],
        raised["value"],
        _minute(raised["since"]),
        raised["acknowledged_by"],
    )


def _rule_row(alarm: dict[str, Any]) -> tuple[object, ...]:
    levels = [f"{each['level']} {each['on']:g}/{each['off']:g}" for each in alarm["levels"]]
    of = f"{alarm['kind']} {', '.join(alarm['of'])}"
    return alarm["name"], of, alarm["measure"], levels, alarm["calendar"], _minute(alarm["silenced_until"])


def _past_row(past: dict[str, Any]) -> tuple[object, ...]:
    lasted_ms = past["lasted_ms"]
    return (
        _minute(past["raised_at"]),
        past["worst"],
        past["alarm"],
        _subject(past),
        past["measure"],
        past["value"],
        None if lasted_ms is None else duration(lasted_ms / 1000),
        past["reason"],
        past["acknowledged_by"],
    )


def _subject(alarm: dict[str, Any]) -> str:
    return alarm["subject"] or _SWITCH


def _minute(moment: str | None) -> str | None:
    return None if moment is None else minute(datetime.fromisoformat(moment))
