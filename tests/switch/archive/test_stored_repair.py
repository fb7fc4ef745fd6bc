"""Manifests that are lost come back from the second tier."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from media.recordings.config import SecondTierConfig
from media.recordings.manifest import Manifest, manifest_path, read_manifest, write_manifest
from media.recordings.moving import move
from media.recordings.tiers import Access, lies_of
from switch.archive.stored_repair import repair_stored
from tests.switch.archive.runs import recording_file


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    path = recording_file(tmp_path)
    manifest = Manifest(
        recording_id=path.stem,
        contact_id="contact-1",
        call_ids=("call-1",),
        started_at=datetime(2026, 9, 21, 4, 0, tzinfo=UTC),
        state="completed",
    )
    write_manifest(manifest, path)
    return path


@pytest.fixture
def access(tmp_path: Path) -> Access:
    return Access(tier=SecondTierConfig(to=str(tmp_path / "second")))


def test_a_manifest_that_is_lost_is_brought_back(tmp_path: Path, begun: Path, access: Access) -> None:
    moved = move(begun, tmp_path / "recordings", access)
    lies, record = lies_of(moved.address), {"path": str(begun), "state": "completed"}
    assert repair_stored(lies, record, access, dry_run=False).done == ()
    manifest = read_manifest(begun)
    manifest_path(begun).unlink()
    for dry_run in (True, False):
        told = repair_stored(lies, record, access, dry_run=dry_run)
        assert told.done == (f"its manifest, {manifest_path(begun)}, was brought back from the second tier",)
        assert manifest_path(begun).exists() is not dry_run
    assert read_manifest(begun) == manifest


def test_a_copy_that_tells_of_another_file_is_no_manifest_of_this(
    tmp_path: Path, begun: Path, access: Access
) -> None:
    moved = Path(move(begun, tmp_path / "recordings", access).address)
    manifest_path(begun).unlink()
    sealed = moved.rename(moved.with_name(moved.name + ".age"))
    record = {"path": str(begun), "state": "completed"}
    told = repair_stored(sealed, record, access, dry_run=False)
    assert told.left is not None
    assert "does not tell of" in told.left
    moved.with_suffix(".json").unlink()
    assert repair_stored(sealed, record, access, dry_run=False).left is not None
    assert not manifest_path(begun).exists()


def test_what_no_record_names_or_was_deleted_is_told(tmp_path: Path, access: Access) -> None:
    lies = tmp_path / "second" / "2026-09-21" / "stray.wav"
    for record in (None, {"path": "stray.wav", "state": "deleted"}):
        told = repair_stored(lies, record, access, dry_run=False)
        assert (told.done, told.left is None) == ((), False)
