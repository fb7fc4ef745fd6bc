"""The exchange core: one customer's leg and the stations rung for it make a call.

Signalling (``switch.sip``), media (``media``) and applications (IVR, ACD) meet here and nowhere else. A leg
that ends takes only itself away, except the customer's, which takes the call: an application decides what a
lost station means for the caller.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from media.commands import Codec, OpenEndpoint
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
from runtime.driver import Handler, ignoring_time
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.tenancy import id_kind, tenant_of, tenant_of_id
from runtime.vocabulary import Output
from switch import negotiation
from switch.arrival import Admission, Admitted, TurnedAway, admit_everybody
from switch.call import Call, Calls, CallState, Consultation, Leg
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
    MaskDigits,
    MuteParty,
    OfferCall,
    PauseCallRecording,
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
from switch.endings import end_call, lose_customer, refuse_arrival, refuse_call
from switch.events import DrainStarted, SupervisionEnd
from switch.families import Families
from switch.holding import Holding
from switch.invitations import Inviting
from switch.masking import Masking
from switch.placed_calls import PlacedCalls
from switch.recording_beeps import NO_BEEP, RecordingBeep
from switch.recording_rule import RecordingPolicies, RecordingRule
from switch.replacements import Replacements
from switch.sip.auto_answer import AutoAnswering
from switch.sip.commands import AnswerReoffer, HangUpLeg
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
from switch.telling import arrived, handed_off
from switch.tenants.limits import CallLimits
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
        themselves. Of call data named in ``personal_data`` events tell
        no values.
        ``calls`` is an earlier ``snapshot``, to go on from.
        """
        self._limits = limits or CallLimits()
        self._ids = ids
        self._knows_target = knows_target
        self._admit = admit
        self._calls = calls if calls is not None else Calls()
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
        families = families or Families()
        self._transfers = Transfers(self._calls, ids, self._plan, self._holding, families)
        self._encryption = encryption or EncryptionRules()
        inviting = Inviting(self._encryption, auto_answering)
        self._conferring = Conferring(self._calls, ids, families)
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
        self._policies = recording or RecordingPolicies(policies_of(access_codes))
        self._placed = PlacedCalls(
            self._calls, ids, self._recording, inviting, families, self._policies, knows_target, facts_of
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
        self._supervising = Supervising(self._calls, self._transfers)
        self._codecs = tuple(codecs)
        self._refuse_after_s: int | None = None

    def configure(self, access_codes: Sequence[AccessCodeConfig]) -> None:
        """Take calls for these from now on; calls under way go on."""
        self._plan.configure(access_codes)
        self._policies.configure(policies_of(access_codes))

    def routes(self) -> dict[type, Handler]:
        """The driver's table: what the exchange takes, and which method takes it."""
        table: dict[type, Callable[[Any], Sequence[Output]]] = {
            BranchTried: self._placed.tried,
            LegRinging: self._leg_ringing,
            LegAnswered: self._leg_answered,
            LegConfirmed: self._leg_confirmed,
            LegReoffered: self._leg_reoffered,
            LegReofferAnswered: self._leg_reoffer_answered,
            LegRingingConfirmed: self._leg_ringing_confirmed,
            LegEnded: self._leg_ended,
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
            ToggleConsultation: self._consulting.toggle,
            CompleteConsultation: self._consulting.complete,
            CancelConsultation: self._consulting.cancel,
            JoinConsultation: self._consulting.join,
            DropParty: self._conferring.drop,
            MuteParty: self._conferring.mute,
            HandOff: self._hand_off,
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
            LegArrived: self._leg_arrived,
            PlaceCall: self._place,
            ConsultCall: self._consulting.begin,
            DigitDetected: self._customers.digit_detected,
            LegDigitReceived: self._customers.digit_received,
            TakeMaskedDigit: self._masking.take,
            **{kind: ignoring_time(method) for kind, method in table.items()},
        }
        return {kind: self._watched(method) for kind, method in timed.items()}

    def _watched(self, method: Handler) -> Handler:
        """Whatever is done may end a consultation, which nobody who does it has to know of."""
        watching = self._consulting.watching
        return lambda item, now: watching(method(item, now))

    @property
    def open_calls(self) -> int:
        return len(self._calls.by_id)

    @property
    def draining(self) -> bool:
        return self._refuse_after_s is not None

    def calls(self) -> Iterator[Call]:
        """The calls that are up, oldest first."""
        return iter(self._calls.by_id.values())

    def find(self, call_id: str) -> Call | None:
        return self._calls.by_id.get(call_id)

    def data_of(self, call_id: str) -> Data:
        """What is noted of a call's contact, personal values too; empty when the call is over."""
        call = self.find(call_id)
        return self._calls.data.of(call.contact_id) if call is not None else {}

    def told_data_of(self, call_id: str) -> Data:
        """The same as events tell it: with stars for personal values."""
        return hidden(self.data_of(call_id), self._calls.data.personal)

    def call_of_leg(self, leg_id: str) -> str | None:
        """The call a leg belongs to, for log lines."""
        leg = self._calls.legs.get(leg_id)
        return leg.call_id if leg else None

    def consultation_at(self, leg: Leg) -> Consultation | None:
        """The consultation that a leg is part of, in either of its two calls."""
        return self._calls.consulting.get(leg.leg_id)

    def snapshot(self) -> Calls:
        """All state, as plain data that shares nothing with the running exchange."""
        return deepcopy(self._calls)

    # -- the customer arrives ------------------------------------------------------------------------

    def _leg_arrived(self, event: LegArrived, now: float) -> list[Output]:
        if event.replaces_leg_id is not None:
            return self._replacements.arrived(event)
        if self._refuse_after_s is not None:
            return self._turn_away(event, Cause.NORMAL_TEMPORARY_FAILURE, self._refuse_after_s)
        arrival = self._admit(event, now)
        if isinstance(arrival, TurnedAway):
            refusal = self._turn_away(event, arrival.cause, arrival.retry_after_s, arrival.black_list)
            return [*arrival.outputs, *refusal]
        access_code = self._plan.access_code(arrival.called_number, event.station)
        target = access_code.target if access_code else self._dialled_by(event.station, arrival.called_number)
        if target is None:
            return self._turn_away(event, self._why_nobody(event.station, arrival.called_number))
        full = self._no_room(_tenant(access_code, event.station))
        if full is not None:
            return [*full, *self._turn_away(event, Cause.NORMAL_CIRCUIT_CONGESTION)]
        rejection = arrival.facts.rejection
        target = rejection.target or target if rejection else target
        self._calls.add(self._new_call(event, arrival, access_code, target, now))
        ipv6 = negotiation.speaks_ipv6(event.sdp, event.peer)
        return [OpenEndpoint(leg_id=event.leg_id, near=None, ipv6=ipv6)]

    def _turn_away(
        self, event: LegArrived, cause: Cause, retry_after_s: int | None = None, black_list: str = ""
    ) -> list[Output]:
        code = self._plan.access_code(event.called_number, event.station)
        call_id = self._ids.new(id_kind("call", _tenant(code, event.station)))
        return refuse_arrival(event, call_id, cause, retry_after_s, black_list)

    def calls_of(self, tenant: str) -> int:
        """How many calls of a tenant, or of the house, are up."""
        return self._calls.of_tenants[tenant]

    def _no_room(self, tenant: str) -> list[Output] | None:
        """None when the tenant may have another call; else what is told of its refusal."""
        return self._limits.refuse(tenant, self._calls.of_tenants[tenant])

    def _dialled_by(self, station: str | None, number: str) -> str | None:
        """Stations reach each other and outside numbers without an access code; others do not."""
        return self._plan.target_of(number, station) if station is not None else None

    def _why_nobody(self, station: str | None, number: str) -> Cause:
        barred = station is not None and self._plan.bars(number)
        return Cause.OUTGOING_CALL_BARRED if barred else _cause_of_unknown(number)

    def _new_call(
        self,
        event: LegArrived,
        arrival: Admitted,
        access_code: AccessCodeConfig | None,
        target: str,
        now: float,
    ) -> Call:
        tenant = _tenant(access_code, event.station)
        call_id, contact_id = (self._ids.new(id_kind(kind, tenant)) for kind in ("call", "contact"))
        return Call(
            call_id=call_id,
            contact_id=contact_id,
            sip_call_id=event.sip_call_id,
            caller_number=arrival.caller_number,
            caller_name=arrival.caller_name,
            called_number=arrival.called_number,
            access_code=access_code.number if access_code else "",
            business_type=access_code.business_type if access_code else "",
            target=target,
            peer=event.peer,
            privacy=event.privacy,
            diversions=event.diversions,
            session_id=event.session_id,
            trunk=arrival.trunk,
            area=arrival.area,
            facts=arrival.facts,
            caller_station=event.station,
            recording_rule=self._policies.rule_for(
                contact_id, access_code.number if access_code else None, arrival.trunk
            ),
            arrived_at=now,
            customer=Leg(leg_id=event.leg_id, call_id=call_id, offer_id=None, peer_sdp=event.sdp),
        )

    def _endpoint_opened(self, event: EndpointOpened) -> list[Output]:
        if self._consulting.is_line(event.leg_id):
            return self._consulting.opened(event)
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.of_leg(leg)
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
            return self._present(call) if call.placement is None else self._placed.dial(call)
        offer = call.offer_of(leg)
        return self._replacements.opened(call, offer) if offer.replaces else self._stations.dial(call, leg)

    def _present(self, call: Call) -> list[Output]:
        """The customer's ports are open: agree on media and give the call to its application."""
        if call.customer.peer_sdp is not None:
            try:
                negotiation.answer(call.customer, call.customer.peer_sdp)
            except PeerError:
                return refuse_call(self._calls, call, Cause.INCOMPATIBLE_DESTINATION)
        call.state = CallState.ALERTING
        return [arrived(call), *self._recording.reached(call, RecordingRule.FROM_ARRIVAL)]

    # -- the switch calls ----------------------------------------------------------------------------

    def _place(self, command: PlaceCall, now: float) -> list[Output]:
        full = self._no_room(tenant_of_id(command.call_id))
        refused = Cause.NORMAL_CIRCUIT_CONGESTION if full is not None else None
        if self.draining:
            refused = Cause.NORMAL_TEMPORARY_FAILURE
        return [*(full or ()), *self._placed.place(command, now, refused=refused)]

    def _leg_ringing(self, event: LegRinging) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.of_leg(leg)
        served_by = self._placed if leg is call.customer else self._stations
        return served_by.ringing(call, event)

    def _leg_answered(self, event: LegAnswered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.of_leg(leg)
        served_by = self._placed if leg is call.customer else self._stations
        return served_by.answered(call, event)

    # -- applications pass the call on ---------------------------------------------------------------

    def _hand_off(self, command: HandOff) -> list[Output]:
        call = self.find(command.call_id)
        if call is None:
            return []
        call.hand_offs += 1
        if call.hand_offs > MAX_HAND_OFFS or not self._knows_target(command.target):
            return end_call(self._calls, call, Cause.NORMAL_TEMPORARY_FAILURE, by_caller=False)
        call.target = command.target
        call.language = command.language or call.language
        if call.state is CallState.CALLING:  # told when the customer answers
            return []
        undecided = self._transfers.failed(call, Cause.NORMAL_CLEARING) if call.transfer else []
        left = stop_listening(self._calls, call, SupervisionEnd.STOPPED)
        return [*undecided, *left, handed_off(call, None, command.way_out, command.back, command.outcome)]

    def _tag(self, command: TagCall) -> list[Output]:
        call = self.find(command.call_id)
        if call is not None:
            call.facts = replace(call.facts, tags=command.tags)
        return []

    # -- media changes while a leg is up -------------------------------------------------------------

    def _leg_reoffered(self, event: LegReoffered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        if event.sdp is None:
            return [AnswerReoffer(leg_id=leg.leg_id, sdp=negotiation.offer(leg))]
        held_before = leg.holding
        try:
            sdp = negotiation.answer_again(leg, event.sdp)
        except PeerError:
            return [AnswerReoffer(leg_id=leg.leg_id, sdp=None)]
        answer = AnswerReoffer(leg_id=leg.leg_id, sdp=sdp)
        return [negotiation.configuration(leg), answer, *self._holding.changed(leg, held_before=held_before)]

    def _leg_confirmed(self, event: LegConfirmed) -> list[Output]:
        """The ACK of our 200 OK; it carries the peer's answer when the 200 carried our offer."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or leg.peer_sdp is not None:
            return []
        return self._take_answer(leg, event.sdp or "")

    def _leg_ringing_confirmed(self, event: LegRingingConfirmed) -> list[Output]:
        """The PRACK of our 18x; it carries the peer's answer when that carried our offer."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or leg.peer_sdp is not None or event.sdp is None:
            return []
        return self._take_answer(leg, event.sdp)

    def _leg_reoffer_answered(self, event: LegReofferAnswered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        return self._take_answer(leg, event.sdp) if leg else []

    def _take_answer(self, leg: Leg, sdp: str) -> list[Output]:
        held_before = leg.holding
        try:
            negotiation.take_answer(leg, sdp)
        except PeerError:
            return self._lose(leg, Cause.INCOMPATIBLE_DESTINATION, by_peer=False)
        return [negotiation.configuration(leg), *self._holding.changed(leg, held_before=held_before)]

    # -- the end -------------------------------------------------------------------------------------

    def _leg_ended(self, event: LegEnded) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        return self._lose(leg, event.cause, by_peer=event.by_peer) if leg else []

    def _lose(self, leg: Leg, cause: Cause, *, by_peer: bool) -> list[Output]:
        call = self._calls.of_leg(leg)
        if call.other_end(leg) is not None:
            if call.transfer is not None and call.transfer.leg_id == leg.leg_id:
                return self._transfers.abandoned(call, cause, by_peer=by_peer)
            if call.consultation is not None and call.consultation.leg_id == leg.leg_id:
                return self._consulting.pass_on(call.consultation)
        if leg is not call.customer:
            return self._stations.lose(call, call.offer_of(leg), cause, by_station=by_peer)
        if call.placement is not None and call.state is CallState.ARRIVING:
            return self._placed.never_dialled(call, cause)
        return lose_customer(self._calls, call, cause, by_peer=by_peer)

    def _lose_peer(self, leg: Leg, cause: Cause) -> list[Output]:
        return self._lose(leg, cause, by_peer=True)

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
        self._refuse_after_s = command.retry_after_s
        return [DrainStarted(calls=self.open_calls)]

    def _end_all(self, command: EndAllCalls) -> list[Output]:
        outputs: list[Output] = []
        for call in list(self.calls()):
            outputs += end_call(self._calls, call, command.cause, by_caller=False)
        return outputs


def _tenant(access_code: AccessCodeConfig | None, station: str | None) -> str:
    """Whose call it is: that of the number that was dialled, or else of the station that calls."""
    return tenant_of(access_code.number if access_code is not None else station or "")


def _cause_of_unknown(number: str) -> Cause:
    """Nobody has that number; or none was dialled (RFC 3261 §21.4.22)."""
    return Cause.UNALLOCATED_NUMBER if number else Cause.INVALID_NUMBER_FORMAT
