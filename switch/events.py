"""What the exchange reports about calls."""

from dataclasses import field
from enum import StrEnum
from typing import ClassVar

from runtime.contact_data import Data
from runtime.vocabulary import Event, plain_data, plain_data_in_order
from switch.causes import Cause
from switch.consultation_end import ConsultationEnd
from switch.leg_role import LegRole
from switch.supervision_mode import SupervisionMode


@plain_data_in_order
class CallArrived(Event):
    """A call has come in and waits for its application to answer it."""

    topic: ClassVar[str] = "call.arrived"
    call_id: str
    contact_id: str
    leg_id: str
    sip_call_id: str
    caller_number: str
    caller_name: str
    called_number: str
    access_code: str
    """Empty when a station dialled another phone."""
    target: str
    """The application that gets it: ``<scheme>:<name>``."""
    peer: str
    trunk: str | None = None
    """The trunk it came from; None when it came from none."""
    area: str = ""
    """Where the caller is, by the landing code (落地码); empty when that is not known."""
    lists: tuple[str, ...] = ()
    """Number lists the caller is on."""
    tags: tuple[str, ...] = ()
    """Tags the caller has, by these lists or by the number itself."""
    priority: int = 0
    """What these lists add to the call's priority."""
    station: str | None = None
    """The station that calls; None for a customer from outside."""


@plain_data
class CallPlaced(Event):
    """The switch calls somebody, who is the customer of the call. CallEnded follows, whatever happens."""

    topic: ClassVar[str] = "call.placed"
    call_id: str
    contact_id: str
    leg_id: str
    whom: str
    """Who is called: ``station:<name>`` or ``number:<digits>``."""
    caller_number: str
    """The customer's, which may be another than the one that is called."""
    caller_name: str
    called_number: str
    """The number the customer sees."""
    access_code: str
    """The one on whose behalf the switch calls; empty when it is none's."""
    target: str
    """The application that gets the call when it is answered: ``<scheme>:<name>``."""
    agent: str = ""
    """The agent who is called first, at the station of ``whom``; empty when nobody is meant in person."""


@plain_data
class CallRinging(Event):
    """Whom the switch calls is being rung; once more when there is early media from then on."""

    topic: ClassVar[str] = "call.ringing"
    call_id: str
    early_media: bool = False
    """Whether something can be heard already, which a recording from arrival holds."""


@plain_data
class CallRefused(Event):
    """A call was turned away before any application saw it."""

    topic: ClassVar[str] = "call.refused"
    call_id: str
    leg_id: str
    sip_call_id: str
    caller_number: str
    called_number: str
    cause: Cause
    by_caller: bool = False
    """True when the caller gave up first."""
    black_list: str = ""
    """The number list the caller is on who was refused for that; empty otherwise."""


@plain_data
class CallAnswered(Event):
    """The caller's leg is answered; prompts can be heard."""

    topic: ClassVar[str] = "call.answered"
    call_id: str
    recording_id: str | None = None
    """The recording that begins now, or None when none does."""
    trunk: str | None = None
    """The trunk that carries a call the switch placed."""
    sip_call_id: str = ""
    """Call-ID of the customer's dialog, of a call the switch placed."""


@plain_data
class CallRecorded(Event):
    """A recording of the call begins, at another moment than with its answer."""

    topic: ClassVar[str] = "call.recorded"
    call_id: str
    recording_id: str


@plain_data
class RecordingPaused(Event):
    """A call's recording holds silence from now on, on one channel or on both."""

    topic: ClassVar[str] = "recording.paused"
    call_id: str
    recording_id: str
    customer: bool
    """Whether the customer's channel is silent."""
    agent: bool
    """Whether the agent's channel is."""


@plain_data
class RecordingResumed(Event):
    """A call's recording holds what is said again."""

    topic: ClassVar[str] = "recording.resumed"
    call_id: str
    recording_id: str


@plain_data
class RecordingStopped(Event):
    """A recording ends now, and its call goes on: as ordered, or with the recording of another customer."""

    topic: ClassVar[str] = "recording.stopped"
    call_id: str
    recording_id: str


