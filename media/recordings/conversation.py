"""What a recording tells without recognising a word: who talked when, how loud, who cut in. Pure figures.

Talk is found by energy (media.recordings.voice_activity); keys in the sound are no talk.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from media.recordings.tone_search import KeyHeard, ToneSearch
from media.recordings.voice_activity import Span, pauses, talk_spans, total_s, union
from media.recordings.wav import FULL_SCALE, Envelope, EnvelopeFold, decibels, read_blocks

CUSTOMER, AGENT = 0, 1
LEAST_TALK_CUT_INTO_S = 0.5
"""Who has talked for less has hardly begun: both began together."""
LEAST_OVERLAP_S = 0.3
LEAST_INTERRUPTION_S = 1.0
"""Shorter words into another's talk are listening aloud (嗯, 好的), not an interruption."""
LONGEST_REACTION_S = 10.0
"""A pause beyond this is work or waiting, not the time to react."""

_EDGE_OF_A_KEY_S = 0.04
"""How far a key reaches beyond where it is heard clearly."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """One side began to talk while the other was talking (抢插话)."""

    time_s: float
    by: str
    """``customer`` or ``agent``."""
    overlap_s: float
    """How long both talked."""
    prevailed: bool
    """Whether the other fell silent first."""


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """One side of a conversation. Ratios are parts of the recording's length."""

    talk_s: float
    talk_ratio: float
    silence_ratio: float
    longest_talk_s: float
    longest_silence_s: float
    longest_silence_at_s: float
    level_dbfs: float | None
    """Of its talk; None when it never talks."""
    peak_dbfs: float | None
    clipped_ms: float
    """Sound at the limit of what can be recorded."""
    interruptions: int
    talk: tuple[Span, ...]
    keys: tuple[KeyHeard, ...]
    """Tones of keys in its sound."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The figures of a whole recording; times are seconds from its start."""

    duration_s: float
    customer: ChannelFigures
    agent: ChannelFigures
    both_talk_s: float
    nobody_talks_s: float
    longest_dead_air_s: float
    longest_dead_air_at_s: float
    reaction_mean_s: float | None
    """From the end of the customer's words to the agent's; None when the agent never answered any."""
    reaction_longest_s: float | None
    interruptions: tuple[Interruption, ...]


def analyse_recording(path: Path) -> Conversation:
    """Read a recording once and measure it. Raises RecordingError (media.recordings.wav)."""
    fold = EnvelopeFold()
    searches: tuple[ToneSearch, ToneSearch] | None = None
    rate_hz = 0
    for rate_hz, frames in read_blocks(path):
        searches = searches or (ToneSearch(rate_hz), ToneSearch(rate_hz))
        fold.add(frames, rate_hz)
        for channel, search in enumerate(searches):
            search.add(frames[:, channel])
    customer, agent = [search.found() for search in searches or ()]
    return measure_conversation(fold.envelope(rate_hz), customer, agent)


def measure_conversation(
    envelope: Envelope, customer_keys: Sequence[KeyHeard] = (), agent_keys: Sequence[KeyHeard] = ()
) -> Conversation:
    """The figures of an envelope and of the keys heard in both channels."""
    keys = (tuple(customer_keys), tuple(agent_keys))
    talk = [
        talk_spans(envelope, channel, [_around(key) for key in keys[channel]])
        for channel in (CUSTOMER, AGENT)
    ]
    interruptions = find_interruptions(talk[CUSTOMER], talk[AGENT])
    reactions = reaction_times(talk[CUSTOMER], talk[AGENT])
    duration_s = envelope.duration_s
    somebody = union(talk[CUSTOMER], talk[AGENT])
    dead_air = _longest(pauses(somebody, duration_s))
    customer, agent = [
        _channel(envelope, channel, talk[channel], keys[channel], _count(interruptions, name))
        for channel, name in ((CUSTOMER, "customer"), (AGENT, "agent"))
    ]
    return Conversation(
        duration_s=duration_s,
        customer=customer,
        agent=agent,
        both_talk_s=total_s(talk[CUSTOMER]) + total_s(talk[AGENT]) - total_s(somebody),
        nobody_talks_s=duration_s - total_s(somebody),
        longest_dead_air_s=dead_air.length_s,
        longest_dead_air_at_s=dead_air.start_s,
        reaction_mean_s=sum(reactions) / len(reactions) if reactions else None,
        reaction_longest_s=max(reactions, default=None),
        interruptions=tuple(interruptions),
    )


