"""One service, as far as all its lookups share it: who is sent, who waits, how it goes. Pure."""

from collections import Counter, deque
from dataclasses import dataclass, field
from math import ceil

from switch.lookups.breaker import Breaker
from switch.lookups.config import LookupConfig

_TIMES = 256
"""The latest lookups that the percentiles are taken of."""


@dataclass(slots=True)
class Service:
    """Counts and bounds; ``lookups.py`` decides."""

    config: LookupConfig
    breaker: Breaker = field(init=False)
    under_way: int = 0
    """Lookups that have a place, between their attempts too."""
    waiting: dict[str, None] = field(default_factory=dict)
    """Ids of the lookups that wait for a place, the first in line first."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """How lookups ended since the start."""
    asked_s: float = 0.0
    """How long all lookups took whose service was asked."""
    times_s: deque[float] = field(default_factory=lambda: deque(maxlen=_TIMES))
    last_failure: str = ""
    """Of the last attempt that failed, for the operator."""

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.config.breaker)

    @property
    def has_place(self) -> bool:
        return self.under_way < self.config.under_way

    @property
    def is_full(self) -> bool:
        """Whether not even one more may wait."""
        return len(self.waiting) >= self.config.waiting

    def took(self, duration_s: float) -> None:
        """A lookup is over whose service was asked."""
        self.asked_s += duration_s
        self.times_s.append(duration_s)

    def percentile_ms(self, percent: int) -> int | None:
        """In how many milliseconds so many of a hundred lookups were over; None before the first."""
        if not self.times_s:
            return None
        in_order = sorted(self.times_s)
        return round(1000 * in_order[ceil(len(in_order) * percent / 100) - 1])
