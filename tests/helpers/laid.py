"""Where what a phone said lies in a recording, by that phone's own clock: exact on a busy machine too."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median_low

from media.recordings.manifest import ManifestLeg
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, find
from sipp_scenarios.talker import Talker

ALIGNED_S = 0.02
"""No channel is further off another."""
_ALIGNED = round(ALIGNED_S * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class Laid:
    """What was found of a phone on its channel, piece by piece."""

    began_s: tuple[float, ...]
    """When the recording must have begun by each piece, in seconds of our clock."""
    delay: int
    """From the first sample said to its place in the recording."""
    missing_s: tuple[float, ...]
    """What the recording ought to hold and does not, or elsewhere: seconds since the phone began to talk."""


def laid(
    talker: Talker,
    kept: Samples,
    said: tuple[int, int] | None = None,
    leg: ManifestLeg | None = None,
    *,
    piece_s: float = 0.5,
    good_score: float = 0.95,
) -> Laid:
    """Look for what the phone said, or the samples ``said`` from here to there, on its channel.

    All must be there that was said within the recording, or while the manifest says that ``leg`` was
    heard. Pauses do not count.
    """
    length = round(piece_s * SAMPLE_RATE_HZ)
    heard = _heard(leg, kept)
    matches = [(begin, find(piece, kept)) for begin, piece in _pieces(talker.said, said, length)]
    delays = [match.at - begin for begin, match in matches if match.score >= good_score]
    assert delays, "nothing of what was said was found"
    usual = median_low(delays)
    there = [delay for delay in delays if abs(delay - usual) <= _ALIGNED]
    lost = [
        begin / SAMPLE_RATE_HZ
        for begin, match in matches
        if begin + usual in heard and begin + usual + length in heard
        if match.score < good_score or abs(match.at - begin - usual) > _ALIGNED
    ]
    began_s = tuple(talker.began_s - delay / SAMPLE_RATE_HZ for delay in there)
    return Laid(began_s, usual, tuple(lost))


def farthest_apart_s(*channels: Laid) -> float:
    """How far what was said at one moment lies apart at most."""
    began_s = [moment for channel in channels for moment in channel.began_s]
    return max(began_s) - min(began_s)


def _heard(leg: ManifestLeg | None, kept: Samples) -> range:
    """The samples of the recording in which it was heard."""
    if leg is None:
        return range(len(kept) + 1)
    end = len(kept) if leg.left_ms is None else round(leg.left_ms * SAMPLE_RATE_HZ / 1000)
    return range(round(leg.joined_ms * SAMPLE_RATE_HZ / 1000), min(end, len(kept)) + 1)


def _pieces(said: Samples, part: tuple[int, int] | None, length: int) -> Iterator[tuple[int, Samples]]:
    first, last = part or (0, len(said))
    for begin in range(first, last - length + 1, length):
        piece = said[begin : begin + length]
        if (piece != 0).mean() > 0.95:
            yield begin, piece
