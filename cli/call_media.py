"""``ringmain calls play``, ``say``, ``collect`` and more: what a call hears, its keys, and its data."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.call_ids import CallId, whole_id_of
from cli.named_values import named_value
from cli.options import ConfigOption, JsonOption, SocketOption, ask, connect
from cli.output import print_fields, print_json, print_line

app = typer.Typer()
"""Commands of ``ringmain calls``."""

To = Annotated[str, typer.Option(help="customer or station; what is heard also both.")]


@app.command("play")
def play(
    call_id: CallId,
    prompts: Annotated[list[str], typer.Argument(help="Prompts of the library, such as zh/greeting.")],
    to: To = "customer",
    times: Annotated[int, typer.Option(help="How often; 0: until stop-playing.")] = 1,
    barge_in: Annotated[bool, typer.Option("--barge-in", help="A key ends it.")] = False,
    over: Annotated[bool, typer.Option("--over", help="Laid over what is heard, not in its place.")] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play prompts in a call."""
    wanted = {"prompts": prompts, "to": to, "times": times, "barge_in": barge_in, "over": over}
    words = f"hears {escape(' '.join(prompts))}"
    _tell("call.play", words, call_id, socket, config, as_json=as_json, **wanted)


@app.command("say")
def say(
    call_id: CallId,
    text: Annotated[str, typer.Argument(help="What is said.")],
    language: Annotated[str, typer.Option(help="Its language, such as zh or en.")] = "zh",
    voice: Annotated[str, typer.Option(help="A name the configuration gives a voice.")] = "",
    to: To = "customer",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say a text in a call."""
    wanted = {"text": text, "language": language, "voice": voice, "to": to}
    _tell("call.say", f"hears: {escape(text)}", call_id, socket, config, as_json=as_json, **wanted)


@app.command("stop-playing")
def stop_playing(
    call_id: CallId, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """End what programs play in a call."""
    _tell("call.stop_playing", "is played no more", call_id, socket, config, as_json=as_json)


@app.command("mute")
def mute(
    call_id: CallId,
    side: Annotated[str, typer.Option(help="customer or station: who is not heard.")] = "station",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let one side of a call be heard by nobody, until unmute."""
    _tell("call.mute", f"is muted: {side}", call_id, socket, config, as_json=as_json, side=side)


@app.command("unmute")
def unmute(
    call_id: CallId,
    side: Annotated[str, typer.Option(help="customer or station: who is heard again.")] = "station",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End what mute began."""
    _tell("call.unmute", f"is heard again: {side}", call_id, socket, config, as_json=as_json, side=side)


@app.command("send-digits")
def send_digits(
    call_id: CallId,
    digits: Annotated[str, typer.Argument(help="0-9, A-D, * and #; a comma is a pause of a second.")],
    to: To = "customer",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Press keys on a line of a call."""
    wanted = {"digits": digits, "to": to}
    _tell("call.send_digits", f"hears {digits}", call_id, socket, config, as_json=as_json, **wanted)


@app.command("collect")
def collect(
    call_id: CallId,
    max_digits: Annotated[int, typer.Option("--max", help="So many keys end it.")] = 1,
    prompts: Annotated[
        list[str] | None, typer.Option("--prompt", help="Played first; a key ends it.")
    ] = None,
    masked: Annotated[bool, typer.Option("--masked", help="Nobody else may know the keys.")] = False,
    first: Annotated[float, typer.Option(help="Seconds the first key may take.")] = 10,
    between: Annotated[float, typer.Option(help="Seconds the next may take.")] = 5,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take keys of a call, wait for them, and show them."""
    wanted = {"max_digits": max_digits, "prompts": prompts or [], "masked": masked}
    limits = {"first_s": first, "between_s": between}
    told = _collected(_whole_id(call_id, socket, config), socket, config, {**wanted, **limits})
    if as_json:
        print_json(told)
    else:
        print_line(f"{told['digits'] or 'no key'} ({told['reason']})")


@app.command("data")
def data(
    call_id: CallId,
    values: Annotated[
        list[str] | None, typer.Argument(help="What to note, as name=value; a value may be JSON.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A name to take back.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a call's data (随路数据), and note or take back some first."""
    whole, given = _whole_id(call_id, socket, config), dict(map(named_value, values or []))
    if given or remove:
        found = ask(socket, config, "call.set_data", call_id=whole, data=given, remove=remove or [])
    else:
        found = ask(socket, config, "call.get_data", call_id=whole)
    if as_json:
        print_json(found)
    else:
        print_fields(f"data of {found['contact_id']}", found["data"])


def _collected(
    call_id: str, socket: Path | None, config: Path | None, wanted: dict[str, Any]
) -> dict[str, Any]:
    """What the switch tells at the end of a collection, which comes by itself."""
    with connect(socket, config) as client:
        events = client.events("call.digits_collected")
        collect_id = client.call("call.collect", call_id=call_id, **wanted)["collect_id"]
        over = next(event for event in events if event.fields["collect_id"] == collect_id)
        masked = client.call("call.take_digits", collect_id=collect_id) if wanted["masked"] else {}
    return {**over.fields, **masked}


def _tell(
    verb: str,
    words: str,
    call_id: str,
    socket: Path | None,
    config: Path | None,
    *,
    as_json: bool,
    **params: object,
) -> None:
    """Ask something of a call, and say what becomes of it."""
    answer = ask(socket, config, verb, call_id=_whole_id(call_id, socket, config), **params)
    if as_json:
        print_json(answer)
    else:
        print_line(f"{answer['call_id']} {words}")


def _whole_id(beginning: str, socket: Path | None, config: Path | None) -> str:
    return whole_id_of(beginning, ask(socket, config, "call.list"))
