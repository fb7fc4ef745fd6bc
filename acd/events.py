"""What the ACD reports about callers and offers; agents, callbacks and items have files of their own.

caller   queue.caller_joined … queue.ring_began … queue.caller_left, in each queue; after ``connected``
         … queue.call_completed
offer    queue.offer_made … queue.offer_ended, exactly once each
item     the same as a caller's, and what ``item_events.py`` has
"""

from enum import StrEnum
from typing import ClassVar

from acd.media import VOICE
from runtime.vocabulary import Event, plain_data


class LeaveReason(StrEnum):
    """Why a caller is no longer waiting."""

    CONNECTED = "connected"
    """The caller talks to an agent."""
    ABANDONED = "abandoned"
    """The call ended while the caller waited."""
    TIMED_OUT = "timed_out"
    """The caller waited as long as the queue allows."""
    FULL = "full"
    """The queue had no room."""
    OVERFLOWED = "overflowed"
    """A rule of overflow sent the caller elsewhere."""
    CLOSED = "closed"
    """The queue's calendar was closed, or closed while the caller waited."""
    EXITED = "exited"
    """The caller pressed an exit key, or was hung up on by what an own key had led to meanwhile."""
    UNREACHED = "unreached"
    """The customer was called back in vain."""
    EXPIRED = "expired"
    """The customer could not be called back in the time the queue gives."""
    ELSEWHERE = "elsewhere"
    """Another queue the caller waited in too tells what became of them, or another place they had."""
    WITHDRAWN = "withdrawn"
    """Somebody else took the call out of the queue."""


class OfferResult(StrEnum):
    """How an offer ended; ``no_answer.py`` says what follows from each."""

    ACCEPTED = "accepted"
    """The agent talks to the caller."""
    REJECTED = "rejected"
    """The agent declined, or went not ready while the phone rang."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    """The phone rang to the end of the ring time (RONA)."""
    UNREACHABLE = "unreachable"
    """The phone never rang: not registered, or silent."""
    FAILED = "failed"
    """The phone answered with an error, or was gone before the caller could be connected."""
    CANCELLED = "cancelled"
    """The caller left first, or did not answer when called back."""
    ELSEWHERE = "elsewhere"
    """Another agent took the call."""


@plain_data
class CallerJoined(Event):
    """A caller waits."""

    topic: ClassVar[str] = "queue.caller_joined"
    call_id: str
    contact_id: str
    queue: str
    caller_number: str
    position: int
    """1 is next."""
    priority: int = 0
    requirement: str = ""
    """What is asked of an agent at first."""
    low_s: float | None = None
    """The estimated wait, in seconds: one of ten is served before; null when nothing is known."""
    likely_s: float | None = None
    """What it is on average."""
    high_s: float | None = None
    """One of ten is served after."""
    medium: str = VOICE
    repeats: int = 0
    """How often the caller talked with agents lately, within the first queue's ``repeat_period_h``."""
    tags: tuple[str, ...] = ()
    """What is known of the customer."""


@plain_data
class CallerTold(Event):
    """One who waits hears something between the music."""

    topic: ClassVar[str] = "queue.caller_told"
    call_id: str
    contact_id: str
    queue: str
    waited_ms: int
    """In this queue until then."""
    position: int | None
    """Null when it was not told."""
    wait_min: int | None
    """The estimated wait as it was told, in minutes."""
    low_s: float | None
    """The interval from which it was made, from then on: one of ten is served before."""
    high_s: float | None
    """One of ten is served after."""


class SelfServiceEnd(StrEnum):
    """Why a caller is no longer in self-service."""

    RETURNED = "returned"
    """It is over, or the caller wanted to hear the queue again."""
    INTERRUPTED = "interrupted"
    """It was the caller's turn, or somebody had the caller called back."""
    GONE = "gone"
    """The call ended, or is in other hands."""


