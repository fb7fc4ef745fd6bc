"""The circuit breaker of one service: who fails too often is left in peace for a while. Pure.

CLOSED ─ too many failures ─► OPEN ─ open_s later, at the next lookup ─► PROBING ─ the probe fails ─► OPEN
   ▲                                                                        │
   └────────────────────────────────── the probe succeeds ──────────────────┘

Results of requests that were sent before the last change say nothing about what is now, and are not counted.
"""

from dataclasses import dataclass
from enum import StrEnum

from switch.lookups.failure_window import FailureWindow


class BreakerState(StrEnum):
    """Of one service."""

    CLOSED = "closed"
    """Everybody may ask."""
    OPEN = "open"
    """Nobody may."""
    PROBING = "probing"
    """One is on the way to try; nobody else may."""


class BreakerChange(StrEnum):
    """What a result brought about."""

    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When to open, and for how long."""

    failures_in_row: int = 5
    """So many without a success between them; 0: does not count."""
    failure_share: float = 0.5
    """Of 1, so much of the window; 0: does not count."""
    window_s: float = 30.0
    window_min: int = 20
    """Results there must be in the window before its share says anything."""
    open_s: float = 15.0


class Breaker:
    """Gives permits to ask, and learns from each how it went."""

    def __init__(self, rules: BreakerRules) -> None:
        self._rules = rules
        self._state = BreakerState.CLOSED
        self._epoch = 0
        """Of the permits given since the last change; others count no more."""
        self._window = FailureWindow(rules.window_s)
        self._in_row = 0
        self._tried_again_at = 0.0
        self._opened_at = 0.0

    @property
    def state(self) -> BreakerState:
        return self._state

    @property
    def rules(self) -> BreakerRules:
        return self._rules

    def is_shut(self, now: float) -> bool:
        """Whether a permit would be denied now."""
        match self._state:
            case BreakerState.CLOSED:
                return False
            case BreakerState.OPEN:
                return now < self._tried_again_at
        return True

    def permit(self, now: float) -> int | None:
        """Leave to ask the service once; None when nobody may. Give it back with what came of it."""
        if self.is_shut(now):
            return None
        if self._state is BreakerState.OPEN:
            self._enter(BreakerState.PROBING)
        return self._epoch

    def record(self, permit: int, *, well: bool, now: float) -> BreakerChange | None:
        """How it went; what that changed for everybody."""
        if permit != self._epoch:
            return None
        if self._state is BreakerState.PROBING:
            if well:
                return self._close()
            self._open_again(now)
            return None
        self._in_row = 0 if well else self._in_row + 1
        self._window.add(now, well=well)
        return self._open(now) if not well and self._is_too_much(now) else None

    def withdraw(self, permit: int) -> None:
        """It was given up before anything could be known; if it was the probe, the next one is."""
        if permit == self._epoch and self._state is BreakerState.PROBING:
            self._enter(BreakerState.OPEN)

    def open_for_s(self, now: float) -> float | None:
        """For how long it has not been closed; None when it is."""
        return None if self._state is BreakerState.CLOSED else now - self._opened_at

    def _is_too_much(self, now: float) -> bool:
        rules = self._rules
        if rules.failures_in_row and self._in_row >= rules.failures_in_row:
            return True
        results, share = self._window.read(now)
        return bool(rules.failure_share) and results >= rules.window_min and share >= rules.failure_share

    def _open(self, now: float) -> BreakerChange:
        self._enter(BreakerState.OPEN)
        self._opened_at, self._tried_again_at = now, now + self._rules.open_s
        return BreakerChange.OPENED

    def _open_again(self, now: float) -> None:
        """Nobody is told: it was never closed."""
        self._enter(BreakerState.OPEN)
        self._tried_again_at = now + self._rules.open_s

    def _close(self) -> BreakerChange:
        self._enter(BreakerState.CLOSED)
        self._in_row = 0
        self._window.clear()
        return BreakerChange.CLOSED

    def _enter(self, state: BreakerState) -> None:
        self._state = state
        self._epoch += 1
