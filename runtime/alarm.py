"""The driver's one timer: live, and by hand."""

import asyncio
from collections.abc import Callable

Earliest = Callable[[], float | None]
"""Tells when the alarm is to ring next, in monotonic seconds; None: not at all."""
Ring = Callable[[], float | None]
"""Does what is due, and arms the alarm anew; when nothing is due, tells when it is to ring next."""
ASKED_AFTER_S = 0.02
_TICK_S = 0.001
"""The loop counts in whole milliseconds, and would go off again and again in the last one."""


class ManualAlarm:
    """Remembers what the driver wants; a test or simulation rings it."""

    rings_soon = False

    def __init__(self) -> None:
        self.deadline: float | None = None
        self._ring: Ring | None = None

    def arm(self, earliest: Earliest, ring: Ring, /) -> None:
        self.deadline, self._ring = earliest(), ring

    def ring(self) -> None:
        """Ring once, as the real one does. Raises ValueError when it is not armed."""
        if self.deadline is None or self._ring is None:
            raise ValueError("the alarm is not armed")
        self.deadline = None
        self._ring()


class LoopAlarm:
    """Rings the driver through the event loop's ``call_at``.

    The deadline moves with nearly every message, and asking all cores for theirs takes longer than many a
    message does. So it rings once for all messages of some milliseconds, whether anything is due or not, and
    is told the deadline when nothing was: it rings so much late at most.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self.rings_soon = False
        """Whether it was armed since it rang last."""

    def arm(self, _earliest: Earliest, ring: Ring, /) -> None:
        self.rings_soon = True
        self._set_timer(self._loop.time() + ASKED_AFTER_S, ring)

    def _set_timer(self, at: float, ring: Ring) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._go_off, ring)

    def _go_off(self, ring: Ring) -> None:
        self._timer, self.rings_soon = None, False
        deadline = ring()
        if deadline is not None and not self.rings_soon:
            self._set_timer(max(deadline, self._loop.time() + _TICK_S), ring)
