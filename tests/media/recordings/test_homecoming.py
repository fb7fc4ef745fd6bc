"""What a process that was killed between two steps of storing left lies whole in its place afterwards."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.recordings.homecoming import Folders, Home, bring_home, last_written
from media.recordings.rest import path_of_rest
from media.recordings.wav_file import mend

FIRST, SECOND = 1000, 500
NAME = "2026-11-20/one.wav"


def write(path: Path, *samples: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = np.repeat(samples, (FIRST, SECOND)[: len(samples)]).astype(np.int16)
    soundfile.write(path, np.column_stack((sound, sound)), 8000, subtype="PCM_16")


def cut(path: Path, frames: int) -> None:
    with path.open("r+b") as file:
        file.truncate(44 + frames * 4)


class Parts:
    """A recording whose beginning its disk took, and whose rest went to the spool."""

    def __init__(self, place: Path) -> None:
        self.folders = Folders(place / "recordings", place / "spool")
        self.home, self.spooled = place / "recordings" / NAME, place / "spool" / NAME
        self.rest = path_of_rest(self.spooled, FIRST)
        write(self.home, 700)
        self.rest.parent.mkdir(parents=True)
        soundfile.write(self.rest, np.full((SECOND, 2), -300, np.int16), 8000, subtype="PCM_16")

    def check(self) -> None:
        """All of it is where it belongs, once, and nothing else is anywhere."""
        assert bring_home(self.home, self.folders) == Home(self.home)
        assert mend(self.home).whole_bytes == (FIRST + SECOND) * 4
        samples = soundfile.read(self.home, dtype="int16")[0][:, 0]
        assert set(samples[:FIRST]) == {700}
        assert set(samples[FIRST:]) == {-300}
        files = [path for folder in self.folders.all() for path in folder.rglob("*") if path.is_file()]
        assert files == [self.home]


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


def test_killed_before_they_were_joined(parts: Parts) -> None:
    parts.check()


@pytest.mark.parametrize("frames", [1, SECOND // 2, SECOND])
def test_killed_while_the_beginning_grew_by_its_rest(parts: Parts, frames: int) -> None:
    write(parts.home, 700, -300)
    cut(parts.home, FIRST + frames)
    parts.check()


@pytest.mark.parametrize("frames", [0, FIRST // 2, FIRST, FIRST + 1])
def test_killed_while_both_became_one_file_in_the_spool(parts: Parts, frames: int) -> None:
    write(parts.spooled, 700, -300)
    cut(parts.spooled, frames)
    parts.check()


@pytest.mark.parametrize("beginning_is_left", [True, False])
def test_killed_when_both_had_become_one_file_in_the_spool(parts: Parts, beginning_is_left: bool) -> None:
    write(parts.spooled, 700, -300)
    if not beginning_is_left:
        parts.home.unlink()
    parts.check()


def test_killed_before_the_last_part_was_removed_from_the_folder(parts: Parts) -> None:
    write(parts.spooled, 700, -300)
    parts.rest.unlink()
    parts.check()


def test_a_file_without_a_header_is_no_beginning(parts: Parts) -> None:
    write(parts.spooled, 700)
    parts.home.write_bytes(b"")
    parts.check()


def test_when_anything_of_it_was_written_last_counts_its_rest(parts: Parts) -> None:
    assert last_written(parts.home, parts.folders) == pytest.approx(parts.rest.stat().st_mtime)
