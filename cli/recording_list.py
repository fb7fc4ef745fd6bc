"""``ringmain recordings list``: recordings by what is known of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.options import ConfigOption, JsonOption, LimitOption, record_reader
from cli.output import duration, minute, print_json, print_note
from cli.paths import shown_path
from cli.table import print_table
from runtime.durations import parse_duration
from switch.records.recording_search import HIGHEST_RATING, RecordingSearch

_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_COLUMNS = (
    "recording",
    "began",
    "from",
    "to",
    "queue",
    "agent",
    "station",
    "length#",
    "state",
    "tags",
    "path",
)
_GIVES_WAY = ("path", "tags", "queue", "agent", "to", "station", "from")


class State(StrEnum):
    """What became of a recording."""

    COMPLETED = "completed"
    FAILED = "failed"
    DELETED = "deleted"


Length = Annotated[str | None, typer.Option(help="Such as 90s, 15m or 1h.", metavar="LENGTH")]


def list_recordings(
    caller: Annotated[str | None, typer.Option(help="The customer's number.")] = None,
    called: Annotated[str | None, typer.Option(help="The number the customer dialled.")] = None,
    agent: Annotated[str | None, typer.Option(help="An agent 工号 who was heard in it.")] = None,
    station: Annotated[str | None, typer.Option(help="A station or number that was heard in it.")] = None,
    queue: Annotated[str | None, typer.Option(help="The last queue the customer waited in.")] = None,
    trunk: Annotated[str | None, typer.Option(help="The trunk the customer came from.")] = None,
    contact: Annotated[str | None, typer.Option(help="The customer's whole visit, by its id.")] = None,
    call: Annotated[str | None, typer.Option(help="The call it began in, by its id.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="Began then or later, by the local clock.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_MOMENTS, help="Began before.")] = None,
    tag: Annotated[str | None, typer.Option(help="Has this tag.")] = None,
    rating: Annotated[
        int | None, typer.Option("--rating", min=1, max=HIGHEST_RATING, help="Rated so, or better.")
    ] = None,
    longer_than: Length = None,
    shorter_than: Length = None,
    state: Annotated[State | None, typer.Option(help="What became of it.")] = None,
    held: Annotated[
        bool | None, typer.Option("--held/--not-held", help="Held ones only, or none of them.")
    ] = None,
    limit: LimitOption = 50,
    after: Annotated[str | None, typer.Option(help="Go on behind this recording, by its whole id.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the recordings that fit all that is asked for, newest first."""
    search = RecordingSearch(
        caller=caller,
        called=called,
        agent=agent,
        station=station,
        queue=queue,
        trunk=trunk,
        contact_id=contact,
        call_id=call,
        since=None if since is None else since.astimezone(),
        until=None if until is None else until.astimezone(),
        tag=tag,
        rating_min=rating,
        longer_than_s=_seconds("--longer-than", longer_than),
        shorter_than_s=_seconds("--shorter-than", shorter_than),
        state=state,
        held=held,
        limit=limit,
        after=after,
    )
    found = record_reader(config).recordings(search)
    if as_json:
        print_json(found)
        return
    print_table("recordings", _COLUMNS, map(_row, found), _GIVES_WAY)
    if len(found) == limit:
        print_note(f"there may be more: --after {found[-1]['recording_id']}")


def _seconds(option: str, length: str | None) -> int | None:
    try:
        return None if length is None else parse_duration(length)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _row(recording: dict[str, Any]) -> tuple[object, ...]:
    length_ms = recording["duration_ms"]
    return (
        recording["recording_id"],
        minute(recording["started_at"]),
        recording["caller"],
        recording["called"],
        recording["queue"],
        recording["agent"],
        recording["station"],
        duration(None if length_ms is None else length_ms / 1000),
        f"{recording['state']}, held" if recording["held"] else recording["state"],
        recording["tags"],
        shown_path(recording["path"]),
    )
