"""Talk is told from silence, from a line's noise and from clicks, by energy alone."""

import numpy as np
import pytest

from media.recordings.voice_activity import Span, overlap, pauses, talk_spans, total_s, union
from media.recordings.wav import Envelope, EnvelopeFold

RATE_HZ = 8000
DURATION_S = 10.0


def envelope(
    *spoken: tuple[float, float], level_dbfs: float = -20.0, noise_dbfs: float | None = None
) -> Envelope:
    """Ten seconds whose right channel hums, and swells four times a second, in the given spans."""
    times = np.arange(int(RATE_HZ * DURATION_S)) / RATE_HZ
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * times)
    hum = np.sin(2 * np.pi * 200 * times) * syllables * np.sqrt(2) * 10 ** (level_dbfs / 20)
    speaking = np.zeros(len(times), bool)
    for start, end in spoken:
        speaking |= (times >= start) & (times < end)
    sound = hum * speaking
    if noise_dbfs is not None:
        sound += np.random.default_rng(4).normal(0, 10 ** (noise_dbfs / 20), len(times))
    frames = np.stack([np.zeros(len(times)), sound * 32768], axis=1).clip(-32768, 32767).astype(np.int16)
    fold = EnvelopeFold()
    fold.add(frames, RATE_HZ)
    return fold.envelope(RATE_HZ)


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ([], []),
        ([(0, 10)], [(0, 10)]),
        ([(1, 2), (2.3, 3)], [(1, 3)]),
        ([(1, 2), (2.5, 3), (8, 10)], [(1, 2), (2.5, 3), (8, 10)]),
        ([(4, 4.02)], []),
    ],
    ids=["silence", "all the time", "a short pause belongs to it", "longer pauses divide it", "a click"],
)
def test_talk_is_told_from_silence(
    spoken: list[tuple[float, float]], expected: list[tuple[float, float]]
) -> None:
    found = envelope(*spoken)
    assert talk_spans(found, 0) == []
    assert talk_spans(found, 1) == [pytest.approx(span, abs=0.03) for span in expected]


@pytest.mark.parametrize(
    ("level_dbfs", "noise_dbfs"), [(-12, -35), (-20, -45), (-30, -50), (-35, -60), (-38, None)]
)
def test_loud_and_quiet_voices_are_found_over_the_noise_of_their_line(
    level_dbfs: float, noise_dbfs: float | None
) -> None:
    found = talk_spans(envelope((2, 4), (6, 9), level_dbfs=level_dbfs, noise_dbfs=noise_dbfs), 1)
    assert found == [pytest.approx((2, 4), abs=0.1), pytest.approx((6, 9), abs=0.1)]


@pytest.mark.parametrize("noise_dbfs", [-42, -55, -70])
def test_a_line_that_only_hisses_does_not_talk(noise_dbfs: float) -> None:
    assert talk_spans(envelope(noise_dbfs=noise_dbfs), 1) == []


def test_what_is_known_to_be_no_talk_is_left_out() -> None:
    assert talk_spans(envelope((2, 4)), 1, without=[Span(1.9, 4.1)]) == []


def test_spans_add_up() -> None:
    one, other = [Span(1, 3), Span(6, 7)], [Span(2, 4), Span(7, 8), Span(9, 10)]
    together = union(one, other)
    assert together == [Span(1, 4), Span(6, 8), Span(9, 10)]
    assert total_s(together) == 6
    assert overlap(one, other) == overlap(other, one) == [Span(2, 3)]
    assert overlap([Span(0, 10)], other) == other
    assert overlap([], other) == []
    assert pauses(together, 10) == [Span(0, 1), Span(4, 6), Span(8, 9)]
    assert pauses([], 10) == [Span(0, 10)]
    assert pauses([], 0) == []
