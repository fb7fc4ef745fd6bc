"""What becomes of a hook. No events: they go to the flow that asked, and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Unanswered(StrEnum):
    """Why there is no answer."""

    NOBODY = "nobody"
    """No client of the control socket subscribed to hooks of this tenant."""
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    """The data are more than may be told, or are no plain data."""
    OVERLOADED = "overloaded"
    """Too many hooks wait for their answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookAnswered:
    """An application answered in time."""

    request_id: str
    call_id: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class HookUnanswered:
    """None did."""

    request_id: str
    call_id: str
    reason: Unanswered
