"""``ringmain recordings export``: recordings as plain files for others, with their manifests."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.configuration.sections import Configuration
from cli.options import ConfigOption, JsonOption, configuration
from cli.output import print_json, print_line
from cli.paths import shown_path
from cli.progress import progress
from cli.recording_files import (
    OpenRecording,
    Row,
    check_unchanged,
    hash_of_file,
    open_recording,
    that_are_left,
)
from cli.table import print_table
from media.recordings.conversion import Channels, check_converted, convert
from media.recordings.forms import Form
from media.recordings.manifest import manifest_path
from media.recordings.wav import RecordingError
from runtime.errors import UsageError
from switch.records.queries import RecordReader


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one recording."""

    recording_id: str
    path: Path
    problem: str | None = None

    def as_json(self) -> dict[str, Any]:
        """``path`` is null when there is a problem."""
        path = None if self.problem else str(self.path)
        return {"recording_id": self.recording_id, "path": path, "problem": self.problem}


def export(
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; made if it is not there.")],
    recording_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids, or their beginnings; or use --day.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="All that began on this day.")
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="By default as each is kept.")] = None,
    channels: Annotated[
        Channels, typer.Option(help="Which sides; stereo is left the customer, right the agent.")
    ] = Channels.STEREO,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy recordings out, decrypted, with their manifests; each is held to its hash before and after."""
    settings = configuration(config)
    rows = _rows(RecordReader(settings.records), recording_ids or [], day)
    with progress("recordings", len(rows)) as done:
        exported = export_all(rows, to, form, channels, settings, done)
    _show(exported, as_json=as_json)
    if any(one.problem for one in exported):
        raise typer.Exit(1)


def export_all(
    rows: Sequence[Row],
    to: Path,
    form: Form | None,
    channels: Channels,
    settings: Configuration,
    done: Callable[[], None],
) -> list[Exported]:
    """Export one by one; what goes wrong with one is told, and the others go on. Raises UsageError."""
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {to}: {error.strerror or error}") from error
    exported = []
    for row in rows:
        target = to / row["recording_id"]
        try:
            with open_recording(row, settings) as recording:
                check_unchanged(recording, row)
                target = to / f"{row['recording_id']}.{form or recording.form}"
                _write(recording, target, form or recording.form, channels)
            exported.append(Exported(row["recording_id"], target))
        except (RecordingError, UsageError, OSError) as error:
            exported.append(Exported(row["recording_id"], target, str(error)))
        done()
    return exported


def _write(recording: OpenRecording, target: Path, form: Form, channels: Channels) -> None:
    if form is recording.form and channels is Channels.STEREO:
        shutil.copyfile(recording.path, target)
        if hash_of_file(target) != hash_of_file(recording.path):
            raise RecordingError(f"{target} was not written as it was read")
    else:
        convert(recording.path, target, form, channels)
        check_converted(recording.path, target, form, channels)
    manifest = manifest_path(recording.begun)
    if manifest.exists():
        shutil.copyfile(manifest, target.with_suffix(manifest.suffix))


def _rows(reader: RecordReader, recording_ids: Sequence[str], day: datetime | None) -> list[Row]:
    if bool(recording_ids) == (day is not None):
        raise typer.BadParameter("name recordings, or a day with --day")
    if day is None:
        return [reader.recording(recording_id) for recording_id in recording_ids]
    return that_are_left(reader.recordings_between(day.astimezone(), (day + timedelta(days=1)).astimezone()))


def _show(exported: Sequence[Exported], *, as_json: bool) -> None:
    if as_json:
        print_json([one.as_json() for one in exported])
        return
    wrong = [(one.recording_id, one.problem) for one in exported if one.problem]
    if wrong:
        print_table("not exported", ("recording", "problem"), wrong, ())
    for one in exported:
        if one.problem is None:
            print_line(shown_path(one.path))
