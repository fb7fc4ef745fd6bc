"""Values that are given on the command line with their names."""

import json
from typing import Any

from runtime.errors import UsageError


def named_value(text: str) -> tuple[str, Any]:
    """``count=3`` → a number, ``order=D-7`` → a text. Raises UsageError without a name."""
    name, mark, value = text.partition("=")
    if not name or not mark:
        raise UsageError(f"{text!r} notes nothing; expected name=value, such as order_no=D-7")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
