"""Recordings read as numbers."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.recordings.wav import RecordingError, read_envelope, read_recording

RATE_HZ = 8000


def write(path: Path, customer: list[int], agent: list[int]) -> Path:
    soundfile.write(path, np.array([customer, agent], np.int16).T, RATE_HZ, subtype="PCM_16")
    return path


def test_left_is_the_customer_and_right_the_agent(tmp_path: Path) -> None:
    audio = read_recording(write(tmp_path / "r.wav", [1, -2, 3], [400, 500, -600]))
    assert audio.customer.tolist() == [1, -2, 3]
    assert audio.agent.tolist() == [400, 500, -600]
    assert audio.rate_hz == RATE_HZ
    assert audio.duration_s == pytest.approx(3 / RATE_HZ)


def test_an_envelope_holds_the_extremes_of_each_slice(tmp_path: Path) -> None:
    customer = [5] * 40 + [-7] * 40 + [9]
    agent = [0] * 39 + [-100] + [50] * 41
    envelope = read_envelope(write(tmp_path / "r.wav", customer, agent))
    assert envelope.lowest.tolist() == [[5, -100], [-7, 50], [9, 50]]
    assert envelope.highest.tolist() == [[5, 0], [-7, 50], [9, 50]]
    assert envelope.mean_square[0].tolist() == pytest.approx([(5 / 32768) ** 2, (100 / 32768) ** 2 / 40])
    assert envelope.slice_s == 0.005
    assert envelope.duration_s == pytest.approx(81 / RATE_HZ)


def test_an_envelope_read_in_pieces_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(7).integers(-30_000, 30_000, (2, 1003))
    path = write(tmp_path / "r.wav", noise[0].tolist(), noise[1].tolist())
    whole = read_envelope(path)
    monkeypatch.setattr("media.recordings.wav._READ_FRAMES", 130)
    in_pieces = read_envelope(path)
    assert np.array_equal(whole.lowest, in_pieces.lowest)
    assert np.array_equal(whole.highest, in_pieces.highest)
    assert np.allclose(whole.mean_square, in_pieces.mean_square)
    assert np.array_equal(whole.clipped, in_pieces.clipped)


def test_an_envelope_counts_samples_at_the_limit_of_either_law(tmp_path: Path) -> None:
    customer = [32_124, -32_124, 32_000, 0]
    agent = [32_256, 32_767, -32_768, -31_000]
    envelope = read_envelope(write(tmp_path / "r.wav", customer, agent))
    assert envelope.clipped.tolist() == [[2, 3]]


def test_a_recording_without_audio_has_an_empty_envelope(tmp_path: Path) -> None:
    envelope = read_envelope(write(tmp_path / "r.wav", [], []))
    assert envelope.lowest.shape == (0, 2)
    assert envelope.duration_s == 0


def test_a_file_with_one_channel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mono.wav"
    soundfile.write(path, np.zeros(10, np.int16), RATE_HZ)
    with pytest.raises(RecordingError, match=r"1 channel\(s\); a recording has two"):
        read_recording(path)


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"not audio at all"])
def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"bad\.wav cannot be read as audio"):
        read_envelope(path)
