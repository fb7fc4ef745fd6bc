"""Keys heard in a recording: DTMF tones in its sound (ITU-T Q.23, limits after Q.24). Pure."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from media.recordings.wav import FULL_SCALE, Levels, Samples

ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = ("123A", "456B", "789C", "*0#D")
SHORTEST_S = 0.04

_WINDOW_S = 0.025
"""Tells neighbours apart: 1/0.025 s = 40 Hz, and rows are 73 Hz apart or more."""
_HOP_S = 0.01
_FAINTEST = 10 ** (-40 / 10)
"""Of both tones together, as parts of full scale."""
_PURITY = 0.85
"""So much of the energy is in the two tones; speech has harmonics beside them."""
_TWIST_DB = 10.0


class KeyHeard(NamedTuple):
    """One key in the sound."""

    start_s: float
    end_s: float
    key: str


@dataclass(slots=True)
class _Press:
    key: str
    first: int
    """Of the windows that hold it."""
    last: int


class ToneSearch:
    """Looks for keys in one channel that is read piece by piece."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._length = round(_WINDOW_S * rate_hz)
        self._hop = round(_HOP_S * rate_hz)
        self._waves = _waves(self._length, rate_hz)
        self._rest: Samples = np.zeros(0, np.int16)
        self._windows = 0
        self._presses: list[_Press] = []

    def add(self, samples: Samples) -> None:
        """The next piece."""
        samples = np.concatenate([self._rest, samples])
        count = max(0, (len(samples) - self._length) // self._hop + 1)
        if count:
            windows = np.lib.stride_tricks.sliding_window_view(samples, self._length)[:: self._hop][:count]
            for offset, key in _keys_in(windows, self._waves):
                self._note(self._windows + offset, key)
        self._windows += count
        self._rest = samples[count * self._hop :]

    def found(self) -> list[KeyHeard]:
        """What was heard so far, without what is too short to be a key."""
        heard = (
            KeyHeard(press.first * _HOP_S, press.last * _HOP_S + _WINDOW_S, press.key)
            for press in self._presses
        )
        return [key for key in heard if key.end_s - key.start_s >= SHORTEST_S]

    def _note(self, window: int, key: str) -> None:
        last = self._presses[-1] if self._presses else None
        if last is not None and last.key == key and window - last.last <= 2:
            last.last = window
        else:
            self._presses.append(_Press(key, window, window))


def _waves(length: int, rate_hz: int) -> NDArray[np.complex128]:
    """One complex wave for each of the eight frequencies, shape (length, 8)."""
    times = np.arange(length) / rate_hz
    frequencies = np.array([*ROWS_HZ, *COLUMNS_HZ])
    waves: NDArray[np.complex128] = np.exp(-2j * np.pi * times[:, None] * frequencies)
    return waves


def _keys_in(windows: NDArray[np.int16], waves: NDArray[np.complex128]) -> list[tuple[int, str]]:
    """Window and key of each window that holds nothing but a key."""
    audible = np.flatnonzero(np.abs(windows).max(axis=1) > FULL_SCALE * np.sqrt(_FAINTEST))
    if not len(audible):
        return []
    scaled = windows[audible] / FULL_SCALE
    energy: Levels = np.square(scaled).mean(axis=1)
    # A sine of amplitude a has |sum| = a·length/2 and mean square a²/2.
    powers: Levels = 2 * np.square(np.abs(scaled @ waves) / waves.shape[0])
    row, column = powers[:, :4].argmax(axis=1), powers[:, 4:].argmax(axis=1)
    low, high = powers[:, :4].max(axis=1), powers[:, 4:].max(axis=1)
    twist = np.abs(10 * np.log10(np.maximum(low, 1e-12) / np.maximum(high, 1e-12)))
    found = (low + high > _FAINTEST) & (low + high > _PURITY * energy) & (twist < _TWIST_DB)
    return [(int(audible[i]), KEYS[row[i]][column[i]]) for i in np.flatnonzero(found)]
