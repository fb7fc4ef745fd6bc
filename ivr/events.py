"""What happens to callers inside flows."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class FlowEnd(StrEnum):
    """How a call's run through a flow ended."""

    QUEUED = "queued"
    """A queue node handed it to a queue."""
    RETURNED = "returned"
    """It went back to the queue in which the caller waits."""
    HUNG_UP = "hung_up"
    """A hang-up node ended it."""
    CALLER_HUNG_UP = "caller_hung_up"
    CALL_ENDED = "call_ended"
    """The exchange ended it: an operator, lost media, a shutdown."""
    TAKEN = "taken"
    """Somebody gave it to another application."""
    RUNAWAY = "runaway"
    """It was led through too many nodes without the caller pressing a key."""


@plain_data
class FlowEntered(Event):
    """A call begins its run through a flow."""

    topic: ClassVar[str] = "flow.entered"
    call_id: str
    flow: str


@plain_data
class NodeEntered(Event):
    """The caller has come to a node."""

    topic: ClassVar[str] = "flow.node_entered"
    call_id: str
    flow: str
    node: str


@plain_data
class DigitAccepted(Event):
    """A key was one of the menu's choices."""

    topic: ClassVar[str] = "flow.digit_accepted"
    call_id: str
    flow: str
    node: str
    digit: str
    choice: str
    """The node it leads to."""


@plain_data
class DigitRefused(Event):
    """A key was no choice of the menu: one try is spent."""

    topic: ClassVar[str] = "flow.digit_refused"
    call_id: str
    flow: str
    node: str
    digit: str
    tries_left: int


@plain_data
class MenuTimedOut(Event):
    """No key came in time: one try is spent."""

    topic: ClassVar[str] = "flow.menu_timed_out"
    call_id: str
    flow: str
    node: str
    tries_left: int


@plain_data
class FlowLeft(Event):
    """A call's run through a flow is over. Exactly once for each FlowEntered."""

    topic: ClassVar[str] = "flow.left"
    call_id: str
    flow: str
    node: str
    """Where it left."""
    reason: FlowEnd
    queue: str
    """Where it went; empty unless the reason is ``queued``."""
    language: str
    """The language the caller was served in last."""
    path: tuple[str, ...]
    """The nodes in the order they were entered, up to ``ivr.run.PATH_LIMIT``."""
    keys: str
    """The menu keys pressed, right or wrong, in order, up to the same number."""
