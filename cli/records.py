"""``ringmain records``: call records, the calls that are over."""

from typing import Annotated, Any

import typer

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, LimitOption, record_reader
from cli.output import duration, minute, print_fields, print_json
from cli.table import print_table

app = noun()


@app.command("list")
def list_records(limit: LimitOption = 50, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the latest calls, newest first."""
    found = record_reader(config).calls(limit)
    if as_json:
        print_json(found)
        return
    columns = ("call", "began", "from", "to", "queue", "station", "disposition", "cause", "wait#", "talk#")
    gives_way = ("cause", "to", "wait#", "queue", "station", "disposition", "from")
    print_table("call records", columns, (_row(record) for record in found), gives_way)


@app.command("show")
def show(
    call_id: Annotated[str, typer.Argument(help="The call's id, or its beginning.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show all that is recorded of one call."""
    record = record_reader(config).call(call_id)
    if as_json:
        print_json(record)
    else:
        print_fields(record["call_id"], record)


def _row(record: dict[str, Any]) -> tuple[object, ...]:
    return (
        record["call_id"],
        minute(record["start_stamp"]),
        record["clid"],
        record["dst"],
        record["queue"],
        record["station"],
        record["disposition"],
        record["hangup_cause"],
        duration(record["waitsec"]),
        duration(record["talk_ms"] / 1000),
    )
