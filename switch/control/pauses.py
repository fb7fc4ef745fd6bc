"""How long to wait before the next attempt to reach a switch that is away."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pauses:
    """Each up to twice as long as the last; chance spreads the clients that a switch has lost at once."""

    first_s: float = 0.2
    most_s: float = 15.0
    chance: Callable[[], float] = random.SystemRandom().random
    """From 0 up to 1."""

    def __iter__(self) -> Iterator[float]:
        """Seconds, without end: between half of what it may be and all of it."""
        most = self.first_s
        while True:
            yield most * (0.5 + self.chance() / 2)
            most = min(2 * most, self.most_s)
