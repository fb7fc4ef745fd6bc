"""Call data (随路数据): values by name that can be noted of a contact, and the rules for them."""

import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Single = str | int | float | bool
DataValue = Single | list[Single]
Data = dict[str, DataValue]

MOST_NAMES = 64
MOST_BYTES = 8192
"""Of one contact's data, as JSON."""
LONGEST_NAME = 64
"""Characters."""
HIDDEN = "***"
"""Stands for a personal value wherever it is told."""
_LARGEST_NUMBER = 2**53
"""Beyond it, programs of other languages read another number."""


def changed(before: Mapping[str, DataValue], values: Data, removed: Iterable[str]) -> Data:
    """The data after a change; a name that is both removed and given has the value that is given."""
    gone = frozenset(removed)
    return {name: value for name, value in before.items() if name not in gone} | values


def problem_of(data: Mapping[str, Any]) -> str:
    """Why these cannot be a contact's data, for people; empty when they can."""
    for name, value in data.items():
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            return f"a name of call data has 1 to {LONGEST_NAME} printable characters, not {len(name)}"
        if not _is_value(value):
            return f"{name}: expected a text, a number, true, false or a flat list of these"
    if len(data) > MOST_NAMES:
        return f"{MOST_NAMES} names at most in all call data, not {len(data)}; remove some"
    size = size_of(data)
    if size > MOST_BYTES:
        return f"{MOST_BYTES} bytes at most in all call data, not {size}; leave a link to the rest"
    return ""


def size_of(data: Mapping[str, Any]) -> int:
    """Bytes as JSON."""
    return len(json.dumps(data, ensure_ascii=False).encode())


def hidden(data: Mapping[str, DataValue], personal: Collection[str]) -> Data:
    """The data as others may know it: of personal names that they are there."""
    return {name: HIDDEN if name in personal else value for name, value in data.items()}


def _is_value(value: Any) -> bool:
    return all(map(_is_single, value)) if isinstance(value, list) else _is_single(value)


def _is_single(value: Any) -> bool:
    match value:
        case bool():
            return True
        case int() | float():
            return math.isfinite(value) and abs(value) <= _LARGEST_NUMBER
        case str():
            return _is_unicode(value)
    return False


def _is_unicode(text: str) -> bool:
    """JSON can spell halves of characters, which are no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
