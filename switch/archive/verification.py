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
from media.recordings.forms import lying_at
from media.recordings.kept_check import check_wherever
from media.recordings.manifest_check import differences, find_manifest, is_silenced
from runtime.errors import UsageError
from switch.records.config import RecordsConfig
from switch.records.queries import RecordReader
from switch.records.recording_search import DELETED

Row = Mapping[str, Any]
COMPLETED = "completed"
LONGEST_LACK_S = 2.0
"""A recording may end so long before its call: what is still to be said then is a BYE."""
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
        identity: Path | None = None,
    ) -> None:
        """``others``: recordings that began later, of calls or in folders of the time.

        ``identity``: file with the private key that opens encrypted ones.
        """
        self._identity = identity
        self._recordings = recordings
        self._calls = {call["recording_id"]: call for call in calls}
        self._files = frozenset(files)
        self._recorded = {recording["recording_id"] for recording in (*recordings, *others)}

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
            if path.stem not in self._recorded:
                finding = Finding(Fault.NO_RECORD, "no record names this file")
                yield Checked(path.stem, str(path), None, (finding,))
        for recording_id, call in self._calls.items():
            if recording_id not in self._recorded:
                finding = Finding(Fault.NO_RECORDING, f"call {call['call_id']} was to be recorded")
                yield Checked(recording_id, call["recording_path"] or "", call["start_stamp"], (finding,))

    def _check(self, recording: Row) -> Iterator[Finding]:
        path = Path(recording["path"])
        if recording["state"] == DELETED:
            if recording["path"] and lying_at(path) is not None:
                yield Finding(Fault.NOT_DELETED, "it was deleted, and there is a file all the same")
            return
        manifest = None
        if path in self._files:
            manifest, wrong = find_manifest(path)
            yield from wrong
        if manifest is not None:
            yield from differences(manifest, recording)
        if recording["state"] != COMPLETED:
            yield Finding(Fault.FAILED, f"it failed: {recording['reason']}")
            return
        expected = Expected(
            size_bytes=recording["size_bytes"],
            sha256=recording["sha256"],
            duration_ms=recording["duration_ms"],
            two_parties=recording["station"] is not None,
            is_silenced=manifest is not None and is_silenced(manifest),
        )
        yield from check_wherever(path, expected, self._identity)
        call = self._calls.get(recording["recording_id"])
        lack_s = 0.0 if call is None else (call["end_stamp"] - _end(recording)).total_seconds()
        if call is not None and lack_s > LONGEST_LACK_S and not self._goes_on(call):
            yield Finding(Fault.SHORT, f"ends {lack_s:.1f} s before its call did")

    def _goes_on(self, call: Row) -> bool:
        """Whether a call took on the recording of a customer who was transferred to it."""
        return any(
            recording["state"] == COMPLETED
            and recording["station"] == call["station"]
            and recording["started_at"] < call["end_stamp"]
            and (call["end_stamp"] - _end(recording)).total_seconds() <= LONGEST_LACK_S
            for recording in self._recordings
        )


def verification(
    records: RecordsConfig,
    folder: Path,
    began: datetime,
    until: datetime,
    now: datetime,
    identity: Path | None = None,
) -> Verification:
    """Of what began between two moments. Raises UsageError when something cannot be read."""
    reader = RecordReader(records)
    try:
        files = files_between(folder, began, until, now.timestamp() - SETTLED_S)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
    calls = (call for call in reader.recorded_calls_since(began) if call["start_stamp"] < until)
    others = reader.recordings_between(until, until + _AROUND_MIDNIGHT)
    return Verification(reader.recordings_between(began, until), calls, files, others, identity)


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
