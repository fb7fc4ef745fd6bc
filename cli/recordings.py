"""``ringmain recordings``: what was recorded, and pictures of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import (
    recording_conversion,
    recording_deletion,
    recording_export,
    recording_link,
    recording_list,
    recording_moving,
    recording_notes,
    recording_play,
    recording_repair,
)
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, configuration, record_reader
from cli.output import print_fields, print_json, print_line
from cli.progress import progress
from cli.table import print_table
from runtime.clock import local_now
from runtime.errors import UsageError
from switch.records.queries import RecordReader

app = noun()

RecordingId = Annotated[str, typer.Argument(help="The recording's id, or its beginning.")]
_OF_PARTY = ("role", "station", "agent", "joined_at", "left_at")
_OF_CHANGE = ("changed_at", "kind", "value", "changed_by")


app.command("list")(recording_list.list_recordings)


@app.command("show")
def show(recording_id: RecordingId, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show all that is known of one recording."""
    reader = record_reader(config)
    recording = reader.recording(recording_id)
    parties, changes = (look_up(recording["recording_id"]) for look_up in (reader.parties, reader.changes))
    if as_json:
        print_json({**recording, "parties": parties, "changes": changes})
        return
    print_fields(recording["recording_id"], recording)
    if parties:
        rows = [tuple(party[name] for name in _OF_PARTY) for party in parties]
        print_table("heard in it", ("as", "station", "agent", "from", "to"), rows)
    if changes:
        rows = [tuple(change[name] for name in _OF_CHANGE) for change in changes]
        print_table("what was done with it", ("when", "what", "value", "by"), rows)


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
    """Draw both channels over one time axis: talk, who is heard, masks, pauses, hold, transfers, gaps."""
    # Loads matplotlib, which no other command needs.
    from cli.recording_files import open_recording
    from switch.archive.picture import draw_recording, events_of, manifest_of_row

    settings = configuration(config)
    recording = RecordReader(settings.records).recording(recording_id)
    with open_recording(recording, settings) as sound:
        out = output if output is not None else sound.begun.with_suffix(".png")
        manifest = manifest_of_row(recording)
        events = events_of(recording, settings.records.journal, manifest)
        try:
            draw_recording(recording | {"path": str(sound.path)}, events, out, manifest)
        except OSError as error:
            raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
    if as_json:
        named = {name: recording[name] for name in ("recording_id", "path")}
        print_json({**named, "picture": str(out)})
    else:
        print_line(str(out))


app.command("link")(recording_link.link)
app.command("repair")(recording_repair.repair)
app.command("play")(recording_play.play)
app.command("export")(recording_export.export)
app.command("tag")(recording_notes.tag)
app.command("untag")(recording_notes.untag)
app.command("rate")(recording_notes.rate)
app.command("hold")(recording_notes.hold)
app.command("release")(recording_notes.release)
app.command("convert")(recording_conversion.convert)
app.command("move")(recording_moving.move)
app.command("delete")(recording_deletion.delete)


@app.command("analyse")
def analyse(
    recording_id: Annotated[
        str | None, typer.Argument(help="The recording's id, or its beginning; or use --day.")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Analyse every recording that began on this day."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--save", help="Write the figures beside each recording, too.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes for a day; more than 1 give way to calls.")
    ] = 1,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure talk, silence, levels, interruptions 抢插话, reaction and keys; no word is recognised."""
    # Loads numpy, which most commands do not need.
    from cli import recording_analysis
    from cli.recording_files import that_are_left

    settings = configuration(config)
    reader, access = RecordReader(settings.records), settings.access
    if recording_id is not None and day is None:
        outcome = recording_analysis.analyse(reader.recording(recording_id), access)
        recording_analysis.show_one(outcome, keep=keep, as_json=as_json)
    elif recording_id is None and day is not None:
        of_day = reader.recordings_between(day.astimezone(), (day + timedelta(days=1)).astimezone())
        rows = that_are_left(of_day)
        with progress(f"recordings of {day:%Y-%m-%d}", len(rows)) as done:
            outcomes = recording_analysis.analyse_all(rows, jobs, done, access, keep=keep)
        recording_analysis.show_many(outcomes, as_json=as_json)
    else:
        raise typer.BadParameter("name one recording, or a day with --day")


@app.command("verify")
def verify(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Check what began that day or later; by default yesterday."),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold recordings against their files, their calls and the folder. Ends with 1 when anything is wrong."""
    # Loads numpy, which most commands do not need.
    from cli.recording_verification import show, verify_since

    now = local_now()
    began = since.astimezone() if since is not None else _midnight(now - timedelta(days=1))
    checked = verify_since(began, now, configuration(config))
    show(checked, as_json=as_json)
    if any(one.findings for one in checked):
        raise typer.Exit(1)


def _midnight(moment: datetime) -> datetime:
    """When the day of a moment began."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
