"""The numbers of one list, in memory: a million of them must fit, and a look-up must cost next to nothing.

Numbers and remarks are texts in one dictionary, and what has no end or beginning takes no more. Python's
garbage collector passes such dictionaries over, so that they make no pauses.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from switch.customers.numbers import PREFIX_MARK

Validity = tuple[float | None, float | None]
"""From when and until when, in seconds since the Unix epoch; None: always, for ever."""
ALWAYS: Validity = (None, None)


class Entry(NamedTuple):
    """One number of a list."""

    number: str
    """As the house writes it; a beginning has a ``*`` behind it."""
    remark: str = ""
    valid_from: float | None = None
    """In seconds since the Unix epoch; None: since ever."""
    valid_until: float | None = None
    """In seconds since the Unix epoch; None: for ever."""


class NumberList:
    """Numbers and beginnings of numbers, the latest change last."""

    def __init__(self) -> None:
        self._remarks: dict[str, str] = {}
        self._validity: dict[str, Validity] = {}
        self._prefix_lengths: Counter[int] = Counter()
        self._longest_first: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self._remarks)

    def put(self, entry: Entry) -> bool:
        """Add a number, or change what is known of it; whether it is new."""
        number = entry.number
        is_new = not self.remove(number)
        self._remarks[number] = entry.remark
        if (validity := (entry.valid_from, entry.valid_until)) != ALWAYS:
            self._validity[number] = validity
        if number.endswith(PREFIX_MARK):
            self._count_prefix(len(number) - 1, 1)
        return is_new

    def remove(self, number: str) -> bool:
        """Take a number off; whether it was there."""
        if self._remarks.pop(number, None) is None:
            return False
        self._validity.pop(number, None)
        if number.endswith(PREFIX_MARK):
            self._count_prefix(len(number) - 1, -1)
        return True

    def get(self, number: str) -> Entry | None:
        """The entry of exactly this number or beginning."""
        remark = self._remarks.get(number)
        return None if remark is None else Entry(number, remark, *self._validity.get(number, ALWAYS))

    def find(self, number: str, at: float) -> Entry | None:
        """The entry by which a number is on the list at a moment; of several the most precise."""
        for key in self._keys(number):
            if key in self._remarks and _holds(self._validity.get(key, ALWAYS), at):
                return self.get(key)
        return None

    def newest(self, limit: int) -> list[Entry]:
        """The entries changed last, the latest first."""
        return [
            Entry(n, self._remarks[n], *self._validity.get(n, ALWAYS))
            for n in islice(reversed(self._remarks), limit)
        ]

    def _count_prefix(self, length: int, change: int) -> None:
        self._prefix_lengths[length] += change
        self._longest_first = tuple(sorted(+self._prefix_lengths, reverse=True))

    def _keys(self, number: str) -> Iterator[str]:
        yield number
        for length in self._longest_first:
            if length <= len(number):
                yield number[:length] + PREFIX_MARK


def _holds(validity: Validity, at: float) -> bool:
    begins, ends = validity
    return (begins is None or begins <= at) and (ends is None or at < ends)
