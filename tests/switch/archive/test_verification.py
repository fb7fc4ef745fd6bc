"""Recordings, calls and files are held against each other; each finding is told once."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from media.recordings.check import Fault
from media.recordings.digest import sha256_of
from media.recordings.manifest import (
    ChannelFacts,
    Channels,
    Manifest,
    Mark,
    Moved,
    Span,
    manifest_path,
    write_manifest,
)
from media.recordings.tiers import StoreUnreachable
from switch.archive.verification import Verification, files_between

BEGAN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
LENGTH_S = 3


class Day:
    """Recorded calls of three seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recordings: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.files: list[Path] = []

    def call(self, name: str, *, length_s: float = LENGTH_S, station: str | None = "1001") -> dict[str, Any]:
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
            "contact_id": f"contact-of-{name}",
            "recovered": False,
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
        self.manifest(recording)
        return recording

    def manifest(self, recording: dict[str, Any], **changes: Any) -> None:
        """Write the recording's manifest, otherwise than its record where it is told to."""
        same = ("recording_id", "contact_id", "started_at", "state", "recovered", "duration_ms", "sha256")
        told = {name: recording[name] for name in (*same, "size_bytes")} | {"call_ids": ()}
        write_manifest(Manifest(**(told | changes)), Path(recording["path"]))

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


def test_others_who_talk_at_the_same_time_do_not_hide_that_one_is_short(tmp_path: Path) -> None:
    day = Day(tmp_path)
    for name, length_s in (("in-a-flow", 60), ("as-well", 1)):
        day.call(name, length_s=length_s, station=None)
    day.recordings[1]["started_at"] = BEGAN + timedelta(seconds=58)
    day.manifest(day.recordings[1])
    assert day.findings() == [("in-a-flow", Fault.SHORT)]


def test_a_recording_that_was_stopped_is_held_against_that_moment_not_against_its_call(
    tmp_path: Path,
) -> None:
    day = Day(tmp_path)
    stopped = day.call("a", length_s=60)
    day.manifest(stopped, stopped_ms=LENGTH_S * 1000 + 400)
    assert day.findings() == []
    day.manifest(stopped, stopped_ms=LENGTH_S * 1000 + 2400)
    assert day.findings() == [("a", Fault.SHORT)]


