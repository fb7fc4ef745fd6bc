"""Recordings held against their records, their calls and the folder they lie in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cli.configuration.sections import Configuration
from cli.output import minute, print_json, print_line
from cli.paths import shown_path
from cli.progress import progress
from cli.table import print_table
from media.recordings.check import Expected, Fault, Finding, check_file
from runtime.errors import UsageError
from switch.records.queries import RecordReader

Row = Mapping[str, Any]
COMPLETED = "completed"
LONGEST_LACK_S = 2.0
"""A recording may end so long before its call: what is still to be said then is a BYE."""
SUFFIX = ".wav"
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


def verify_since(began: datetime, now: datetime, configuration: Configuration) -> list[Checked]:
    """Check what began since a moment, with progress. Raises UsageError when something cannot be read."""
    reader, folder = RecordReader(configuration.records), configuration.recordings.folder
    rows = reader.recordings_between(began, now)
    try:
        files = files_since(folder, began, now.timestamp() - SETTLED_S)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
    verification = Verification(rows, reader.recorded_calls_since(began), files)
    checked: list[Checked] = []
    with progress("recordings", len(rows)) as done:
        for one in verification.recordings():
            checked.append(one)
            done()
    return [*checked, *verification.strays()]


def show(checked: Sequence[Checked], *, as_json: bool) -> None:
    """The wrong ones for people, all of them for programs."""
    if as_json:
        print_json([one.as_json() for one in checked])
        return
    wrong = [one for one in checked if one.findings]
    if wrong:
        rows = [
            (one.recording_id, one.began and minute(one.began), finding.text, shown_path(one.path))
            for one in wrong
            for finding in one.findings
        ]
        print_table("what is wrong", ("recording", "began", "finding", "path"), rows, ("path", "began"))
    print_line(f"{len(checked)} checked, {len(wrong)} with something wrong")


class Verification:
    """What is known of a time: recordings, calls, files.

    ``calls`` are those that were to be recorded; ``files`` those that nobody writes to any more.
    """

    def __init__(self, recordings: Sequence[Row], calls: Iterable[Row], files: Iterable[Path]) -> None:
        self._recordings = recordings
        self._calls = {call["recording_id"]: call for call in calls}
        self._files = files

    def recordings(self) -> Iterator[Checked]:
        """Each recording held against its file and its call."""
        for recording in self._recordings:
            findings = tuple(self._check(recording))
            yield Checked(recording["recording_id"], recording["path"], recording["started_at"], findings)

    def strays(self) -> Iterator[Checked]:
        """Files without a record, and calls whose recording nobody knows."""
        known = {recording["recording_id"] for recording in self._recordings}
        for path in self._files:
            if path.stem not in known:
                finding = Finding(Fault.NO_RECORD, "no record names this file")
                yield Checked(path.stem, str(path), None, (finding,))
        for recording_id, call in self._calls.items():
            if recording_id not in known:
                finding = Finding(Fault.NO_RECORDING, f"call {call['call_id']} was to be recorded")
                yield Checked(recording_id, call["recording_path"] or "", call["start_stamp"], (finding,))

    def _check(self, recording: Row) -> Iterator[Finding]:
        if recording["state"] != COMPLETED:
            yield Finding(Fault.FAILED, f"it failed: {recording['reason']}")
            return
        expected = Expected(
            size_bytes=recording["size_bytes"],
            sha256=recording["sha256"],
            duration_ms=recording["duration_ms"],
            two_parties=recording["station"] is not None,
        )
        yield from check_file(Path(recording["path"]), expected)
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


def files_since(folder: Path, since: datetime, untouched_since: float) -> list[Path]:
    """Recordings in the folders of the days from ``since`` on, in order, without those still written to.

    ``untouched_since`` is a wall-clock time in seconds. Raises OSError.
    """
    if not folder.is_dir():
        return []
    days = (day for day in sorted(folder.iterdir()) if day.is_dir() and day.name >= f"{since:%Y-%m-%d}")
    files = (path for day in days for path in sorted(day.iterdir()) if path.suffix == SUFFIX)
    return [path for path in files if path.stat().st_mtime < untouched_since]


def _end(recording: Row) -> datetime:
    began: datetime = recording["started_at"]
    return began + timedelta(milliseconds=recording["duration_ms"])
