"""``ringmain recordings link``: lets a browser play a recording."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name, record_reader
from cli.output import cell, print_json, print_line, print_note
from runtime.durations import parse_duration
from runtime.errors import UsageError
from switch.records.errors import NoRecords, RecordNotFound


def link(
    recording_id: Annotated[
        str, typer.Argument(help="The recording's id, or its beginning; it may still run.")
    ],
    length: Annotated[str, typer.Option("--for", help="How long the link is good: 90s, 15m, 8h, 7d.")] = "1h",
    who: Annotated[str | None, typer.Option("--who", help="For whom it is; by default you.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a link by which a browser plays a recording and shows its picture, for a while."""
    try:
        for_s = parse_duration(length)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from error
    whole_id = _whole_id(recording_id, socket, config)
    found = ask(
        socket,
        config,
        "recording.link",
        recording_id=whole_id,
        for_s=for_s,
        who=own_name() if who is None else who,
    )
    if as_json:
        print_json(found)
        return
    print_line(found["page"])
    print_note(f"good until {cell(datetime.fromtimestamp(found['until']).astimezone())}")


def _whole_id(beginning: str, socket: Path | None, config: Path | None) -> str:
    """Of a recording in the records, or of one that runs. Raises UsageError when there is none or several."""
    try:
        found: str = record_reader(config).recording(beginning)["recording_id"]
        return found
    except (NoRecords, RecordNotFound) as error:
        running = {call["recording_id"] for call in ask(socket, config, "call.list")} - {None}
        matching = sorted(one for one in running if one.startswith(beginning))
        if not matching:
            raise
        if len(matching) > 1:
            raise UsageError(f"several begin with {beginning!r}: {', '.join(matching)}") from error
        return str(matching[0])
