"""``ringmain recordings move``: recordings go to the second tier before it is their time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name, record_reader
from cli.output import print_json, print_line
from cli.progress import progress


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
    answers = [{name: one[name] for name in ("recording_id", "path")} for one in here]
    if not dry_run:
        answers = _ask(answers, own_name() if by is None else by, socket, config)
    if as_json:
        print_json(answers)
        return
    for one in answers if dry_run else ():
        print_line(f"{one['recording_id']}  {one['path']}")
    left = len(wanted) - len(here)
    rest = f"; {left} are moved already or have no file" if left else ""
    print_line(f"{len(answers)} {'would be' if dry_run else 'will be'} moved{rest}")


def _named(recording_ids: Sequence[str], day: datetime | None, config: ConfigOption) -> list[dict[str, Any]]:
    reader = record_reader(config)
    if day is None:
        return [reader.recording(recording_id) for recording_id in recording_ids]
    return reader.recordings_between(day.astimezone(), (day + timedelta(days=1)).astimezone())


def _ask(
    named: list[dict[str, Any]], by: str, socket: SocketOption, config: ConfigOption
) -> list[dict[str, Any]]:
    answers = []
    with progress("recordings", len(named)) as done:
        for one in named:
            recording_id = one["recording_id"]
            answers.append(ask(socket, config, "recording.move", recording_id=recording_id, by=by))
            done()
    return answers
