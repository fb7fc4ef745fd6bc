"""Recordings written as something else."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from media.recordings.conversion import Channels, check_converted, convert
from media.recordings.forms import Form
from media.recordings.wav import RecordingError, Samples

RATE_HZ = 8000


def two_tones(seconds: float) -> Samples:
    """The customer at 440 Hz, the agent at 1 kHz and half as loud."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sides = [12_000 * np.sin(2 * np.pi * 440 * times), 6000 * np.sin(2 * np.pi * 1000 * times)]
    return np.stack(sides, axis=1).astype(np.int16)


def write(path: Path, frames: Samples, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, frames, RATE_HZ, subtype=subtype)
    return path


def read(path: Path) -> Samples:
    frames: Samples = soundfile.read(path, dtype="int16", always_2d=True)[0]
    return frames


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 70_000), st.integers(0, 2**32 - 1))
def test_flac_has_every_sample(tmp_path_factory: pytest.TempPathFactory, length: int, seed: int) -> None:
    folder = tmp_path_factory.mktemp("flac")
    noise = np.random.default_rng(seed).integers(-32_768, 32_768, (length, 2)).astype(np.int16)
    source = write(folder / "r.wav", noise)
    convert(source, folder / "r.flac", Form.FLAC)
    check_converted(source, folder / "r.flac", Form.FLAC)
    assert np.array_equal(read(folder / "r.flac"), noise)


@pytest.mark.parametrize("subtype", ["ALAW", "ULAW"])
def test_flac_of_companded_samples_has_them_decoded(tmp_path: Path, subtype: str) -> None:
    source = write(tmp_path / "r.wav", two_tones(1), subtype)
    convert(source, tmp_path / "r.flac", Form.FLAC)
    check_converted(source, tmp_path / "r.flac", Form.FLAC)


def test_opus_is_much_smaller_as_long_and_sounds_alike(tmp_path: Path) -> None:
    source = write(tmp_path / "r.wav", two_tones(5))
    convert(source, tmp_path / "r.opus", Form.OPUS)
    check_converted(source, tmp_path / "r.opus", Form.OPUS)
    assert (tmp_path / "r.opus").stat().st_size < source.stat().st_size / 4
    heard = read(tmp_path / "r.opus").astype(float)
    for channel, pitch_hz in enumerate((440, 1000)):
        spectrum = np.abs(np.fft.rfft(heard[: 4 * RATE_HZ, channel]))
        assert np.argmax(spectrum) / 4 == pytest.approx(pitch_hz, abs=1)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (Channels.STEREO, [[100, -50]]),
        (Channels.MIXED, [[50]]),
        (Channels.CUSTOMER, [[100]]),
        (Channels.AGENT, [[-50]]),
    ],
)
def test_sides_are_chosen(tmp_path: Path, form: Form, channels: Channels, expected: list[list[int]]) -> None:
    frames = np.tile(np.array([[100, -50]], np.int16), (RATE_HZ, 1))
    source = write(tmp_path / "r.wav", frames)
    target = tmp_path / f"out.{form}"
    convert(source, target, form, channels)
    check_converted(source, target, form, channels)
    assert read(target).shape[1] == len(expected[0])
    if form in (Form.WAV, Form.FLAC):
        assert np.array_equal(read(target), np.tile(np.array(expected, np.int16), (RATE_HZ, 1)))


def test_two_who_shout_are_cut_off_not_wrapped(tmp_path: Path) -> None:
    source = write(tmp_path / "r.wav", np.array([[32_000, 32_000], [-32_000, -32_000]], np.int16))
    convert(source, tmp_path / "m.wav", Form.WAV, Channels.MIXED)
    assert read(tmp_path / "m.wav").ravel().tolist() == [32_767, -32_768]


def test_one_sample_that_differs_is_found(tmp_path: Path) -> None:
    frames = two_tones(20)
    source = write(tmp_path / "r.wav", frames)
    frames[150_000, 1] += 1
    target = write(tmp_path / "r.flac", frames)
    with pytest.raises(RecordingError, match=r"differs from .* behind 16\.4 s"):
        check_converted(source, target, Form.FLAC)


def test_what_is_cut_short_is_found(tmp_path: Path) -> None:
    frames = two_tones(5)
    source = write(tmp_path / "r.wav", frames)
    convert(write(tmp_path / "s.wav", frames[: 4 * RATE_HZ]), tmp_path / "r.opus", Form.OPUS)
    with pytest.raises(RecordingError, match=r"plays 4\.000 s, 5\.000 s were converted"):
        check_converted(source, tmp_path / "r.opus", Form.OPUS)
    with pytest.raises(RecordingError, match="differs"):
        check_converted(source, write(tmp_path / "r.flac", frames[:-1]), Form.FLAC)


def test_silence_of_no_length_is_not_converted(tmp_path: Path) -> None:
    source = write(tmp_path / "r.wav", two_tones(0))
    with pytest.raises(RecordingError, match="holds no sound"):
        convert(source, tmp_path / "r.flac", Form.FLAC)


def test_nothing_is_left_of_what_could_not_be_written(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read as audio"):
        convert(tmp_path / "missing.wav", tmp_path / "r.flac", Form.FLAC)
    source = write(tmp_path / "r.wav", two_tones(1))
    with pytest.raises(OSError, match="cannot be written"):
        convert(source, tmp_path / "no folder" / "r.flac", Form.FLAC)
    assert list(tmp_path.iterdir()) == [source]
