"""Recordings held against their records, their calls, their manifests and the folder they lie in.

Reads, changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from media.recordings.check import Expected, Fault, Finding
from media.recordings.folder import recordings_since
from media.recordings.kept_check import check_wherever
from media.recordings.manifest import Manifest
from media.recordings.manifest_check import (
    differences,
    find_manifest,
    silenced_channels,
    sound_ms,
    unexplained_gaps,
)
from media.recordings.rest import recording_of
from media.recordings.stored import recording_id_of, stored_between
from media.recordings.tiers import Access, Lies, StoredObject, StoreUnreachable, lying_at
from media.recordings.wav import RecordingError
from runtime.errors import UsageError
from switch.records.config import RecordsConfig
from switch.records.queries import RecordReader
from switch.records.recording_search import DELETED

Row = Mapping[str, Any]
COMPLETED = "completed"
LONGEST_LACK_S = 2.0
"""A recording may end so long before it should: what is still to be said then is a BYE."""
_AROUND_MIDNIGHT = timedelta(hours=1)
"""A file's folder is of the day before when it was begun at midnight, and so may be its call."""
SETTLED_S = 60.0
"""A running recording is written to every second; one that is over has its record within seconds."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One recording, or what should be one."""

    recording_id: str
    path: str
    began: datetime | None
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """Empty ``findings`` for a good one."""
        return {
            "recording_id": self.recording_id,
            "path": self.path,
            "began": self.began,
            "findings": [{"fault": str(fault), "text": text} for fault, text in self.findings],
        }


class Verification:
    """What is known of a time: recordings, calls, files.

    ``calls`` are those that were to be recorded; ``files`` those that nobody writes to any more, whose
    manifests should be there.
    """

    def __init__(
        self,
        recordings: Sequence[Row],
        calls: Iterable[Row],
        files: Iterable[Path],
        others: Iterable[Row] = (),
        access: Access | None = None,
        stored: Iterable[Lies] = (),
    ) -> None:
        """``others``: recordings that began later, of calls or in folders of the time. ``stored``: what lies
        in the second tier; it may raise OSError on the way.
        """
        self._stored = stored
        self._access = access or Access()
        self._unreachable: str | None = None
        self._recordings = recordings
        self._calls = {call["recording_id"]: call for call in calls}
        self._files = frozenset(files)
        self._recorded = {row["recording_id"]: row for row in (*recordings, *others)}

    @property
    def count(self) -> int:
        """How many recordings are to be checked."""
        return len(self._recordings)

    def recordings(self) -> Iterator[Checked]:
        """Each recording held against its file, its manifest and its call."""
        for recording in self._recordings:
            findings = tuple(self._check(recording))
            yield Checked(recording["recording_id"], recording["path"], recording["started_at"], findings)

    def strays(self) -> Iterator[Checked]:
        """Files without a record, and calls whose recording nobody knows."""
        for path in sorted(self._files):
            recording_id = recording_of(path).stem
            if finding := _stray(path, self._recorded.get(recording_id)):
                yield Checked(recording_id, str(path), None, (finding,))
        yield from self._strays_in_second_tier()
        for recording_id, call in self._calls.items():
            if recording_id not in self._recorded:
                finding = Finding(Fault.NO_RECORDING, f"call {call['call_id']} was to be recorded")
                yield Checked(recording_id, call["recording_path"] or "", call["start_stamp"], (finding,))

    def _strays_in_second_tier(self) -> Iterator[Checked]:
        try:
            for lies in self._stored:
                recording_id = recording_id_of(lies)
                if recording_id not in self._recorded:
                    finding = Finding(Fault.NO_RECORD, "no record names this file of the second tier")
                    yield Checked(recording_id, str(lies), None, (finding,))
                elif self._recorded[recording_id]["state"] == DELETED:
                    finding = Finding(Fault.NOT_DELETED, "it was deleted, and lies in the second tier still")
                    yield Checked(recording_id, str(lies), None, (finding,))
        except OSError as error:
            finding = Finding(Fault.UNREADABLE, f"what lies in the second tier cannot be told: {error}")
            yield Checked("", "", None, (finding,))

    def _check(self, recording: Row) -> Iterator[Finding]:
        path = Path(recording["path"])
        if recording["state"] == DELETED:
            if recording["path"] and _is_left(path):
                yield Finding(Fault.NOT_DELETED, "it was deleted, and there is a file all the same")
            return
        if not recording["path"]:
            yield Finding(Fault.FAILED, f"it was never begun: {recording['reason']}")
            return
        manifest, wrong = find_manifest(path)
        if path in self._files or _lies_elsewhere(path):
            yield from wrong
        if manifest is not None:
            yield from differences(manifest, recording)
            yield from unexplained_gaps(manifest)
        if recording["state"] != COMPLETED:
            yield Finding(Fault.FAILED, f"it failed: {recording['reason']}")
            return
        expected = Expected(
            size_bytes=recording["size_bytes"],
            sha256=recording["sha256"],
            duration_ms=recording["duration_ms"],
            two_parties=recording["station"] is not None,
            silenced=frozenset() if manifest is None else silenced_channels(manifest),
            sound_ms={} if manifest is None else sound_ms(manifest),
        )
        yield from self._check_file(path, recording.get("moved_to"), expected)
        yield from self._check_end(recording, manifest)

    def _check_file(self, path: Path, moved_to: str | None, expected: Expected) -> list[Finding]:
        """A store that does not answer is asked once."""
        if self._unreachable is None or not _is_in_store(path, moved_to):
            try:
                return check_wherever(path, expected, self._access, moved_to)
            except StoreUnreachable as error:
                self._unreachable = str(error)
        return [Finding(Fault.UNREADABLE, f"the second tier does not answer: {self._unreachable}")]

    def _check_end(self, recording: Row, manifest: Manifest | None) -> Iterator[Finding]:
        """It should last until it was stopped, or else as long as its call."""
        call = self._calls.get(recording["recording_id"])
        if manifest is not None and manifest.stopped_ms is not None:
            lack_s, before = (manifest.stopped_ms - recording["duration_ms"]) / 1000, "it was stopped"
        elif call is not None:
            lack_s, before = (call["end_stamp"] - _end(recording)).total_seconds(), "its call did"
        else:
            return
        if lack_s > LONGEST_LACK_S:
            yield Finding(Fault.SHORT, f"ends {lack_s:.1f} s before {before}")


