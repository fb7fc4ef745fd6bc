"""``ringmain flows``: the flows callers are led through."""

import json

import typer

from cli import flow_check, flow_counts, flow_drawing, flow_tests
from cli.flow_publishing import change_share, history, publish, rollback
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import print_json
from cli.table import print_table
from ivr.schema import flow_schema

app = noun()


@app.command("list")
def list_flows(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List all flows, which versions run, and how many calls are in each."""
    found = ask(socket, config, "flow.list")
    if as_json:
        print_json(found)
        return
    columns = ("flow", "title", "nodes#", "version#", "tried", "folder", "calls#")
    rows = (
        (
            flow["name"],
            flow["title"],
            flow["nodes"],
            flow["version"] or "–",
            f"{flow['canary']} for {flow['share']:.0%}" if flow["canary"] else "",
            "differs" if flow["edited"] else "",
            flow["calls"],
        )
        for flow in found
    )
    print_table("flows", columns, rows)


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of flow documents, for editors that complete and check them."""
    typer.echo(json.dumps(flow_schema(), ensure_ascii=False, indent=2))


app.command("publish")(publish)
app.command("share")(change_share)
app.command("rollback")(rollback)
app.command("history")(history)
app.command("counts")(flow_counts.counts)
app.command("check")(flow_check.check)
app.command("draw")(flow_drawing.draw)
app.command("test")(flow_tests.play_tests)
