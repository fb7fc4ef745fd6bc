"""``ringmain conferences``: further parties of calls that are up."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import print_json, print_line
from cli.table import print_table
from cli.targets import party_of

app = noun()

CallId = Annotated[str, typer.Argument(help="The call's whole id.")]
PartyId = Annotated[str, typer.Argument(help="The party, as `ringmain conferences list` names it.")]
By = Annotated[str, typer.Option(help="Who wants it, as events tell it.")]


@app.command("list")
def list_parties(
    call_id: CallId,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who was added to a call."""
    found = ask(socket, config, "call.parties", call_id=call_id)
    if as_json:
        print_json(found)
        return
    columns = ("party", "whom", "talks", "muted")
    rows = ((party["party_id"], party["whom"], party["talks"], party["muted"]) for party in found)
    print_table("parties", columns, rows)


@app.command("add")
def add(
    call_id: CallId,
    whom: Annotated[
        str, typer.Argument(callback=party_of, help="Who is rung: a station, or an outside number.")
    ],
    by: By = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ring one more, who talks with both who talk in a call."""
    _ask("call.add_party", "is rung, as", socket, config, as_json, call_id=call_id, whom=whom, by=by)


@app.command("join")
def join(
    call_id: CallId,
    from_call_id: Annotated[str, typer.Argument(help="The other call, which ends.")],
    by: By = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make three of a call and a consultation of the same station."""
    params = {"call_id": call_id, "from_call_id": from_call_id, "by": by}
    _ask("call.join_calls", "has joined, as", socket, config, as_json, **params)


@app.command("drop")
def drop(
    call_id: CallId,
    party_id: PartyId,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let go of one who was added; the others talk on."""
    _ask("call.drop_party", "is out, which was", socket, config, as_json, call_id=call_id, party_id=party_id)


@app.command("mute")
def mute(
    call_id: CallId,
    party_id: PartyId,
    by: By = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let one who was added hear all and be heard by nobody."""
    params = {"call_id": call_id, "party_id": party_id, "by": by}
    _ask("call.mute_party", "is heard by nobody, as", socket, config, as_json, **params)


@app.command("unmute")
def unmute(
    call_id: CallId,
    party_id: PartyId,
    by: By = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let one who was muted be heard by all again."""
    params = {"call_id": call_id, "party_id": party_id, "by": by}
    _ask("call.unmute_party", "is heard again, as", socket, config, as_json, **params)


def _ask(
    verb: str, words: str, socket: Path | None, config: Path | None, as_json: bool, **params: str
) -> None:
    party: dict[str, Any] = ask(socket, config, verb, **params)
    if as_json:
        print_json(party)
    else:
        print_line(f"{escape(party['whom'])} {words} {escape(party['party_id'])}")
