"""``ringmain stations``: the phones that are registered."""

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json
from cli.table import print_table

app = noun("Stations 话机: the phones that are registered.")


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
