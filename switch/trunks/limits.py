"""What a trunk carries at most: calls at a time, and calls a second."""

from dataclasses import dataclass


class TokenBucket:
    """So many a second in the long run, with bursts of one second's worth. A rate of 0 has no limit."""

    __slots__ = ("_burst", "_filled_at", "_rate", "_tokens")

    def __init__(self, rate_per_s: float) -> None:
        self._rate = rate_per_s
        self._burst = max(1.0, rate_per_s)
        self._tokens = self._burst
        self._filled_at = 0.0

    def has_one(self, now: float) -> bool:
        """Whether another may pass now."""
        return not self._rate or self._level(now) >= 1.0

    def take(self, now: float) -> None:
        """Count one that passes. One too many is paid back by those who come later."""
        if self._rate:
            self._tokens = max(self._level(now) - 1.0, -self._burst)
            self._filled_at = now

    def _level(self, now: float) -> float:
        return min(self._burst, self._tokens + (now - self._filled_at) * self._rate)


@dataclass(slots=True)
class Channels:
    """Calls of a trunk that are up. Of the limits 0 means none."""

    limit: int = 0
    limit_in: int = 0
    limit_out: int = 0
    incoming: int = 0
    outgoing: int = 0

    @property
    def full_in(self) -> bool:
        """Whether no further call may come in."""
        return _reached(self.incoming, self.limit_in) or self._full

    @property
    def full_out(self) -> bool:
        """Whether no further call may go out."""
        return _reached(self.outgoing, self.limit_out) or self._full

    @property
    def _full(self) -> bool:
        return _reached(self.incoming + self.outgoing, self.limit)


def _reached(count: int, limit: int) -> bool:
    return 0 < limit <= count
