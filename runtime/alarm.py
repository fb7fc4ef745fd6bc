"""The one timer of the live process."""

import asyncio
from collections.abc import Callable


class LoopAlarm:
    """Rings the driver through the event loop's ``call_at``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, deadline: float | None, ring: Callable[[], None]) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None if deadline is None else self._loop.call_at(deadline, ring)
