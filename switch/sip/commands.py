"""What the SIP stack can be told about a leg, which is one dialog plus one media endpoint."""

from dataclasses import dataclass

from runtime.vocabulary import Command
from switch.causes import Cause
from switch.sip.hop import Hop


@dataclass(frozen=True, slots=True, kw_only=True)
class RingLeg(Command):
    """180 Ringing to an arriving leg."""

    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLeg(Command):
    """200 OK with our SDP, repeated until the ACK comes (RFC 3261 §13.3.1.4)."""

    leg_id: str
    sdp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReoffer(Command):
    """Answer the re-INVITE of LegReoffered: 200 OK with our SDP, or 488 when ``sdp`` is None."""

    leg_id: str
    sdp: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialStation(Command):
    """INVITE the newest registered contact of a station.

    Fails as any leg does, with LegEnded (USER_NOT_REGISTERED when nobody is there).
    """

    leg_id: str
    station: str
    caller_number: str
    """What the agent's phone shows: user part of From."""
    caller_name: str
    sdp: str
    session_id: str = ""
    """``LegArrived.session_id`` of the leg it is dialled for: both share one session (RFC 7989)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpLeg(Command):
    """End the leg in the way its state asks for: final error answer, CANCEL, or BYE. LegEnded follows.

    No harm if it has ended already.
    """

    leg_id: str
    cause: Cause
    retry_after_s: int | None = None
    """Written into a 503 answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(Command):
    """What the stack tells its transport shell: put these bytes on the wire."""

    data: bytes
    hop: Hop