def test_what_was_over_a_moment_ago_is_held_against_its_manifest_if_it_has_one_yet(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.manifest(day.call("stopped", length_s=60), stopped_ms=LENGTH_S * 1000)
    manifest_path(Path(day.call("without")["path"])).unlink()
    day.files.clear()  # written to within the last minute
    assert day.findings() == []


def test_what_failed_is_told_with_its_reason(tmp_path: Path) -> None:
    day = Day(tmp_path)
    failed = day.call("a")
    failed.update(state="failed", reason="no room", duration_ms=None, size_bytes=None)
    day.manifest(failed)
    assert day.findings() == [("a", Fault.FAILED)]


def test_one_that_was_never_begun_is_told_and_costs_no_other_its_check(tmp_path: Path) -> None:
    day = Day(tmp_path)
    never = {"path": "", "state": "failed", "reason": "the disk is not mounted"}
    Path(day.call("a")["path"]).unlink()
    day.recordings[0].update(never)
    day.files.clear()
    day.call("b", length_s=60)
    assert day.findings() == [("a", Fault.FAILED), ("b", Fault.SHORT)]


def test_a_deleted_recording_is_told_only_while_its_file_is_there_in_any_form(tmp_path: Path) -> None:
    day = Day(tmp_path)
    deleted = day.call("a")
    deleted["state"] = "deleted"
    assert day.findings() == [("a", Fault.NOT_DELETED)]
    path = Path(deleted["path"])
    sealed = path.rename(path.with_name("a.flac.age"))
    assert day.findings() == [("a", Fault.NOT_DELETED)]
    sealed.unlink()
    day.files.clear()
    assert day.findings() == []


def test_a_recording_without_a_manifest_is_told(tmp_path: Path) -> None:
    day = Day(tmp_path)
    manifest_path(Path(day.call("a")["path"])).unlink()
    assert day.findings() == [("a", Fault.NO_MANIFEST)]


@pytest.mark.parametrize(
    "change", [{"sha256": "00"}, {"duration_ms": 1}, {"contact_id": "another"}, {"recovered": True}]
)
def test_a_manifest_that_says_otherwise_than_the_record_is_told(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    day = Day(tmp_path)
    day.manifest(day.call("a"), **change)
    assert day.findings() == [("a", Fault.MANIFEST_WRONG)]


def test_a_manifest_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    day = Day(tmp_path)
    manifest_path(Path(day.call("a")["path"])).write_text("{", "utf-8")
    assert day.findings() == [("a", Fault.MANIFEST_WRONG)]


def test_silence_of_which_the_manifest_tells_the_reason_is_no_fault(tmp_path: Path) -> None:
    day = Day(tmp_path)
    silent = day.call("a")
    path = Path(silent["path"])
    soundfile.write(path, np.zeros((LENGTH_S * 8000, 2), np.int16), 8000)
    silent["sha256"] = sha256_of(path)
    paused = Mark(kind="paused", from_ms=0, to_ms=2000)
    day.manifest(silent, marks=(paused,))
    assert day.findings() == [("a", Fault.SILENT)] * 2
    day.manifest(silent, marks=(paused, Mark(kind="lost", from_ms=2000, to_ms=3000)))
    assert day.findings() == []


def test_silence_on_one_channel_tells_no_reason_for_the_other(tmp_path: Path) -> None:
    day = Day(tmp_path)
    silent = day.call("a")
    path = Path(silent["path"])
    sound = np.full((LENGTH_S * 8000, 2), 500, np.int16)
    sound[:, 1] = 0
    soundfile.write(path, sound, 8000)
    silent["sha256"] = sha256_of(path)
    for channels, findings in (("customer", [("a", Fault.SILENT)]), ("agent", []), ("both", [])):
        day.manifest(silent, marks=(Mark(kind="masked", channels=channels, from_ms=0, to_ms=3000),))
        assert day.findings() == findings


def test_a_silent_channel_is_a_fault_only_where_its_packets_carried_sound(tmp_path: Path) -> None:
    day = Day(tmp_path)
    recording = day.call("a")
    path = Path(recording["path"])
    sound = np.full((LENGTH_S * 8000, 2), 500, np.int16)
    sound[:, 1] = 0
    soundfile.write(path, sound, 8000)
    recording["sha256"] = sha256_of(path)
    customer = ChannelFacts(packets=150, lost_ms=0, placed_ms=LENGTH_S * 1000, silent_ms=0)
    for silent_ms, findings in ((0, [("a", Fault.SILENT)]), (1500, [("a", Fault.SILENT)]), (2900, [])):
        agent = customer.model_copy(update={"silent_ms": silent_ms})
        day.manifest(recording, channels=Channels(customer=customer, agent=agent))
        assert day.findings() == findings
    sound[800:, 0] = 0
    soundfile.write(path, sound, 8000)
    recording["sha256"] = sha256_of(path)
    day.manifest(recording, channels=Channels(customer=customer, agent=agent))
    assert day.findings() == [("a", Fault.SILENT)]


def test_gaps_longer_than_what_was_lost_are_told(tmp_path: Path) -> None:
    day = Day(tmp_path)
    recording = day.call("a")
    gaps = (Span(from_ms=100, to_ms=400), Span(from_ms=1000, to_ms=1300))
    for lost_ms, findings in ((600, []), (380, []), (None, []), (340, [("a", Fault.UNEXPLAINED_GAPS)])):
        agent = ChannelFacts(packets=130, lost_ms=lost_ms, gaps=gaps)
        day.manifest(recording, channels=Channels(agent=agent))
        assert day.findings() == findings


def test_what_began_around_midnight_has_its_record_on_the_next_day(tmp_path: Path) -> None:
    day = Day(tmp_path)
    recording = day.call("a")
    day.recordings.clear()
    verification = Verification([], day.calls, day.files, others=[recording])
    assert list(verification.strays()) == []


def test_files_without_records_and_calls_without_recordings_are_found(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("a")
    day.recordings.clear()
    assert day.findings() == [("a", Fault.NO_RECORD), ("a", Fault.NO_RECORDING)]


def test_a_rest_that_never_left_the_spool_is_told_with_its_recording(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("a")
    day.files.append(tmp_path / "spool" / "a.rest.wav")
    assert day.findings() == [("a", Fault.SHORT)]
    day.files.append(tmp_path / "spool" / "nobody.rest.wav")
    assert day.findings() == [("a", Fault.SHORT), ("nobody", Fault.NO_RECORD)]


def test_a_part_that_stayed_on_another_disk_is_told_and_of_a_deleted_one_as_that(tmp_path: Path) -> None:
    day = Day(tmp_path)
    recording = day.call("a")
    day.files.append(tmp_path / "spool" / "a.wav")
    assert day.findings() == [("a", Fault.LEFT_OVER)]
    recording["state"] = "deleted"
    day.files.append(tmp_path / "spool" / "a.9.rest.wav")
    for path in tmp_path.glob("a.*"):
        path.unlink()
    assert day.findings() == [("a", Fault.NOT_DELETED)] * 2


def test_the_same_file_by_another_way_is_no_part_that_stayed(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    day = Day(folder)
    day.call("a")
    (tmp_path / "way").symlink_to(folder)
    day.files.append(tmp_path / "way" / "a.wav")
    assert day.findings() == []


def test_a_store_that_does_not_answer_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day, asked = Day(tmp_path), []

    def ask(lies: object, access: object, first: int = 0) -> None:
        asked.append(str(lies))
        raise StoreUnreachable("nobody answers")

    monkeypatch.setattr("media.recordings.opening.open_lying", ask)
    for name in ("a", "b"):
        recording = day.call(name)
        moved = Moved(address=f"s3://recordings/{name}.wav", size_bytes=1, sha256="00")
        day.manifest(recording, moved=moved)
        Path(recording["path"]).unlink()
    assert day.findings() == [("a", Fault.UNREADABLE), ("b", Fault.UNREADABLE)]
    assert asked == ["s3://recordings/a.wav"]


def test_files_of_the_days_asked_for_are_taken_unless_still_written_to(tmp_path: Path) -> None:
    for day, name, age_s in [
        ("2026-11-18", "old", 300),
        ("2026-11-20", "ended", 300),
        ("2026-11-20", "running", 1),
        ("2026-11-20/telecom/95598", "deep", 300),
        ("2026-11-21/telecom", "next", 300),
    ]:
        path = tmp_path / day / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (BEGAN.timestamp() - age_s,) * 2)
    (tmp_path / "2026-11-20" / "ended.png").touch()
    until = BEGAN + timedelta(days=1)
    found = files_between(tmp_path, BEGAN, until, BEGAN.timestamp() - 60)
    assert [path.stem for path in found] == ["ended", "deep", "next"]
    midnight = until.replace(hour=0, minute=0)
    assert [path.stem for path in files_between(tmp_path, BEGAN, midnight, BEGAN.timestamp() - 60)] == [
        *("ended", "deep")
    ]
    assert files_between(tmp_path / "nowhere", BEGAN, until, 0) == []


def test_files_of_the_second_tier_that_no_record_names_or_that_were_deleted_are_found(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.call("moved")
    day.call("deleted")["state"] = "deleted"
    manifest_path(tmp_path / "deleted.wav").unlink()
    (tmp_path / "deleted.wav").unlink()
    tier = [tmp_path / f"tier/{name}.flac" for name in ("deleted", "moved", "stray")]
    verification = Verification(day.recordings, [], [tmp_path / "moved.wav"], stored=tier)
    strays = [(one.recording_id, one.path, one.findings[0].fault) for one in verification.strays()]
    assert strays == [
        ("deleted", str(tier[0]), Fault.NOT_DELETED),
        ("stray", str(tier[2]), Fault.NO_RECORD),
    ]


def test_a_second_tier_that_does_not_tell_what_it_has_is_a_finding(tmp_path: Path) -> None:
    def gone() -> Iterator[Path]:
        raise StoreUnreachable("no answer")
        yield tmp_path

    (told,) = Verification([], [], [], stored=gone()).strays()
    assert told.findings[0].fault is Fault.UNREADABLE
    assert "no answer" in told.findings[0].text
