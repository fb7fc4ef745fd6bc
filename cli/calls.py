"""``ringmain calls``: the calls that are up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli import call_media, placing
from cli.call_ids import CallId, whole_id_of
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json, print_line
from cli.table import print_table
from cli.targets import target_of

app = noun()

Station = Annotated[str, typer.Option(help="The station, where it is not the one that serves the customer.")]

ByPhone = Annotated[
    bool, typer.Option("--by-phone", help="Have the phone do it, as if its key were pressed.")
]

_SHOWN_OF_A_LEG = (
    "mos",
    "mos_lowest",
    "remote_mos",
    "packets_received",
    "packets_lost",
    "packets_late",
    "jitter_ms",
    "round_trip_ms",
    "remote_packets_lost",
    "packets_dropped",
)


_HOLDS = {None: None, "phone": "by the phone", "order": "by verb", "both": "by phone and verb"}
"""How a leg holds the other end."""


@app.command("list")
def list_calls(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the calls that are up, oldest first."""
    found = ask(socket, config, "call.list")
    if as_json:
        print_json(found)
        return
    columns = ("call", "state", "caller", "name", "dialled", "where", "station", "recording", "age#")
    gives_way = ("recording", "name", "station", "dialled", "where")
    print_table("calls", columns, (_row(call) for call in found), gives_way)


