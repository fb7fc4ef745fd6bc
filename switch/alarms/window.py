"""What share of what happened lately was a hit: counted in slices of time. Pure."""

from collections import deque
from dataclasses import dataclass

SLICES = 30
"""Of a window. What happened goes with its slice, a thirtieth of the window late at most."""


@dataclass(slots=True)
class _Slice:
    number: int
    hits: int = 0
    all: int = 0


class ShareWindow:
    """Hits among all within the last ``window_s``; nothing is known of fewer than ``window_min``."""

    def __init__(self, window_s: float, window_min: int) -> None:
        self._slice_s = window_s / SLICES
        self._window_min = window_min
        self._slices: deque[_Slice] = deque()
        self._hits = 0
        self._all = 0

    def count(self, *, hit: bool, now: float) -> None:
        self._forget(now)
        number = int(now // self._slice_s)
        if not self._slices or self._slices[-1].number != number:
            self._slices.append(_Slice(number))
        newest = self._slices[-1]
        newest.hits += hit
        newest.all += 1
        self._hits += hit
        self._all += 1

    def share(self, now: float) -> float | None:
        self._forget(now)
        return self._hits / self._all if self._all >= self._window_min else None

    def next_change(self) -> float | None:
        """When the oldest slice goes."""
        return self._ends(self._slices[0]) if self._slices else None

    def _ends(self, oldest: _Slice) -> float:
        return (oldest.number + 1 + SLICES) * self._slice_s

    def _forget(self, now: float) -> None:
        while self._slices and now >= self._ends(self._slices[0]):
            gone = self._slices.popleft()
            self._hits -= gone.hits
            self._all -= gone.all
