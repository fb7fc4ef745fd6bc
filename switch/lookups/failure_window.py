"""How many of the latest results were failures, in memory that does not grow with them. Pure."""

from collections import deque
from dataclasses import dataclass

_PARTS = 10
"""Of the window; results leave it a part at a time."""


@dataclass(slots=True)
class _Part:
    ends_at: float
    well: int = 0
    badly: int = 0


class FailureWindow:
    """Counts over the last ``length_s`` seconds, in tenths of it."""

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s
        self._parts: deque[_Part] = deque()

    def add(self, now: float, *, well: bool) -> None:
        """Count one result."""
        if not self._parts or self._parts[-1].ends_at <= now:
            self._parts.append(_Part(ends_at=now + self._length_s / _PARTS))
            self._drop_past(now)
        if well:
            self._parts[-1].well += 1
        else:
            self._parts[-1].badly += 1

    def read(self, now: float) -> tuple[int, float]:
        """How many results there are, and what share of them, of 1, was bad."""
        self._drop_past(now)
        badly = sum(part.badly for part in self._parts)
        results = badly + sum(part.well for part in self._parts)
        return results, badly / results if results else 0.0

    def clear(self) -> None:
        self._parts.clear()

    def _drop_past(self, now: float) -> None:
        while self._parts and self._parts[0].ends_at <= now - self._length_s:
            self._parts.popleft()
