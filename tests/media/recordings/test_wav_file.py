"""Headers of recordings, and how they are made true after a crash."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from media.recordings.wav import RecordingError
from media.recordings.wav_file import mend, read_wav_file
from tests.fuzz.properties import check_wav_bytes

FORMATS = {"linear16": "PCM_16", "alaw": "ALAW", "mulaw": "ULAW"}
_FRAMES = 4000
HEADER = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 8000, 32_000, 4, 16) + b"data\0\0\0\0"
"""Of a recording that holds nothing yet."""


def sound(frames: int = _FRAMES) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    ramp = np.arange(2 * frames, dtype=np.int64) * 37 % 20_000 - 10_000
    return ramp.astype(np.int16).reshape(frames, 2)


def recording(folder: Path, name: str = "linear16") -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, sound(), 8000, subtype=FORMATS[name])
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_finished_file_is_true_and_mending_leaves_every_bit_alone(tmp_path: Path, name: str) -> None:
    path = recording(tmp_path, name)
    before = path.read_bytes()
    wav = read_wav_file(path)
    assert (wav.format, wav.channels, wav.rate_hz, wav.duration_ms) == (name, 2, 8000, 500)
    assert wav.is_true
    assert mend(path) == wav
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", FORMATS)
@given(kept=st.integers(min_value=0, max_value=_FRAMES * 4))
def test_whatever_was_cut_off_the_whole_frames_stay_and_play(
    tmp_path_factory: pytest.TempPathFactory, name: str, kept: int
) -> None:
    path = recording(tmp_path_factory.mktemp("cut"), name)
    whole = read_wav_file(path)
    data = path.read_bytes()[whole.data_at :][:kept]
    path.write_bytes(path.read_bytes()[: whole.data_at] + data)
    expected = soundfile.read(recording(tmp_path_factory.mktemp("whole"), name), dtype="int16")[0]
    mended = mend(path)
    assert mended.is_true
    played = soundfile.read(path, dtype="int16", always_2d=True)[0]
    assert len(played) == len(data) // whole.frame_bytes
    assert np.array_equal(played, expected[: len(played)])
    assert mend(path) == mended


def test_what_lies_behind_the_length_that_the_header_tells_is_kept(tmp_path: Path) -> None:
    path = recording(tmp_path)
    with path.open("ab") as file:
        file.write(b"\1\0\2\0" * 100 + b"\3\0")
    assert not read_wav_file(path).is_true
    assert mend(path).duration_ms == 512
    assert soundfile.info(path).frames == _FRAMES + 100


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0", b"not audio" * 100])
def test_what_has_no_whole_header_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.wav"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="no whole WAV header"):
        mend(path)
    assert path.read_bytes() == content


def test_samples_of_an_unknown_format_are_told(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    soundfile.write(path, sound(), 8000, subtype="FLOAT")
    with pytest.raises(RecordingError, match="format 3"):
        read_wav_file(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_mended_or_left_alone(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.wav"
    check_wav_bytes(data, path)
    check_wav_bytes(HEADER + data, path)


def test_a_fact_chunk_too_short_for_a_number_is_passed_over(tmp_path: Path) -> None:
    short = HEADER[:36] + b"fact" + bytes(4) + HEADER[36:] + bytes(8)
    assert check_wav_bytes(short, tmp_path / "short.wav")
