"""What the ACD's core can be told, and what it orders. Its own words: it does not know the exchange."""

from dataclasses import dataclass

from acd.events import LeaveReason, OfferResult
from runtime.vocabulary import Command

# --- told by agents and supervisors (control verbs) ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command):
    """Seat an agent at a station, not ready at first."""

    agent: str
    station: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(Command):
    """End an agent's shift. Refused while a call is offered or talked on."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReady(Command):
    """Let offers come. Ends wrap-up and the delay after a refusal; takes back a waiting not-ready request."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeNotReady(Command):
    """Let no offers come: at once, or after the present call."""

    agent: str
    reason: str


# --- told by the exchange -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkStation(Command):
    """A station can, or can no longer, be rung."""

    station: str
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinQueue(Command):
    """Let an answered call wait for an agent."""

    call_id: str
    contact_id: str
    caller_number: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCaller(Command):
    """The caller is gone (ABANDONED) or in other hands (WITHDRAWN). No harm if he never was here."""

    call_id: str
    reason: LeaveReason


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRinging(Command):
    """The phone of an offer rings. No harm if the offer is over."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command):
    """The agent picked up. No harm if the offer is over."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmConnection(Command):
    """Caller and agent hear each other. No harm if the offer is over."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOffer(Command):
    """The phone of an offer is out of it, before or after the caller was connected.

    No harm if the offer is over.
    """

    offer_id: str
    result: OfferResult
    """What it means if the caller was not yet connected."""
    by_agent: bool
    """True when the phone ended it."""


# --- ordered by the core ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayMusic(Command):
    """Play a prompt to the caller again and again."""

    call_id: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingStation(Command):
    """Ring the agent's phone for the caller."""

    call_id: str
    offer_id: str
    station: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStation(Command):
    """Stop ringing the agent's phone, or hang it up."""

    call_id: str
    offer_id: str
    result: OfferResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectCaller(Command):
    """Let caller and agent hear each other."""

    call_id: str
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCaller(Command):
    """End the call. CONNECTED means that the conversation is over."""

    call_id: str
    reason: LeaveReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOnCaller(Command):
    """Give the call to another application or queue."""

    call_id: str
    target: str
    """``<scheme>:<name>``."""
