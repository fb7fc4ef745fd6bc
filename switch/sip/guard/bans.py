"""Sources that are not heard for a while."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from runtime.deadlines import Deadlines
from switch.sip.guard.config import GuardConfig

_MOST_DOUBLINGS = 60
"""Beyond any length that could be wanted."""


@dataclass(slots=True, eq=False, kw_only=True)
class Ban:
    """One source that is not heard until ``ends_at``; None: until it is lifted."""

    source: str
    reason: str
    began_at: float
    ends_at: float | None
    times: int
    """Which ban of this source it is, of those that are remembered."""
    dropped: int = 0
    """Messages that were not heard."""


class _Past(NamedTuple):
    """What is remembered of a ban that is over."""

    times: int
    ended_at: float


class Bans:
    """The bans there are. Never more than ``max_bans``: the one that ends first gives way."""

    def __init__(self, config: GuardConfig) -> None:
        self._first_s = config.ban_s
        self._longest_s = config.ban_max_s
        self._memory_s = config.ban_memory_s
        self._capacity = config.max_bans
        self._bans: dict[str, Ban] = {}
        self._ends: Deadlines[str] = Deadlines()
        self._past: OrderedDict[str, _Past] = OrderedDict()

    def __len__(self) -> int:
        return len(self._bans)

    def find(self, source: str) -> Ban | None:
        """The ban of a source."""
        return self._bans.get(source)

    def all(self) -> list[Ban]:
        """Every ban, the newest first."""
        return sorted(self._bans.values(), key=lambda ban: -ban.began_at)

    def begin(self, source: str, reason: str, now: float) -> Ban:
        """Ban a source for as long as its past deserves."""
        times = self._times(source, now)
        lasts_s = min(self._first_s * 2.0 ** min(times - 1, _MOST_DOUBLINGS), self._longest_s)
        ban = Ban(source=source, reason=reason, began_at=now, ends_at=now + lasts_s, times=times)
        self.keep(ban)
        return ban

    def keep(self, ban: Ban) -> None:
        """Hold a ban, in place of any that its source is under."""
        self._bans[ban.source] = ban
        if ban.ends_at is None:
            self._ends.cancel(ban.source)
        else:
            self._ends.set(ban.source, ban.ends_at)

    def surplus(self) -> Ban | None:
        """End the ban that has to give way, if there are too many; those without an end go last."""
        if len(self._bans) <= self._capacity:
            return None
        source = self._ends.first_due(float("inf"))
        return self._bans.pop(source if source is not None else next(iter(self._bans)))

    def forgive(self, source: str) -> Ban | None:
        """End the ban of a source, if it is under one, and forget its past."""
        self._ends.cancel(source)
        self._past.pop(source, None)
        return self._bans.pop(source, None)

    def next_deadline(self) -> float | None:
        return self._ends.next()

    def expire(self, now: float) -> Ban | None:
        """End the ban whose time was over first; it is remembered."""
        source = self._ends.first_due(now)
        if source is None:
            return None
        ban = self._bans.pop(source)
        self._past[source] = _Past(ban.times, now)
        self._past.move_to_end(source)
        if len(self._past) > self._capacity:
            self._past.popitem(last=False)
        return ban

    def _times(self, source: str, now: float) -> int:
        past = self._past.get(source)
        if past is None or now - past.ended_at > self._memory_s:
            return 1
        return past.times + 1
