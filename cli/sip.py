"""``ringmain sip``: what goes on below the calls."""

from cli import bans, registrations, sip_trace, trunks
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import print_caution, print_json, print_line

app = noun()
app.add_typer(registrations.app, name="registrations")
app.add_typer(trunks.app, name="trunks", hidden=True)  # as it was called before
app.add_typer(bans.app, name="bans")

app.command("trace")(sip_trace.trace)


@app.command("reload-certificates")
def reload_certificates(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Read the certificates of TLS anew, for connections from now on."""
    found = ask(socket, config, "sip.reload_certificates")
    if as_json:
        print_json(found)
        return
    files = found["certificates"]
    print_line("\n".join(files) if files else "No listener has a certificate.")
    for caution in found["cautions"]:
        print_caution(caution)
