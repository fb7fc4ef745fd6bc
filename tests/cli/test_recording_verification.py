"""Recordings, calls and files are held against each other; each finding is told once."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from cli.recording_verification import Verification, files_since
from media.recordings.check import Fault
from media.recordings.digest import sha256_of

BEGAN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
LENGTH_S = 3


class Day:
    """Recorded calls of three seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recordings: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.files: list[Path] = []

    def call(self, name: str, *, length_s: float = LENGTH_S, station: str = "1001") -> dict[str, Any]:
        """A call that lasted ``length_s`` and whose recording has LENGTH_S; returns the recording."""
        path = self.folder / f"{name}.wav"
        soundfile.write(path, np.full((LENGTH_S * 8000, 2), 500, np.int16), 8000)
        recording = {
            "recording_id": name,
            "path": str(path),
            "started_at": BEGAN,
            "state": "completed",
            "reason": None,
            "size_bytes": path.stat().st_size,
            "sha256": sha256_of(path),
            "duration_ms": LENGTH_S * 1000,
            "station": station,
        }
        self.recordings.append(recording)
        self.calls.append(
            {
                "call_id": f"call-of-{name}",
                "recording_id": name,
                "recording_path": str(path),
                "station": station,
                "start_stamp": BEGAN,
                "end_stamp": BEGAN + timedelta(seconds=length_s),
            }
        )
        self.files.append(path)
        return recording

    def findings(self) -> list[tuple[str, Fault]]:
        verification = Verification(self.recordings, self.calls, self.files)
        checked = [*verification.recordings(), *verification.strays()]
        return [(one.recording_id, finding.fault) for one in checked for finding in one.findings]


def test_a_day_without_faults_has_no_findings(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("a")
    day.call("b", length_s=4.9)
    assert day.findings() == []


def test_a_recording_that_ends_long_before_its_call_is_short(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("a", length_s=60)
    assert day.findings() == [("a", Fault.SHORT)]


def test_a_call_that_took_on_the_recording_of_a_transferred_customer_is_not_short(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("of-consultation", length_s=5.5)
    carried = day.call("of-customer", length_s=1)
    carried["started_at"] = BEGAN + timedelta(seconds=2)
    assert day.findings() == []


def test_what_failed_is_told_with_its_reason(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("a").update(state="failed", reason="restart", duration_ms=None, size_bytes=None)
    assert day.findings() == [("a", Fault.FAILED)]


def test_files_without_records_and_calls_without_recordings_are_found(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("a")
    day.recordings.clear()
    assert day.findings() == [("a", Fault.NO_RECORD), ("a", Fault.NO_RECORDING)]


def test_files_of_the_days_asked_for_are_taken_unless_still_written_to(tmp_path: Path) -> None:
    for day, name, age_s in [
        ("2026-11-18", "old", 300),
        ("2026-11-20", "ended", 300),
        ("2026-11-20", "running", 1),
        ("2026-11-21", "next", 300),
    ]:
        path = tmp_path / day / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (BEGAN.timestamp() - age_s,) * 2)
    (tmp_path / "2026-11-20" / "ended.png").touch()
    found = files_since(tmp_path, BEGAN, BEGAN.timestamp() - 60)
    assert [path.stem for path in found] == ["ended", "next"]
    assert files_since(tmp_path / "nowhere", BEGAN, 0) == []
