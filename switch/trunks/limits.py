"""What a trunk carries at most: calls at a time, of all and of each tenant, and calls a second."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


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
    """Calls of a trunk that are up. Of the limits 0 means none.

    A tenant whose share is not used up gets a channel as long as one is free; who has no share, or more calls
    than that, gets what the unused shares of the others leave.
    """

    limit: int = 0
    limit_in: int = 0
    limit_out: int = 0
    shares: Mapping[str, int] = field(default_factory=dict)
    """Channels that are kept for tenants, together at most ``limit``."""
    incoming: int = field(default=0, init=False)
    outgoing: int = field(default=0, init=False)
    _calls: Counter[str] = field(default_factory=Counter, init=False)
    _unused: int = field(default=0, init=False)
    """Of all shares together."""

    def __post_init__(self) -> None:
        self._unused = sum(self.shares.values())

    def calls_of(self, tenant: str) -> int:
        """How many of its calls are up."""
        return self._calls[tenant]

    def is_full_in(self, tenant: str) -> bool:
        """Whether no further call of a tenant may come in."""
        return _reached(self.incoming, self.limit_in) or self._is_full(tenant)

    def is_full_out(self, tenant: str) -> bool:
        """Whether no further call of a tenant may go out."""
        return _reached(self.outgoing, self.limit_out) or self._is_full(tenant)

    def count(self, tenant: str, change: int, *, outgoing: bool) -> None:
        """A call of a tenant takes a channel (1), or leaves it (-1)."""
        if outgoing:
            self.outgoing += change
        else:
            self.incoming += change
        before = self._unused_by(tenant)
        self._calls[tenant] += change
        if not self._calls[tenant]:
            del self._calls[tenant]
        self._unused += self._unused_by(tenant) - before

    def _is_full(self, tenant: str) -> bool:
        if not self.limit:
            return False
        kept_for_others = 0 if self._unused_by(tenant) else self._unused
        return self.incoming + self.outgoing + kept_for_others >= self.limit

    def _unused_by(self, tenant: str) -> int:
        share = self.shares.get(tenant, 0)
        return max(share - self._calls[tenant], 0) if share else 0


def _reached(count: int, limit: int) -> bool:
    return 0 < limit <= count
