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
    the heap is rebuilt when it has become twice as long as the living were many. Entries have tickets and
    no keys: what is timed is let go of at once, while the processor's caches still have it.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int]] = []
        self._tickets: dict[K, int] = {}
        self._keys: dict[int, K] = {}
        """By ticket; the armed ones only."""
        self._order = count()
        self._swept_at = _FEW
        """The length of the heap at which it is looked through for leftovers."""

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: K) -> bool:
        return key in self._tickets

    def set(self, key: K, at: float) -> None:
        """(Re)arm ``key`` to fire at ``at``, in the core's monotonic seconds."""
        if key in self._tickets:
            self.cancel(key)
        ticket = self._tickets[key] = next(self._order)
        self._keys[ticket] = key
        heappush(self._heap, (at, ticket))
        if len(self._heap) > self._swept_at:
            self._sweep()

    def cancel(self, key: K) -> None:
        """Disarm ``key``; no harm if it is not armed."""
        ticket = self._tickets.pop(key, None)
        if ticket is not None:
            del self._keys[ticket]

    def next(self) -> float | None:
        """When the earliest key is due, or None."""
        heap, keys = self._heap, self._keys
        while heap:
            at, ticket = heap[0]
            if ticket in keys:
                return at
            heappop(heap)
        return None

    def armed(self) -> list[tuple[K, float]]:
        """The armed keys with their times, in firing order: set again in that order they fire alike."""
        return [(self._keys[ticket], at) for at, ticket in sorted(self._heap) if ticket in self._keys]

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
        key = self._keys.pop(heappop(self._heap)[1])
        del self._tickets[key]
        return key

    def _sweep(self) -> None:
        self._heap = [entry for entry in self._heap if entry[1] in self._keys]
        heapify(self._heap)
        self._swept_at = max(_FEW, 2 * len(self._keys))
