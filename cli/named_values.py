"""Values that are given on the command line with their names."""

import json
from typing import Any

from runtime.errors import UsageError

_EXACT_IN_JSON = 2**53 - 1
"""Readers of JSON agree on integers up to here (RFC 8259, section 6)."""


def named_value(text: str) -> tuple[str, Any]:
    """``count=3`` → a number, ``order=D-7`` → a text. Raises UsageError without a name.

    An order number of 20 digits is a text, too: as a number it would be another one in a browser.
    """
    name, mark, value = text.partition("=")
    if not name or not mark:
        raise UsageError(f"{text!r} notes nothing; expected name=value, such as order_no=D-7")
    try:
        return name, json.loads(value, parse_int=_exact, parse_constant=str)
    except ValueError:
        return name, value


def _exact(digits: str) -> int | str:
    number = int(digits)
    return number if abs(number) <= _EXACT_IN_JSON else digits
