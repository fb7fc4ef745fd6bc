"""What the ACD's core is told to do, and what it wants done, in the ACD's own words."""

from dataclasses import dataclass

from acd.events import LeaveReason, OfferResult
from runtime.vocabulary import Command

# --- to the core, from agents and supervisors (control verbs) -----------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command):
    """Seat an agent at a station, not ready at first."""

    agent_id: str
    station: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(Command):
    """End an agent's shift. Refused while a call is offered or talked on."""

    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReady(Command):
    """Let offers come. Ends wrap-up and the delay after a refusal; takes back a waiting not-ready request."""

    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeNotReady(Command):
    """Let no offers come: at once, or after the present call."""

    agent_id: str
    reason: str


# --- from the core, to the exchange -------------------------------------------------------------------


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
