"""The figures of a conversation: who talked when, who cut in, how soon the agent answered."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from media.recordings.conversation import (
    Interruption,
    analyse_recording,
    find_interruptions,
    measure_conversation,
    reaction_times,
)
from media.recordings.voice_activity import Span
from media.recordings.wav import EnvelopeFold, RecordingError

RATE_HZ = 8000
LEVEL = 0.1 * np.sqrt(2)
"""A hum of −20 dBFS."""


def hum(duration_s: float, *spoken: tuple[float, float]) -> NDArray[np.int16]:
    times = np.arange(int(RATE_HZ * duration_s)) / RATE_HZ
    speaking = np.zeros(len(times), bool)
    for start, end in spoken:
        speaking |= (times >= start) & (times < end)
    return np.asarray(32767 * LEVEL * np.sin(2 * np.pi * 200 * times) * speaking, np.int16)


def spans(*pairs: tuple[float, float]) -> list[Span]:
    return [Span(*pair) for pair in pairs]


def test_the_figures_of_an_orderly_conversation(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    customer, agent = hum(20, (1, 4), (9, 11)), hum(20, (5, 8), (12.5, 14))
    soundfile.write(path, np.stack([customer, agent], axis=1), RATE_HZ)
    found = analyse_recording(path)
    assert found.duration_s == 20
    assert found.customer.talk_s == pytest.approx(5, abs=0.1)
    assert found.agent.talk_ratio == pytest.approx(4.5 / 20, abs=0.01)
    assert found.customer.silence_ratio == pytest.approx(15 / 20, abs=0.01)
    assert found.customer.level_dbfs == pytest.approx(-20, abs=0.5)
    assert found.customer.peak_dbfs == pytest.approx(-17, abs=0.5)
    assert (found.customer.longest_silence_at_s, found.customer.longest_silence_s) == pytest.approx(
        (11, 9), abs=0.1
    )
    assert (found.longest_dead_air_at_s, found.longest_dead_air_s) == pytest.approx((14, 6), abs=0.1)
    assert found.both_talk_s == pytest.approx(0, abs=0.01)
    assert found.nobody_talks_s == pytest.approx(10.5, abs=0.1)
    assert found.reaction_mean_s == pytest.approx(1.25, abs=0.05)
    assert found.reaction_longest_s == pytest.approx(1.5, abs=0.05)
    assert found.interruptions == ()
    assert found.customer.clipped_ms == 0


@pytest.mark.parametrize(
    ("customer", "agent", "expected"),
    [
        ([(0, 5)], [(5.5, 9)], []),
        ([(0, 5)], [(3, 9)], [Interruption(3, "agent", 2, prevailed=True)]),
        ([(0, 9)], [(3, 5)], [Interruption(3, "agent", 2, prevailed=False)]),
        ([(0, 9)], [(3, 3.6)], []),
        ([(0, 5)], [(0.2, 9)], []),
        ([(0, 5)], [(4.9, 9)], []),
        (
            [(0, 5), (8, 12)],
            [(4, 10)],
            [Interruption(4, "agent", 1, prevailed=True), Interruption(8, "customer", 2, prevailed=True)],
        ),
    ],
    ids=[
        "in turn",
        "takes the word",
        "tries in vain",
        "listens aloud",
        "both begin together",
        "a word early",
        "each once",
    ],
)
def test_interruptions(
    customer: list[tuple[float, float]], agent: list[tuple[float, float]], expected: list[Interruption]
) -> None:
    assert find_interruptions(spans(*customer), spans(*agent)) == expected


@pytest.mark.parametrize(
    ("customer", "agent", "expected"),
    [
        ([(0, 2)], [(3, 4)], [1]),
        ([(0, 2), (2.6, 4)], [(5, 6)], [1]),
        ([(0, 2)], [(1, 4)], []),
        ([(0, 2)], [(30, 31)], []),
        ([(0, 2)], [], []),
        ([], [(3, 4)], []),
    ],
    ids=[
        "answers",
        "after the last words",
        "talks already",
        "works meanwhile",
        "never",
        "nothing asked",
    ],
)
def test_reaction_times(
    customer: list[tuple[float, float]], agent: list[tuple[float, float]], expected: list[float]
) -> None:
    assert reaction_times(spans(*customer), spans(*agent)) == pytest.approx(expected)


def test_keys_are_told_and_are_no_talk(tmp_path: Path) -> None:
    times = np.arange(RATE_HZ // 5) / RATE_HZ
    key = 3000 * (np.sin(2 * np.pi * 852 * times) + np.sin(2 * np.pi * 1477 * times))
    customer = hum(10, (1, 3))
    customer[5 * RATE_HZ : 5 * RATE_HZ + len(key)] = key
    soundfile.write(tmp_path / "r.wav", np.stack([customer, hum(10)], axis=1), RATE_HZ)
    found = analyse_recording(tmp_path / "r.wav")
    assert [(heard.key, round(heard.start_s, 1)) for heard in found.customer.keys] == [("9", 5.0)]
    assert found.customer.talk_s == pytest.approx(2, abs=0.1)
    assert found.agent.keys == ()


def test_sound_at_the_limit_is_clipped() -> None:
    fold = EnvelopeFold()
    loud = np.where(np.arange(RATE_HZ) % 40 < 20, 32_767, -32_768).astype(np.int16)
    fold.add(np.stack([loud, np.zeros_like(loud)], axis=1), RATE_HZ)
    found = measure_conversation(fold.envelope(RATE_HZ))
    assert found.customer.clipped_ms == pytest.approx(1000)
    assert found.agent.clipped_ms == 0


@pytest.mark.parametrize("seconds", [0, 0.001, 0.5])
def test_recordings_of_no_length_and_of_silence_have_figures_too(tmp_path: Path, seconds: float) -> None:
    soundfile.write(tmp_path / "r.wav", np.zeros((int(seconds * RATE_HZ), 2), np.int16), RATE_HZ)
    found = analyse_recording(tmp_path / "r.wav")
    assert found.duration_s == seconds
    assert (found.customer.talk_s, found.agent.level_dbfs, found.customer.peak_dbfs) == (0, None, None)
    assert (found.longest_dead_air_s, found.reaction_mean_s) == (seconds, None)


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        analyse_recording(tmp_path / "missing.wav")
