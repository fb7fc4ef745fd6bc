"""``ringmain stations``: the phones that are registered, texts to them, and their passwords' hashes."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError
from rich.markup import escape

from cli.noun import noun
from cli.options import (
    ConfigOption,
    JsonOption,
    SocketOption,
    ask,
    configuration,
    own_name,
)
from cli.output import duration, print_json, print_line, print_note
from cli.table import print_table

app = noun()

NameArgument = Annotated[str, typer.Argument(help="The station's name in the configuration.")]


@app.command("list")
def list_stations(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List the registered phones; a station may have several."""
    found = ask(socket, config, "station.list")
    if as_json:
        print_json(found)
        return
    columns = ("station", "contact", "peer", "expires in#")
    rows = (
        (phone["station"], phone["contact"], phone["peer"], duration(phone["expires_s"])) for phone in found
    )
    print_table("registered phones", columns, rows, gives_way=("contact", "expires in#"))


@app.command("message")
def send_message(
    station: NameArgument,
    text: Annotated[str, typer.Argument(help="The text; quote it if it has spaces.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a text to the phones of a station. The event text.delivered or text.failed follows."""
    sent = ask(socket, config, "message.send", station=station, text=text)
    if as_json:
        print_json(sent)
    else:
        phones = "1 phone" if sent["phones"] == 1 else f"{sent['phones']} phones"
        print_line(f"{sent['text_id']} is on its way to {phones} of {escape(station)}")


@app.command("record")
def record(
    station: NameArgument,
    ring: Annotated[float, typer.Option(help="Seconds it may go unanswered.")] = 30,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call a station and record what is said there (柜台录音), until # is pressed or it hangs up."""
    begun = ask(socket, config, "station.record", station=station, ring_s=ring, by=own_name())
    if as_json:
        print_json(begun)
    else:
        print_line(f"{begun['call_id']} calls {escape(station)}, which is recorded when it answers")


@app.command("stop-recording")
def stop_recording(
    station: NameArgument,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the recording at a station, and hang its phone up."""
    ended = ask(socket, config, "station.stop_recording", station=station)
    if as_json:
        print_json(ended)
    elif ended["recording_id"] is None:
        print_line(f"{escape(station)} was not recorded yet; it is called no more")
    else:
        print_line(f"{escape(station)} was recorded as {ended['recording_id']}")


@app.command("provision")
def provision(
    stations: Annotated[
        list[str] | None, typer.Option("--station", "-s", help="A station; all when left out.")
    ] = None,
    phone: Annotated[str, typer.Option("--phone", "-p", help="The make, a folder of templates.")] = "yealink",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for the files; shown when left out.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write configuration files for phones (自动配置). They hold passwords."""
    from cli.phone_files import phone_book, write_private  # loads every part of the switch
    from switch.provisioning.rendering import render

    whole = configuration(config)
    book = phone_book(whole)
    files = {
        path: text
        for name in stations or book.names_with_password
        for path, text in render(whole.provisioning.templates, phone, book.facts(name)).items()
    }
    for path, text in files.items():
        if out is None:
            typer.echo(f"==> {path} <==\n{text}")
        else:
            write_private(out / path, text)
    left_out = 0 if stations else len(book.names) - len(book.names_with_password)
    if left_out:
        print_note(f"left out, as only hashes of their passwords are known: {left_out}")
    if out is not None:
        print_line(f"{len(files)} files are in {escape(str(out))}; only you may read them")


@app.command("hash")
def hash_password(name: NameArgument, config: ConfigOption = None) -> None:
    """Ask for a station's password; print the configuration that lets it register without holding it."""
    from switch.sip.config import StationConfig  # loads the media core's words

    realm = configuration(config).sip.realm
    password = SecretStr(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        station = StationConfig(name=name, password=password)
    except ValidationError:
        raise typer.BadParameter("a station's name has no spaces and none of @ : ; < > \"") from None
    hashes = ", ".join(f'{kind} = "{digits}"' for kind, digits in station.hashes(realm).items())
    typer.echo(f"[[stations]]\nname = {json.dumps(name)}\nha1 = {{ {hashes} }}")