@plain_data
class SelfServiceBegan(Event):
    """One who waits went to a flow or a message box by a key, and keeps the place."""

    topic: ClassVar[str] = "queue.self_service_began"
    call_id: str
    contact_id: str
    queue: str
    target: str
    """Where to: ``<scheme>:<name>``."""


@plain_data
class SelfServiceEnded(Event):
    """Exactly once for each ``queue.self_service_began``."""

    topic: ClassVar[str] = "queue.self_service_ended"
    call_id: str
    contact_id: str
    queue: str
    target: str
    """Where the caller was: ``<scheme>:<name>``."""
    reason: SelfServiceEnd
    lasted_ms: int
    """How long the caller was there."""


@plain_data
class CallerChanged(Event):
    """Somebody changed a caller's priority, requirement or tags."""

    topic: ClassVar[str] = "queue.caller_changed"
    latest_of: ClassVar[str] = "call_id"
    call_id: str
    contact_id: str
    priority: int
    requirement: str
    """The caller's own."""
    tags: tuple[str, ...] = ()
    """What is known of the customer."""


@plain_data
class RingBegan(Event):
    """After some waiting something else is asked of an agent for a caller."""

    topic: ClassVar[str] = "queue.ring_began"
    call_id: str
    queue: str
    requirement: str


@plain_data
class CallerLeft(Event):
    """A caller waits no longer."""

    topic: ClassVar[str] = "queue.caller_left"
    call_id: str
    contact_id: str
    queue: str
    reason: LeaveReason
    position: int
    """The caller's place when leaving; 0 when the queue had no room."""
    wait_ms: int
    offers: int
    """How often agents were rung for the caller."""
    agent: str | None
    """Who took the call."""
    medium: str = VOICE


@plain_data
class WayOutMissing(Event):
    """One who waits, or comes to a removed queue, was to be sent where nobody takes calls any more.

    The caller waits in the queue instead.
    """

    topic: ClassVar[str] = "queue.way_out_missing"
    call_id: str
    contact_id: str
    queue: str
    target: str
    """``<scheme>:<name>``, gone from the configuration."""


@plain_data
class CallCompleted(Event):
    """A conversation that began with ``queue.caller_left`` (connected) is over."""

    topic: ClassVar[str] = "queue.call_completed"
    call_id: str
    contact_id: str
    queue: str
    agent: str
    talk_ms: int
    by_agent: bool
    """True when the agent hung up, False when the customer did or the exchange ended the call."""
    medium: str = VOICE
    caller_number: str = ""


class OfferCause(StrEnum):
    """What led to an offer."""

    RANKING = "ranking"
    """The caller came, or asked for something else, and the agent was the best of those free."""
    ALL = "all"
    """The same, in a queue that rings everybody."""
    PREFERRED = "preferred"
    """The caller came, or asked for something else, and prefers this agent, who was free."""
    TURN = "turn"
    """The agent became free, and it was the caller's turn."""


@plain_data
class OfferMade(Event):
    """An agent's phone is about to ring for a caller."""

    topic: ClassVar[str] = "queue.offer_made"
    call_id: str
    offer_id: str
    queue: str
    agent: str
    station: str
    medium: str = VOICE
    cause: OfferCause = OfferCause.TURN
    strategy: str = ""
    """By which the queue ranks its agents."""
    candidates: int = 1
    """Agents who were free and fitted."""
    ranked: tuple[tuple[str, int, tuple[tuple[str, float], ...]], ...] = ()
    """The first three of them, where agents were ranked: number, penalty, parts of the strategy's key."""
    repeats: int = 0
    """How often the caller talked with agents lately."""
    tags: tuple[str, ...] = ()
    """What is known of the customer."""


@plain_data
class OfferEnded(Event):
    """An offer led to a conversation, or to nothing."""

    topic: ClassVar[str] = "queue.offer_ended"
    call_id: str
    offer_id: str
    queue: str
    agent: str
    result: OfferResult
    ring_ms: int
    """From the offer to the answer, or to its end without one."""
    medium: str = VOICE
