"""Who is to be heard in a piece of sound in which several may speak at once."""

from collections.abc import Mapping

import numpy as np

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, find

_PIECE = SAMPLE_RATE_HZ // 2
_LOUD = 0.5
"""Somebody who is heard at all is heard as loud as they speak: gain 1, where others have about 0."""


def speakers(heard: Samples, said: Mapping[str, Samples]) -> set[str]:
    """Those of whom so much is in ``heard`` that they must have been heard most of the time.

    What they ``said`` need reach back no further than what may be in ``heard``; the longer, the dearer.
    """
    pieces = [heard[at : at + _PIECE] for at in range(0, len(heard) - _PIECE + 1, _PIECE)]
    gains = [_gains(piece, said) for piece in pieces]
    return {name for name in said if np.median([piece[name] for piece in gains]) > _LOUD}


def _gains(piece: Samples, said: Mapping[str, Samples]) -> dict[str, float]:
    """How loud each speaks in a piece, each aligned where it fits best, all of them fitted at once."""
    speeches = [np.pad(speech, (0, len(piece))) for speech in said.values()]
    aligned = [speech[(at := find(piece, speech).at) : at + len(piece)] for speech in speeches]
    voices = np.stack(aligned, axis=1).astype(np.float64)
    fitted = np.linalg.lstsq(voices, piece.astype(np.float64), rcond=None)[0]
    return dict(zip(said, map(float, fitted), strict=True))
