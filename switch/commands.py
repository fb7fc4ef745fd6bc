"""What an application (IVR, ACD) can tell the exchange. An order for a call that is gone is ignored."""

from dataclasses import field

from runtime.contact_data import Data
from runtime.vocabulary import Command, plain_data
from switch.causes import Cause
from switch.recording_rule import RecordingRule
from switch.supervision_mode import SupervisionMode


@plain_data
class RingCall(Command):
    """Let the caller hear ring-back (180)."""

    call_id: str
    offer_id: str | None = None
    """The offer whose early media the caller shall hear instead (183), as OfferRinging tells there is."""


@plain_data
class AnswerCall(Command):
    """Answer the caller. CallAnswered follows."""

    call_id: str


@plain_data
class PlayPrompt(Command):
    """Play prompts to the customer, replacing what plays. PromptFinished follows, unless the call ends."""

    call_id: str
    playback_id: str
    prompts: tuple[str, ...]
    times: int = 1
    """How often; ``media.commands.FOR_EVER`` is until StopPrompt."""
    barge_in: bool = False
    """Whether they end as soon as the customer presses a key."""
    shared: bool = False
    """Whether who comes later joins in the middle, as with music on hold."""
    from_ms: int = 0
    """Where in them to begin."""


@plain_data
class StopPrompt(Command):
    """Stop what plays to the customer."""

    call_id: str


@plain_data
class PlayToStation(Command):
    """Play prompts to the station of an accepted offer, before ConnectCall, which ends them.

    PromptFinished follows, unless the station goes. What it says meanwhile is recorded as little as before.
    """

    call_id: str
    offer_id: str
    playback_id: str
    prompts: tuple[str, ...]


@plain_data
class OfferCall(Command):
    """Ring a station for this call. OfferRinging, OfferAccepted and OfferEnded report what becomes of it."""

    call_id: str
    offer_id: str
    station: str
    auto_answer: bool = False
    """Whether the phone is asked to answer by itself."""


@plain_data
class DialNumber(Command):
    """Ring an outside number for this call, through the trunks. Reported as OfferCall is."""

    call_id: str
    offer_id: str
    number: str


@plain_data
class PlaceCall(Command):
    """Call somebody, who is the customer of the call, and give it to an application when they answer.

    CallPlaced follows, CallRinging perhaps, CallAnswered and CallHandedOff when they answer, and CallEnded
    exactly once, with the cause when they cannot be had. A ``call_id`` that is in use is ignored.
    """

    call_id: str
    contact_id: str
    """The customer's visit: that of an earlier call when this one goes on with it."""
    whom: str
    """``station:<name>`` or, through the trunks, ``number:<digits>``."""
    target: str
    """The application that gets the call when it is answered: ``<scheme>:<name>``."""
    ring_s: float | None = None
    """How long the call may go unanswered; None: as long as any party may that is dialled."""
    shown_number: str = ""
    """The number that whom we call sees, unless the route has one of its own."""
    shown_name: str = ""
    caller_number: str = ""
    """The customer's number as applications and records shall see it; empty: whom we call."""
    caller_name: str = ""
    access_code: str = ""
    """The access code on whose behalf we call, for how it is recorded; empty for none."""
    record: RecordingRule | None = None
    """From when on it is recorded; None: as access code, trunk and configuration say."""
    data: Data = field(default_factory=dict, repr=False)
    """Noted of the contact from the start, beside what is known of it already."""
    agent: str = ""
    """The agent whose call it is, at the station of ``whom``; empty when it is nobody's in person."""
    auto_answer: bool = False
    """Whether the phone of a station is asked to answer by itself."""


@plain_data
class WithdrawOffer(Command):
    """Stop ringing (or release) the station. OfferEnded follows."""

    call_id: str
    offer_id: str
    cause: Cause


@plain_data
class ConnectCall(Command):
    """Let the customer and the station of an accepted offer talk; CallConnected follows."""

    call_id: str
    offer_id: str
    greeting: tuple[str, ...] = ()
    """Prompts the customer hears first, in place of the station."""


@plain_data
class MaskDigits(Command):
    """Hide the customer's keys and voice from all but the mask's holder, until UnmaskDigits or ``max_s``."""

    call_id: str
    mask_id: str = field(repr=False)
    """Opens the keys."""
    max_s: float


@plain_data
class UnmaskDigits(Command):
    """End the mask of a customer's leg; its keys are forgotten."""

    leg_id: str


@plain_data
class SuperviseCall(Command):
    """Let the customer of one call listen to those who talk in another, or in another mode than now.

    SupervisionBegan or SupervisionChanged follows; SupervisionEnded when the agent does not talk there.
    """

    call_id: str
    """Where they talk."""
    supervisor_call_id: str
    """The supervisor's own."""
    station: str
    """Of the agent who is supervised."""
    mode: SupervisionMode
    by: str
    """Who wants it, as events tell it."""


@plain_data
class HoldCall(Command):
    """Let one of two who talk hear nobody and be heard by nobody; the other hears music. CallHeld follows.

    No harm if it holds already. Its phone's own hold counts apart: it talks when both have ended.
    """

    call_id: str
    leg_id: str
    """Of the one who holds."""


@plain_data
class RetrieveCall(Command):
    """End a hold that was ordered; CallResumed follows, unless the phone holds too. No harm without one."""

    call_id: str
    leg_id: str
    """Of the one who holds."""


@plain_data
class TransferCall(Command):
    """Pass on whom a leg talks to, as if its phone asked for it (blind). To a phone: as soon as that answers.

    CallTransferred follows, or CallTransferFailed when the phone cannot be had: all is as before then.
    """

    call_id: str
    leg_id: str
    """Of the one who transfers, and is released."""
    target: str
    hold: bool = False
    """Whether the two do not talk while the phone rings."""