@plain_data
class RecordingLegJoined(Event):
    """Somebody is heard in a recording from now on, or as another than before."""

    topic: ClassVar[str] = "recording.leg_joined"
    recording_id: str
    call_id: str
    """The call that is recorded."""
    leg_id: str
    role: LegRole
    """The customer is heard left, all others right."""
    party: str
    """Who it is: a station, or an outside number."""
    outside: bool
    """Whether it is an outside number."""


@plain_data
class RecordingLegLeft(Event):
    """Somebody is heard in a recording no more, which goes on. The end of a recording ends all."""

    topic: ClassVar[str] = "recording.leg_left"
    recording_id: str
    call_id: str
    """The call that is recorded."""
    leg_id: str


@plain_data
class CallHandedOff(Event):
    """Another application has the call now."""

    topic: ClassVar[str] = "call.handed_off"
    call_id: str
    contact_id: str
    caller_number: str
    caller_name: str
    access_code: str
    target: str
    answered: bool = True
    """False when the caller has not been answered yet."""
    offer_id: str | None = None
    """An offer that comes along: OfferRinging or OfferAccepted follows, for the new owner."""
    way_out: str | None = None
    """Where the call goes when that offer fails, in place of what the new owner would do."""
    back: str | None = None
    """Where the new owner gives the call when it is done with it; None when it has it for good."""
    outcome: str = ""
    """How it went with a call that comes back, as who had it tells; empty when nobody tells."""
    language: str = ""
    """In which the caller was served last, such as ``en`` or ``zh-Hant``; empty when nobody has told."""
    area: str = ""
    """As in CallArrived."""
    lists: tuple[str, ...] = ()
    """As in CallArrived."""
    tags: tuple[str, ...] = ()
    """As in CallArrived."""
    priority: int = 0
    """As in CallArrived."""
    station: str | None = None
    """The station that is the caller; None for a customer from outside."""


@plain_data
class CallDataChanged(Event):
    """Something was noted of the call's contact, or taken back; or the call goes on with another contact."""

    topic: ClassVar[str] = "call.data_changed"
    call_id: str
    contact_id: str
    """The customer's visit, whose data it is."""
    changed: Data = field(hash=False)
    """What has another value now, by name; ``***`` stands for values of ``switch.personal_data``."""
    removed: tuple[str, ...] = ()
    """Names that have no value any more."""


class TransferKind(StrEnum):
    """How a call was passed on."""

    BLIND = "blind"
    """To a target, without talking to it first."""
    ATTENDED = "attended"
    """By joining two calls of the one who transfers."""
    REPLACED = "replaced"
    """By a phone that stepped in for another."""
    INTERCEPTED = "intercepted"
    """By a supervisor who took the agent's place."""
    CONFERENCE = "conference"
    """By leaving a conference, where a party took the place."""


@plain_data
class CallTransferred(Event):
    """A phone passed the call on. The call goes on, with another at one of its ends."""

    topic: ClassVar[str] = "call.transferred"
    call_id: str
    contact_id: str
    """Of the customer who is in the call now."""
    kind: TransferKind
    """How: ``blind``, ``attended``, ``replaced``, ``intercepted`` or ``conference``."""
    by: str
    """The station that passed it on, or that another stepped in for."""
    target: str
    """Who has the call now: ``<scheme>:<name>``."""
    caller_number: str
    """Of the one who is the caller now."""
    caller_name: str = ""
    """As the network tells it; empty when it tells none."""
    from_call_id: str | None = None
    """The call that ended when both were joined."""
    leg_id: str = ""
    """Of the one who is the caller now."""


@plain_data
class CallTransferFailed(Event):
    """The phone that a call was to be transferred to cannot be had: those who talked talk on."""

    topic: ClassVar[str] = "call.transfer_failed"
    call_id: str
    by: str
    """The station that transfers."""
    target: str
    """Who should have got the call: ``<scheme>:<name>``."""
    cause: Cause
    """Why they could not be had."""


