"""One heap for all the timers of a core."""

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
_FEW = 64


def earliest(*deadlines: float | None) -> float | None:
    """The first of these moments; None when there is none."""
    first: float | None = None
    for at in deadlines:
        if at is not None and (first is None or at < first):
            first = at
    return first


class Deadlines(Generic[K]):
    """Keys with a time each. Ties fire in the order they were set, so that order is reproducible.

    Cancelling is O(1): a cancelled or moved entry stays in the heap and is skipped when it surfaces;
    the heap is rebuilt when it has become twice as long as the living were many.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, K]] = []
        self._live: dict[K, int] = {}
        self._order = count()
        self._swept_at = _FEW
        """The length of the heap at which it is looked through for leftovers."""

    def __len__(self) -> int:
        return len(self._live)

    def __contains__(self, key: K) -> bool:
        return key in self._live

    def set(self, key: K, at: float) -> None:
        """(Re)arm ``key`` to fire at ``at``, in the core's monotonic seconds."""
        ticket = next(self._order)
        self._live[key] = ticket
        heappush(self._heap, (at, ticket, key))
        if len(self._heap) > self._swept_at:
            self._sweep()

    def cancel(self, key: K) -> None:
        """Disarm ``key``; no harm if it is not armed."""
        self._live.pop(key, None)

    def next(self) -> float | None:
        """When the earliest key is due, or None."""
        heap = self._heap
        while heap:
            at, ticket, key = heap[0]
            if self._live.get(key) == ticket:
                return at
            heappop(heap)
        return None

    def armed(self) -> list[tuple[K, float]]:
        """The armed keys with their times, in firing order: set again in that order they fire alike."""
        living = sorted(entry for entry in self._heap if self._live.get(entry[2]) == entry[1])
        return [(key, at) for at, _, key in living]

    def due(self, now: float) -> list[K]:
        """Remove and return the keys due at ``now``, earliest first."""
        fired: list[K] = []
        while (key := self.first_due(now)) is not None:
            fired.append(key)
        return fired

    def first_due(self, now: float) -> K | None:
        """Remove and return the earliest key due at ``now``: for cores where one timer cancels another."""
        at = self.next()
        if at is None or at > now:
            return None
        key = heappop(self._heap)[2]
        del self._live[key]
        return key

    def _sweep(self) -> None:
        self._heap = [entry for entry in self._heap if self._live.get(entry[2]) == entry[1]]
        heapify(self._heap)
        self._swept_at = max(_FEW, 2 * len(self._live))
