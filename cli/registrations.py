"""``ringmain sip registrations``: where the stations are, and since when."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, connect
from cli.output import cell, duration, print_json, print_line
from cli.table import print_table
from switch.control.client import SyncControlClient

app = noun("Registrations: where the phones are, and since when.")

StationOption = Annotated[str | None, typer.Option("--station", "-s", help="Only this station's.")]
StationArgument = Annotated[str, typer.Argument(help="The station, by the name its phone registers with.")]
ContactOption = Annotated[
    str | None, typer.Option("--contact", help="Only this contact, as the list has it; else all.")
]


@app.command("list")
def list_registrations(
    station: StationOption = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the registered contacts, by station."""
    with connect(socket, config) as client:
        found = list(_all(client, station))
    if as_json:
        print_json(found)
        return
    columns = ("station", "contact", "transport", "peer", "user agent", "expires in#", "since#")
    print_table("registrations", columns, map(_row, found), gives_way=("user agent", "contact", "since#"))


@app.command("remove")
def remove_registrations(
    station: StationArgument,
    contact: ContactOption = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget where a station is, until its phone registers again."""
    with connect(socket, config) as client:
        gone = client.call("registration.remove", station=station, contact=contact)
    if as_json:
        print_json(gone)
        return
    for registration in gone:
        print_line(f"{escape(station)} is not called at {escape(registration['contact'])} any more")


def _all(client: SyncControlClient, station: str | None) -> Iterator[dict[str, Any]]:
    """Every page: a large switch has more contacts than one answer should hold."""
    after: str | None = ""
    while after is not None:
        page = client.call("registration.list", station=station, after=after)
        yield from page["registrations"]
        after = page["next"]


def _row(found: dict[str, Any]) -> tuple[object, ...]:
    return (
        found["station"],
        found["contact"],
        found["transport"],
        found["peer"].partition(":")[2],
        cell(found["user_agent"]),
        duration(found["expires_s"]),
        duration(found["since_s"]),
    )
