"""``ringmain recordings tag | untag | rate | hold | release``: what people note about recordings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import cell, print_json, print_line
from switch.records.recording_search import HIGHEST_RATING

RecordingId = Annotated[
    str, typer.Argument(help="The recording's id, or its beginning; of one that runs the whole id.")
]
By = Annotated[str | None, typer.Option("--by", help="Who does it; by default you.")]
Tag = Annotated[str, typer.Argument(help="1 to 64 characters.")]


def tag(
    recording_id: RecordingId,
    tag: Tag,
    by: By = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a tag on a recording."""
    _show(_ask(socket, config, "recording.tag", by, recording_id=recording_id, tag=tag), as_json)


def untag(
    recording_id: RecordingId,
    tag: Tag,
    by: By = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a tag off a recording."""
    _show(_ask(socket, config, "recording.untag", by, recording_id=recording_id, tag=tag), as_json)


def rate(
    recording_id: RecordingId,
    rating: Annotated[int, typer.Argument(min=1, max=HIGHEST_RATING, help="1 to 5, the best.")],
    by: By = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rate a recording."""
    _show(_ask(socket, config, "recording.rate", by, recording_id=recording_id, rating=rating), as_json)


def hold(
    recording_id: RecordingId,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    by: By = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a recording not be deleted until it is released, whatever the rules say."""
    _show(_ask(socket, config, "recording.hold", by, recording_id=recording_id, reason=reason), as_json)


def release(
    recording_id: RecordingId,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    by: By = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a hold."""
    _show(_ask(socket, config, "recording.release", by, recording_id=recording_id, reason=reason), as_json)


def _ask(socket: Path | None, config: Path | None, verb: str, by: str | None, **params: object) -> Any:
    return ask(socket, config, verb, **params, by=own_name() if by is None else by)


def _show(recording: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(recording)
        return
    held = ", held" if recording["held"] else ""
    noted = f"tags {cell(recording['tags'])}, rating {cell(recording['rating'])}{held}"
    print_line(f"{recording['recording_id']}: {noted}")
