"""The archive's thread: a manifest beside each recording, whatever the disk does and whoever is killed."""

from dataclasses import replace
from pathlib import Path

from media.recordings.manifest import Manifest, manifest_path, read_manifest
from switch.archive.events import ArchiveFailed, ArchiveRecovered
from switch.archive.state_file import StateFile
from switch.records.config import RecordsConfig
from tests.switch.archive.runs import call_of, completed, config, recording_file, running, tell_journal
from tests.switch.records.stories import START, answered_call, arrived, recording_failed, recording_started

PATIENCE_S = 45.0


def manifest_of(path: Path) -> Manifest:
    manifest = read_manifest(path)
    assert manifest is not None
    return manifest


def kept_place(settings: RecordsConfig) -> int:
    place: int = StateFile(settings.journal / "archive.json").read()["next_sequence"]
    return place


def test_a_recording_that_is_over_has_its_manifest_when_the_switch_has_stopped(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    with running(config(tmp_path)) as run:
        run.tell(*call_of(path))
    manifest = manifest_of(path)
    assert (manifest.state, manifest.recovered, manifest.call_ids) == ("completed", False, ("call-1",))
    assert (manifest.format, manifest.sample_rate_hz, manifest.duration_ms) == ("linear16", 8000, 2000)
    assert (manifest.sha256, manifest.size_bytes) == (completed(path).sha256, path.stat().st_size)
    assert manifest.channels.customer.lost_ms == 40
    assert manifest.started_at.timestamp() == START + 1
    assert run.archive.behind == 0
    assert run.archive.manifests_written == 1
    assert run.reports.empty()


def test_what_failed_has_a_manifest_that_says_why(tmp_path: Path) -> None:
    path = recording_file(tmp_path)
    failed = replace(recording_failed(), path=str(path))
    with running(config(tmp_path)) as run:
        run.tell((0, arrived()), (1, recording_started()), (2, failed))
    manifest = manifest_of(path)
    assert (manifest.state, manifest.reason, manifest.duration_ms) == (
        "failed",
        "No space left on device",
        None,
    )


def test_what_the_journal_kept_while_nobody_read_it_gets_its_manifest_in_the_next_run(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    tell_journal(settings, *call_of(path))
    with running(settings):
        pass
    assert manifest_of(path).state == "completed"


def test_reading_the_journal_twice_changes_no_manifest(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run:
        run.tell(*call_of(path))
    before = manifest_path(path).stat()
    (settings.journal / "archive.json").unlink()
    with running(settings) as run:
        pass
    assert manifest_path(path).stat().st_mtime_ns == before.st_mtime_ns
    assert run.archive.manifests_written == 0


def test_a_recording_that_was_taken_away_meanwhile_gets_no_manifest(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    tell_journal(settings, *call_of(path))
    path.unlink()
    with running(settings):
        pass
    assert list(path.parent.iterdir()) == []


def test_the_place_kept_is_that_of_the_oldest_call_or_recording(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run:
        run.tell(*call_of(path), (50, arrived("still-up")), *answered_call("call-3", "recording-3"))
    assert kept_place(settings) == 5
    (settings.journal / "archive.json").write_text("{", "utf-8")
    with running(settings):
        pass
    assert kept_place(settings) == 5


def test_a_folder_that_is_no_folder_is_tried_again_and_holds_up_no_other(tmp_path: Path) -> None:
    settings = config(tmp_path)
    path, other = recording_file(tmp_path, "stuck"), recording_file(tmp_path, "other")
    part = path.with_suffix(".json.part")
    part.mkdir()  # what is to be written there cannot be
    with running(settings) as run:
        run.tell(*call_of(path), *call_of(other))
        assert isinstance(run.reports.get(timeout=PATIENCE_S), ArchiveFailed)
        part.rmdir()
        assert isinstance(run.reports.get(timeout=PATIENCE_S), ArchiveRecovered)
        assert manifest_of(other).state == manifest_of(path).state == "completed"
    assert run.reports.empty()


def test_a_manifest_the_disk_refused_to_the_end_is_written_by_the_next_run(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    part = path.with_suffix(".json.part")
    part.mkdir()
    with running(settings) as run:
        run.tell(*call_of(path))
        run.reports.get(timeout=PATIENCE_S)
    assert kept_place(settings) == 1
    part.rmdir()
    with running(settings):
        pass
    assert manifest_of(path).caller == "13800138000"
