"""``ringmain recordings convert``: older recordings become what those are that end now."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli.options import ConfigOption, JsonOption, SocketOption, record_reader
from cli.recording_orders import order_each, show_orders


def convert(
    recording_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids, or their beginnings; or use --day.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="All that began on this day.")
    ] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have the switch convert and encrypt recordings as configured; events tell when it did."""
    if bool(recording_ids) == (day is not None):
        raise typer.BadParameter("name recordings, or a day with --day")
    wanted = recording_ids or ([] if day is None else _lying_here(day, config))
    carried = order_each(socket, config, "recording.convert", wanted)
    show_orders(carried, "will be converted", as_json=as_json)


def _lying_here(day: datetime, config: ConfigOption) -> list[str]:
    """Those of a day of which something is left to be converted in the first tier."""
    began, until = day.astimezone(), (day + timedelta(days=1)).astimezone()
    rows = record_reader(config).recordings_between(began, until)
    return [row["recording_id"] for row in rows if row["state"] == "completed" and row["moved_to"] is None]
