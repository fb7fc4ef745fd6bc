"""How late an event loop is: a shell."""

import asyncio
from collections.abc import Callable

PAUSE_S = 0.1


class LoopProbe:
    """Sets a timer again and again and tells how late it rang, which is how long other work waits too."""

    def __init__(self, loop: asyncio.AbstractEventLoop, report: Callable[[float], None]) -> None:
        """``report`` takes seconds, ten times a second."""
        self._loop = loop
        self._report = report
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._arm()

    def stop(self) -> None:
        """No harm when it was never started."""
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        due = self._loop.time() + PAUSE_S
        self._timer = self._loop.call_at(due, self._ring, due)

    def _ring(self, due: float) -> None:
        late_s = max(0.0, self._loop.time() - due)
        self._arm()
        self._report(late_s)
