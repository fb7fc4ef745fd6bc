"""Values that were read a moment ago and need not be read again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_LONGEST = 256
"""Characters. Bounds what a flood of made-up values can occupy to some megabytes."""
_Value = TypeVar("_Value")


def remembered(read: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """Keep the values of recent texts: the same From, To, CSeq and addresses come with many messages.

    For values that nobody can change.
    """
    kept = lru_cache(maxsize=4096)(read)

    @wraps(read)
    def parse(value: str) -> _Value:
        return kept(value) if len(value) <= _LONGEST else read(value)

    return parse
