"""The rest of a recording in the spool comes back to its beginning, wherever the joining is cut off."""

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import numpy as np
import pytest
import soundfile

from media.recordings.rest import join_rest
from media.recordings.wav_file import read_wav_file

FIRST, SECOND = 1000, 500


def parts(folder: Path, subtype: str = "PCM_16") -> tuple[Path, Path]:
    """A beginning and its rest, each of one value; the rest is torn."""
    path, rest = folder / "one.wav", folder / "one.rest.wav"
    soundfile.write(path, np.full((FIRST, 2), 848, np.int16), 8000, subtype=subtype)
    soundfile.write(rest, np.full((SECOND, 2), 8064, np.int16), 8000, subtype=subtype)
    with rest.open("ab") as file:
        file.write(b"\1")
    return path, rest


def check(path: Path, rest: Path) -> None:
    samples = soundfile.read(path, dtype="int16")[0][:, 0]
    assert len(samples) == FIRST + SECOND
    assert len(set(samples[:FIRST])) == len(set(samples[FIRST:])) == 1
    assert samples[0] != samples[-1]
    assert read_wav_file(path).is_true
    assert not rest.exists()


@pytest.mark.parametrize("subtype", ["PCM_16", "ALAW", "ULAW"])
def test_beginning_and_rest_are_one_file_again(tmp_path: Path, subtype: str) -> None:
    path, rest = parts(tmp_path, subtype)
    join_rest(path, rest)
    check(path, rest)
    join_rest(path, rest)
    check(path, rest)


@pytest.mark.parametrize("cut_off_at", ["write", "unlink", "replace"])
def test_joining_that_is_cut_off_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_off_at: str
) -> None:
    path, rest = parts(tmp_path)

    def cut_off(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        if cut_off_at == "write":
            patched.setattr("media.recordings.rest.os.fsync", cut_off)
        else:
            patched.setattr(Path, cut_off_at, cut_off)
        with pytest.raises(OSError, match="killed"):
            join_rest(path, rest)
    join_rest(path, rest)
    check(path, rest)


def refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def half(source: BinaryIO, target: BinaryIO, _: int) -> None:
    target.write(source.read(FIRST))
    refuse()


def test_joining_that_the_disk_refuses_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rest = parts(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("media.recordings.rest.shutil.copyfileobj", half)
        with pytest.raises(OSError, match="No space left"):
            join_rest(path, rest)
    assert {one.name for one in tmp_path.iterdir()} == {"one.wav", "one.rest.wav"}
    join_rest(path, rest)
    check(path, rest)


def test_nothing_is_written_where_there_is_no_room_for_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rest = parts(tmp_path)
    needed = path.stat().st_size + rest.stat().st_size - 1  # a torn octet is cut off before
    path.with_suffix(".whole.part").write_bytes(b"of an earlier run")
    with monkeypatch.context() as patched:
        patched.setattr("media.recordings.rest.shutil.copyfileobj", refuse)
        patched.setattr("media.recordings.rest.shutil.disk_usage", lambda _: SimpleNamespace(free=needed - 1))
        with pytest.raises(OSError, match=f"there is no room for {needed} octets"):
            join_rest(path, rest)
    assert {one.name for one in tmp_path.iterdir()} == {"one.wav", "one.rest.wav"}
    join_rest(path, rest)
    check(path, rest)


def test_a_rest_without_a_header_holds_nothing_and_is_left(tmp_path: Path) -> None:
    path, rest = parts(tmp_path)
    before = path.read_bytes()
    rest.write_bytes(b"RIFF")
    join_rest(path, rest)
    assert path.read_bytes() == before
    assert rest.exists()
