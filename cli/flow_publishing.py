"""``ringmain flows publish``, ``share``, ``rollback`` and ``history``."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.completion import complete_flow
from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import print_json, print_line
from cli.shares import parse_percent
from cli.table import print_table

FlowArgument = Annotated[str, typer.Argument(help="The flow.", autocompletion=complete_flow)]
ByOption = Annotated[str, typer.Option("--by", help="Who wants it, for the history.")]


def publish(
    flow: FlowArgument,
    of_callers: Annotated[
        str, typer.Option("--share", help="Try it on a share of the callers first, such as 10%.")
    ] = "100%",
    note: Annotated[str, typer.Option("--note", help="What it is about.")] = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let callers go through a flow as it is written in the folder now."""
    share = parse_percent("--share", of_callers)
    told = ask(socket, config, "flow.publish", flow=flow, share=share, by=by or own_name(), note=note)
    _tell(told, as_json)


def change_share(
    flow: FlowArgument,
    of_callers: Annotated[str, typer.Argument(metavar="SHARE", help="Such as 50%; 100% ends the trial.")],
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try the version that is being tried on another share of the callers, or let all go through it."""
    share = parse_percent("SHARE", of_callers)
    _tell(ask(socket, config, "flow.share", flow=flow, share=share, by=by or own_name()), as_json)


def rollback(
    flow: FlowArgument,
    to: Annotated[
        int | None, typer.Option("--to", help="The version; 0: as it is written in the folder.")
    ] = None,
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the trial of a version, or let the version before the present one run again."""
    _tell(ask(socket, config, "flow.rollback", flow=flow, to=to, by=by or own_name()), as_json)


def history(
    flow: FlowArgument, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List the published versions of a flow, the newest first."""
    found = ask(socket, config, "flow.history", flow=flow)
    if as_json:
        print_json(found)
        return
    columns = ("version#", "published", "by", "note", "runs for")
    rows = (
        (v["number"], _moment(v["at"]), v["by"], v["note"], _runs_for(v["number"], found))
        for v in found["versions"]
    )
    print_table(f"versions of {flow}", columns, rows)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    version = f"version {told['version']}" if told["version"] else "the document in the folder"
    callers = "all callers" if told["share"] == 1 else f"{told['share']:.0%} of the callers"
    print_line(f"{version} of {told['flow']} runs for {callers} from now on")
    if told["calls"]:
        print_line(f"{told['calls']} calls that are in it go on as they began")


def _runs_for(number: int, found: dict[str, Any]) -> str:
    if number == found["canary"]:
        return f"{found['share']:.0%}"
    if number != found["current"]:
        return ""
    return f"{1 - found['share']:.0%}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(sep=" ", timespec="seconds")
