"""The exchange core: one customer's leg and the stations rung for it make a call.

Signalling (``switch.sip``), media (``media``) and applications (IVR, ACD) meet here and nowhere else. A leg
that ends takes only itself away, except the customer's, which takes the call: an application decides what a
lost station means for the caller.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from media.commands import Codec
from media.config import DEFAULT_CODECS
from media.events import (
    DigitDetected,
    EndpointFailed,
    EndpointOpened,
    HandshakeFailed,
    LegUnmasked,
    MediaLost,
    PlaybackEnded,
    RecordingFailed,
)
from media.masking import TakeMaskedDigit
from runtime.contact_data import Data, hidden
from runtime.driver import Handler, Outputs, of_own
from runtime.ids import Ids
from runtime.tenancy import tenant_of_id
from runtime.vocabulary import Output
from switch import negotiation
from switch.arrival import Admission, admit_everybody
from switch.arriving import Arriving
from switch.call import Call, Calls, CallState, Consultation, Leg
from switch.call_headers import CallHeaders
from switch.call_media.commands import (
    ListenForKeys,
    MuteSide,
    PlayToCall,
    StopListening,
    StopPlayingToCall,
)
from switch.call_media.listening import Listening
from switch.call_media.muting import Muting
from switch.call_media.playing import ProgramPlaying
from switch.call_recording import CallRecording
from switch.causes import Cause
from switch.commands import (
    AddParty,
    AnswerCall,
    BeepCall,
    CancelConsultation,
    CompleteConsultation,
    ConnectCall,
    ConsultCall,
    DialNumber,
    DropParty,
    EndAllCalls,
    HandOff,
    HangUpCall,
    HoldCall,
    JoinCalls,
    JoinConsultation,
    JoinLines,
    MaskDigits,
    MuteParty,
    OfferCall,
    PauseCallRecording,
    PickUpCall,
    PlaceCall,
    PlayPrompt,
    PlayToStation,
    ResumeCallRecording,
    RetrieveCall,
    RingCall,
    SendAway,
    SetCallData,
    StartCallRecording,
    StartDraining,
    StopCallRecording,
    StopPrompt,
    SuperviseCall,
    TagCall,
    ToggleConsultation,
    TransferCall,
    UnmaskDigits,
    WithdrawOffer,
)
from switch.conferring import Conferring
from switch.config import AccessCodeConfig, policies_of
from switch.consulting import Consulting
from switch.conversation import stop_listening
from switch.customer_legs import CustomerLegs
from switch.customers.facts import FactsOf, nothing_known
from switch.data_keeping import DataKeeping
from switch.dial_plan import DialPlan, RightCheck, TargetCheck, everybody_may
from switch.encryption import EncryptionRules
from switch.endings import end_call, lose_customer
from switch.events import DrainStarted, SupervisionEnd
from switch.families import Families
from switch.holding import Holding
from switch.invitations import Inviting
from switch.lending import ways_back_after
from switch.masking import Masking
from switch.placed_calls import PlacedCalls
from switch.recording_beeps import NO_BEEP, RecordingBeep
from switch.recording_rule import RecordingPolicies
from switch.reoffering import Reoffering
from switch.replacements import Replacements
from switch.sip.auto_answer import AutoAnswering
from switch.sip.commands import HangUpLeg
from switch.sip.events import (
    BranchTried,
    LegAnswered,
    LegArrived,
    LegConfirmed,
    LegDigitReceived,
    LegEnded,
    LegReofferAnswered,
    LegReoffered,
    LegRinging,
    LegRingingConfirmed,
    LegTransferRequested,
)
from switch.station_legs import StationLegs
from switch.supervising import Supervising
from switch.telling import handed_off
from switch.tenants.limits import CallLimits
from switch.transfer_refusals import RefuseTarget, lines_beside, refuse_nothing
from switch.transfers import Transfers

MAX_HAND_OFFS = 100
"""A call passed on more often goes in circles: a full queue to a flow, the flow back to the queue."""


class Exchange:
    """Takes leg events, media events and application commands; returns events and commands. Has no timers."""

    def __init__(
        self,
        access_codes: Sequence[AccessCodeConfig],
        ids: Ids,
        knows_target: TargetCheck,
        calls: Calls | None = None,
        *,
        codecs: Sequence[Codec] = DEFAULT_CODECS,
        hold_music: str = "",
        admit: Admission = admit_everybody,
        may_dial: RightCheck = everybody_may,
        encryption: EncryptionRules | None = None,
        families: Families | None = None,
        recording: RecordingPolicies | None = None,
        recording_beep: RecordingBeep = NO_BEEP,
        facts_of: FactsOf = nothing_known,
        limits: CallLimits | None = None,
        auto_answering: AutoAnswering | None = None,
        call_headers: CallHeaders | None = None,
        refuse_target: RefuseTarget = refuse_nothing,
        personal_data: Collection[str] = (),
    ) -> None:
        """``knows_target`` tells whether some application takes ``<scheme>:<name>``.

        ``codecs``: those of voice, the preferred first.
        ``hold_music``: the prompt those hear who are put on hold; empty for silence. ``admit`` is asked about
        each call that arrives, before anything is done for it. ``may_dial`` tells who may call outside.
        ``encryption`` tells whose voice is encrypted, ``families`` whose goes by IPv6.
        ``recording`` tells who is recorded by himself; ``recording_beep``: what they hear then.
        ``facts_of`` tells what is known of customers the switch calls, by number; of others ``admit`` does.
        ``limits`` tells how many calls tenants may have, ``auto_answering`` how phones are told to answer by
        themselves, ``call_headers`` which call data calls bring and take along. ``refuse_target``
        tells why a phone may not transfer its call to a target that is known. Of call data named in
        ``personal_data`` events tell no values.
        ``calls`` is an earlier ``snapshot``, to go on from.
        """
        self._ids = ids
        self._knows_target = knows_target
        self._calls = calls if calls is not None else Calls()
        self.find: Callable[[str], Call | None] = self._calls.by_id.get
        """The call of an id, while it is up."""
        self.find_leg: Callable[[str], Leg | None] = self._calls.legs.get
        self._calls.data.personal = frozenset(personal_data)
        self._data = DataKeeping(self._calls)
        self._programs = ProgramPlaying(self._calls)
        self._listening = Listening(self._calls)
        self._muting = Muting(self._calls)
        self._recording = CallRecording(self._calls, ids, recording_beep)
        self._customers = CustomerLegs(self._calls, self._recording)
        self._masking = Masking(self._calls)
        self._holding = Holding(self._calls, ids, hold_music)
        self._plan = DialPlan(access_codes, knows_target, may_dial)
        families, call_headers = families or Families(), call_headers or CallHeaders()
        self._transfers = Transfers(
            self._calls, ids, self._plan, self._holding, families, call_headers, refuse_target
        )
        self._encryption = encryption or EncryptionRules()
        inviting = Inviting(self._encryption, auto_answering, call_headers)
        self._conferring = Conferring(self._calls, ids, families, self._holding)
        self._stations = StationLegs(
            self._calls,
            ids,
            self._recording,
            self._holding,
            self._transfers,
            inviting,
            families,
            self._conferring,
        )
        self._policies = policies = recording or RecordingPolicies(policies_of(access_codes))
        self._placed = PlacedCalls(
            self._calls, ids, self._recording, inviting, families, policies, knows_target, facts_of
        )
        self._replacements = Replacements(
            self._calls, ids, self._holding, self._transfers, self._placed, self._conferring
        )
        self._consulting = Consulting(
            self._calls,
            ids,
            self._holding,
            self._transfers,
            self._placed,
            self._conferring,
            codecs,
            self._lose_peer,
        )
        self._arriving = Arriving(
            self._calls,
            ids,
            admit,
            self._plan,
            limits or CallLimits(),
            policies,
            self._recording,
            self._replacements,
            call_headers,
        )
        self._reoffering = Reoffering(self._calls, self._holding, self._lose_here)
        self._supervising = Supervising(self._calls, self._transfers)
        self._codecs = tuple(codecs)

    def configure(self, access_codes: Sequence[AccessCodeConfig]) -> None:
        """Take calls for these from now on; calls under way go on."""
        self._plan.configure(access_codes)
        self._policies.configure(policies_of(access_codes))

    def routes(self) -> dict[type, Handler]:
        """The driver's table: what the exchange takes, and which method takes it."""
        table: dict[type, Callable[[Any], Sequence[Output]]] = {
            BranchTried: self._placed.tried,
            LegConfirmed: self._reoffering.confirmed,
            LegReoffered: self._reoffering.reoffered,
            LegReofferAnswered: self._reoffering.reoffer_answered,
            LegRingingConfirmed: self._reoffering.ringing_confirmed,
            LegTransferRequested: self._transfers.requested,
            EndpointOpened: self._endpoint_opened,
            EndpointFailed: self._endpoint_failed,
            MediaLost: self._media_lost,
            HandshakeFailed: self._media_lost,
            PlaybackEnded: self._programs.ended,
            PlayToCall: self._programs.play,
            StopPlayingToCall: self._programs.stop,
            MuteSide: self._muting.change,
            ListenForKeys: self._listening.listen,
            StopListening: self._listening.stop,
            RecordingFailed: self._recording.failed,
            RingCall: self._customers.ring,
            AnswerCall: self._customers.answer,
            PlayPrompt: self._customers.play,
            PlayToStation: self._stations.play,
            StopPrompt: self._customers.stop_prompt,
            OfferCall: self._stations.offer,
            DialNumber: self._stations.dial_number,
            WithdrawOffer: self._stations.withdraw,
            ConnectCall: self._stations.connect,
            MaskDigits: self._masking.mask,
            UnmaskDigits: self._masking.unmask,
            LegUnmasked: self._masking.ended,
            SuperviseCall: self._supervising.supervise,
            HoldCall: self._holding.hold,
            RetrieveCall: self._holding.retrieve,
            AddParty: self._conferring.add,
            JoinCalls: self._conferring.join_calls,
            TransferCall: self._transfers.order,
            JoinLines: self._transfers.join_lines,
            ToggleConsultation: self._consulting.toggle,
            CompleteConsultation: self._consulting.complete,
            CancelConsultation: self._consulting.cancel,
            JoinConsultation: self._consulting.join,
            DropParty: self._conferring.drop,
            MuteParty: self._conferring.mute,
            HandOff: self._hand_off,
            PickUpCall: self._replacements.pick_up,
            TagCall: self._tag,
            SetCallData: self._data.set,
            StartCallRecording: self._recording.start,
            StopCallRecording: self._recording.stop,
            BeepCall: self._recording.beep,
            PauseCallRecording: self._recording.pause,
            ResumeCallRecording: self._recording.resume,
            HangUpCall: self._hang_up,
            SendAway: self._send_away,
            StartDraining: self._start_draining,
            EndAllCalls: self._end_all,
        }
        timed: dict[type, Handler] = {
            LegArrived: self._arriving.leg_arrived,
            PlaceCall: self._place,
            ConsultCall: self._consulting.begin,
            DigitDetected: self._customers.digit_detected,
            LegDigitReceived: self._customers.digit_received,
            TakeMaskedDigit: self._masking.take,
        }
        of_legs: dict[type, Callable[[Call, Leg, Any], Sequence[Output]]] = {
            LegRinging: self._leg_ringing,
            LegAnswered: self._leg_answered,
            LegEnded: self._leg_ended,
        }
        return {
            **{kind: self._of_leg(method) for kind, method in of_legs.items()},
            **{kind: self._watched_timed(method) for kind, method in timed.items()},
            **{kind: self._watched(method) for kind, method in table.items()},
        }

    def _watched(self, method: Callable[[Any], Sequence[Output]]) -> Handler:
        """Whatever is done may end a consultation, which nobody who does it has to know of."""
        consulting, watching = self._calls.consulting, self._consulting.watching

        def handler(item: Any, now: float) -> Outputs:
            outputs = method(item)
            return watching(outputs) if consulting else outputs

        return handler

    def _watched_timed(self, method: Handler) -> Handler:
        """The same for what needs the time."""
        consulting, watching = self._calls.consulting, self._consulting.watching

        def handler(item: Any, now: float) -> Outputs:
            outputs = method(item, now)
            return watching(outputs) if consulting else outputs

        return handler

    def _of_leg(self, method: Callable[[Call, Leg, Any], Sequence[Output]]) -> Handler:
        """The same for what a leg tells; one that is gone is left alone."""
        calls, legs = self._calls.by_id, self._calls.legs
        consulting, watching = self._calls.consulting, self._consulting.watching

        def handler(event: Any, now: float) -> Outputs:
            leg = legs[event.leg_id]
            outputs = method(calls[leg.call_id], leg, event)
            return watching(outputs) if consulting else outputs

        return of_own(legs, handler, "leg_id")

    @property
    def open_calls(self) -> int:
        return len(self._calls.by_id)

    @property
    def draining(self) -> bool:
        return self._arriving.refuse_after_s is not None

    def calls(self) -> Iterator[Call]:
        """The calls that are up, oldest first."""
        return iter(self._calls.by_id.values())

    def data_of(self, call_id: str) -> Data:
        """What is noted of a call's contact, personal values too; empty when the call is over."""
        call = self.find(call_id)
        return self._calls.data.of(call.contact_id) if call is not None else {}

    def told_data_of(self, call_id: str) -> Data:
        """The same as events tell it: with stars for personal values."""
        return hidden(self.data_of(call_id), self._calls.data.personal)

    def calls_of(self, tenant: str) -> int:
        """How many calls of a tenant, or of the house, are up."""
        return self._calls.of_tenants[tenant]

    def call_of_leg(self, leg_id: str) -> str | None:
        """The call a leg belongs to, for log lines."""
        leg = self._calls.legs.get(leg_id)
        return leg.call_id if leg else None

    def consultation_at(self, leg: Leg) -> Consultation | None:
        """The consultation that a leg is part of, in either of its two calls."""
        return self._calls.consulting.get(leg.leg_id)

    def lines_beside(self, call: Call, leg: Leg) -> list[Leg]:
        """The other calls of a station's phones, by its legs, that ``leg`` can be joined with."""
        return lines_beside(self._calls, call, leg)

    def snapshot(self) -> Calls:
        """All state, as plain data that shares nothing with the running exchange."""
        return deepcopy(self._calls)

    # -- a leg has its ports -------------------------------------------------------------------------

    def _endpoint_opened(self, event: EndpointOpened) -> list[Output]:
        if self._calls.consulting and self._consulting.is_line(event.leg_id):
            return self._consulting.opened(event)
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.by_id[leg.call_id]
        session_id = int(self._ids.token(), 16) >> 1  # o= wants a number below 2**63 (RFC 8866 §5.2)
        negotiation.give_port(
            leg,
            event.host,
            event.port,
            session_id,
            codecs=self._codecs,
            beside=call.customer.agreement,
            security=self._encryption.security_of(call, leg, event.host, event.port, self._ids),
        )
        if leg is call.customer:
            return self._arriving.present(call) if call.placement is None else self._placed.dial(call)
        offer = call.offer_of(leg)
        return self._replacements.opened(call, offer) if offer.replaces else self._stations.dial(call, offer)

    # -- the switch calls ----------------------------------------------------------------------------

    def _place(self, command: PlaceCall, now: float) -> list[Output]:
        full = self._arriving.no_room(tenant_of_id(command.call_id))
        refused = Cause.NORMAL_CIRCUIT_CONGESTION if full is not None else None
        if self.draining:
            refused = Cause.NORMAL_TEMPORARY_FAILURE
        return [*(full or ()), *self._placed.place(command, now, refused=refused)]

    def _leg_ringing(self, call: Call, leg: Leg, event: LegRinging) -> list[Output]:
        served_by = self._placed if leg is call.customer else self._stations
        return served_by.ringing(call, leg, event)

    def _leg_answered(self, call: Call, leg: Leg, event: LegAnswered) -> list[Output]:
        served_by = self._placed if leg is call.customer else self._stations
        return served_by.answered(call, leg, event)

    # -- applications pass the call on ---------------------------------------------------------------

    def _hand_off(self, command: HandOff) -> list[Output]:
        call = self.find(command.call_id)
        if call is None:
            return []
        call.hand_offs += 1
        if call.hand_offs > MAX_HAND_OFFS or not self._knows_target(command.target):
            return end_call(self._calls, call, Cause.NORMAL_TEMPORARY_FAILURE, by_caller=False)
        call.target = command.target
        call.ways_back = ways_back_after(call.ways_back, command)
        call.language = command.language or call.language
        if call.state is CallState.CALLING:  # told when the customer answers
            return []
        undecided = self._transfers.failed(call, Cause.NORMAL_CLEARING) if call.transfer else []
        left = stop_listening(self._calls, call, SupervisionEnd.STOPPED)
        return [*undecided, *left, handed_off(call, None, command.way_out, command.outcome)]

    def _tag(self, command: TagCall) -> list[Output]:
        call = self.find(command.call_id)
        if call is not None:
            call.facts = replace(call.facts, tags=command.tags)
        return []

    # -- the end -------------------------------------------------------------------------------------

    def _leg_ended(self, call: Call, leg: Leg, event: LegEnded) -> list[Output]:
        return self._lose(leg, event.cause, by_peer=event.by_peer)

    def _lose(self, leg: Leg, cause: Cause, *, by_peer: bool) -> list[Output]:
        call = self._calls.by_id[leg.call_id]
        transfer, consultation = call.transfer, call.consultation
        if (transfer or consultation) and call.other_end(leg) is not None:
            if transfer is not None and transfer.leg_id == leg.leg_id:
                return self._transfers.abandoned(call, cause, by_peer=by_peer)
            if consultation is not None and consultation.leg_id == leg.leg_id:
                return self._consulting.pass_on(consultation)
        if leg is not call.customer:
            return self._stations.lose(call, call.offer_of(leg), cause, by_station=by_peer)
        if call.placement is not None and call.state is CallState.ARRIVING:
            return self._placed.never_dialled(call, cause)
        return lose_customer(self._calls, call, cause, by_peer=by_peer)

    def _lose_peer(self, leg: Leg, cause: Cause) -> list[Output]:
        return self._lose(leg, cause, by_peer=True)

    def _lose_here(self, leg: Leg, cause: Cause) -> list[Output]:
        return self._lose(leg, cause, by_peer=False)

    def _media_lost(self, event: MediaLost | HandshakeFailed) -> list[Output]:
        """A leg that is not answered yet need not be heard; its answer begins another handshake."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or not leg.answered or self._consulting.is_line(event.leg_id):
            return []
        return self._lose(leg, Cause.MEDIA_TIMEOUT, by_peer=False)

    def _endpoint_failed(self, event: EndpointFailed) -> list[Output]:
        if self._consulting.is_line(event.leg_id):
            return self._consulting.failed(event.leg_id)
        leg = self._calls.legs.get(event.leg_id)
        return self._lose(leg, Cause.SWITCH_CONGESTION, by_peer=False) if leg else []

    def _hang_up(self, command: HangUpCall) -> list[Output]:
        call = self.find(command.call_id)
        return end_call(self._calls, call, command.cause, by_caller=False) if call else []

    def _send_away(self, command: SendAway) -> list[Output]:
        call = self.find(command.call_id)
        if call is None or call.customer.answered or call.state is not CallState.ALERTING:
            return []
        away = HangUpLeg(leg_id=call.customer.leg_id, cause=Cause.NORMAL_CLEARING, redirect_to=command.uri)
        return [away, *end_call(self._calls, call, Cause.NORMAL_CLEARING, by_caller=False)]

    def _start_draining(self, command: StartDraining) -> list[Output]:
        self._arriving.refuse_after_s = command.retry_after_s
        return [DrainStarted(calls=self.open_calls)]

    def _end_all(self, command: EndAllCalls) -> list[Output]:
        outputs: list[Output] = []
        for call in list(self.calls()):
            outputs += end_call(self._calls, call, command.cause, by_caller=False)
        return outputs
