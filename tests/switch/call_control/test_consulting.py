"""Consultations: who hears whom in each phase, and what every end of them leaves behind."""

import pytest

from media.commands import OpenEndpoint
from media.events import EndpointFailed, EndpointOpened, MediaLost
from switch.call import CallState
from switch.causes import Cause
from switch.commands import AddParty, CancelConsultation, HandOff, HangUpCall, HoldCall, RetrieveCall
from switch.consultation_end import ConsultationEnd
from switch.events import (
    CallEnded,
    CallHandedOff,
    CallTransferred,
    CallTransferRefused,
    ConsultationBegan,
    ConsultationEnded,
    ConsultationToggled,
    PartyJoined,
    TransferKind,
)
from switch.exchange import Exchange
from switch.sip.commands import AnswerTransfer, DialStation
from switch.sip.events import LegEnded, LegRinging
from tests.helpers.call_control_rig import CallControlRig
from tests.helpers.exchange_rig import OUTSIDE_NUMBER


class ConsultationRig(CallControlRig):
    """Station 1001 consults station 1002 about its customer."""

    def __init__(self) -> None:
        super().__init__()
        self.talk()

    def consult(self, target: str = "station:1002") -> None:
        self.own_id = self.ask("call.consult", target=target)["consultation_call_id"]
        call = self.exchange.find(self.call_id)
        assert call is not None
        assert call.consultation is not None
        self.line, self.far_end = call.consultation.line.leg_id, call.consultation.line_end_id

    def consult_and_answer(self) -> None:
        self.consult()
        self.colleague = self.answer_station()

    @property
    def talk_now(self) -> set[frozenset[str]]:
        names = {
            self.agent: "agent",
            self.line: "line",
            self.far_end: "far end",
            getattr(self, "colleague", ""): "colleague",
        }
        return {frozenset(names.get(leg, leg) for leg in pair) for pair in self.media.bridges}

    @property
    def ended(self) -> ConsultationEnd:
        (told,) = self.all(ConsultationEnded)
        return told.reason

    def assert_back(self) -> None:
        """The station talks with the customer, as if nothing had been."""
        assert self.talk_now == {frozenset(("customer", "agent"))}
        assert self.media.playing == {}
        assert [call.call_id for call in self.exchange.calls()] == [self.call_id]
        assert {self.line, self.far_end}.isdisjoint(self.media.open_endpoints)
        assert self.exchange.snapshot().consulting == {}

    def assert_nothing_left(self) -> None:
        self.assert_idle()
        assert self.media.playing == {}
        state = self.exchange.snapshot()
        assert (state.consulting, state.own_playbacks) == ({}, set())


@pytest.fixture
def rig() -> ConsultationRig:
    return ConsultationRig()


HERE, THERE = frozenset(("agent", "line")), frozenset(("far end", "colleague"))
WITH_CUSTOMER = frozenset(("customer", "agent"))


def test_the_customer_hears_music_and_the_station_how_it_rings(rig: ConsultationRig) -> None:
    rig.consult()
    rig.feed(LegRinging(leg_id=rig.station_leg, status=180))
    assert rig.talk_now == {HERE}
    assert set(rig.media.playing) == {"customer", rig.far_end}
    told = rig.last(ConsultationBegan)
    assert (told.by, told.target, told.consultation_call_id) == ("1001", "station:1002", rig.own_id)


