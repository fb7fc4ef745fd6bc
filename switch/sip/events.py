"""What the SIP stack reports about legs and stations."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data
from switch.causes import Cause
from switch.sip.commands import PhoneOrder


@plain_data
class LegArrived(Event):
    """An INVITE outside any dialog. It gets 100 Trying if nothing else is answered within 150 ms."""

    topic: ClassVar[str] = "leg.arrived"
    leg_id: str
    sip_call_id: str
    caller_number: str
    """User part of From, percent-decoded."""
    caller_name: str
    """Display name of From; empty when there is none."""
    called_number: str
    """User part of the Request-URI, percent-decoded."""
    peer: str
    """Where it came from, such as ``udp:192.0.2.1:5060``."""
    sdp: str | None
    """The peer's offer; None when it asks us to offer."""
    asserted_number: str = ""
    """The caller as the peer's network asserts them (P-Asserted-Identity, Remote-Party-ID,
    P-Preferred-Identity); empty when it does not. Only worth what the peer is worth."""
    asserted_name: str = ""
    """Their display name there; empty when there is none."""
    privacy: bool = False
    """Whether the caller asks that number and name be hidden."""
    diversions: tuple[str, ...] = ()
    """Who sent the call on before it came here, the last first: values of a Diversion header (RFC 5806)."""
    session_id: str = ""
    """UUID of the caller's end, for tracing (RFC 7989); made up here when the caller tells none."""
    replaces_leg_id: str | None = None
    """The leg this one is to take the place of (RFC 3891)."""
    station: str | None = None
    """The station that calls, proved by its password; None for everybody else."""


@plain_data
class LegRinging(Event):
    """A leg we dialled got its first 18x, or the first that brings early media.

    It comes again when the branch that was heard failed and another one rings.
    """

    topic: ClassVar[str] = "leg.ringing"
    leg_id: str
    status: int
    """Any provisional status but 100."""
    sdp: str | None = None
    """Description of the early media, when there is any."""


@plain_data
class LegAnswered(Event):
    """A leg we dialled got its 200 OK (already ACKed)."""

    topic: ClassVar[str] = "leg.answered"
    leg_id: str
    sdp: str
    branch: str = ""
    """Name of the branch that answered; empty when it has none."""
    sip_call_id: str = ""
    """Of the dialog it made."""


@plain_data
class LegRedirected(Event):
    """A branch of a leg we dialled was answered 3xx. What becomes of it is told besides."""

    topic: ClassVar[str] = "leg.redirected"
    leg_id: str
    branch: str
    """Name of the branch; empty when it has none."""
    targets: tuple[str, ...]
    """Where the party is said to be, the most likely place first; at most eight."""


@plain_data
class BranchTried(Event):
    """The INVITE of a named branch was sent. BranchFailed, LegAnswered or LegEnded follows."""

    topic: ClassVar[str] = "leg.branch_tried"
    leg_id: str
    branch: str
    """Its name."""


@plain_data
class BranchFailed(Event):
    """A named branch is out: the leg goes on with others, or ends, or was answered elsewhere."""

    topic: ClassVar[str] = "leg.branch_failed"
    leg_id: str
    branch: str
    """Its name."""
    status: int
    """408 when nothing was heard in time, 503 also when it could not be sent, 487 when another answered."""
    retry_after_s: int | None = None
    """When the neighbour wants to be asked again, at the earliest."""


@plain_data
class TextReceived(Event):
    """A text came in (RFC 3428): for an access code, or from one station to another."""

    topic: ClassVar[str] = "text.received"
    text_id: str
    """Names the text in TextDelivered and TextFailed, if it is passed on."""
    station: str | None
    """The station that sent it, proved by its password; None for everybody else."""
    peer: str
    """Where it came from, such as ``udp:192.0.2.1:5060``."""
    caller_number: str
    """User part of From, percent-decoded."""
    caller_name: str
    """Display name of From; empty when there is none."""
    called_number: str
    """The access code or station it is for."""
    text: str
    """In lines; what terminals obey is left out."""


@plain_data
class TextDelivered(Event):
    """A phone of the station took the text."""

    topic: ClassVar[str] = "text.delivered"
    text_id: str
    """As in TextReceived, or as ``message.send`` answered."""
    station: str


@plain_data
class TextFailed(Event):
    """No phone of the station took the text."""

    topic: ClassVar[str] = "text.failed"
    text_id: str
    """As in TextReceived, or as ``message.send`` answered."""
    station: str
    status: int
    """The last answer; 480 when the station is not registered or no phone answers."""


@plain_data
class StationResynced(Event):
    """A phone was asked to fetch its settings anew, and answered."""

    topic: ClassVar[str] = "station.resynced"
    station: str
    """Whose phone it is."""
    peer: str
    """Where it is, such as ``udp:192.0.2.7:5060``."""
    status: int
    """200: it will fetch them; 401: it wants a password, which the switch has not; 408: nothing came."""


@plain_data
class RequestAnswered(Event):
    """A request of ours outside of any call, such as the OPTIONS or REGISTER of a trunk, came to its end.

    Nothing is told of OPTIONS that were not answered in time: trunk.down says what follows from that.
    """

    topic: ClassVar[str] = "sip.request_answered"
    request_id: str
    """As in SendRequest."""
    status: int
    """Final status; 408 when nothing was heard, 503 also when it could not be sent."""
    by_peer: bool
    """Whether an answer said so."""
    cseq: int
    """Number of the last request sent; a challenge takes one more."""
    peer: str
    """Where the answer came from, or the request went to."""
    contact: str = ""
    """Contact of the answer as it stands, several values joined by commas; empty when there is none."""
    expires: str = ""
    """Expires, likewise."""
    min_expires: str = ""
    """Min-Expires, likewise."""
    retry_after: str = ""
    """Retry-After, likewise."""
    service_route: str = ""
    """Service-Route (RFC 3608), likewise."""
    path: str = ""
    """Path (RFC 3327), likewise."""


