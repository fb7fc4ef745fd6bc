"""The driver's one timer: live, and by hand."""

import asyncio
from collections.abc import Callable


class ManualAlarm:
    """Remembers what the driver wants; a test or simulation rings it."""

    def __init__(self) -> None:
        self.deadline: float | None = None
        self._ring: Callable[[], None] | None = None

    def arm(self, deadline: float | None, ring: Callable[[], None]) -> None:
        self.deadline, self._ring = deadline, ring

    def ring(self) -> None:
        """Ring once, as the real one does. Raises ValueError when it is not armed."""
        if self.deadline is None or self._ring is None:
            raise ValueError("the alarm is not armed")
        self.deadline = None
        self._ring()


class LoopAlarm:
    """Rings the driver through the event loop's ``call_at``.

    A deadline moves with nearly every message, mostly back. The loop's timer is then left where it is; when
    it goes off too early it is set once more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._deadline: float | None = None
        self._ring: Callable[[], None] | None = None

    def arm(self, deadline: float | None, ring: Callable[[], None]) -> None:
        self._deadline, self._ring = deadline, ring
        if deadline is not None and (self._timer is None or deadline < self._timer_at):
            self._set_timer(deadline)

    def _set_timer(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_at(at, self._go_off)

    def _go_off(self) -> None:
        self._timer = None
        deadline, ring = self._deadline, self._ring
        if deadline is None or ring is None:
            return
        if deadline > self._timer_at:
            self._set_timer(deadline)
            return
        self._deadline = None
        ring()
