"""How long a client has had nothing done."""

import asyncio
from collections.abc import Callable


class Idleness:
    """Calls ``expired`` once when nobody touched it for ``limit_s``; never when that is 0."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit_s: float, expired: Callable[[], None]) -> None:
        self._loop = loop
        self._limit_s = limit_s
        self._expired = expired
        self._touched_at = loop.time()
        self._timer = loop.call_later(limit_s, self._look) if limit_s else None

    def touch(self) -> None:
        """Something is done now."""
        self._touched_at = self._loop.time()

    def stop(self) -> None:
        """Nobody is waited for any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        left_s = self._touched_at + self._limit_s - self._loop.time()
        if left_s > 0:
            self._timer = self._loop.call_later(left_s, self._look)
        else:
            self._expired()