def test_whom_is_consulted_hears_the_station_alone_by_a_line_of_the_house(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    assert rig.talk_now == {HERE, THERE}
    assert set(rig.media.playing) == {"customer"}
    assert [command.within for command in rig.all(OpenEndpoint)][-3:] == [True, True, False]
    assert rig.last(DialStation).caller_number == "1001"


def test_the_other_call_is_of_the_customers_visit(rig: ConsultationRig) -> None:
    rig.consult()
    call, own = rig.exchange.find(rig.call_id), rig.exchange.find(rig.own_id)
    assert call is not None
    assert own is not None
    assert own.contact_id == call.contact_id


def test_the_station_toggles_and_whoever_waits_hears_music(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    for _ in range(2):
        rig.ask("call.toggle")
        assert rig.talk_now == {WITH_CUSTOMER}
        assert set(rig.media.playing) == {rig.colleague}
        rig.ask("call.toggle")
        assert rig.talk_now == {HERE, THERE}
        assert set(rig.media.playing) == {"customer"}
    assert [event.with_customer for event in rig.all(ConsultationToggled)] == [True, False, True, False]


def test_who_answers_while_the_station_is_with_the_customer_hears_music(rig: ConsultationRig) -> None:
    rig.consult()
    rig.ask("call.toggle")
    rig.colleague = rig.answer_station()
    assert rig.talk_now == {WITH_CUSTOMER}
    assert set(rig.media.playing) == {rig.colleague}
    rig.ask("call.toggle")
    assert rig.talk_now == {HERE, THERE}


@pytest.mark.parametrize("with_customer", [False, True])
@pytest.mark.parametrize("verb", ["call.complete_transfer", "hang up"])
def test_the_customer_is_left_to_whom_was_consulted(
    rig: ConsultationRig, verb: str, with_customer: bool
) -> None:
    rig.consult_and_answer()
    if with_customer:
        rig.ask("call.toggle")
    if verb == "hang up":
        rig.end(rig.agent, Cause.NORMAL_CLEARING)
    else:
        rig.ask(verb)
    assert rig.talk_now == {frozenset(("customer", "colleague"))}
    told = rig.last(CallTransferred)
    assert (told.kind, told.call_id, told.from_call_id) == (TransferKind.ATTENDED, rig.own_id, rig.call_id)
    assert (rig.ended, rig.media.playing) == (ConsultationEnd.COMPLETED, {})
    assert rig.agent in rig.hung_up()
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_nothing_left()


def test_contact_and_recording_go_with_the_customer(rig: ConsultationRig) -> None:
    before = set(rig.media.open_recordings)
    call = rig.exchange.find(rig.call_id)
    assert call is not None
    contact_id = call.contact_id
    rig.consult_and_answer()
    assert rig.agent not in rig.media.recorded
    rig.ask("call.complete_transfer")
    assert rig.media.open_recordings == before
    assert {"customer", rig.colleague} <= set(rig.media.recorded)
    own = rig.exchange.find(rig.own_id)
    assert own is not None
    assert own.contact_id == contact_id


@pytest.mark.parametrize("verb", ["call.complete_transfer", "hang up"])
def test_a_phone_that_rings_still_rings_for_the_customer_then(rig: ConsultationRig, verb: str) -> None:
    rig.consult()
    ringing = rig.station_leg
    rig.feed(LegRinging(leg_id=ringing, status=180))
    if verb == "hang up":
        rig.end(rig.agent, Cause.NORMAL_CLEARING)
    else:
        rig.ask(verb)
    assert set(rig.media.playing) == {"customer"}
    rig.colleague = rig.answer_station()
    assert (rig.colleague, rig.talk_now) == (ringing, {frozenset(("customer", "colleague"))})


def test_a_customer_who_cannot_be_left_there_comes_back_to_the_station(rig: ConsultationRig) -> None:
    rig.consult()
    rig.ask("call.complete_transfer")
    rig.end(rig.station_leg, Cause.NO_ANSWER)
    assert rig.last(DialStation).station == "1001"
    rig.answer_station()
    own = rig.exchange.find(rig.own_id)
    assert own is not None
    assert own.state is CallState.CONNECTED


def test_a_queue_is_consulted_and_the_customer_may_wait_there_instead(rig: ConsultationRig) -> None:
    rig.consult("queue:service")
    told = rig.last(CallHandedOff)
    assert (told.call_id, told.target, told.answered, told.station) == (
        rig.own_id,
        "queue:service",
        True,
        "1001",
    )
    rig.ask("call.complete_transfer")
    (call,) = rig.exchange.calls()
    assert (call.call_id, call.target, call.customer.leg_id) == (rig.own_id, "queue:service", "customer")


@pytest.mark.parametrize("with_customer", [False, True])
def test_the_station_goes_back_to_the_customer(rig: ConsultationRig, with_customer: bool) -> None:
    rig.consult_and_answer()
    if with_customer:
        rig.ask("call.toggle")
    rig.ask("call.cancel_consultation")
    assert rig.colleague in rig.hung_up()
    assert rig.ended is ConsultationEnd.CANCELLED
    rig.assert_back()


@pytest.mark.parametrize("with_customer", [False, True])
@pytest.mark.parametrize("answers", [False, True])
def test_when_the_other_leaves_or_cannot_be_had_the_station_is_back_with_the_customer(
    rig: ConsultationRig, answers: bool, with_customer: bool
) -> None:
    rig.consult()
    if answers:
        rig.answer_station()
    if with_customer:
        rig.ask("call.toggle")
    rig.end(rig.station_leg, Cause.USER_BUSY)
    told = rig.last(ConsultationEnded)
    assert (told.reason, told.cause) == (ConsultationEnd.OTHER_LEFT, Cause.USER_BUSY)
    rig.assert_back()


@pytest.mark.parametrize("answers", [False, True])
def test_when_the_customer_hangs_up_all_is_over(rig: ConsultationRig, answers: bool) -> None:
    rig.consult()
    if answers:
        rig.answer_station()
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert rig.ended is ConsultationEnd.CALL_OVER
    assert {rig.agent, rig.station_leg} <= rig.hung_up()
    rig.assert_nothing_left()


def test_all_three_talk(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    rig.ask("call.join")
    assert set(rig.roles) == {"customer", rig.agent, rig.colleague}
    assert rig.media.playing == {}
    assert rig.ended is ConsultationEnd.JOINED
    assert len(rig.all(PartyJoined)) == 1
    rig.end(rig.colleague, Cause.NORMAL_CLEARING)
    assert set(rig.roles) == {"customer", rig.agent}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_nothing_left()


def test_nobody_joins_who_has_not_answered(rig: ConsultationRig) -> None:
    rig.consult()
    assert rig.refusal("call.join") == "not_answered"


def test_who_called_out_consults_about_the_number(rig: ConsultationRig) -> None:
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.call_id = rig.arrive("agent", OUTSIDE_NUMBER, station="1003")
    outside, rig.agent = rig.last_dialled_out(), "agent"
    rig.consult_and_answer()
    assert rig.talk_now == {HERE, THERE}
    assert set(rig.media.playing) == {outside}
    rig.ask("call.complete_transfer")
    assert rig.talk_now == {frozenset((outside, "colleague"))}
    rig.end(outside, Cause.NORMAL_CLEARING)
    rig.assert_nothing_left()


def test_a_consultation_about_a_consultation_ends_with_it(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    inner = rig.ask("call.consult", call_id=rig.own_id, station="1002", target="station:1003")
    rig.end("customer", Cause.NORMAL_CLEARING)
    ends = {event.call_id: event.reason for event in rig.all(ConsultationEnded)}
    assert ends == {rig.call_id: ConsultationEnd.CALL_OVER, rig.own_id: ConsultationEnd.CALL_OVER}
    assert inner["consultation_call_id"] in {event.call_id for event in rig.all(CallEnded)}
    rig.assert_nothing_left()


def test_a_phone_that_steps_in_for_the_station_ends_the_consultation(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    rig.arrive("another", "anything", station="1003", replaces=rig.agent)
    assert rig.ended is ConsultationEnd.CALL_OVER
    assert {rig.agent, rig.colleague} <= rig.hung_up()
    assert rig.media.bridges == {frozenset(("customer", "another"))}
    assert [call.call_id for call in rig.exchange.calls()] == [rig.call_id]


def test_the_phones_other_line_is_no_way_out_of_a_consultation(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    rig.call_between("1001", "1003", "second line")
    rig.refer(rig.agent, replaces="second line")
    assert rig.last(AnswerTransfer).status == 491
    rig.refer("second line", replaces=rig.agent)
    assert rig.last(CallTransferRefused).reason == "consulting"
    assert {HERE, THERE} <= rig.talk_now


def test_a_supervisor_who_takes_the_call_over_ends_it(rig: ConsultationRig) -> None:
    own = rig.listens()
    rig.consult_and_answer()
    rig.call("call.intercept", agent="81")
    assert rig.ended is ConsultationEnd.CALL_OVER
    assert frozenset(("customer", own)) in rig.media.bridges or set(rig.roles) == {"customer", own}


def test_a_conference_goes_on_while_one_of_it_consults(rig: ConsultationRig) -> None:
    rig.feed(AddParty(call_id=rig.call_id, party_id="party", whom="station:1003", by=""))
    party = rig.answer_station()
    rig.consult_and_answer()
    assert set(rig.roles) == {"customer", party}
    assert rig.talk_now == {HERE, THERE}
    rig.ask("call.cancel_consultation")
    assert set(rig.roles) == {"customer", party, rig.agent}


def test_silence_on_a_line_of_the_house_is_nobodys_end(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    rig.ask("call.toggle")
    for leg_id in (rig.line, rig.far_end):
        rig.feed(MediaLost(leg_id=leg_id, silent_s=60))
    assert rig.all(ConsultationEnded) == []


def test_without_a_port_nobody_is_consulted(rig: ConsultationRig) -> None:
    rig.media.out_of_ports = True
    rig.ask("call.consult", target="station:1002")
    told = rig.last(ConsultationEnded)
    assert (told.reason, told.cause) == (ConsultationEnd.OTHER_LEFT, Cause.SWITCH_CONGESTION)
    assert rig.media.bridges == {WITH_CUSTOMER} - {WITH_CUSTOMER} | {frozenset(("customer", rig.agent))}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_nothing_left()


def test_holds_are_the_consultations_while_it_lasts(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    for order in (HoldCall, RetrieveCall):
        rig.feed(order(call_id=rig.call_id, leg_id=rig.agent))
    assert rig.talk_now == {HERE, THERE}
    for verb in ("call.hold", "call.retrieve"):
        assert rig.refusal(verb) == "consulting"
    for verb in ("call.transfer", "call.consult"):
        assert rig.refusal(verb, target="queue:service") == "consulting"


@pytest.mark.parametrize(
    "verb", ["call.toggle", "call.complete_transfer", "call.cancel_consultation", "call.join"]
)
def test_without_a_consultation_there_is_nothing_to_decide(rig: ConsultationRig, verb: str) -> None:
    assert rig.refusal(verb) == "not_consulting"
    assert rig.refusal(verb, call_id="none") == "no_such_call"


@pytest.mark.parametrize("end", ["hang up", "hand off"])
def test_who_has_the_call_ends_the_consultation_with_it(rig: ConsultationRig, end: str) -> None:
    rig.consult_and_answer()
    if end == "hang up":
        rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.MANAGER_REQUEST))
        rig.assert_nothing_left()
    else:
        rig.feed(HandOff(call_id=rig.own_id, target="queue:service"))
        rig.feed(HangUpCall(call_id=rig.own_id, cause=Cause.MANAGER_REQUEST))
        rig.assert_back()


def test_a_rebuilt_exchange_answers_alike(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    rebuilt = Exchange([], rig.ids, rig.knows_target, rig.exchange.snapshot(), hold_music="music")
    order = CancelConsultation(call_id=rig.call_id)
    answers = [list(one.routes()[CancelConsultation](order, 0.0)) for one in (rebuilt, rig.exchange)]
    assert answers[0] == answers[1] != []


def test_the_end_of_a_phone_that_was_let_go_is_no_news(rig: ConsultationRig) -> None:
    rig.consult_and_answer()
    rig.ask("call.complete_transfer")
    for leg_id in (rig.agent, rig.far_end):
        rig.feed(LegEnded(leg_id=leg_id, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
        rig.feed(EndpointFailed(leg_id=leg_id, reason=""))
        rig.feed(EndpointOpened(leg_id=leg_id, host="192.0.2.1", port=4000))
    assert rig.talk_now == {frozenset(("customer", "colleague"))}
