"""What the ACD reports about items, beside what it reports about all who wait (``events.py``).

item.came … item.offered … item.passed_on; where the switch is restarted between, item.restored
"""

from typing import ClassVar

from acd.events import LeaveReason
from runtime.vocabulary import Event, plain_data


@plain_data
class ItemCame(Event):
    """An item waits: brought, sent on by a queue, given back at the end of a shift, or restored."""

    topic: ClassVar[str] = "item.came"
    item: str
    contact_id: str
    medium: str
    customer: str
    queues: tuple[str, ...]
    """Where it waits."""
    waited_ms: int
    """How long it has waited before."""
    priority: int
    requirement: str
    """The item's own; the queue's rings may ask for more."""
    preferred: tuple[str, ...]
    """Agents who are asked first."""
    tags: tuple[str, ...]
    """What is known of the customer."""
    data: tuple[tuple[str, str], ...]
    """What was brought with it: names and values."""
    turn: int
    """Whose turn it is of several who came at the same moment."""


@plain_data
class ItemRestored(Event):
    """An item of the run before the restart waits again; ``queue.caller_joined`` tells where."""

    topic: ClassVar[str] = "item.restored"
    item: str
    contact_id: str
    medium: str
    customer: str
    agent: str
    """Who had it in hand, and is asked first; empty when nobody had."""


@plain_data
class ItemOffered(Event):
    """An item is on an agent's desktop, to be accepted or rejected there; no phone rings."""

    topic: ClassVar[str] = "item.offered"
    item: str
    contact_id: str
    offer_id: str
    agent: str
    queue: str
    medium: str
    customer: str
    limit_s: float
    """So long the agent may take; then it is nobody's and others are asked."""
    data: tuple[tuple[str, str], ...]
    """What was brought with it: names and values."""
    priority: int = 0
    requirement: str = ""
    """The item's own; the queue's rings may ask for more."""
    tags: tuple[str, ...] = ()
    """What is known of the customer."""


@plain_data
class ItemPassedOn(Event):
    """A queue sent an item away: into another queue, or out of the ACD's hands."""

    topic: ClassVar[str] = "item.passed_on"
    item: str
    contact_id: str
    medium: str
    customer: str
    reason: LeaveReason
    target: str
    """A target such as queue:backup or flow:closed, or hang_up: nobody here will take it."""
    requirement: str
    tags: tuple[str, ...]
    """What is known of the customer."""
    data: tuple[tuple[str, str], ...]
    """What was brought with it: names and values."""