def find_interruptions(customer: Sequence[Span], agent: Sequence[Span]) -> list[Interruption]:
    """Who cut into whose words, in the order of time."""
    found = [*_cut_in("customer", customer, agent), *_cut_in("agent", agent, customer)]
    return sorted(found, key=lambda interruption: interruption.time_s)


def reaction_times(customer: Sequence[Span], agent: Sequence[Span]) -> list[float]:
    """Seconds between the customer's last word and the agent's first, for each time the agent answered."""
    times: list[float] = []
    for span, next_words in zip_longest(customer, customer[1:]):
        answer = _first_after(agent, span.end_s)
        if answer is None or _covering(agent, span.end_s) is not None:
            continue  # never answered, or the agent was talking already
        spoke_again = next_words is not None and next_words.start_s < answer.start_s
        if not spoke_again and answer.start_s - span.end_s <= LONGEST_REACTION_S:
            times.append(answer.start_s - span.end_s)
    return times


def _around(key: KeyHeard) -> Span:
    return Span(max(0.0, key.start_s - _EDGE_OF_A_KEY_S), key.end_s + _EDGE_OF_A_KEY_S)


def _cut_in(name: str, own: Sequence[Span], others: Sequence[Span]) -> Iterator[Interruption]:
    for mine in own:
        theirs = _covering(others, mine.start_s)
        if theirs is None or mine.length_s < LEAST_INTERRUPTION_S:
            continue
        overlap_s = min(mine.end_s, theirs.end_s) - mine.start_s
        if mine.start_s - theirs.start_s >= LEAST_TALK_CUT_INTO_S and overlap_s >= LEAST_OVERLAP_S:
            yield Interruption(mine.start_s, name, overlap_s, prevailed=mine.end_s > theirs.end_s)


def _covering(spans: Sequence[Span], time_s: float) -> Span | None:
    """The one that holds a moment, of spans in order."""
    index = bisect_right(spans, time_s, key=lambda span: span.start_s) - 1
    return spans[index] if index >= 0 and time_s < spans[index].end_s else None


def _first_after(spans: Sequence[Span], time_s: float) -> Span | None:
    index = bisect_right(spans, time_s, key=lambda span: span.start_s)
    return spans[index] if index < len(spans) else None


def _channel(
    envelope: Envelope, channel: int, talk: Sequence[Span], keys: tuple[KeyHeard, ...], interruptions: int
) -> ChannelFigures:
    duration_s = envelope.duration_s
    talk_s = total_s(talk)
    ratio = talk_s / duration_s if duration_s else 0.0
    silence = _longest(pauses(talk, duration_s))
    return ChannelFigures(
        talk_s=talk_s,
        talk_ratio=ratio,
        silence_ratio=1 - ratio if duration_s else 0.0,
        longest_talk_s=_longest(talk).length_s,
        longest_silence_s=silence.length_s,
        longest_silence_at_s=silence.start_s,
        level_dbfs=_level_dbfs(envelope, channel, talk),
        peak_dbfs=_peak_dbfs(envelope, channel),
        clipped_ms=float(envelope.clipped[:, channel].sum()) * 1000 / envelope.rate_hz,
        interruptions=interruptions,
        talk=tuple(talk),
        keys=keys,
    )


def _level_dbfs(envelope: Envelope, channel: int, talk: Sequence[Span]) -> float | None:
    spoken = np.zeros(len(envelope.mean_square), bool)
    for span in talk:
        spoken[round(span.start_s / envelope.slice_s) : round(span.end_s / envelope.slice_s)] = True
    if not spoken.any():
        return None
    return decibels(float(envelope.mean_square[spoken, channel].mean()))


def _peak_dbfs(envelope: Envelope, channel: int) -> float | None:
    if not len(envelope.lowest):
        return None
    peak = max(-int(envelope.lowest[:, channel].min()), int(envelope.highest[:, channel].max()))
    return decibels((peak / FULL_SCALE) ** 2)


def _longest(spans: Sequence[Span]) -> Span:
    return max(spans, key=lambda span: span.length_s, default=Span(0.0, 0.0))


def _count(interruptions: Sequence[Interruption], by: str) -> int:
    return sum(interruption.by == by for interruption in interruptions)
