"""Test signals nobody can mistake for one another, and finding them again in what was recorded or heard."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median_low
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 8000

Samples = NDArray[np.int16]
"""One channel at ``SAMPLE_RATE_HZ``, linear 16 bits."""


def speech(seed: int, duration_s: float) -> Samples:
    """A signal of the telephone band (300 to 3400 Hz) that never repeats, at about -16 dBFS.

    Its phases are random but fixed by ``seed``. Two seeds, or two parts of one signal, do not
    correlate: where one is found, nothing else can have been there.
    """
    length = round(duration_s * SAMPLE_RATE_HZ)
    frequencies = np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ)
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(frequencies))
    in_band = (frequencies >= 300) & (frequencies <= 3400)
    signal = np.fft.irfft(np.where(in_band, np.exp(1j * phases), 0), length)
    return np.round(signal / np.std(signal) * 5000).clip(-32768, 32767).astype(np.int16)


Law = Literal["ALAW", "ULAW"]
"""Of G.711: PCMA or PCMU."""


def to_law(samples: Samples, law: Law) -> bytes:
    """G.711, one byte a sample."""
    octets = io.BytesIO()
    soundfile.write(octets, samples, SAMPLE_RATE_HZ, format="RAW", subtype=law)
    return octets.getvalue()


def from_law(octets: bytes, law: Law) -> Samples:
    """The linear samples that ``octets`` stand for."""
    if not octets:
        return np.zeros(0, np.int16)
    samples, _ = soundfile.read(
        io.BytesIO(octets), dtype="int16", format="RAW", subtype=law, samplerate=SAMPLE_RATE_HZ, channels=1
    )
    return np.asarray(samples, np.int16)


def to_alaw(samples: Samples) -> bytes:
    """G.711 A-law, one byte a sample."""
    return to_law(samples, "ALAW")


def from_alaw(octets: bytes) -> Samples:
    """The linear samples that A-law ``octets`` stand for."""
    return from_law(octets, "ALAW")


@dataclass(frozen=True, slots=True)
class Match:
    """Where a signal fits best in a longer one."""

    score: float
    """Correlation coefficient there: 1 for the same waveform, about 0 for another signal."""
    at: int
    """Index in the longer signal where the shorter one begins."""


def find(wanted: Samples, within: Samples) -> Match:
    """Find ``wanted`` anywhere in ``within``. Score 0 when either is silent or ``within`` is shorter."""
    return _Searched(within, len(wanted)).find(wanted)


class _Searched:
    """A long signal, prepared for finding pieces of one length in it."""

    def __init__(self, signal: Samples, length: int) -> None:
        self._length = length
        self._places = len(signal) - length + 1
        self._size = 1 << max(len(signal) + length - 1, 1).bit_length()
        self._spectrum = np.fft.rfft(signal.astype(np.float64), self._size)
        energies = np.cumsum(np.concatenate(([0.0], signal.astype(np.float64) ** 2)))
        self._norms = np.sqrt(energies[length:] - energies[: len(energies) - length])

    def find(self, piece: Samples) -> Match:
        norms = self._norms * np.linalg.norm(piece.astype(np.float64))
        if self._length == 0 or self._places < 1 or not np.any(norms > 1.0):
            return Match(0.0, 0)
        conjugate = np.conj(np.fft.rfft(piece.astype(np.float64), self._size))
        products = np.fft.irfft(self._spectrum * conjugate, self._size)[: self._places]
        scores = np.divide(products, norms, out=np.zeros(self._places), where=norms > 1.0)
        at = int(np.argmax(scores))
        return Match(float(scores[at]), at)


_PACKET = SAMPLE_RATE_HZ // 50
"""Samples of 20 ms."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of what was said is found again, piece by piece."""

    pieces: int
    found: int
    """Pieces found at one and the same delay, within 20 ms."""
    worst_score: float
    """Of all pieces."""
    delay: int
    """Samples from the first sample said to its place in what was kept (that of the middle piece)."""

    @property
    def whole(self) -> bool:
        """Every piece is there, where it belongs."""
        return self.pieces > 0 and self.found == self.pieces


def compare(said: Samples, kept: Samples, *, piece_s: float = 0.5, good_score: float = 0.95) -> Agreement:
    """Look for each piece of ``said`` in ``kept``; silent pieces of ``said`` do not count.

    ``kept`` may begin within the first packet of ``said``, and end within the last.
    """
    length = round(piece_s * SAMPLE_RATE_HZ)
    searched = _Searched(np.pad(kept, (_PACKET, length)), length)
    matches = [(searched.find(piece), start) for start, piece in _pieces(said, length)]
    if not matches:
        return Agreement(0, 0, 0.0, 0)
    delay = median_low(match.at - start for match, start in matches)
    found = sum(m.score >= good_score and abs(m.at - start - delay) <= _PACKET for m, start in matches)
    return Agreement(len(matches), found, min(match.score for match, _ in matches), delay - _PACKET)


def _pieces(samples: Samples, length: int) -> Iterator[tuple[int, Samples]]:
    """Those from the first sound on that are hardly silent, each with its place."""
    sound = np.flatnonzero(samples)
    first = int(sound[0]) if len(sound) else len(samples)
    for start in range(first, len(samples) - length + 1, length):
        piece = samples[start : start + length]
        if np.count_nonzero(piece) > 0.95 * length:
            yield start, piece
