"""``ringmain recordings repair``: mends what a crash left, by hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.configuration.sections import Configuration
from cli.options import ConfigOption, JsonOption, configuration
from cli.output import print_json, print_line
from cli.paths import shown_path
from cli.progress import progress
from cli.table import print_table
from media.recordings.folder import recordings_since
from media.recordings.homecoming import Folders, last_written
from media.recordings.rest import recording_of
from media.recordings.stored import recording_id_of, stored_between
from media.recordings.tiers import Access, Lies
from runtime.clock import local_now
from runtime.errors import UsageError
from switch.archive.known_disks import known_disks
from switch.archive.repair import Repair, Repaired
from switch.archive.stored_repair import repair_stored
from switch.archive.verification import SETTLED_S
from switch.records.errors import NoRecords
from switch.records.journal import is_in_use
from switch.records.queries import RecordReader


def repair(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files to mend; by default those of yesterday and today.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Mend the files of that day and of all later ones."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make headers true, join parts and write lost manifests. Ends with 1 when something stays wrong."""
    if files and since is not None:
        raise typer.BadParameter("name files, or a day with --since")
    settings, now = configuration(config), local_now()
    began = since or now - timedelta(days=1)
    access = settings.access.model_copy(update={"disks": known_disks(settings.records.journal)})
    folders = Folders(settings.recordings.folder, settings.recordings.spool, access.disks)
    paths = files or _files_since(folders, began, now)
    stored = [] if files else _stored_since(access, began, now)
    names = [recording_of(path).stem for path in paths] + [recording_id_of(lies) for lies in stored]
    records = _records_of(settings, names)
    one_by_one = Repair(folders, dry_run=dry_run, switch_runs=is_in_use(settings.records.journal))
    repaired: list[Repaired] = []
    with progress("recordings", len(paths) + len(stored)) as done:
        for path in paths:
            record = records.get(recording_of(path).stem)
            repaired.append(one_by_one.file(path, record, is_written=_is_written(path, folders, now)))
            done()
        for lies in stored:
            record = records.get(recording_id_of(lies))
            repaired.append(repair_stored(lies, record, access, dry_run=dry_run))
            done()
    _show(repaired, dry_run=dry_run, as_json=as_json)
    if any(one.left for one in repaired):
        raise typer.Exit(1)


def _files_since(folders: Folders, since: datetime, now: datetime) -> list[Path]:
    """All in folder and spool that are not written to any more."""
    found: list[Path] = []
    for folder in folders.all():
        try:
            folders.disks.require(folder)
            files = recordings_since(folder, f"{since:%Y-%m-%d}")
            found += [path for path in files if not _is_written(path, folders, now)]
        except OSError as error:
            raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
    return found


def _stored_since(access: Access, since: datetime, now: datetime) -> list[Lies]:
    """All of these days in the second tier."""
    try:
        return list(stored_between(access, since.date(), now.date()))
    except OSError as error:
        raise UsageError(f"the second tier cannot be read: {error.strerror or error}") from error


def _records_of(settings: Configuration, names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Headers can be mended without a database too."""
    try:
        rows = RecordReader(settings.records).recordings_named(names)
    except NoRecords:
        return {}
    return {row["recording_id"]: row for row in rows}


def _is_written(path: Path, folders: Folders, now: datetime) -> bool:
    """Whether any part of its recording was, within the last minute."""
    try:
        written = max(path.stat().st_mtime, last_written(recording_of(path), folders))
        return written > now.timestamp() - SETTLED_S
    except OSError:
        return False


def _show(repaired: Sequence[Repaired], *, dry_run: bool, as_json: bool) -> None:
    """What was done and what stays wrong for people, all of them for programs."""
    if as_json:
        print_json([one.as_json() for one in repaired])
        return
    rows = list(_rows(repaired))
    if rows:
        title = "what would be done" if dry_run else "what was done"
        print_table(title, ("path", "what"), rows, ("path",))
    mended = sum(bool(one.done) for one in repaired)
    wrong = sum(one.left is not None for one in repaired)
    what = "to mend" if dry_run else "mended"
    print_line(f"{len(repaired)} looked at, {mended} {what}, {wrong} left as they are")


def _rows(repaired: Iterable[Repaired]) -> Iterator[tuple[object, ...]]:
    for one in repaired:
        for text in (*one.done, *filter(None, [one.left])):
            yield shown_path(str(one.path)), text
