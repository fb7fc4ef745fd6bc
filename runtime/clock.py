"""Where time comes from. Cores are handed ``now``; only shells hold a clock."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Two kinds of time: monotonic for machines, wall clock for people."""

    def now(self) -> float:
        """Monotonic seconds; the only time a core ever sees."""

    def wall(self) -> float:
        """Seconds since the Unix epoch, for people and records."""


class LoopClock:
    """The live clock. ``now`` is the event loop's own time, so that deadlines fit ``loop.call_at``."""

    def __init__(self, loop_time: Callable[[], float]) -> None:
        self.now = loop_time
        self.wall = time.time


def monotonic_now() -> float:
    """Monotonic seconds, for commands of the command line."""
    return time.monotonic()


def local_now() -> datetime:
    """The moment in local time, for commands of the command line."""
    return datetime.fromtimestamp(time.time()).astimezone()


class ManualClock:
    """A clock that moves only when a test or a simulation moves it."""

    def __init__(self, now: float = 0.0, *, wall: float = 1_790_000_000.0) -> None:
        self._now = now
        self._epoch = wall - now

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._epoch + self._now

    def move_to(self, now: float) -> None:
        """Set the time. Raises ValueError when asked to go backwards."""
        if now < self._now:
            raise ValueError(f"time cannot go back from {self._now} to {now}")
        self._now = now
