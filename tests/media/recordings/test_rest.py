"""The rest of a recording in the spool comes back to its beginning, wherever the joining is cut off."""

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import numpy as np
import pytest
import soundfile

from media.recordings.rest import frame_of, join_rests, path_of_rest, recording_of, rests_of
from media.recordings.wav_file import read_wav_file

FIRST, SECOND = 1000, 500


def parts(folder: Path, subtype: str = "PCM_16") -> tuple[Path, Path]:
    """A beginning and its rest, each of one value; the rest is torn."""
    path = folder / "one.wav"
    rest = path_of_rest(path, FIRST)
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
    assert join_rests(path, rests_of(path)) == ()
    check(path, rest)
    join_rests(path, rests_of(path))
    check(path, rest)


@pytest.mark.parametrize("cut_off_at", ["write", "replace", "unlink"])
def test_joining_that_is_cut_off_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_off_at: str
) -> None:
    path, rest = parts(tmp_path)

    def cut_off(*_: object, **__: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        match cut_off_at:
            case "write":
                patched.setattr("media.recordings.rest.os.fsync", cut_off)
            case "replace":
                patched.setattr(Path, "replace", cut_off)
            case "unlink":
                patched.setattr("media.recordings.rest.sync_folder", cut_off)
        with pytest.raises(OSError, match="killed"):
            join_rests(path, rests_of(path))
    join_rests(path, rests_of(path))
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
            join_rests(path, rests_of(path))
    assert {one.name for one in tmp_path.iterdir()} == {path.name, rest.name}
    join_rests(path, rests_of(path))
    check(path, rest)


def test_nothing_is_written_where_there_is_no_room_for_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rest = parts(tmp_path)
    needed = path.stat().st_size + SECOND * 4
    path.with_suffix(".whole.part").write_bytes(b"of an earlier run")
    with monkeypatch.context() as patched:
        patched.setattr("media.recordings.rest.shutil.copyfileobj", refuse)
        patched.setattr("media.recordings.rest.shutil.disk_usage", lambda _: SimpleNamespace(free=needed - 1))
        with pytest.raises(OSError, match=f"there is no room for {needed} octets"):
            join_rests(path, rests_of(path))
    assert {one.name for one in tmp_path.iterdir()} == {path.name, rest.name}
    join_rests(path, rests_of(path))
    check(path, rest)


def test_a_rest_without_a_header_holds_nothing_and_is_left(tmp_path: Path) -> None:
    path, rest = parts(tmp_path)
    before = path.read_bytes()
    rest.write_bytes(b"RIFF")
    join_rests(path, rests_of(path))
    assert path.read_bytes() == before
    assert rest.exists()


def grown(path: Path, rest: Path, frames: int) -> None:
    """As the media core leaves it that is killed while the beginning grows by the rest in its place."""
    frame_bytes = read_wav_file(rest).frame_bytes
    with rest.open("rb") as source, path.open("ab") as file:
        source.seek(read_wav_file(rest).data_at)
        file.write(source.read(frames * frame_bytes))


@pytest.mark.parametrize("frames", [1, SECOND - 1, SECOND])
def test_a_beginning_that_has_grown_by_its_rest_already_does_not_get_it_twice(
    tmp_path: Path, frames: int
) -> None:
    path, rest = parts(tmp_path)
    grown(path, rest, frames)
    join_rests(path, rests_of(path))
    check(path, rest)


def test_a_beginning_that_a_power_cut_made_shorter_is_made_good_by_silence_and_told(tmp_path: Path) -> None:
    path, _ = parts(tmp_path, "ALAW")
    kept = read_wav_file(path).data_at + 2 * (FIRST - 100)
    with path.open("r+b") as file:
        file.truncate(kept)
    assert join_rests(path, rests_of(path)) == (((FIRST - 100) / 8, FIRST / 8),)
    assert join_rests(path, rests_of(path)) == ()
    samples = soundfile.read(path, dtype="int16")[0][:, 0]
    assert len(samples) == FIRST + SECOND
    assert set(samples[FIRST - 100 : FIRST]) == {8}
    assert 8 not in samples[: FIRST - 100]
    assert 8 not in samples[FIRST:]


def test_of_a_recording_that_lost_its_beginning_the_rest_lies_in_its_place(tmp_path: Path) -> None:
    path, rest = parts(tmp_path)
    path.unlink()
    assert join_rests(path, rests_of(path)) == ((0, FIRST / 8),)
    assert join_rests(path, rests_of(path)) == ()
    samples = soundfile.read(path, dtype="int16")[0][:, 0]
    assert (len(samples), set(samples[:FIRST])) == (FIRST + SECOND, {0})
    assert 0 not in samples[FIRST:]
    assert not rest.exists()


def test_several_rests_join_in_their_order_each_where_it_belongs(tmp_path: Path) -> None:
    path, first = parts(tmp_path)
    second = path_of_rest(path, FIRST + SECOND + 100)
    soundfile.write(second, np.full((10, 2), 77, np.int16), 8000, subtype="PCM_16")
    assert join_rests(path, rests_of(path)) == (((FIRST + SECOND) / 8, (FIRST + SECOND + 100) / 8),)
    assert join_rests(path, rests_of(path)) == ()
    samples = soundfile.read(path, dtype="int16")[0][:, 0]
    assert len(samples) == FIRST + SECOND + 110
    assert set(samples[FIRST + SECOND : -10]) == {0}
    assert set(samples[-10:]) == {77}
    assert not first.exists()
    assert not second.exists()


def test_a_rest_of_an_earlier_version_follows_its_beginning(tmp_path: Path) -> None:
    path, rest = parts(tmp_path)
    rest.rename(tmp_path / "one.rest.wav")
    join_rests(path, rests_of(path))
    check(path, rest)
    assert [one.name for one in tmp_path.iterdir()] == ["one.wav"]


def test_a_rest_is_known_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    names = ["one.9.rest.wav", "one.10.rest.wav", "one.rest.wav", "one.wav", "another.3.rest.wav", "one.json"]
    for name in names:
        (tmp_path / name).touch()
    assert [rest.name for rest in rests_of(path)] == ["one.rest.wav", "one.9.rest.wav", "one.10.rest.wav"]
    assert [frame_of(rest) for rest in rests_of(path)] == [None, 9, 10]
    assert recording_of(tmp_path / "another.3.rest.wav") == tmp_path / "another.wav"
    assert recording_of(path) == path
    assert rests_of(tmp_path / "nowhere" / "one.wav") == []
