"""What the SIP stack can be told about a leg, which is one dialog plus one media endpoint."""

from enum import StrEnum

from runtime.vocabulary import Command, plain_data
from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, Forking, HeaderFields


@plain_data
class RingLeg(Command):
    """180 Ringing to an arriving leg, or 183 with ``sdp``: our early answer, or our offer where the peer
    asked for one. Once each.

    Reliable (RFC 3262) where the peer requires it, or supports it and the configuration wants it;
    LegRingingConfirmed follows then. An offer goes only reliably, so hand it over for AnswerLeg, too.
    """

    leg_id: str
    sdp: str | None = None


@plain_data
class AnswerLeg(Command):
    """200 OK with our SDP, repeated until the ACK comes (RFC 3261 §13.3.1.4).

    It waits for the PRACK of an SDP that went before it, and then carries none.
    """

    leg_id: str
    sdp: str


@plain_data
class AnswerReoffer(Command):
    """Answer the offer of LegReoffered: 200 OK with our SDP, or 488 when ``sdp`` is None."""

    leg_id: str
    sdp: str | None


@plain_data
class ReofferLeg(Command):
    """Offer the peer a changed session: re-INVITE, or UPDATE before an arriving leg is answered.

    LegReofferAnswered or LegReofferRefused follows, unless the leg ends; only one may be asked for at a
    time. It waits until the session may be changed, and is tried again when offers cross (RFC 3261 §14.1).
    """

    leg_id: str
    sdp: str


@plain_data
class DialStation(Command):
    """INVITE every registered contact of a station: those it prefers most together, then the next.

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
    is_anonymous: bool = False
    """Whether From hides number and name (RFC 3323 §4.1.1.3)."""
    referred_by: str = ""
    """The station that transfers the call there (RFC 3892)."""
    headers: HeaderFields = ()
    limit_s: float | None = None
    """How long it may go unanswered; None: as configured."""


@plain_data
class DialLeg(Command):
    """INVITE one party over several branches; the first that answers gets the leg.

    A branch in SERIAL forking gives way to the next when nothing is heard of it in time, when it cannot be
    sent, and at 408, 491, 5xx and ``failover_statuses``. 6xx ends all, unless it is one of these.
    """

    leg_id: str
    branches: tuple[Branch, ...]
    """At least one."""
    sdp: str
    """Our offer."""
    forking: Forking = Forking.PARALLEL
    headers: HeaderFields = ()
    """Further headers of every branch."""
    session_id: str = ""
    """``LegArrived.session_id`` of the leg it is dialled for."""
    attempt_timeout_s: float | None = None
    """How long a branch may be silent, without even a provisional answer; None: as configured, when there
    is another branch to turn to."""
    dial_limit_s: float | None = None
    """How long all of it may take; None: as configured."""
    failover_statuses: frozenset[int] = frozenset()


@plain_data
class SendRequest(Command):
    """Ask something outside of any dialog; RequestAnswered follows, unless GiveUpRequest comes before."""

    request_id: str
    method: str
    """Any but INVITE, ACK, CANCEL and BYE."""
    uri: str
    hop: Hop
    caller: str
    """From without a tag."""
    called: str
    """To."""
    routes: tuple[str, ...] = ()
    headers: HeaderFields = ()
    contact: str | None = None
    """User part of our Contact; None for a request without Contact."""
    content_type: str = ""
    body: bytes = b""
    credentials: Account | None = None
    sip_call_id: str = ""
    """For requests that belong together, such as the REGISTERs of one trunk; a new one when empty."""
    cseq: int = 1
    """Its number; the next request of the same Call-ID takes one above RequestAnswered's."""


@plain_data
class GiveUpRequest(Command):
    """Wait no longer for the answer to a SendRequest, and repeat it no more. No harm when it was answered."""

    request_id: str


@plain_data
class AnswerTransfer(Command):
    """Answer the REFER of LegTransferRequested. No harm when the transfer is over."""

    leg_id: str
    transfer_id: str
    status: int = 202
    """202 accepts; 300 to 699 refuses."""


@plain_data
class ReportTransfer(Command):
    """Tell the peer that transfers how the call to the target goes (NOTIFY); accepts it when that was
    not done. No harm when the transfer is over."""

    leg_id: str
    transfer_id: str
    status: int
    """As the target answers: 180 while it rings; 200 or more ends the transfer."""


@plain_data
class SetMailbox(Command):
    """Say how many voice messages wait for a station; its phones are told (RFC 3842)."""

    station: str
    new: int
    """Messages nobody heard yet."""
    old: int


@plain_data
class SendText(Command):
    """Send a text to every phone of a station (RFC 3428); TextDelivered or TextFailed follows."""

    text_id: str
    station: str
    text: str
    sender_number: str = ""
    """What the phone shows as sender; the switch itself when empty."""
    sender_name: str = ""


@plain_data
class TellLamp(Command):
    """Tell whoever watches a lamp how it is now."""

    lamp: str
    """As ``LampSource`` names it."""


@plain_data
class ResyncStation(Command):
    """Ask every phone of a station to fetch its settings anew; StationResynced follows for each."""

    station: str
    reboot: bool
    """Whether it shall start anew, too, where its make tells these apart."""


@plain_data
class HangUpLeg(Command):
    """End the leg in the way its state asks for: final error answer, CANCEL, or BYE. LegEnded follows.

    No harm if it has ended already.
    """

    leg_id: str
    cause: Cause
    retry_after_s: int | None = None
    """Written into a 503 answer."""
    redirect_to: str = ""
    """A SIP URI: a leg that has no answer yet is sent there (302) in place of being refused."""


class PhoneOrder(StrEnum):
    """A key of a phone that is pressed from afar."""

    TALK = "talk"
    """It answers, or ends its hold."""
    HOLD = "hold"


@plain_data
class OrderPhone(Command):
    """Have the phone of a leg answer, hold or retrieve as if its key were pressed (NOTIFY talk or hold).

    What it does comes as LegAnswered or LegReoffered; PhoneDisobeyed tells that it does not. Ignored when it
    does not understand it (``SipStack.orders_understood``).
    """

    leg_id: str
    order: PhoneOrder


@plain_data
class HideLegKeys(Command):
    """Let keys that a leg tells by INFO be masked (``media.masking``) from now on, or no longer."""

    leg_id: str
    hidden: bool


@plain_data
class RemoveRegistrations(Command):
    """Forget where a station is: all its contacts, or the one that is named."""

    station: str
    contact: str | None = None


@plain_data
class AwaitRefresh(Command):
    """Tell once when a station refreshes its registration, which otherwise is only counted."""

    station: str


@plain_data
class SendMessage(Command):
    """What the stack tells its transport shell: put these bytes on the wire."""

    data: bytes
    hop: Hop


@plain_data
class ReuseConnection(Command):
    """What the stack tells its transport shell: send what goes to ``alias`` by the connection of ``hop``
    (RFC 5923 §5)."""

    hop: Hop
    alias: Hop
