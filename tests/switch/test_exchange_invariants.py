"""Whatever phones do, in any order: seats are consistent at every step, and in the end nothing is left."""

from collections import Counter
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.call import Call, Calls, CallState, Consultation, Leg
from switch.causes import Cause
from switch.commands import (
    AddParty,
    AnswerCall,
    CancelConsultation,
    CompleteConsultation,
    ConnectCall,
    ConsultCall,
    DropParty,
    HandOff,
    HangUpCall,
    HoldCall,
    JoinCalls,
    JoinConsultation,
    MuteParty,
    OfferCall,
    PlaceCall,
    RetrieveCall,
    ToggleConsultation,
    TransferCall,
)
from switch.events import (
    CallArrived,
    CallEnded,
    CallPlaced,
    ConsultationBegan,
    ConsultationEnded,
    OfferAccepted,
    OfferEnded,
    PartyAdded,
    PartyLeft,
    SupervisionBegan,
    SupervisionEnded,
)
from switch.sip.commands import DialStation, HangUpLeg
from switch.sip.events import LegAnswered, LegEnded, LegReoffered, LegRinging
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, OUTSIDE_NUMBER
from tests.helpers.supervision_rig import SupervisionRig

HELD = CALLER_SDP + "a=sendonly\r\n"
STATIONS = ("1001", "1002", "1003")
NUMBERS = (*STATIONS, OUTSIDE_NUMBER, "8001", "8002", "95598", "4711")


