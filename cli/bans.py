"""``ringmain sip bans``: the sources that are not heard."""

from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import cell, duration, print_json, print_line
from cli.table import print_table
from runtime.clock import local_now

app = noun("Bans: the sources that are not heard; ban one, or hear it again.")

Source = Annotated[str, typer.Argument(help="The source: an IP address.")]


@app.command("list")
def list_bans(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the sources that are not heard, the newest ban first."""
    found = ask(socket, config, "ban.list")
    if as_json:
        print_json(found)
        return
    columns = ("source", "reason", "for#", "left#", "times#", "dropped#")
    print_table("bans", columns, (_row(ban) for ban in found), gives_way=("times#", "for#", "dropped#"))


@app.command("add")
def add_ban(
    source: Source,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever lists the bans.")] = "by hand",
    duration_s: Annotated[
        float | None, typer.Option("--seconds", help="How long; without it until the ban is lifted.")
    ] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hear nothing from a source any more, in place of any ban that it is under."""
    ban = ask(socket, config, "ban.add", source=source, reason=reason, duration_s=duration_s)
    _show(ban, f"is banned {_how_long(ban['left_s'])}", as_json)


@app.command("lift")
def lift_ban(
    source: Source, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Hear a source again."""
    ban = ask(socket, config, "ban.lift", source=source)
    _show(ban, f"is heard again; {ban['dropped']} messages were dropped", as_json)


def _how_long(left_s: float | None) -> str:
    if left_s is None:
        return "until it is lifted"
    return f"for {duration(left_s)}, until {cell(local_now() + timedelta(seconds=left_s))}"


def _row(ban: dict[str, Any]) -> tuple[object, ...]:
    since, left = duration(ban["since_s"]), duration(ban["left_s"])
    return (ban["source"], ban["reason"], since, left, ban["times"], ban["dropped"])


def _show(ban: dict[str, Any], what: str, as_json: bool) -> None:
    if as_json:
        print_json(ban)
    else:
        print_line(f"{escape(ban['source'])} {what}")
