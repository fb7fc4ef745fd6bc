"""Who has stopped reading. Pure."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

H = TypeVar("H", bound=Hashable)


class Stalls(Generic[H]):
    """Watches how much each client has read, whenever it is asked."""

    def __init__(self, limit_s: float) -> None:
        """``limit_s``: for how long a client may read nothing while something waits for it."""
        self._limit_s = limit_s
        self._reading: dict[H, tuple[int, float]] = {}
        """How much each had read when it was last seen to read, or to have read all."""

    def find(self, counts: Iterable[tuple[H, int, int]], now: float) -> list[H]:
        """Takes who is there, how much each has read and how much waits for it; returns who has stalled."""
        reading: dict[H, tuple[int, float]] = {}
        stalled: list[H] = []
        for client, read_bytes, unread_bytes in counts:
            before = self._reading.get(client)
            if before is None or unread_bytes == 0 or read_bytes > before[0]:
                reading[client] = (read_bytes, now)
            else:
                reading[client] = before
                if now - before[1] >= self._limit_s:
                    stalled.append(client)
        self._reading = reading
        return stalled