@app.command("show")
def show(
    call_id: CallId,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is under way with a call, its legs, and how each sounds to us and, by its reports, there."""
    whole_id = whole_id_of(call_id, ask(socket, config, "call.list"))
    call = ask(socket, config, "call.show", call_id=whole_id)
    if as_json:
        print_json(call)
        return
    for line in _under_way(call):
        print_line(line)
    columns = (
        "side",
        "station",
        "holds",
        "muted",
        "codec",
        "MOS#",
        "worst#",
        "there#",
        "packets#",
        "lost#",
        "late#",
    )
    more = ("jitter ms#", "round trip ms#", "lost there#", "dropped#")
    gives_way = ("codec", "dropped#", "late#", "lost there#")
    print_table(call["call_id"], (*columns, *more), (_leg_row(leg) for leg in call["legs"]), gives_way)


@app.command("hang-up")
def hang_up(
    call_id: CallId,
    cause: Annotated[str, typer.Option(help="What records tell, such as USER_BUSY.")] = "MANAGER_REQUEST",
    leg: Annotated[str, typer.Option(help="Whose leg: customer, station, or both.")] = "both",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a call with all its legs, or one of them."""
    _ask("call.hang_up", "is hung up", call_id, socket, config, as_json=as_json, cause=cause, leg=leg)


@app.command("answer")
def answer(
    call_id: CallId,
    station: Annotated[str, typer.Option(help="The station whose phone rings and is to answer.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a call that waits for it, or have a phone that rings do so."""
    _ask("call.answer", "is answered", call_id, socket, config, as_json=as_json, station=station)


@app.command("reject")
def reject(
    call_id: CallId,
    cause: Annotated[str, typer.Option(help="Why: USER_BUSY, UNALLOCATED_NUMBER …")] = "CALL_REJECTED",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn away a call before it is answered."""
    _ask("call.reject", "is turned away", call_id, socket, config, as_json=as_json, cause=cause)


@app.command("redirect")
def redirect(
    call_id: CallId,
    target: Annotated[str, typer.Argument(help="Who gets it, such as agent:1001 or queue:service.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lead a call elsewhere that talks to nobody."""
    words = f"goes to {escape(target)}"
    _ask("call.redirect", words, call_id, socket, config, as_json=as_json, target=target)


@app.command("hold")
def hold(
    call_id: CallId,
    station: Station = "",
    by_phone: ByPhone = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the other end of a station hear music, until retrieve."""
    how = {"station": station, "by_phone": by_phone}
    _ask("call.hold", "is on hold", call_id, socket, config, as_json=as_json, **how)


@app.command("retrieve")
def retrieve(
    call_id: CallId,
    station: Station = "",
    by_phone: ByPhone = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the hold that hold began."""
    how = {"station": station, "by_phone": by_phone}
    _ask("call.retrieve", "talks again", call_id, socket, config, as_json=as_json, **how)


Whom = Annotated[
    str,
    typer.Argument(
        callback=target_of,
        help="An agent's number, an outside number, or such as queue:sales, station:1002, number:10000.",
    ),
]


@app.command("transfer")
def transfer(
    call_id: CallId,
    target: Whom,
    station: Station = "",
    hold: Annotated[bool, typer.Option("--hold", help="Let them hear music while a phone rings.")] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pass a call on; to a phone as soon as that answers."""
    words, params = f"is passed on to {escape(target)}", {"target": target, "station": station, "hold": hold}
    _ask("call.transfer", words, call_id, socket, config, as_json=as_json, **params)


@app.command("consult")
def consult(
    call_id: CallId,
    target: Whom,
    station: Station = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a station talk with somebody about its call, whose other end hears music."""
    whole_id = whole_id_of(call_id, ask(socket, config, "call.list"))
    begun = ask(socket, config, "call.consult", call_id=whole_id, target=target, station=station)
    if as_json:
        print_json(begun)
    else:
        print_line(f"{escape(target)} is consulted about {whole_id}, in {begun['consultation_call_id']}")


@app.command("park")
def park(
    call_id: CallId,
    slot: Annotated[str, typer.Option(help="Up to six digits; by default the lowest free from 701 on.")] = "",
    station: Station = "",
    return_after: Annotated[float, typer.Option(help="Seconds after which it goes back there.")] = 120,
    way_out: Annotated[str, typer.Option(help="Who gets it when nobody answers then.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a customer wait in a slot."""
    whole_id = whole_id_of(call_id, ask(socket, config, "call.list"))
    params = {"slot": slot, "station": station, "return_after_s": return_after, "way_out": way_out}
    parked = ask(socket, config, "call.park", call_id=whole_id, **params)
    if as_json:
        print_json(parked)
    else:
        print_line(f"{parked['call_id']} waits in slot {parked['slot']}")


@app.command("parked")
def parked(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the calls that are parked."""
    found = ask(socket, config, "park.list")
    if as_json:
        print_json(found)
        return
    columns = ("slot", "call", "caller", "by", "waits#")
    rows = (
        (call["slot"], call["call_id"], call["caller_number"], call["by"], duration(call["waits_s"]))
        for call in found
    )
    print_table("parked", columns, rows)


@app.command("pick-up")
def pick_up(
    station: Annotated[str, typer.Argument(help="The station that rings for it.")],
    slot: Annotated[str, typer.Option(help="Where it is parked.")] = "",
    call_id: Annotated[str, typer.Option("--call", help="The call's whole id, where it is not parked.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a call that is parked, waits, or rings elsewhere."""
    call = ask(socket, config, "call.pick_up", call_id=call_id, slot=slot, station=station)
    if as_json:
        print_json(call)
    else:
        print_line(f"{escape(station)} rings for {call['call_id']} from {escape(call['caller_number'])}")


def _deciding(name: str, verb: str, words: str, text: str) -> None:
    """A command about a consultation under way."""

    @app.command(name, help=text)
    def decide(
        call_id: CallId, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
    ) -> None:
        _ask(verb, words, call_id, socket, config, as_json=as_json)


_deciding("toggle", "call.toggle", "goes on with the other of the two", "Talk with the other of the two.")
_deciding(
    "complete-transfer",
    "call.complete_transfer",
    "is left to who is consulted",
    "Leave the customer to who is consulted.",
)
_deciding(
    "cancel-consultation",
    "call.cancel_consultation",
    "goes on without who was consulted",
    "Go back to the customer, without who is consulted.",
)
_deciding("join", "call.join", "goes on with all three", "Let all three talk.")


@app.command("record")
def record(
    call_id: CallId, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Record a call from now on."""
    _ask_of_recording("call.record", "is recorded as", call_id, socket, config, as_json=as_json)


@app.command("stop-recording")
def stop_recording(
    call_id: CallId, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Finish the recording of a call; the call goes on."""
    _ask_of_recording("call.stop_recording", "was recorded as", call_id, socket, config, as_json=as_json)


@app.command("pause-recording")
def pause_recording(
    call_id: CallId,
    channel: Annotated[str, typer.Option(help="customer, agent, or both.")] = "both",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record silence instead of what is said, until resume-recording."""
    words = f"is silent ({channel}) in"
    _ask_of_recording(
        "call.pause_recording", words, call_id, socket, config, as_json=as_json, channel=channel
    )


@app.command("resume-recording")
def resume_recording(
    call_id: CallId, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Record what is said again."""
    _ask_of_recording("call.resume_recording", "is heard again in", call_id, socket, config, as_json=as_json)


def _ask_of_recording(
    verb: str,
    words: str,
    call_id: str,
    socket: Path | None,
    config: Path | None,
    *,
    as_json: bool,
    **params: str,
) -> None:
    whole_id = whole_id_of(call_id, ask(socket, config, "call.list"))
    answer = ask(socket, config, verb, call_id=whole_id, **params)
    if as_json:
        print_json(answer)
    else:
        print_line(f"{answer['call_id']} {words} {answer['recording_id']}")


def _ask(
    verb: str,
    words: str,
    call_id: str,
    socket: Path | None,
    config: Path | None,
    *,
    as_json: bool,
    **params: object,
) -> None:
    """Ask something of a call, and say what became of it."""
    whole_id = whole_id_of(call_id, ask(socket, config, "call.list"))
    call = ask(socket, config, verb, call_id=whole_id, **params)
    if as_json:
        print_json(call)
    else:
        print_line(f"{call['call_id']} from {escape(call['caller_number'])} {words}")


def _leg_row(leg: dict[str, Any]) -> tuple[object, ...]:
    media = leg["media"] or {}
    known = (media.get(name) for name in _SHOWN_OF_A_LEG)
    return (leg["side"], leg["station"], _HOLDS[leg["holds"]], leg["muted"] or None, leg["codec"], *known)


def _under_way(call: dict[str, Any]) -> Iterator[str]:
    """A sentence on a consultation and on a transfer, where there is one."""
    if (consultation := call["consultation"]) is not None:
        by, target = escape(consultation["by"]), escape(consultation["target"])
        talks = "the customer" if consultation["with_customer"] else target
        own_call = consultation["consultation_call_id"]
        yield f"{by} consults {target} in {own_call}, and talks with {talks} now"
    if (transfer := call["transfer"]) is not None:
        yield f"{escape(transfer['by'])} passes it on to {escape(transfer['target'])}, whose phone rings"


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


app.add_typer(placing.app)
app.add_typer(call_media.app)
