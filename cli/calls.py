"""``ringmain calls``: the calls that are up."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json, print_line, print_table

app = noun("Calls that are up: list them, hang up.")


@app.command("list")
def list_calls(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the calls that are up, oldest first."""
    found = ask(socket, config, "call.list")
    if as_json:
        print_json(found)
        return
    columns = ("call", "state", "caller", "name", "dialled", "where", "station", "recording", "age#")
    print_table("calls", columns, (_row(call) for call in found))


@app.command("hang-up")
def hang_up(
    call_id: Annotated[str, typer.Argument(help="The call, as `ringmain calls` names it.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a call with all its legs."""
    call = ask(socket, config, "call.hang_up", call_id=call_id)
    if as_json:
        print_json(call)
    else:
        print_line(f"{call['call_id']} from {escape(call['caller_number'])} is hung up")


def _row(call: dict[str, Any]) -> tuple[object, ...]:
    return (
        call["call_id"],
        call["state"],
        call["caller_number"],
        call["caller_name"],
        call["called_number"],
        call["target"],
        call["station"],
        call["recording_id"],
        duration(call["age_s"]),
    )
