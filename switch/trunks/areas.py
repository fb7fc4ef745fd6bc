"""Landing codes (落地码): what a carrier puts before a number to tell where its caller is."""

from collections.abc import Iterable
from typing import NamedTuple


class Landing(NamedTuple):
    """A number that had a landing code before it."""

    number: str
    """Without the code."""
    area: str


class Areas:
    """The areas by their landing codes; a look-up takes as many steps as the longest code has digits."""

    def __init__(self, codes: Iterable[tuple[str, str]]) -> None:
        """``codes`` are pairs of a landing code and its area's name."""
        self._by_code = dict(codes)
        self._longest = max(map(len, self._by_code), default=0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Areas) and self._by_code == other._by_code

    __hash__ = None  # type: ignore[assignment]

    def split(self, number: str) -> Landing | None:
        """Take the longest landing code off the number, when it begins with one and more follows."""
        for length in range(min(self._longest, len(number) - 1), 0, -1):
            area = self._by_code.get(number[:length])
            if area is not None:
                return Landing(number[length:], area)
        return None
