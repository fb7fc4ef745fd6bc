"""What a flow may ask about a queue before it leads a caller there."""

from collections.abc import Callable
from typing import NamedTuple


class Outlook(NamedTuple):
    """Of one queue, for one caller, now."""

    repeats: int
    """How often the caller talked with agents within the queue's ``repeat_period_h``."""
    wait_s: float | None
    """The estimated wait on average; 0 when an agent is free; None when too little is known."""
    waiting: int
    is_open: bool


OutlookOf = Callable[[str, str], Outlook | None]
"""Takes a queue, as a queue node names it, and the caller's number; None when there is none."""


def nothing_known(queue: str, number: str) -> Outlook | None:
    """Where there are no queues."""
    return None
