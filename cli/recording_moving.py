"""``ringmain recordings move``: recordings go to the second tier before it is their time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from cli.options import ConfigOption, JsonOption, SocketOption, own_name, record_reader
from cli.output import print_json, print_line
from cli.paths import shown_path
from cli.recording_orders import order_each, show_orders


def move(
    recording_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids, or their beginnings; or use --day.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="All that began on this day.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be moved.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who does it; by default you.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have the switch move recordings to the second tier now; recording.moved tells when it did."""
    if bool(recording_ids) == (day is not None):
        raise typer.BadParameter("name recordings, or a day with --day")
    wanted = _named(recording_ids or (), day, config)
    here = [one for one in wanted if one["state"] == "completed" and one["moved_to"] is None]
    left = len(wanted) - len(here)
    rest = f"; {left} are moved already or have no file" if left else ""
    if dry_run:
        _show_would_be(here, rest, as_json=as_json)
        return
    named, by = [one["recording_id"] for one in here], own_name() if by is None else by
    carried = order_each(socket, config, "recording.move", named, by=by)
    show_orders(carried, "will be moved", rest, as_json=as_json)


def _named(recording_ids: Sequence[str], day: datetime | None, config: ConfigOption) -> list[dict[str, Any]]:
    reader = record_reader(config)
    if day is None:
        return [reader.recording(recording_id) for recording_id in recording_ids]
    return reader.recordings_between(day.astimezone(), (day + timedelta(days=1)).astimezone())


def _show_would_be(recordings: Sequence[dict[str, Any]], rest: str, *, as_json: bool) -> None:
    if as_json:
        print_json([{name: one[name] for name in ("recording_id", "path")} for one in recordings])
        return
    for one in recordings:
        print_line(f"{one['recording_id']}  {shown_path(one['path'])}")
    print_line(f"{len(recordings)} would be moved{rest}")
