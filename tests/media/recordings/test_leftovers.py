"""A part that stayed is removed when all of it lies in the whole, and only then."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from media.recordings.homecoming import Folders
from media.recordings.leftovers import is_within, remove_if_within, whole_of
from media.recordings.manifest import Manifest, write_manifest
from media.recordings.rest import path_of_rest

FRAMES = np.random.default_rng(3).integers(-9000, 9000, (4000, 2)).astype(np.int16)
NAME = "2026-11-20/one.wav"


class Parts:
    """A recording that became one file in the spool."""

    def __init__(self, place: Path) -> None:
        self.folders = Folders(place / "recordings", place / "spool")
        self.home, self.spooled = place / "recordings" / NAME, place / "spool" / NAME
        write(self.spooled, FRAMES)
        write_manifest(
            Manifest(
                recording_id="one",
                contact_id="contact-1",
                call_ids=("call-1",),
                started_at=datetime(2026, 11, 20, tzinfo=UTC),
                state="completed",
            ),
            self.spooled,
        )


def write(path: Path, frames: npt.NDArray[np.int16]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, frames, 8000, subtype="PCM_16")
    return path


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


def test_a_beginning_that_its_disk_did_not_let_go_is_removed(parts: Parts) -> None:
    begun = write(parts.home, FRAMES[:1500])
    assert whole_of(begun, parts.folders) == parts.spooled
    assert remove_if_within(begun, parts.folders)
    assert not begun.exists()
    assert parts.spooled.exists()


def test_a_rest_is_removed_when_it_lies_where_it_belongs(parts: Parts) -> None:
    rest = write(path_of_rest(parts.spooled, 1500), FRAMES[1500:])
    assert remove_if_within(rest, parts.folders)
    assert not rest.exists()


def test_what_differs_or_goes_on_longer_stays(parts: Parts) -> None:
    for frames in (FRAMES[1:1500], np.concatenate([FRAMES, FRAMES[:1]])):
        begun = write(parts.home, frames)
        assert not remove_if_within(begun, parts.folders)
        assert begun.exists()
    rest = write(path_of_rest(parts.spooled, 1501), FRAMES[1500:])
    assert not remove_if_within(rest, parts.folders)
    named_without_frame = write(parts.spooled.with_suffix(".rest.wav"), FRAMES[:10])
    assert not remove_if_within(named_without_frame, parts.folders)


def test_a_file_that_was_only_named_holds_nothing_that_could_be_lost(parts: Parts) -> None:
    parts.home.parent.mkdir(parents=True)
    parts.home.write_bytes(b"RIFF")
    assert is_within(parts.home, parts.spooled)
    parts.home.write_bytes(bytes(5000))
    assert not is_within(parts.home, parts.spooled)


def test_without_the_whole_and_its_manifest_nothing_is_removed(parts: Parts) -> None:
    begun = write(parts.home, FRAMES[:1500])
    assert whole_of(parts.spooled, parts.folders) is None
    parts.spooled.with_suffix(".json").unlink()
    assert not remove_if_within(begun, parts.folders)
    assert whole_of(begun, Folders(parts.folders.folder)) is None
