"""Values that were read a moment ago and need not be read again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_LONGEST = 256
"""Characters."""
_MOST = 1024
"""Enough for the messages of one moment, and few enough that a flood of made-up values occupies no more than
some hundred kilobytes."""
_Value = TypeVar("_Value")


def remembered(read: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """Keep the values of recent texts: the same From, To, CSeq and addresses come with many messages.

    For values that nobody can change.
    """
    kept = lru_cache(maxsize=_MOST)(read)

    @wraps(read)
    def parse(value: str) -> _Value:
        return kept(value) if len(value) <= _LONGEST else read(value)

    return parse