@plain_data
class JoinLines(Command):
    """Leave whom a station talks to in one call to whom it has in another, as if its phone asked for it.

    CallTransferred follows (``attended``).
    """

    call_id: str
    """The call that ends, or gives its customer to the other."""
    leg_id: str
    """Of the station in it."""
    away_leg_id: str
    """Of the station in the other."""


@plain_data
class ConsultCall(Command):
    """Let a station put whom it talks to on hold, and talk with somebody else in a call of their own.

    ConsultationBegan follows, and ConsultationEnded exactly once. Ignored while it consults already.
    """

    call_id: str
    leg_id: str
    """Of the station."""
    consultation_call_id: str
    """The new call."""
    target: str
    """Who is consulted: ``<scheme>:<name>``."""


@plain_data
class ToggleConsultation(Command):
    """Let the station talk with the other of the two, of whom one holds. ConsultationToggled follows."""

    call_id: str


@plain_data
class CompleteConsultation(Command):
    """Leave the customer to whom was consulted, also before they answer. ConsultationEnded follows."""

    call_id: str


@plain_data
class CancelConsultation(Command):
    """End the other call; the station is back with the customer. ConsultationEnded follows."""

    call_id: str


@plain_data
class JoinConsultation(Command):
    """Let all three talk, once who is consulted has answered. ConsultationEnded and PartyJoined follow."""

    call_id: str
    party_id: str


@plain_data
class AddParty(Command):
    """Ring a station or a number, who talks with both who talk in a call once they answer.

    PartyAdded follows, PartyJoined when they answer, and PartyLeft exactly once.
    """

    call_id: str
    party_id: str
    """As an offer's id."""
    whom: str
    """``station:<name>`` or, through the trunks, ``number:<digits>``."""
    by: str
    """Who wants it, as events tell it."""


@plain_data
class JoinCalls(Command):
    """Make a conference of two calls of a station: whom it talks to in one becomes a party of the other."""

    call_id: str
    """The call that goes on."""
    from_call_id: str
    """The call that ends."""
    party_id: str
    by: str


@plain_data
class DropParty(Command):
    """Let go of a party; PartyLeft follows."""

    call_id: str
    party_id: str


@plain_data
class MuteParty(Command):
    """Let a party be heard by nobody, or by all again; PartyMuted follows."""

    call_id: str
    party_id: str
    muted: bool
    by: str


@plain_data
class HandOff(Command):
    """Give the call to another application; CallHandedOff follows.

    ``target`` is ``<scheme>:<name>``, such as ``queue:service`` or ``flow:hotline``.
    """

    call_id: str
    target: str
    back: str | None = None
    """The call is lent: where it goes when the new owner is done with it. None: it is given for good."""
    language: str = ""
    """In which the caller is served from now on, such as ``en``; empty: as before."""
    outcome: str = ""
    """How it went, told to an owner who gets a lent call back."""
    way_out: str | None = None
    """Where the call goes when the phone it is given to cannot be had, in place of what else would follow."""
    stays_lent: bool = False
    """With no ``back``: whoever lent the call still gets it back when the new owner is done with it."""


@plain_data
class PickUpCall(Command):
    """Let a station that called in have a call that rings elsewhere, or waits with nobody.

    CallTransferred and CallHandedOff follow, and CallEnded for the station's own call, which is used up.
    Ignored when the call is not to be had any more.
    """

    call_id: str
    by_call_id: str
    """The station's own, which is answered."""
    leg_id: str = ""
    """Of the phone that rings and is stepped in for; empty when none does."""


@plain_data
class TagCall(Command):
    """From now on the caller has these tags, for this visit: whoever gets the call is told."""

    call_id: str
    tags: tuple[str, ...]


@plain_data
class SetCallData(Command):
    """Note something of the call's contact; CallDataChanged follows when something is other than before."""

    call_id: str
    data: Data = field(repr=False)
    """Names and values; other names keep theirs. Nothing is noted when all would be too much."""
    remove: tuple[str, ...] = ()
    """Names that shall have no value any more."""


@plain_data
class HangUpCall(Command):
    """End the call with all its legs. CallEnded follows."""

    call_id: str
    cause: Cause


@plain_data
class SendAway(Command):
    """Have a caller who is not answered call somebody else, outside of this switch (302). CallEnded follows.

    Ignored for any other call.
    """

    call_id: str
    uri: str
    """A SIP URI."""


@plain_data
class StartCallRecording(Command):
    """Record the call from now on; CallRecorded follows. No harm if it is, or must never be."""

    call_id: str
    share: float = 1.0
    """Of so many contacts; for the others nothing happens."""


@plain_data
class StopCallRecording(Command):
    """Finish the call's recording. No harm if there is none."""

    call_id: str


@plain_data
class BeepCall(Command):
    """Let those who talk hear that they are recorded. No harm if they are not, or somebody is on hold."""

    call_id: str


@plain_data
class PauseCallRecording(Command):
    """Hold silence on these channels of the call's recording from now on; the clock goes on."""

    call_id: str
    customer: bool
    agent: bool


@plain_data
class ResumeCallRecording(Command):
    """End the pause. No harm if there is none."""

    call_id: str


@plain_data
class StartDraining(Command):
    """Refuse new calls with 503 from now on; running calls stay."""

    retry_after_s: int


@plain_data
class EndAllCalls(Command):
    """End every call: the drain's time is up, or the process must go."""

    cause: Cause
