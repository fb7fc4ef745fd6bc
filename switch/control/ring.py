"""The last events, kept once for all subscribers, also those that are slow and those that come back. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import cast

from switch.control.wires import Format, Told
from switch.records.projection import AnyEntry

_SWEEP_ITEMS = 4096
"""Places let go of are given back when there are so many, and half of all."""


class Ring:
    """Events by their *position*: one more for each, from 0 on.

    It is bounded by count and by bytes; the oldest go first. Bytes are those of the events in ``form``.
    """

    def __init__(self, form: Format, *, max_events: int, max_bytes: int) -> None:
        self._form = form
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._items: list[Told | None] = []
        self._base = 0
        """Position of the first place of ``_items``."""
        self._gone = 0
        """Places at the front of ``_items`` that are let go of."""
        self._bytes = 0
        self._lost: dict[str, int] = {}
        """By topic, the sequence of the last one let go of."""
        self.lost_time = 0.0
        """When the last one let go of happened, seconds since the Unix epoch."""
        self.began_after = 0
        """Of events up to this sequence nothing is known: nobody followed yet."""

    @property
    def first(self) -> int:
        """Position of the oldest event kept; ``end`` when there is none."""
        return self._base + self._gone

    @property
    def end(self) -> int:
        """Position of the next event to come."""
        return self._base + len(self._items)

    @property
    def held_bytes(self) -> int:
        """Of the events kept."""
        return self._bytes

    def put(self, entry: AnyEntry, *, journaled: bool) -> None:
        """Take the next event. One that is not in the journal is not told again to who comes back."""
        told = Told(entry, journaled)
        self._items.append(told)
        self._bytes += len(told.frame(self._form))
        while self._bytes > self._max_bytes or self.end - self.first > self._max_events:
            self._let_go()

    def between(self, start: int, stop: int) -> Sequence[Told]:
        """The events at positions from ``start``, which is kept, up to ``stop``."""
        return cast(Sequence[Told], self._items[start - self._base : stop - self._base])

    def position_behind(self, sequence: int) -> int:
        """Position of the first event kept that came after the one of this sequence."""
        return self._base + bisect_right(self._items, sequence, lo=self._gone, key=_sequence_of)

    def lost_until(self, sequence: int, wanted: Callable[[str], bool]) -> int:
        """Sequence of the last event after ``sequence`` that is wanted and not here; 0 when there is none."""
        behind = [last for topic, last in self._lost.items() if last > sequence and wanted(topic)]
        if self.began_after > sequence:
            behind.append(self.began_after)
        return max(behind, default=0)

    def _let_go(self) -> None:
        oldest = cast(Told, self._items[self._gone])
        self._items[self._gone] = None
        self._gone += 1
        self._bytes -= len(oldest.frame(self._form))
        self._lost[oldest.entry.topic] = oldest.entry.sequence
        self.lost_time = oldest.entry.time
        if self._gone >= _SWEEP_ITEMS and self._gone * 2 >= len(self._items):
            del self._items[: self._gone]
            self._base += self._gone
            self._gone = 0


def _sequence_of(told: Told | None) -> int:
    return cast(Told, told).entry.sequence
