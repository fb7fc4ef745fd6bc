"""The texts that wait for one engine, and those it says."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

from media.speech.health import EngineHealth, Standing


class Place(Enum):
    """What becomes of a text that is brought to an engine."""

    SAID = auto()
    WAITING = auto()
    PASSED_OVER = auto()
    """The engine is down, or too many wait."""


@dataclass(slots=True)
class EngineLine:
    """One engine's. A making is named by its number."""

    at_once: int
    max_waiting: int
    health: EngineHealth = field(default_factory=EngineHealth)
    saying: set[int] = field(default_factory=set)
    waiting: deque[int] = field(default_factory=deque)

    def join(self, making_id: int, now: float) -> Place:
        """One that is on trial is given one text only, and nobody waits for how it ends."""
        standing = self.health.standing(now)
        if standing is Standing.DOWN or (standing is Standing.ON_TRIAL and self.saying):
            return Place.PASSED_OVER
        if len(self.saying) < self.at_once:
            self.saying.add(making_id)
            return Place.SAID
        if len(self.waiting) >= self.max_waiting:
            return Place.PASSED_OVER
        self.waiting.append(making_id)
        return Place.WAITING

    def leave(self, making_id: int) -> None:
        """It is said, or is wanted no more."""
        self.saying.discard(making_id)
        if making_id in self.waiting:
            self.waiting.remove(making_id)

    def next_to_say(self) -> int | None:
        """Who waited longest, if there is room."""
        if not self.waiting or len(self.saying) >= self.at_once:
            return None
        making_id = self.waiting.popleft()
        self.saying.add(making_id)
        return making_id

    def dismiss(self) -> list[int]:
        """Those that wait, who are to go elsewhere."""
        dismissed = list(self.waiting)
        self.waiting.clear()
        return dismissed
