"""What Erlang's formulas are asked, and what they answer: traffic, model, goal and figures."""

import math
from dataclasses import dataclass
from enum import StrEnum

from runtime.errors import UsageError


class Model(StrEnum):
    """What becomes of callers who have to wait."""

    A = "a"
    C = "c"


@dataclass(frozen=True, slots=True)
class Traffic:
    """The calls that come, at a rate that stays the same. Raises UsageError for figures without a meaning."""

    calls_per_hour: float
    handle_s: float
    """Mean time that a call keeps an agent, wrap-up included; exponential."""
    patience_s: float = math.inf
    """Mean time after which a caller gives up; exponential. Looked at by Erlang A only."""

    def __post_init__(self) -> None:
        if not 0 <= self.calls_per_hour <= 1e9:
            raise UsageError(f"{self.calls_per_hour} calls an hour: expected 0 to 1e9")
        if not 1e-3 <= self.handle_s <= 1e6:
            raise UsageError(f"a handle time of {self.handle_s} s: expected 0.001 to 1e6")
        if not (1e-9 <= self.patience_s <= 1e12 or self.patience_s == math.inf):
            raise UsageError(f"a patience of {self.patience_s} s: expected 1e-9 to 1e12, or no end")

    @property
    def calls_per_s(self) -> float:
        return self.calls_per_hour / 3600

    @property
    def load_erlang(self) -> float:
        """How many agents would be busy on average if nobody ever had to wait."""
        return self.calls_per_s * self.handle_s


@dataclass(frozen=True, slots=True)
class Figures:
    """How calls fare in the long run."""

    waiting_share: float
    """Who finds all agents busy."""
    abandoned_share: float
    """Who gives up."""
    mean_wait_s: float
    """Of all calls, however they end; infinite where the queue grows for ever."""
    mean_wait_served_s: float
    """Of the calls that are answered (average speed of answer)."""
    service_level: float
    """Who is answered within the time asked for."""
    occupancy: float
    """The share of their time that agents are busy with calls."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the agents are to achieve. Raises UsageError for what cannot be asked for."""

    service_level: float
    """At least that share of calls is answered ..."""
    within_s: float
    """... within that time."""
    max_occupancy: float = 1.0
    max_abandoned_share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.service_level < 1:
            raise UsageError(f"a service level of {self.service_level:.0%}: expected between 0 and 100 %")
        if not 0 <= self.within_s < math.inf:
            raise UsageError(f"answers within {self.within_s} s: expected 0 or more")
        if not 0 < self.max_occupancy <= 1:
            raise UsageError(f"an occupancy of {self.max_occupancy:.0%}: expected over 0, up to 100 %")
        if not 0 < self.max_abandoned_share <= 1:
            raise UsageError(f"{self.max_abandoned_share:.0%} abandoned: expected over 0, up to 100 %")

    def is_met(self, figures: Figures) -> bool:
        return (
            figures.service_level >= self.service_level
            and figures.occupancy <= self.max_occupancy
            and figures.abandoned_share <= self.max_abandoned_share
        )