@plain_data
class CallTransferRefused(Event):
    """A phone asked by REFER that its call be transferred, and was refused: nothing has happened."""

    topic: ClassVar[str] = "call.transfer_refused"
    call_id: str
    by: str
    """The station that wanted to transfer."""
    number: str
    """Whom its phone named: a number, or who is in the other of its two calls."""
    reason: str
    """Why, in the word that ``call.transfer`` is refused with; ``not_own``: the other call is not its."""


@plain_data
class ConsultationBegan(Event):
    """A station put the customer on hold to talk with somebody else first."""

    topic: ClassVar[str] = "call.consultation_began"
    call_id: str
    consultation_call_id: str
    """The call in which they talk."""
    by: str
    """The station."""
    target: str
    """Who is consulted: ``<scheme>:<name>``."""


@plain_data
class ConsultationToggled(Event):
    """A station that consults talks with the other of the two now."""

    topic: ClassVar[str] = "call.consultation_toggled"
    call_id: str
    by: str
    """The station."""
    with_customer: bool
    """Whether it talks with the customer now, and who is consulted holds."""


@plain_data
class ConsultationEnded(Event):
    """A station consults no longer. Exactly once for each ConsultationBegan."""

    topic: ClassVar[str] = "call.consultation_ended"
    call_id: str
    consultation_call_id: str
    """The call in which they talked. It goes on, with the customer, when the consultation was completed."""
    by: str
    """The station."""
    reason: ConsultationEnd
    """How it ended."""
    cause: Cause
    """Why who was consulted left, or could not be had; else NORMAL_CLEARING."""


@plain_data
class CallDueBack(Event):
    """A customer who was lent goes on in another call, and is due back all the same.

    The CallEnded of the call that they leave follows.
    """

    topic: ClassVar[str] = "call.due_back"
    call_id: str
    """In which they go on."""
    from_call_id: str
    """Which they leave."""
    target: str
    """Whoever would end the call gives it there, unless they have it from somebody themselves."""


@plain_data
class PromptFinished(Event):
    """A playback started by PlayPrompt is over."""

    topic: ClassVar[str] = "call.prompt_finished"
    call_id: str
    playback_id: str
    reason: str
    """``finished``, ``stopped``, ``barged_in`` (by a key press of the customer) or ``failed``."""
    position_ms: int = 0
    """How far it came."""
    problem: str = ""
    """Why it failed, for people."""


@plain_data
class DigitReceived(Event):
    """The customer pressed a key."""

    topic: ClassVar[str] = "call.digit_received"
    call_id: str
    digit: str
    """The key: 0–9, *, # or A–D; x for one behind a mask."""
    duration_ms: int
    source: str = "rfc4733"
    """How the phone told it: ``rfc4733`` (telephone-event), ``in_band`` (tones) or ``info`` (SIP INFO)."""


@plain_data
class OfferRinging(Event):
    """The offered station rings; once more when there is early media to be heard from then on."""

    topic: ClassVar[str] = "offer.ringing"
    call_id: str
    offer_id: str
    early_media: bool = False
    """Whether it can be heard already: RingCall with this offer lets the caller hear it."""


@plain_data
class OfferAccepted(Event):
    """The station answered. It hears nothing until ConnectCall."""

    topic: ClassVar[str] = "offer.accepted"
    call_id: str
    offer_id: str


@plain_data
class OfferEnded(Event):
    """The station's leg is over: refused, unreachable, withdrawn, or hung up after it was accepted.

    Exactly once for each OfferCall to a call that is up; when the call itself ends, after its CallEnded.
    """

    topic: ClassVar[str] = "offer.ended"
    call_id: str
    offer_id: str
    cause: Cause
    accepted: bool
    """True when it had been answered before it ended."""
    by_station: bool
    """True when the station ended it, False when the exchange did."""


@plain_data
class CallConnected(Event):
    """Customer and station talk."""

    topic: ClassVar[str] = "call.connected"
    call_id: str
    offer_id: str
    station: str
    """Name of the station, or the outside number."""
    leg_id: str = ""
    """Of the station."""
    trunk: str | None = None
    """The trunk by which the customer came or was called; None when by none."""


@plain_data
class CallHeld(Event):
    """One of two who talk put the other on hold, who hears music (``switch.hold_music``) meanwhile."""

    topic: ClassVar[str] = "call.held"
    call_id: str
    by: str
    """``customer`` or ``station``: who holds. Of two stations the one that called is the customer."""


