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
    """Rings the driver through the event loop's ``call_at``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, deadline: float | None, ring: Callable[[], None]) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None if deadline is None else self._loop.call_at(deadline, ring)
