"""When a channel of a recording talks: by energy over its own background, without recognising speech."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from media.recordings.wav import Envelope, Levels

FAINTEST_DBFS = -50.0
"""Nothing below this is talk, however quiet the line."""
STEADY_DBFS = -40.0
"""A channel without ups and downs talks when it is above this; below, it is the noise of a line."""
OVER_BACKGROUND_DB = 9.0
UNDER_VOICE_DB = 15.0
"""Quiet syllables are so much below the loud ones."""
TALK_GAP_S = 0.4
"""Pauses up to this long belong to the talk around them."""
SHORTEST_TALK_S = 0.08
"""A click is no talk."""

_SMOOTHED_S = 0.03
"""Longer than a period of the deepest voice, shorter than a syllable."""
_BACKGROUND_SHARE, _VOICE_SHARE = 0.1, 0.95
"""Of the time that is not digital silence: even the most talkative are quiet a tenth of it."""
_STEADY_DB = 6.0
_INAUDIBLE_DBFS = -80.0


class Span(NamedTuple):
    """A stretch of a recording, in seconds from its start."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def talk_spans(envelope: Envelope, channel: int, without: Sequence[Span] = ()) -> list[Span]:
    """Each stretch in which a channel (0 customer, 1 agent) talks; ``without`` are known not to be talk."""
    levels = _smoothed(envelope.mean_square[:, channel], envelope.slice_s)
    loud = levels > _threshold(levels)
    for span in without:
        loud[int(span.start_s / envelope.slice_s) : int(np.ceil(span.end_s / envelope.slice_s))] = False
    return _spans(loud, envelope)


def pauses(spans: Sequence[Span], duration_s: float) -> list[Span]:
    """What lies before, between and after."""
    edges = [0.0, *(edge for span in spans for edge in span), duration_s]
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]


def union(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Every stretch that either covers."""
    merged: list[Span] = []
    for span in sorted([*one, *other]):
        if merged and span.start_s <= merged[-1].end_s:
            merged[-1] = Span(merged[-1].start_s, max(merged[-1].end_s, span.end_s))
        else:
            merged.append(span)
    return merged


def overlap(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Every stretch that both cover; either's spans are in order and apart from each other."""
    found: list[Span] = []
    mine, theirs = 0, 0
    while mine < len(one) and theirs < len(other):
        start_s = max(one[mine].start_s, other[theirs].start_s)
        end_s = min(one[mine].end_s, other[theirs].end_s)
        if start_s < end_s:
            found.append(Span(start_s, end_s))
        if one[mine].end_s <= other[theirs].end_s:
            mine += 1
        else:
            theirs += 1
    return found


def total_s(spans: Sequence[Span]) -> float:
    """How long they are together."""
    return sum(span.length_s for span in spans)


def _smoothed(mean_square: Levels, slice_s: float) -> Levels:
    """A mean over some slices, so that a voice is not silent between two beats of its cords."""
    width = max(1, round(_SMOOTHED_S / slice_s))
    if len(mean_square) < width:
        return mean_square.copy()
    return np.convolve(mean_square, np.full(width, 1 / width), mode="same")


def _threshold(levels: Levels) -> float:
    """Over the background of this channel and under its voice. Digital silence is no background."""
    audible = levels[levels > _power(_INAUDIBLE_DBFS)]
    if not len(audible):
        return _power(FAINTEST_DBFS)
    background, voice = 10 * np.log10(np.quantile(audible, [_BACKGROUND_SHARE, _VOICE_SHARE]))
    if voice - background < _STEADY_DB:
        return _power(STEADY_DBFS)
    return _power(max(FAINTEST_DBFS, min(background + OVER_BACKGROUND_DB, voice - UNDER_VOICE_DB)))


def _power(decibels: float) -> float:
    return float(10 ** (decibels / 10))


def _spans(loud: NDArray[np.bool_], envelope: Envelope) -> list[Span]:
    slices = np.flatnonzero(loud)
    if not len(slices):
        return []
    breaks = np.flatnonzero(np.diff(slices) * envelope.slice_s > TALK_GAP_S)
    starts = slices[np.concatenate(([0], breaks + 1))]
    ends = slices[np.concatenate((breaks, [len(slices) - 1]))] + 1
    length_s, duration_s = envelope.slice_s, envelope.duration_s
    found = (
        Span(start * length_s, min(end * length_s, duration_s))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    return [span for span in found if span.length_s >= SHORTEST_TALK_S]
