"""What flows may ask of the switch: plain questions with an answer at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Outlook(NamedTuple):
    """Of one queue, for one caller, now."""

    repeats: int
    """How often the caller talked with agents within the queue's ``repeat_period_h``."""
    wait_s: float | None
    """The estimated wait on average; 0 when an agent is free; None when too little is known."""
    waiting: int
    is_open: bool


class Hours(NamedTuple):
    """Of one calendar, now."""

    is_open: bool
    is_regular: bool
    """Whether today is as every week."""
    occasion: str
    """What today is when it is not, such as 国庆节; empty when it is, or nobody said."""


def _no_queue(queue: str, number: str) -> Outlook | None:
    return None


def _no_calendar(name: str) -> Hours | None:
    return None


def _any_target(target: str) -> bool:
    return True


def _as_it_is(tenant: str, name: str) -> str:
    return name


@dataclass(frozen=True, slots=True)
class World:
    """Asked by nodes while a caller is in a flow. Names are those of the switch."""

    wall: Callable[[], datetime]
    """The local time."""
    outlook: Callable[[str, str], Outlook | None] = field(default=_no_queue)
    """Takes a queue, as a queue node names it, and the caller's number; None when there is none."""
    hours: Callable[[str], Hours | None] = field(default=_no_calendar)
    """Takes a calendar; None when there is none."""
    knows_target: Callable[[str], bool] = field(default=_any_target)
    """Whether any application takes a target."""
    qualified_target: Callable[[str, str], str] = field(default=_as_it_is)
    """Takes a tenant and a target in the tenant's words."""
    own_prompt: Callable[[str, str], str] = field(default=_as_it_is)
    """Takes a tenant and a prompt's name; the tenant's own if there is one, else the house's."""
