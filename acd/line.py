"""Entries in the order in which they are to be served."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from acd.entry import Entry

Rank = tuple[float, int]


class Line:
    """Sorted by ``Entry.rank``, which must not change while an entry is in the line."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: list[tuple[float, int, Entry]] = []

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Entry]:
        return (entry for _, _, entry in self._places)

    def add(self, entry: Entry) -> None:
        insort(self._places, (*entry.rank, entry))

    def remove(self, entry: Entry) -> None:
        del self._places[bisect_left(self._places, entry.rank)]

    def first(self) -> Entry | None:
        """Whose turn it is."""
        return self._places[0][2] if self._places else None

    def position(self, entry: Entry) -> int:
        """1 for the first of the line."""
        return bisect_left(self._places, entry.rank) + 1
