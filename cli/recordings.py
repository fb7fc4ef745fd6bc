"""``ringmain recordings``: what was recorded, and pictures of it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, LimitOption, record_reader
from cli.output import duration, print_fields, print_json, print_line, print_table
from runtime.errors import UsageError
from switch.records.errors import RecordNotFound
from switch.records.queries import RecordReader

app = noun("Recordings: list them, show one, draw both channels.")

RecordingId = Annotated[str, typer.Argument(help="The recording's id, or its beginning.")]


@app.command("list")
def list_all(limit: LimitOption = 50, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the latest recordings, newest first."""
    found = record_reader(config).recordings(limit)
    if as_json:
        print_json(found)
        return
    columns = ("recording", "began", "from", "to", "station", "length#", "state", "path")
    print_table("recordings", columns, (_row(recording) for recording in found))


@app.command("show")
def show(recording_id: RecordingId, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show all that is known of one recording."""
    recording = record_reader(config).recording(recording_id)
    if as_json:
        print_json(recording)
    else:
        print_fields(recording["recording_id"], recording)


@app.command("plot")
def plot(
    recording_id: RecordingId,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="PNG or SVG, by its ending; by default a PNG beside the recording."
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw both channels over one time axis, with the talk of each shaded."""
    from media.plot import Mark, plot_recording  # loads matplotlib, which no other command needs

    reader = record_reader(config)
    recording = reader.recording(recording_id)
    path = Path(recording["path"])
    out = output if output is not None else path.with_suffix(".png")
    marks = [Mark(time_s, label) for time_s, label in _moments(reader, recording)]
    try:
        plot_recording(path, out, _title(recording), marks)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
    if as_json:
        print_json({"recording_id": recording["recording_id"], "path": str(path), "picture": str(out)})
    else:
        print_line(str(out))


def _moments(reader: RecordReader, recording: dict[str, Any]) -> list[tuple[float, str]]:
    """What is worth a mark, in seconds from the recording's start."""
    try:
        connected = reader.call(recording["call_id"])["bridge_stamp"]
    except RecordNotFound:
        return []  # its call is not over yet
    if connected is None:
        return []
    return [((connected - recording["started_at"]).total_seconds(), f"connected to {recording['station']}")]


def _title(recording: dict[str, Any]) -> str:
    began = recording["started_at"].astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return f"{recording['recording_id']} · {recording['caller']} → {recording['called']} · {began}"


def _row(recording: dict[str, Any]) -> tuple[object, ...]:
    length_ms = recording["duration_ms"]
    return (
        recording["recording_id"],
        recording["started_at"],
        recording["caller"],
        recording["called"],
        recording["station"],
        duration(None if length_ms is None else length_ms / 1000),
        recording["state"],
        recording["path"],
    )