@plain_data
class LegConfirmed(Event):
    """The ACK to our 200 OK arrived; once for AnswerLeg and once for each re-INVITE that was accepted."""

    topic: ClassVar[str] = "leg.confirmed"
    leg_id: str
    sdp: str | None = None
    """The peer's answer, when the 200 OK carried our offer."""


@plain_data
class LegReoffered(Event):
    """The peer wants to change the session, by re-INVITE, UPDATE or PRACK; answer with AnswerReoffer."""

    topic: ClassVar[str] = "leg.reoffered"
    leg_id: str
    sdp: str | None
    """The peer's offer; None when it asks us to offer."""


@plain_data
class LegRingingConfirmed(Event):
    """The PRACK to a reliable 18x of ours arrived."""

    topic: ClassVar[str] = "leg.ringing_confirmed"
    leg_id: str
    sdp: str | None
    """The peer's answer, when the 18x carried our offer."""


@plain_data
class LegReofferAnswered(Event):
    """The peer took the offer of ReofferLeg, or was asked again for a session that expires."""

    topic: ClassVar[str] = "leg.reoffer_answered"
    leg_id: str
    sdp: str


@plain_data
class LegReofferRefused(Event):
    """The peer did not take the offer of ReofferLeg; the session stays as it was.

    491 when an offer of the peer's came between (LegReoffered follows) or nothing is agreed yet: offer
    again, if it is still wanted.
    """

    topic: ClassVar[str] = "leg.reoffer_refused"
    leg_id: str
    status: int


@plain_data
class LegDigitReceived(Event):
    """A key was pressed and told by INFO."""

    topic: ClassVar[str] = "leg.digit_received"
    leg_id: str
    digit: str
    """One of ``0123456789*#ABCD``; x for one behind a mask."""
    duration_ms: int
    """250 when the phone does not say."""


@plain_data
class LegTransferRequested(Event):
    """The peer asks by REFER that its call be transferred; answer with AnswerTransfer."""

    topic: ClassVar[str] = "leg.transfer_requested"
    leg_id: str
    transfer_id: str
    """Names the transfer in AnswerTransfer and ReportTransfer."""
    target_number: str
    """User part of Refer-To, percent-decoded."""
    target_uri: str
    """Refer-To without headers."""
    replaces_leg_id: str | None
    """The leg whose far end is the target of an attended transfer; None for a blind one."""
    referred_by: str
    """URI of the one who transfers (RFC 3892); empty when the phone does not say."""


@plain_data
class PhoneDisobeyed(Event):
    """A phone did not answer, hold or retrieve as it was told."""

    topic: ClassVar[str] = "leg.phone_disobeyed"
    leg_id: str
    order: PhoneOrder
    """The key that was to be pressed."""
    status: int
    """Its answer to NOTIFY, 408 when it gave none."""


@plain_data
class LegEnded(Event):
    """The leg is over: exactly once for each leg that arrived or was dialled, whatever the reason."""

    topic: ClassVar[str] = "leg.ended"
    leg_id: str
    cause: Cause
    sip_status: int | None
    """The final status that ended it, where there was one."""
    by_peer: bool
    """True when the other side ended it, False when we did (by command or time-out)."""


@plain_data
class DialogsClosed(Event):
    """The last open dialog is closed: no phone is owed a BYE any more."""

    topic: ClassVar[str] = "sip.dialogs_closed"


@plain_data
class StationRegistered(Event):
    """A contact was added, or is reached another way now.

    That it was merely refreshed is only counted, but for ``station.refreshed``.
    """

    topic: ClassVar[str] = "station.registered"
    station: str
    contact: str
    peer: str
    expires_s: int
    user_agent: str = ""
    """The phone's own words about itself."""
    restored: bool = False
    """True when it was registered before the switch started, and holds still."""


@plain_data
class StationRefreshed(Event):
    """A station whose phone gave no sign when it was last rung has refreshed its registration."""

    topic: ClassVar[str] = "station.refreshed"
    station: str


@plain_data
class StationUnregistered(Event):
    """The last contact of a station is gone."""

    topic: ClassVar[str] = "station.unregistered"
    station: str
    reason: str
    """``removed`` by the phone, ``expired``, ``connection closed``, ``silent`` when it answered no OPTIONS,
    ``cleared`` by somebody here, or ``no longer configured``."""


@plain_data
class RegistrationsNotKept(Event):
    """Registered contacts cannot be written to their file; it is tried again. Once for each outage."""

    topic: ClassVar[str] = "registrations.not_kept"
    path: str
    reason: str


@plain_data
class RegistrationsKeptAgain(Event):
    """Registered contacts are written to their file again."""

    topic: ClassVar[str] = "registrations.kept_again"
    path: str


@plain_data
class RegistrationsPutAside(Event):
    """The file of registered contacts cannot be read. A new one is begun; phones register again in time."""

    topic: ClassVar[str] = "registrations.put_aside"
    path: str
    moved_to: str


@plain_data
class RegistrationsRestored(Event):
    """Stations that were registered when the switch ended are reachable again."""

    topic: ClassVar[str] = "registrations.restored"
    contacts: int
    """How many there are."""
    dropped: int
    """Contacts that have expired, whose connection is gone or whose station is not configured any more."""
