"""How many events a peer's mistakes may cause: what comes on top is only counted."""


class EventBudget:
    """So many events in each second; a flood fills neither journal nor log."""

    def __init__(self, events_per_s: int) -> None:
        self._events_per_s = events_per_s
        self._second = 0
        self._spent = 0

    def allows(self, now: float) -> bool:
        """Whether one more event may be told at ``now``; it is spent then."""
        if int(now) != self._second:
            self._second, self._spent = int(now), 0
        self._spent += 1
        return self._spent <= self._events_per_s
