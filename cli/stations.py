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
    configuration_path,
    own_name,
)
from cli.output import duration, print_json, print_line
from cli.passwords import read_password
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
        phones = _counted(sent["phones"], "phone")
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


@app.command("resync")
def resync(
    station: NameArgument,
    reboot: Annotated[bool, typer.Option("--reboot", help="The phones shall start anew, too.")] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have the phones of a station fetch their settings anew. The event station.resynced follows for each."""
    asked = ask(socket, config, "station.resync", station=station, reboot=reboot)
    if as_json:
        print_json(asked)
    else:
        phones = _counted(asked["phones"], "phone")
        print_line(f"{phones} of {escape(station)} asked to fetch the settings anew")


@app.command("provision")
def provision(
    stations: Annotated[
        list[str] | None, typer.Option("--station", "-s", help="A station; all when left out.")
    ] = None,
    phone: Annotated[
        str,
        typer.Option("--phone", "-p", help="The make; by default what each station has, or yealink."),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for the files; shown when left out.")
    ] = None,
    publish_them: Annotated[
        bool, typer.Option("--publish", help="Put them where phones fetch them from the running switch.")
    ] = False,
    renew: Annotated[bool, typer.Option("--renew", help="With --publish: at other addresses.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write configuration files for phones (自动配置). They hold passwords."""
    from cli.provisioning import Wanted, tell_of  # loads every part of the switch

    wanted = Wanted(tuple(stations or ()), phone, out, publish=publish_them, renew=renew)
    tell_of(wanted, configuration_path(config), as_json=as_json)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@app.command("hash")
def hash_password(name: NameArgument, config: ConfigOption = None) -> None:
    """Ask for a station's password; print the configuration that lets it register without holding it.

    Where there is no terminal, the password is a line of standard input.
    """
    from switch.sip.config import StationConfig  # loads the media core's words

    realm = configuration(config).sip.realm
    password = SecretStr(read_password())
    try:
        station = StationConfig(name=name, password=password)
    except ValidationError:
        raise typer.BadParameter("a station's name has no spaces and none of @ : ; < > \"") from None
    hashes = ", ".join(f'{kind} = "{digits}"' for kind, digits in station.hashes(realm).items())
    typer.echo(f"[[stations]]\nname = {json.dumps(name)}\nha1 = {{ {hashes} }}")
