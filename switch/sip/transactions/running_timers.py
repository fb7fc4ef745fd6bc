"""The timers of all transactions that run."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

from runtime.deadlines import Deadlines, earliest
from switch.sip.transactions.timers import REPEATING, Timer

Owner = TypeVar("Owner")


class RunningTimers(Generic[Owner]):
    """Whose timers are due when. An owner runs one timer that repeats at most, and one that does not.

    Those that repeat stand in a heap. The others run for half a minute, four for each call; but all of one
    duration are due in the order in which they were started, so that they stand in a line.
    """

    def __init__(self, durations: Mapping[Timer, float]) -> None:
        self._durations = durations
        self._repeating: Deadlines[tuple[Owner, Timer]] = Deadlines()
        lines = {duration_s: OrderedDict[Owner, tuple[float, Timer]]() for duration_s in durations.values()}
        self._line_of = {timer: lines[duration_s] for timer, duration_s in durations.items()}
        self._lines = tuple(lines.values())

    def change(self, owner: Owner, stops: tuple[Timer, ...], starts: tuple[Timer, ...], now: float) -> None:
        """Stop some timers of an owner and start others."""
        for timer in stops:
            if timer in REPEATING:
                self._repeating.cancel((owner, timer))
            else:
                self._line_of[timer].pop(owner, None)
        for timer in starts:
            at = now + self._durations[timer]
            if timer in REPEATING:
                self._repeating.set((owner, timer), at)
            else:
                self._line_of[timer][owner] = at, timer

    def repeat(self, owner: Owner, timer: Timer, at: float) -> None:
        """Run a timer that repeats until its next time."""
        self._repeating.set((owner, timer), at)

    def next(self) -> float | None:
        """When the first is due, or None."""
        firsts = [next(iter(line.values()))[0] for line in self._lines if line]
        return earliest(*firsts, self._repeating.next())

    def first_due(self, now: float) -> tuple[Owner, Timer] | None:
        """Stop and return one that is due; those that repeat come last, as there may be no need any more."""
        for line in self._lines:
            if line:
                owner, (at, timer) = next(iter(line.items()))
                if at <= now:
                    del line[owner]
                    return owner, timer
        return self._repeating.first_due(now)
