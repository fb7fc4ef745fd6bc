"""Files mended by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from media.recordings.homecoming import Folders
from media.recordings.manifest import manifest_path, read_manifest
from media.recordings.rest import path_of_rest
from media.recordings.wav_file import read_wav_file
from switch.archive.repair import Repair, Repaired, Row
from tests.switch.archive.runs import recording_file


def record(path: Path) -> dict[str, Any]:
    return {
        "recording_id": path.stem,
        "path": str(path),
        "contact_id": "contact-1",
        "call_id": "call-1",
        "caller": "13800138000",
        "called": "95598",
        "station": "1001",
        "agent": "8001",
        "queue": "客户服务",
        "trunk": "telecom",
        "started_at": datetime(2026, 9, 21, 4, 0, tzinfo=UTC),
        "duration_ms": 2000,
        "size_bytes": path.stat().st_size,
        "sha256": "ab" * 32,
        "recovered": False,
        "state": "completed",
        "reason": None,
    }


def folders_of(path: Path) -> Folders:
    """Of a recording in the folder, with a spool beside it."""
    return Folders(path.parents[1], path.parents[2] / "spool")


def repair(path: Path, record: Row | None, *, is_written: bool, dry_run: bool) -> Repaired:
    return Repair(Folders(path.parent), dry_run=dry_run).file(path, record, is_written=is_written)


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
    assert (manifest.agents, manifest.queue, manifest.trunk) == (("8001",), "客户服务", "telecom")
    assert manifest.started_at == datetime(2026, 9, 21, 4, 0, tzinfo=UTC)


def test_what_is_left_of_a_deleted_recording_is_told_and_nothing_is_written_beside_it(tmp_path: Path) -> None:
    path = torn(tmp_path)
    before = path.read_bytes()
    done = repair(path, record(path) | {"state": "deleted"}, is_written=False, dry_run=False)
    assert (done.done, done.left) == ((), "it was deleted, and lies here still; remove it by hand")
    assert (path.read_bytes(), manifest_path(path).exists()) == (before, False)


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


def rest_in_spool(path: Path) -> Path:
    rest = path_of_rest(folders_of(path).places_of(path)[1] or path, 16_000)
    rest.parent.mkdir(parents=True)
    rest.write_bytes(path.read_bytes())
    return rest


def test_a_rest_in_the_spool_joins_its_beginning(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    rest = rest_in_spool(path)
    for dry_run, length_ms in ((True, 2000), (False, 4000)):
        done = Repair(folders_of(path), dry_run=dry_run).file(rest, None, is_written=False)
        assert done.done == (f"it joined its beginning, {path}",)
        assert done.left == "no record names it; the switch catalogues it at its next start"
        assert (read_wav_file(path).duration_ms, rest.exists()) == (length_ms, dry_run)


def test_a_rest_is_left_to_a_switch_that_runs_and_where_a_record_tells_otherwise(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    rest = rest_in_spool(path)
    running = Repair(folders_of(path), switch_runs=True).file(rest, None, is_written=False)
    assert (running.done, running.left is None) == ((), False)
    recorded = Repair(folders_of(path)).file(rest, record(path), is_written=False)
    assert recorded.left == f"it never joined {path}; its record tells of that alone"
    assert rest.exists()


def test_a_part_that_stayed_is_removed_when_all_of_it_lies_in_the_whole(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    repair(path, record(path), is_written=False, dry_run=False)
    _, stayed = folders_of(path).places_of(path)
    assert stayed is not None
    stayed.parent.mkdir(parents=True)
    stayed.write_bytes(path.read_bytes()[:3000])
    told = f"it was removed: all of it lies in {path}"
    for dry_run in (True, False):
        done = Repair(folders_of(path), dry_run=dry_run).file(stayed, record(path), is_written=False)
        assert (done.done, done.left, stayed.exists()) == ((told,), None, dry_run)
    stayed.write_bytes(path.read_bytes()[:44] + b"another" * 400)
    done = Repair(folders_of(path)).file(stayed, record(path), is_written=False)
    assert done.left == f"it is no part of {path}, which lies beside a manifest; hear both"
    assert stayed.exists()


def test_a_file_whose_record_names_the_other_disk_gets_no_manifest_there(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    _, spooled = folders_of(path).places_of(path)
    assert spooled is not None
    spooled.parent.mkdir(parents=True)
    named = record(path)
    path.rename(spooled)
    done = Repair(folders_of(path)).file(spooled, named, is_written=False)
    assert (done.done, done.left) == ((), f"its record names {path}, where it is not")
    assert not manifest_path(spooled).exists()