def verification(
    records: RecordsConfig,
    folder: Path,
    began: datetime,
    until: datetime,
    now: datetime,
    access: Access,
    spool: Path | None = None,
) -> Verification:
    """Of what began between two moments; ``spool`` is looked through beside the folder.

    Raises UsageError when something cannot be read, as when a disk is not mounted.
    """
    _require_disks(access, folder, spool)
    reader = RecordReader(records)
    files: list[Path] = []
    for each in (folder, *([] if spool is None else [spool])):
        try:
            files += files_between(each, began, until, now.timestamp() - SETTLED_S)
        except OSError as error:
            raise UsageError(f"{each} cannot be read: {error.strerror or error}") from error
    calls = reader.recorded_calls_between(began, until)
    others = reader.recordings_between(until, until + _AROUND_MIDNIGHT)
    stored = stored_between(access, began.date(), (until - timedelta(microseconds=1)).date())
    return Verification(reader.recordings_between(began, until), calls, files, others, access, stored)


def _require_disks(access: Access, *folders: Path | None) -> None:
    """Every recording of a disk that is away would be missing. Raises UsageError."""
    for folder in (*folders, access.tier.folder):
        if folder is not None:
            try:
                access.disks.require(folder)
            except OSError as error:
                raise UsageError(str(error)) from error


def _stray(path: Path, recording: Row | None) -> Finding | None:
    """What is wrong with a file that is not the one its record names."""
    if recording is None:
        return Finding(Fault.NO_RECORD, "no record names this file")
    if path == Path(recording["path"]) or path.resolve() == Path(recording["path"]).resolve():
        return None
    if recording["state"] == DELETED:
        return Finding(Fault.NOT_DELETED, "it was deleted, and a part of it is left here")
    if recording_of(path) != path:
        return Finding(Fault.SHORT, "a rest of it lies in the spool that never joined it")
    return Finding(Fault.LEFT_OVER, f"a part of it is left here; its record names {recording['path']}")


def _is_left(begun: Path) -> bool:
    try:
        return lying_at(begun) is not None
    except (RecordingError, OSError):
        return True  # a manifest at least


def _lies_elsewhere(begun: Path) -> bool:
    """Whether it was converted, encrypted or moved. One whose manifest cannot be read may have been."""
    try:
        return lying_at(begun) not in (None, begun)
    except (RecordingError, OSError):
        return True


def _is_in_store(begun: Path, moved_to: str | None) -> bool:
    try:
        return isinstance(lying_at(begun, moved_to), StoredObject)
    except (RecordingError, OSError):
        return False


def files_between(folder: Path, began: datetime, until: datetime, untouched_since: float) -> list[Path]:
    """Recordings in the folders of the days between two moments, without those still written to.

    ``untouched_since`` is a wall-clock time in seconds. Raises OSError.
    """
    last_day = f"{until - timedelta(microseconds=1):%Y-%m-%d}"
    files = recordings_since(folder, f"{began:%Y-%m-%d}")
    return [p for p in files if _day_of(p, folder) <= last_day and p.stat().st_mtime < untouched_since]


def _day_of(file: Path, folder: Path) -> str:
    return file.relative_to(folder).parts[0]


def _end(recording: Row) -> datetime:
    began: datetime = recording["started_at"]
    return began + timedelta(milliseconds=recording["duration_ms"])
