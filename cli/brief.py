"""Values short enough for one line: ids by their beginning, what is empty left out."""

import re
from collections.abc import Collection, Mapping
from typing import Any

_ID = re.compile(r"([a-z]+-[0-9a-f]{8})[0-9a-f]{8}")
"""What stays is long enough to be told from others, and to be pasted where an id is asked for."""


def short_id(text: str) -> str:
    """The beginning of an id; any other text as it is."""
    found = _ID.fullmatch(text)
    return found[1] if found else text


def is_empty(value: object) -> bool:
    """Whether a field says nothing. Zero and False do say something."""
    return value is None or (isinstance(value, str | list | tuple) and not value)


def brief_fields(fields: Mapping[str, Any], left_out: Collection[str] = ()) -> dict[str, str]:
    """An event's fields that say something, as text; fractions to the hundredth."""
    return {
        name: _brief(value) for name, value in fields.items() if name not in left_out and not is_empty(value)
    }


def _brief(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(_brief(item) for item in value)
    return f"{value:.2f}" if isinstance(value, float) else short_id(str(value))
