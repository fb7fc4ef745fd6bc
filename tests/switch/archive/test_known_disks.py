"""Each folder of recordings is told from the empty mount point of its disk."""

import shutil
from pathlib import Path

import pytest

from media.recordings.disks import MARKER, DiskAway, Disks
from runtime.ids import SeededIds
from switch.archive.known_disks import known_disks, meet_disks


def meet(place: Path, *folders: str) -> Disks:
    return meet_disks(place / "journal", [place / folder for folder in folders], SeededIds().new)


def test_a_disk_is_marked_once_and_known_from_then_on(tmp_path: Path) -> None:
    disks = meet(tmp_path, "recordings")
    assert (tmp_path / "recordings" / MARKER).read_text("utf-8") == "disk-1\n"
    assert meet(tmp_path, "recordings", "spool").marks[tmp_path / "recordings"] == "disk-1"
    assert known_disks(tmp_path / "journal").marks.items() > disks.marks.items()


def test_an_empty_mount_point_is_not_marked_and_says_what_to_do(tmp_path: Path) -> None:
    meet(tmp_path, "recordings")
    shutil.rmtree(tmp_path / "recordings")
    (tmp_path / "recordings").mkdir()
    disks = meet(tmp_path, "recordings")
    assert list((tmp_path / "recordings").iterdir()) == []
    with pytest.raises(
        DiskAway, match=f"{MARKER} does not say disk-1; mount it, or write that into the file"
    ):
        disks.require(tmp_path / "recordings" / "2026-11-20" / "r.wav")
    disks.require(tmp_path / "elsewhere")
    (tmp_path / "recordings" / MARKER).write_text("disk-1", "utf-8")
    disks.require(tmp_path / "recordings")


def test_another_disk_in_the_same_place_is_not_taken_for_it(tmp_path: Path) -> None:
    disks = meet(tmp_path, "recordings")
    (tmp_path / "recordings" / MARKER).write_text("disk-of-another-switch", "utf-8")
    with pytest.raises(DiskAway):
        disks.require(tmp_path / "recordings")


def test_a_disk_that_has_a_mark_already_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "copied").mkdir()
    (tmp_path / "copied" / MARKER).write_text("disk-7\n", "utf-8")
    assert meet(tmp_path, "copied").marks == {tmp_path / "copied": "disk-7"}


def test_a_folder_that_cannot_be_marked_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert meet(tmp_path, "file/recordings").marks == {}
    assert known_disks(tmp_path / "journal").marks == {}
