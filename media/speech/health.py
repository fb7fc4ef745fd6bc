"""Whether an engine speaks: failures in a row pass it over for a while, longer each time.

speaking ──► down, as often as it fails in a row, or at once when it is missing ──► on trial, when its time is
over: one text at a time ──► speaking, or down for twice as long
"""

from dataclasses import dataclass
from enum import StrEnum

FAILURES_TO_BE_DOWN = 3
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0


class Standing(StrEnum):
    """What may be asked of an engine."""

    SPEAKING = "speaking"
    ON_TRIAL = "on_trial"
    DOWN = "down"


@dataclass(slots=True)
class EngineHealth:
    """Of one engine."""

    failures: int = 0
    """In a row."""
    down_until: float | None = None
    """None while it speaks."""
    pause_s: float = FIRST_PAUSE_S
    """How long it is down next."""

    def standing(self, now: float) -> Standing:
        if self.down_until is None:
            return Standing.SPEAKING
        return Standing.DOWN if now < self.down_until else Standing.ON_TRIAL

    def succeeded(self) -> bool:
        """Returns whether it was down before."""
        was_down = self.down_until is not None
        self.failures, self.down_until, self.pause_s = 0, None, FIRST_PAUSE_S
        return was_down

    def failed(self, now: float, *, at_once: bool) -> float | None:
        """How long it is down, when it goes down by this failure."""
        self.failures += 1
        enough = at_once or self.down_until is not None or self.failures >= FAILURES_TO_BE_DOWN
        if not enough or self.standing(now) is Standing.DOWN:
            return None
        pause_s = self.pause_s
        self.down_until = now + pause_s
        self.pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        return pause_s
