"""What the core is told about calls and stations, in the ACD's own words."""

from dataclasses import dataclass

from acd.events import LeaveReason, OfferResult
from acd.media import VOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class StationChanged:
    """A station can, or can no longer, be rung; or it gave a sign."""

    station: str
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged:
    """A calendar opened or closed. Ignored when no queue goes by it.

    For callbacks it counts as closed until then.
    """

    calendar: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerCame:
    """An answered call shall wait for an agent."""

    call_id: str
    contact_id: str
    caller_number: str
    queues: tuple[str, ...]
    """In which the caller waits at once. The first decides on the music and on the way out."""
    priority: int | None = None
    """0 to 254; None for the first queue's."""
    priority_of_lists: int = 0
    """What number lists add to it."""
    requirement: str = ""
    preferred: tuple[str, ...] = ()
    """Agents to be asked first, the best first; those who serve none of the queues do not count."""
    preferred_wait_s: float = 0.0
    """So long they alone are asked."""
    tags: tuple[str, ...] = ()
    """What is known of the customer."""
    repeats: int = 0
    """How often the caller talked with agents lately."""
    language: str = ""
    """Empty for the queue's."""
    medium: str = VOICE
    is_item: bool = False
    """Whether it is no call: what is called ``call_id`` here is the item's id then."""
    data: tuple[tuple[str, str], ...] = ()
    """For the agent's desktop, with an item."""
    waiting_since: float | None = None
    """Of an item that comes back: its wait counts from then."""
    access_code: str = ""
    """What the caller dialled."""
    callback_number: str | None = None
    """The caller wants to be called back there; empty: at the own number."""
    place: str = ""
    """The callback whose place the caller has come for; empty: the one that waits for the number, if any."""
    back: str = ""
    """The target to which the caller goes in place of being released; empty when nobody lent the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """A caller pressed a key. Ignored unless the caller's first queue has a use for it."""

    call_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerReturned:
    """A caller is back from self-service. Ignored when the caller was not there."""

    call_id: str
    language: str = ""
    """In which the caller was served there; empty: as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerDueBack:
    """Another caller goes on in this call, whom somebody lent. Ignored when the call is in no queue."""

    call_id: str
    back: str
    """Where they go in place of being released, unless this call was lent already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerGone:
    """A call has ended (ABANDONED) or is in other hands (WITHDRAWN). Ignored when it is in no queue."""

    call_id: str
    reason: LeaveReason
    cause: str = ""
    """Why the call ended."""
    no_line: bool = False
    """Whether there was no way to the customer for now, in the switch or the network: no phone has rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAnswered:
    """A customer who is called back is there. Ignored when nobody is called in this call."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationHeard:
    """The caller knows that the place is kept. Ignored when no caller is told so in this call."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackOver:
    """What a caller was told, or an agent's greeting, has ended, or could not be played."""

    call_id: str
    playback_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRang:
    """The phone of an offer rings. Ignored when the offer is over."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAnswered:
    """The agent picked up. Ignored when the offer is over."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerConnected:
    """Caller and agent hear each other. Ignored when the offer is over."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLost:
    """The phone of an offer hung up or failed, in any state. Ignored when the offer is over."""

    offer_id: str
    result: OfferResult
    """How the offer ended, if the caller was not yet connected."""
    by_agent: bool
    """True when the phone ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCallBegan:
    """The switch places a call for an agent, whose phone rings first. Ignored when the agent has a call."""

    agent_id: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCallAnswered:
    """The agent picked up. Ignored when the call is no agent's own."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCallOver:
    """The agent is out of the call, or cannot be had. Ignored when the call is no agent's own."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTaken:
    """An agent talks at the phone, by no offer of a queue. Ignored unless the agent is not ready."""

    agent_id: str
    call_id: str
    offer_id: str


Input = (
    StationChanged
    | CalendarChanged
    | CallerCame
    | KeyPressed
    | CallerReturned
    | CallerDueBack
    | CallerGone
    | PlaybackOver
    | CustomerAnswered
    | ConfirmationHeard
    | PhoneRang
    | PhoneAnswered
    | CallerConnected
    | PhoneLost
    | OwnCallBegan
    | OwnCallAnswered
    | OwnCallOver
    | CallTaken
)
