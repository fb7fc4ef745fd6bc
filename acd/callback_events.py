"""What the ACD reports about callbacks.

queue.callback_requested … dialled … failed, or answered … queue.callback_ended, exactly once, also when the
switch is restarted between (``queue.callback_restored``)
"""

from typing import ClassVar

from acd.callback import AskedBy, Refusal
from acd.events import LeaveReason
from runtime.vocabulary import Event, plain_data


@plain_data
class CallbackRequested(Event):
    """A caller, or somebody for a customer, wants to be called back; the place in the queues is kept."""

    topic: ClassVar[str] = "queue.callback_requested"
    callback_id: str
    call_id: str
    """The caller's; without a call the callback's own id, until the customer is called."""
    contact_id: str
    queue: str
    """Its rules hold."""
    numbers: tuple[str, ...]
    asked_by: AskedBy
    """``key``, ``hang_up``, ``target`` (of a flow) or ``verb``."""
    valid_s: float
    """Then it is given up."""
    attempts: int
    """How often the customer is called before the callback is given up."""
    caller_number: str
    """As the caller showed it."""
    waited_ms: int
    """Since the caller came."""
    places: tuple[tuple[str, int], ...]
    """The queues it waits in, each with for how long already, in ms."""
    priority: int
    requirement: str
    """What the customer asks of an agent."""
    preferred: tuple[str, ...]
    """Agents who are asked first."""
    tags: tuple[str, ...]
    """What is known of the customer."""
    language: str
    """Empty for the queue's."""
    access_code: str
    """What the caller dialled."""
    turn: int
    """Counts all who came: the order of those who came at the same moment."""


@plain_data
class CallbackRefused(Event):
    """A caller wants to be called back, but cannot be. Who asked waits on; who hung up has left."""

    topic: ClassVar[str] = "queue.callback_refused"
    call_id: str
    contact_id: str
    queue: str
    number: str
    """Where the caller cannot be called."""
    reason: Refusal
    """``no_route``, ``level`` (the route's is above ``callback_level``), ``asked_already`` or ``no_call``."""
    problem: str
    """For people."""


@plain_data
class CallbackRestored(Event):
    """A callback of the run before the restart has its place again; ``queue.caller_joined`` tells where."""

    topic: ClassVar[str] = "queue.callback_restored"
    callback_id: str
    call_id: str
    contact_id: str
    queue: str
    """Its rules hold."""
    attempts: int
    """How often the customer was called."""


@plain_data
class CallbackDialled(Event):
    """A customer is called back. What follows is told of the new call."""

    topic: ClassVar[str] = "queue.callback_dialled"
    callback_id: str
    call_id: str
    former_call_id: str
    """By which the caller was told of until now."""
    contact_id: str
    queue: str
    number: str
    """The customer's that is called."""
    attempt: int


@plain_data
class CallbackAnswered(Event):
    """The customer who was called back is there, and waits."""

    topic: ClassVar[str] = "queue.callback_answered"
    callback_id: str
    call_id: str
    contact_id: str
    queue: str
    attempt: int


@plain_data
class CallbackFailed(Event):
    """The customer was called back in vain."""

    topic: ClassVar[str] = "queue.callback_failed"
    callback_id: str
    call_id: str
    contact_id: str
    queue: str
    attempt: int
    cause: str
    """As in ``call.ended``; ``UNCONFIRMED``: nobody pressed the key, as when a machine answers."""
    again_in_s: float | None
    """When the next attempt may begin; null when it was the last."""
    counts: bool = True
    """False when there was no line to the customer: the next attempt has the same number."""


@plain_data
class CallbackReturned(Event):
    """The customer called in by themselves: this call has the place now, which hanging up does not end."""

    topic: ClassVar[str] = "queue.callback_returned"
    callback_id: str
    call_id: str
    former_call_id: str
    """By which the customer was told of until now."""
    contact_id: str
    queue: str


@plain_data
class CallbackChanged(Event):
    """The customer, on the line again, wants to be called at other numbers."""

    topic: ClassVar[str] = "queue.callback_changed"
    callback_id: str
    call_id: str
    contact_id: str
    queue: str
    numbers: tuple[str, ...]
    attempts: int
    """How often the customer is called there before the callback is given up."""


@plain_data
class CallbackEnded(Event):
    """The customer talks to an agent, or is called back no more."""

    topic: ClassVar[str] = "queue.callback_ended"
    callback_id: str
    call_id: str
    contact_id: str
    queue: str
    reason: LeaveReason
    """``abandoned``: the customer was on the line again and hung up."""
    attempts: int
    """How often the customer was called."""
    waited_ms: int
    """Since it was asked for."""
