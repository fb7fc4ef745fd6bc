"""What something costs, told the same on any machine, however busy."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def operations_of(deed: Callable[[], object]) -> int:
    """How many of Python's operations it takes."""
    count = 0

    def note(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        deed()
    finally:
        sys.settrace(before)
    return count