@plain_data
class CallResumed(Event):
    """Who held the other listens again."""

    topic: ClassVar[str] = "call.resumed"
    call_id: str
    by: str
    """``customer`` or ``station``: who held."""


@plain_data
class PartyAdded(Event):
    """A further party is rung for a call, whose two talk meanwhile; or another call is joined with it."""

    topic: ClassVar[str] = "call.party_added"
    call_id: str
    party_id: str
    """The party."""
    whom: str
    """Who it is: ``station:<name>`` or ``number:<digits>``."""
    by: str
    """Who wanted it."""


@plain_data
class PartyJoined(Event):
    """A party talks with all others of its call."""

    topic: ClassVar[str] = "call.party_joined"
    call_id: str
    party_id: str
    """The party."""
    leg_id: str
    """Of the party."""


@plain_data
class PartyMuted(Event):
    """A party is heard by nobody from now on, or by all again."""

    topic: ClassVar[str] = "call.party_muted"
    call_id: str
    party_id: str
    """The party."""
    muted: bool
    """Whether it is heard by nobody."""
    by: str
    """Who wanted it."""


@plain_data
class PartyLeft(Event):
    """A party is out of the call: it hung up, was dropped, could not be had, or has the station's place."""

    topic: ClassVar[str] = "call.party_left"
    call_id: str
    party_id: str
    """The party."""
    cause: Cause
    """Why."""
    joined: bool
    """Whether it had talked with the others."""


@plain_data
class SupervisionBegan(Event):
    """A supervisor hears those who talk in a call."""

    topic: ClassVar[str] = "supervision.began"
    call_id: str
    """Where they talk."""
    supervisor_call_id: str
    """The supervisor's own."""
    supervisor: str
    """The station where the supervisor is."""
    station: str
    """The station of the agent who is supervised."""
    mode: SupervisionMode
    """Who hears the supervisor: nobody, the agent, or both."""
    by: str
    """Who wanted it."""


@plain_data
class SupervisionChanged(Event):
    """A supervisor is heard by others than before."""

    topic: ClassVar[str] = "supervision.changed"
    latest_of: ClassVar[str] = "supervisor_call_id"
    call_id: str
    """Where they talk."""
    supervisor_call_id: str
    """The supervisor's own."""
    mode: SupervisionMode
    """Who hears the supervisor now."""
    by: str
    """Who wanted it."""


class SupervisionEnd(StrEnum):
    """Why a supervisor listens no longer."""

    CALL_OVER = "call_over"
    """Customer and agent do not talk with each other any more: one hung up, or the call went elsewhere."""
    SUPERVISOR_LEFT = "supervisor_left"
    """The supervisor hung up."""
    STOPPED = "stopped"
    """By command, or with the switch."""
    INTERCEPTED = "intercepted"
    """The supervisor has the call now."""
    NOT_ANSWERED = "not_answered"
    """The supervisor's phone could not be had."""


@plain_data
class SupervisionEnded(Event):
    """A supervisor listens to a call no longer, or never came to it.

    Exactly once for each SupervisionBegan, and once for an order that came to none.
    """

    topic: ClassVar[str] = "supervision.ended"
    call_id: str
    """Where they talked; empty when a follower's phone was rung and the agent had no call."""
    supervisor_call_id: str
    """The supervisor's own."""
    reason: SupervisionEnd
    """Why."""


@plain_data
class CallEnded(Event):
    """The customer's leg is over and with it the call. Exactly once for each CallArrived or CallPlaced."""

    topic: ClassVar[str] = "call.ended"
    call_id: str
    contact_id: str
    cause: Cause
    by_caller: bool
    """Whether the customer ended it, by hanging up or by not taking it."""


@plain_data
class SwitchStarted(Event):
    """The process is up. Calls that an earlier run left open in the journal ended with that run."""

    topic: ClassVar[str] = "switch.started"
    version: str


@plain_data
class DrainStarted(Event):
    """New calls are refused; running ones may finish."""

    topic: ClassVar[str] = "switch.drain_started"
    calls: int
