"""When the media threads are woken for what is asked of them: once for all that is asked in a while."""

from collections.abc import Callable

Later = Callable[[float, Callable[[], None]], object]
"""Calls something after so many seconds, as ``loop.call_later`` does."""

SOON_S = 0.005
"""So long what is asked of the media threads may wait for more, unless a packet wakes them before."""
IN_A_WHILE_S = 0.02
"""And so long what only says what becomes of packets, or that a leg is over: most of what a call asks."""


class Wake:
    """One of these, over and over."""

    def __init__(self, wake: Callable[[], None], later: Later, after_s: float) -> None:
        self._wake = wake
        self._later = later
        self._after_s = after_s
        self.is_due = False

    def ask(self) -> None:
        """Have them woken, unless they are already to be."""
        if not self.is_due:
            self.is_due = True
            self._later(self._after_s, self._ring)

    def _ring(self) -> None:
        self.is_due = False
        self._wake()
