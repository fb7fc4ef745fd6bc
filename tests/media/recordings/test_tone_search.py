"""Keys are heard in the sound of a recording, and nothing else is taken for one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from media.recordings.tone_search import COLUMNS_HZ, KEYS, ROWS_HZ, ToneSearch

RATE_HZ = 8000
ALL_KEYS = "".join(KEYS)


Sound = NDArray[np.float64]


def press(key: str, seconds: float = 0.1, *, twist_db: float = 0.0) -> Sound:
    row = next(index for index, keys in enumerate(KEYS) if key in keys)
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    low = np.sin(2 * np.pi * ROWS_HZ[row] * times)
    high = np.sin(2 * np.pi * COLUMNS_HZ[KEYS[row].index(key)] * times) * 10 ** (twist_db / 20)
    return np.asarray(0.1 * (low + high))


def pause(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE_HZ))


def heard(*parts: Sound, piece: int = 100_000) -> list[tuple[str, float]]:
    """Keys and when they began, to a fiftieth of a second."""
    samples = (np.concatenate(parts) * 32767).clip(-32768, 32767).astype(np.int16)
    search = ToneSearch(RATE_HZ)
    for start in range(0, len(samples), piece):
        search.add(samples[start : start + piece])
    return [(key.key, round(key.start_s * 50) / 50) for key in search.found()]


def test_every_key_is_heard_where_it_is_pressed() -> None:
    parts = [part for key in ALL_KEYS for part in (pause(0.1), press(key))]
    found = heard(*parts)
    assert "".join(key for key, _ in found) == ALL_KEYS
    assert [at for _, at in found] == pytest.approx([0.1 + 0.2 * n for n in range(16)], abs=0.021)


@pytest.mark.parametrize("piece", [37, 160, 8001])
def test_keys_are_heard_whatever_pieces_the_sound_comes_in(piece: int) -> None:
    parts = [part for key in "95598#" for part in (pause(0.07), press(key, 0.08))]
    assert "".join(key for key, _ in heard(*parts, piece=piece)) == "95598#"


def test_a_held_key_is_one_key_and_two_presses_are_two() -> None:
    assert [key for key, _ in heard(press("5", 2.0))] == ["5"]
    assert [key for key, _ in heard(press("5"), pause(0.06), press("5"))] == ["5", "5"]


@pytest.mark.parametrize("twist_db", [-8.0, -4.0, 4.0, 8.0])
def test_tones_of_unlike_loudness_are_a_key(twist_db: float) -> None:
    assert [key for key, _ in heard(pause(0.1), press("7", twist_db=twist_db))] == ["7"]


def test_a_key_is_heard_over_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 0.02, RATE_HZ)
    sound = noise.copy()
    sound[4000:4800] += press("#")
    assert [key for key, _ in heard(sound)] == ["#"]


def test_voices_tones_and_noise_are_no_keys() -> None:
    times = np.arange(3 * RATE_HZ) / RATE_HZ
    rng = np.random.default_rng(2)
    pitch = 120 + 60 * np.sin(2 * np.pi * 0.7 * times)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    voice = np.asarray(sum(np.sin(n * phase) / n for n in range(1, 20))) * 0.1
    ring_back = 0.2 * np.sin(2 * np.pi * 450 * times)
    noise = rng.normal(0, 0.1, len(times))
    one_tone = 0.3 * np.sin(2 * np.pi * 770 * times)
    for sound in (voice, ring_back, noise, one_tone):
        assert heard(sound) == []


def test_a_blip_is_no_key() -> None:
    assert heard(pause(0.1), press("1", 0.02), pause(0.1)) == []
