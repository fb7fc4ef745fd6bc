"""Files mended by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from media.recordings.manifest import manifest_path, read_manifest
from media.recordings.wav_file import read_wav_file
from switch.archive.repair import repair
from tests.switch.archive.runs import recording_file


def record(path: Path) -> dict[str, Any]:
    return {
        "recording_id": path.stem,
        "contact_id": "contact-1",
        "call_id": "call-1",
        "caller": "13800138000",
        "called": "95598",
        "station": "1001",
        "started_at": datetime(2026, 9, 21, 4, 0, tzinfo=UTC),
        "duration_ms": 2000,
        "size_bytes": path.stat().st_size,
        "sha256": "ab" * 32,
        "recovered": False,
        "state": "completed",
        "reason": None,
    }


def torn(folder: Path) -> Path:
    path = recording_file(folder)
    with path.open("ab") as file:
        file.write(b"\1\2\3\4" * 800 + b"\1\2")
    return path


def test_a_header_is_made_true_and_what_was_wrong_is_told(tmp_path: Path) -> None:
    path = torn(tmp_path)
    done = repair(path, record(path), is_written=False, dry_run=False)
    header, manifest = done.done
    assert header == (
        "its header told 2.000 s and tells 2.100 s; 2 octets that are no whole frame were cut off"
    )
    assert manifest == "its manifest was written from its record"
    assert read_wav_file(path).is_true
    assert done.left is None
    assert repair(path, record(path), is_written=False, dry_run=False).done == ()


def test_a_dry_run_tells_the_same_and_does_nothing(tmp_path: Path) -> None:
    path = torn(tmp_path)
    before = path.read_bytes()
    told = repair(path, record(path), is_written=False, dry_run=True)
    assert path.read_bytes() == before
    assert not manifest_path(path).exists()
    assert told == repair(path, record(path), is_written=False, dry_run=False)


def test_a_manifest_is_made_from_the_record(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    repair(path, record(path), is_written=False, dry_run=False)
    manifest = read_manifest(path)
    assert manifest is not None
    assert (manifest.caller, manifest.stations, manifest.duration_ms) == ("13800138000", ("1001",), 2000)
    assert manifest.started_at == datetime(2026, 9, 21, 4, 0, tzinfo=UTC)


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = torn(tmp_path)
    before = path.read_bytes()
    done = repair(path, None, is_written=True, dry_run=False)
    assert (done.done, done.left) == ((), "it is being written; nothing was done")
    assert path.read_bytes() == before


def test_a_file_without_a_record_is_mended_and_left_to_the_switch(tmp_path: Path) -> None:
    path = torn(tmp_path)
    done = repair(path, None, is_written=False, dry_run=False)
    assert len(done.done) == 1
    assert done.left == "no record names it; the switch catalogues it at its next start"


def test_what_cannot_be_mended_is_told(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    path.write_bytes(b"no audio")
    assert repair(path, None, is_written=False, dry_run=False).left == f"{path} has no whole WAV header"
    path.unlink()
    assert repair(path, None, is_written=False, dry_run=False).left == f"{path}: No such file or directory"
