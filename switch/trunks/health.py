"""Whether the far end of one address is there: measured by OPTIONS and by the calls that go to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class TrunkState(StrEnum):
    """What is known of an address, or of a trunk as a whole."""

    UNKNOWN = "unknown"
    """Nothing was heard of it yet; calls may try it."""
    UP = "up"
    DEGRADED = "degraded"
    """An address missed its last answers, but not enough of them yet; a trunk lost some of its addresses."""
    DOWN = "down"
    """Calls do not try it."""


_LONGEST_PAUSE_S = 60
"""A far end that asks for more is asked again after this, for it may have meant something else."""


@dataclass(slots=True)
class Health:
    """Counts successes and failures in a row.

    UNKNOWN → UP with the first success; UP → DEGRADED with a failure, back with the next success; any of
    them → DOWN at ``failures_to_down`` in a row; DOWN → UP at ``successes_to_up`` in a row.
    """

    failures_to_down: int
    successes_to_up: int
    state: TrunkState = TrunkState.UNKNOWN
    since: float = 0.0
    """Monotonic seconds of the last change of ``state``."""
    round_trip_s: float | None = None
    """Of the last OPTIONS that was answered."""
    last_status: int | None = None
    """Of the last answer, to OPTIONS or to a call."""
    paused_until: float = 0.0
    """Monotonic seconds; when it wants to be asked again, at the earliest."""
    _failures: int = 0
    _successes: int = 0

    def succeed(self, now: float, *, status: int | None = None, round_trip_s: float | None = None) -> None:
        """It answered as somebody who is well."""
        self._failures = 0
        self._successes += 1
        self.last_status = status if status is not None else self.last_status
        self.round_trip_s = round_trip_s if round_trip_s is not None else self.round_trip_s
        if self.state is not TrunkState.DOWN or self._successes >= self.successes_to_up:
            self._enter(TrunkState.UP, now)

    def keep(self) -> None:
        """It answered, as it did before."""
        self._failures = 0

    def fail(self, now: float, *, status: int | None = None) -> None:
        """It did not answer, or as somebody who cannot serve."""
        self._successes = 0
        self._failures += 1
        self.last_status = status
        if self._failures >= self.failures_to_down:
            self._enter(TrunkState.DOWN, now)
        elif self.state is TrunkState.UP:
            self._enter(TrunkState.DEGRADED, now)

    def pause(self, pause_s: float, now: float) -> None:
        """It is overloaded and wants no call for so long (RFC 3261 §21.5.4)."""
        self.paused_until = max(self.paused_until, now + min(pause_s, _LONGEST_PAUSE_S))

    def pause_left_s(self, now: float) -> float:
        """How long it still wants no call."""
        return max(0.0, self.paused_until - now)

    def takes_calls(self, now: float) -> bool:
        """Whether calls may try it."""
        return self.state is not TrunkState.DOWN and self.paused_until <= now

    def rest(self, now: float) -> None:
        """It was left alone long enough: calls may find out how it is."""
        self._failures = self.failures_to_down - 1
        self._enter(TrunkState.UNKNOWN, now)

    def _enter(self, state: TrunkState, now: float) -> None:
        if state is not self.state:
            self.state, self.since = state, now


def combined(states: Iterable[TrunkState]) -> TrunkState:
    """The state of a whole whose parts are in these."""
    found = set(states)
    if not found or found == {TrunkState.UNKNOWN}:
        return TrunkState.UNKNOWN
    if found == {TrunkState.DOWN}:
        return TrunkState.DOWN
    return TrunkState.DEGRADED if found & {TrunkState.DOWN, TrunkState.DEGRADED} else TrunkState.UP