class Street(SupervisionRig):
    """Phones that do anything, and an application that does what a flow or a queue may."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, None] = {}
        """Legs as the SIP stack sees them."""
        self.answered: set[str] = set()
        self._seen = 0
        self._names = SeededIds(3)

    def settle(self) -> None:
        """The SIP stack carries out what it was told, and tells the ends of legs."""
        while self._seen < len(self.commands):
            command = self.commands[self._seen]
            self._seen += 1
            if isinstance(command, DialStation | DialTrunk):
                self.live[command.leg_id] = None
            if isinstance(command, HangUpLeg) and command.leg_id in self.live:
                del self.live[command.leg_id]
                self.feed(
                    LegEnded(leg_id=command.leg_id, cause=command.cause, sip_status=None, by_peer=False)
                )

    def begin_supervised(self) -> None:
        """A customer talks to station 1001, and 1003 listens: chance alone seldom comes so far."""
        self.arrives(0, NUMBERS.index("95598"))
        (call,) = self.exchange.calls()
        self._serve(call, 0)
        for verb in (None, "call.monitor"):
            if verb is not None:
                self.call(verb, call_id=call.call_id)
            self.settle()
            leg_id = self.last(DialStation).leg_id
            self.answered.add(leg_id)
            self.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
            self.connects(0, 0)
        assert self.told == ["began monitor"]

    def pick(self, number: int) -> str | None:
        legs = list(self.live)
        return legs[number % len(legs)] if legs else None

    def pick_call(self, number: int) -> Call | None:
        calls = list(self.exchange.calls())
        return calls[number % len(calls)] if calls else None

    # -- what may happen -----------------------------------------------------------------------------

    def arrives(self, a: int, b: int) -> None:
        leg_id = self._names.new("arriving")
        self.live[leg_id] = None
        station = STATIONS[a % 3] if a % 4 else None
        self.arrive(leg_id, NUMBERS[b % len(NUMBERS)], None if b % 7 == 0 else CALLER_SDP, station=station)

    def is_called(self, a: int, b: int) -> None:
        """The switch calls a phone, for any target."""
        call_id, contact_id = self._names.new("placed"), self._names.new("contact")
        whom = f"station:{STATIONS[a % 3]}" if a % 4 else f"number:{OUTSIDE_NUMBER}"
        target = ("flow:hotline", "queue:service", "station:1002", "flow:nowhere")[b % 4]
        self.feed(PlaceCall(call_id=call_id, contact_id=contact_id, whom=whom, target=target))

    def steps_in(self, a: int, b: int) -> None:
        replaced = self.pick(a)
        leg_id = self._names.new("arriving")
        self.live[leg_id] = None
        self.arrive(leg_id, "x", "v=0" if b % 5 == 0 else CALLER_SDP, station="1003", replaces=replaced or "")

    def rings(self, a: int, b: int) -> None:
        leg_id = self.pick(a)
        if leg_id and self._rings(leg_id):
            self.feed(LegRinging(leg_id=leg_id, status=180, sdp=AGENT_SDP if b % 2 else None))

    def lifts(self, a: int, b: int) -> None:
        leg_id = self.pick(a)
        if leg_id and self._rings(leg_id):
            self.answered.add(leg_id)
            self.feed(LegAnswered(leg_id=leg_id, sdp="v=0" if b % 9 == 0 else AGENT_SDP))

    def _rings(self, leg_id: str) -> bool:
        """Whether it is a leg we dialled, and nobody has answered it."""
        return leg_id not in self.answered and not leg_id.startswith("arriving")

    def hangs_up(self, a: int, b: int) -> None:
        if leg_id := self.pick(a):
            del self.live[leg_id]
            self.end(leg_id, Cause.USER_BUSY if b % 2 else Cause.NORMAL_CLEARING)

    def holds(self, a: int, b: int) -> None:
        leg_id = self.pick(a)
        leg = self.exchange.snapshot().legs.get(leg_id or "")
        if leg is not None and leg.answered:
            self.feed(LegReoffered(leg_id=leg.leg_id, sdp=HELD if b % 2 else CALLER_SDP))

    def holds_by_order(self, a: int, b: int) -> None:
        leg = self.exchange.snapshot().legs.get(self.pick(a) or "")
        if leg is not None:
            order = HoldCall if b % 2 else RetrieveCall
            self.feed(order(call_id=leg.call_id, leg_id=leg.leg_id))

    def transfers_by_order(self, a: int, b: int) -> None:
        leg = self.exchange.snapshot().legs.get(self.pick(a) or "")
        target = ("station:1002", "queue:service", f"number:{OUTSIDE_NUMBER}", "station:1003")[b % 4]
        if leg is not None:
            order = TransferCall(call_id=leg.call_id, leg_id=leg.leg_id, target=target, hold=b % 3 == 0)
            self.feed(order)

    def consults(self, a: int, b: int) -> None:
        leg = self.exchange.snapshot().legs.get(self.pick(a) or "")
        if leg is not None:
            target = ("station:1002", "queue:service", f"number:{OUTSIDE_NUMBER}", "station:1003")[b % 4]
            own_id = self._names.new("consultation")
            self.feed(
                ConsultCall(
                    call_id=leg.call_id, leg_id=leg.leg_id, consultation_call_id=own_id, target=target
                )
            )

    def decides(self, a: int, b: int) -> None:
        """Of those who consult."""
        call_ids = sorted({found.call_id for found in self.exchange.snapshot().consulting.values()})
        if call_ids:
            call_id = call_ids[a % len(call_ids)]
            joins = JoinConsultation(call_id=call_id, party_id=self._names.new("party"))
            completes, cancels = CompleteConsultation(call_id=call_id), CancelConsultation(call_id=call_id)
            toggles = ToggleConsultation(call_id=call_id)
            self.feed((toggles, toggles, completes, cancels, joins)[b % 5])

    def transfers(self, a: int, b: int) -> None:
        if leg_id := self.pick(a):
            replaces = self.pick(b // 2) if b % 2 else None
            self.refer(leg_id, NUMBERS[b % len(NUMBERS)], replaces=replaces)

    def application_acts(self, a: int, b: int) -> None:
        call = self.pick_call(a)
        if call is None:
            return
        if b % 5 == 4:
            self.feed(HangUpCall(call_id=call.call_id, cause=Cause.MANAGER_REQUEST))
        elif b % 5 == 3:
            self.feed(HandOff(call_id=call.call_id, target=("queue:service", "station:1002")[b % 2]))
        elif call.target.startswith(("flow", "queue")):
            self._serve(call, b)

    def _serve(self, call: Call, b: int) -> None:
        offer_id = self._names.new("own-offer")
        self.feed(
            AnswerCall(call_id=call.call_id),
            OfferCall(call_id=call.call_id, offer_id=offer_id, station=STATIONS[b % 3]),
        )

    def supervises(self, a: int, b: int) -> None:
        """Somebody wants to listen to a call, to be heard otherwise, or to leave."""
        verbs = ("call.monitor", "call.whisper", "call.barge", "call.intercept", "call.stop_supervising")
        verb, station, call = verbs[b % 5], STATIONS[a % 3], self.pick_call(a // 3)
        params = {} if verb == "call.stop_supervising" else {"call_id": call.call_id if call else "none"}
        with suppress(UsageError):
            self.call(verb, station=station, **params)

    def follows(self, a: int, b: int) -> None:
        with suppress(UsageError):
            self.call("agent.follow", station=STATIONS[a % 3], agent=("81", "82", "83")[b % 3])

    def confers(self, a: int, b: int) -> None:
        """Somebody is added to a call, muted, heard again or dropped; or two calls become one."""
        call, other = self.pick_call(a), self.pick_call(b)
        if call is None or other is None:
            return
        party_id = next((party.offer_id for party in call.parties), "none")
        whom = f"station:{STATIONS[b % 3]}" if b % 4 else f"number:{OUTSIDE_NUMBER}"
        adds = AddParty(call_id=call.call_id, party_id=self._names.new("party"), whom=whom, by="")
        mutes = MuteParty(call_id=call.call_id, party_id=party_id, muted=b % 2 == 0, by="")
        joins = JoinCalls(
            call_id=call.call_id, from_call_id=other.call_id, party_id=self._names.new("party"), by=""
        )
        self.feed((adds, adds, mutes, DropParty(call_id=call.call_id, party_id=party_id), joins)[a % 5])

    def connects(self, a: int, b: int) -> None:
        """The application joins whoever was accepted, if it still may."""
        for event in self.all(OfferAccepted):
            call = self.exchange.find(event.call_id)
            if call is not None and call.target.startswith(("flow", "queue")) and call.customer.answered:
                self.feed(ConnectCall(call_id=event.call_id, offer_id=event.offer_id))

    def time_passes(self, a: int, b: int) -> None:
        self.pass_time(b % 25)

    # -- what must hold ------------------------------------------------------------------------------

    def check(self) -> None:
        state = self.exchange.snapshot()
        seated: list[Leg] = []
        for call in state.by_id.values():
            self._check_call(call)
            seated += [call.customer, *(offer.leg for offer in call.offers.values())]
        consultations = [call.consultation for call in state.by_id.values() if call.consultation]
        lines = {consultation.line.leg_id for consultation in consultations}
        far_ends = {consultation.line_end_id for consultation in consultations}
        assert {leg.leg_id for leg in seated} == set(state.legs) == self.media.open_endpoints - lines
        assert len(seated) == len(state.legs)
        assert set(state.legs) - far_ends <= set(self.live)
        assert far_ends <= set(state.legs)
        assert len(state.consulting) == 4 * len(consultations)
        for consultation in consultations:
            self._check_consultation(state, consultation)

    def _check_consultation(self, state: Calls, consultation: Consultation) -> None:
        """Who consults hears one of the two and holds the other."""
        leg, far_end = state.legs[consultation.leg_id], state.legs[consultation.line_end_id]
        assert leg.call_id == consultation.call_id
        assert leg.holds_by_order is consultation.attends
        assert far_end.holds_by_order is not consultation.attends
        heard = frozenset((leg.leg_id, consultation.line.leg_id))
        assert (heard in self.media.bridges) is consultation.attends

    def _check_call(self, call: Call) -> None:
        assert call.customer.offer_id is None
        assert call.customer.call_id == call.call_id
        for offer_id, offer in call.offers.items():
            assert (offer.offer_id, offer.leg.offer_id, offer.leg.call_id) == (
                offer_id,
                offer_id,
                call.call_id,
            )
        assert (call.state is CallState.CONNECTED) is (call.connected_offer is not None)
        assert (call.state is CallState.CALLING) <= (call.placement is not None)
        assert call.state in (CallState.ALERTING, CallState.CALLING) or call.customer.answered
        assert call.connected_offer is None or call.offers[call.connected_offer].accepted
        self._check_who_hears_whom(call)
        if call.transfer is not None:
            assert not call.offers[call.transfer.offer_id].announced

    def _check_who_hears_whom(self, call: Call) -> None:
        """In a mix are those who talk, and who supervises them; without a supervisor at the most two are."""
        talking = call.connected_leg
        members = set(self.media.mixes.get(call.call_id, ()))
        assert bool(members) <= call.mixed
        parties = {party.leg.leg_id for party in call.parties if party.accepted}
        assert not any(party.announced for party in call.parties)
        assert call.mixed or not call.supervisors
        owns = [self.exchange.find(own_id) for own_id in call.supervisors]
        assert all(own is not None and own.supervises == call.call_id for own in owns)
        if talking is None:
            assert not call.mixed
            return
        two = {call.customer.leg_id, talking.leg_id}
        pair = {leg.leg_id for leg in call.present}
        pair_and_others = pair | parties | {own.customer.leg_id for own in owns if own}
        assert members == (pair_and_others if call.mixed else set())
        assert call.mixed or not parties
        muted = {party.leg.leg_id for party in call.parties if party.muted}
        recorded = {leg_id for leg_id in parties if leg_id in self.media.recorded}
        assert recorded == (parties - muted if call.recording_id else recorded)
        assert call.mixed or (pair in self.media.bridges) is (len(pair) == 2)
        assert {supervisor.beside for supervisor in call.supervisors.values()} <= two
        self._check_who_hears_music(call)

    def _check_who_hears_music(self, call: Call) -> None:
        """Who is put out of the bridge is played nothing, and says nothing in the recording."""
        for leg, other in zip(call.talking, reversed(call.talking), strict=True):
            if leg.holds_by_order:
                assert leg.leg_id not in self.media.recorded
                assert leg.leg_id not in self.media.playing
            elif not call.mixed:
                assert (leg.leg_id in self.media.playing) is other.holding

    def check_end(self) -> None:
        """After everybody hung up."""
        self.assert_idle()
        assert self.media.playing == {}
        assert self.exchange.snapshot().own_playbacks == set()
        begun = Counter(event.call_id for event in self.all(CallArrived))
        begun += Counter(event.call_id for event in self.all(CallPlaced))
        assert Counter(event.call_id for event in self.all(CallEnded)) == begun
        listened = Counter(event.supervisor_call_id for event in self.all(SupervisionBegan))
        assert listened <= Counter(event.supervisor_call_id for event in self.all(SupervisionEnded))
        added = Counter(event.party_id for event in self.all(PartyAdded))
        assert Counter(event.party_id for event in self.all(PartyLeft)) == added
        ended = Counter((event.call_id, event.offer_id) for event in self.all(OfferEnded))
        assert set(ended.values()) <= {1}
        consulted = Counter(event.consultation_call_id for event in self.all(ConsultationBegan))
        assert Counter(event.consultation_call_id for event in self.all(ConsultationEnded)) == consulted
        assert self.exchange.snapshot().consulting == {}


ACTS = (
    Street.arrives,
    Street.is_called,
    Street.steps_in,
    Street.rings,
    Street.lifts,
    Street.lifts,
    Street.hangs_up,
    Street.holds,
    Street.holds_by_order,
    Street.holds_by_order,
    Street.transfers_by_order,
    Street.consults,
    Street.consults,
    Street.decides,
    Street.decides,
    Street.transfers,
    Street.transfers,
    Street.application_acts,
    Street.supervises,
    Street.supervises,
    Street.follows,
    Street.confers,
    Street.confers,
    Street.connects,
    Street.time_passes,
)
NUMBER = st.integers(0, 1000)


@settings(max_examples=300, deadline=None)
@given(st.booleans(), st.lists(st.tuples(st.sampled_from(range(len(ACTS))), NUMBER, NUMBER), max_size=40))
def test_whatever_happens_seats_are_consistent_and_nothing_is_left(
    supervised: bool, acts: list[tuple[int, int, int]]
) -> None:
    street = Street()
    if supervised:
        street.begin_supervised()
        street.check()
    for act, a, b in acts:
        ACTS[act](street, a, b)
        street.settle()
        street.check()
    while street.live:
        street.hangs_up(0, 0)
        street.settle()
        street.check()
    street.check_end()
