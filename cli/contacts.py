"""``ringmain contacts``: customers' whole visits, across transfers, callbacks and media."""

from typing import Annotated, Any

import typer

from cli.contact_visit import contacts, line, steps, visit
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, LimitOption, record_reader
from cli.output import duration, minute, print_json
from cli.table import print_table

app = noun()


@app.command("list")
def list_contacts(
    number: Annotated[str | None, typer.Option("--number", help="Only of this customer.")] = None,
    limit: LimitOption = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the latest visits, newest first."""
    found = contacts(record_reader(config), number, limit)
    if as_json:
        print_json(found)
        return
    columns = ("contact", "began", "number", "dialled", "calls#", "talk#")
    print_table("contacts", columns, map(_row, found), gives_way=("dialled", "talk#"))


@app.command("show")
def show(
    contact: Annotated[str, typer.Argument(help="The contact's id, or its beginning.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a whole visit in the order of time: calls, flows, queues, agents, recordings, items, callbacks."""
    found = visit(record_reader(config), contact)
    if as_json:
        print_json(found)
        return
    columns = ("at", "what", "who", "how", "lasted#", "id")
    print_table(f"contact {contact}", columns, map(line, steps(found)), gives_way=("id", "lasted#"))


def _row(contact: dict[str, Any]) -> tuple[object, ...]:
    talk_s = contact["talk_ms"] / 1000
    number, code = contact["number"], contact["access_code"]
    return contact["contact_id"], minute(contact["began"]), number, code, contact["calls"], duration(talk_s)
