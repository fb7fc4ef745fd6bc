"""Supervisors at calls: who hears whom, and how it ends, whatever becomes of the call."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.commands import AttachToRecording, Channel, JoinMix, MixRole
from switch.causes import Cause
from switch.commands import HangUpCall, StartCallRecording, StopCallRecording
from switch.events import (
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallTransferred,
    OfferEnded,
    SupervisionBegan,
    SupervisionEnd,
    SupervisionEnded,
    TransferKind,
)
from switch.sip.commands import AnswerReoffer, DialStation
from switch.sip.events import LegAnswered, LegReoffered
from switch.supervision.supervision import Supervision
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, OUTSIDE_NUMBER
from tests.helpers.supervision_rig import BY, SupervisionRig

SPEAKER, MONITOR, WHISPER, BARGE = MixRole.SPEAKER, MixRole.MONITOR, MixRole.WHISPER, MixRole.BARGE
VERBS = {"call.monitor": MONITOR, "call.whisper": WHISPER, "call.barge": BARGE}
HELD = AGENT_SDP + "a=sendonly\r\n"


@pytest.fixture
def rig() -> SupervisionRig:
    return SupervisionRig()


def bridged(rig: SupervisionRig, *legs: str) -> bool:
    return rig.media.bridges == {frozenset(legs)}


# -- coming and going ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "role"), VERBS.items())
def test_a_supervisor_is_rung_and_then_hears_both_who_talk(
    rig: SupervisionRig, verb: str, role: MixRole
) -> None:
    call_id = rig.customer_talks()
    answer = rig.call(verb, agent="81")
    assert (answer["call_id"], answer["station"], answer["listens"]) == (call_id, "1001", False)
    dialled = rig.last(DialStation)
    assert (dialled.station, dialled.caller_number) == ("1003", "1001")
    assert (rig.roles, rig.told) == ({}, [])
    own = rig.answer_station()
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, own: role}
    began = rig.last(SupervisionBegan)
    assert (began.call_id, began.supervisor, began.station, began.by) == (call_id, "1003", "1001", BY)
    assert (rig.last(JoinMix).whisper_to == rig.agent) is (role is WHISPER)


@given(st.lists(st.sampled_from(sorted(VERBS)), min_size=2, max_size=8))
def test_modes_change_in_any_order_without_a_word_to_any_phone(verbs: list[str]) -> None:
    rig = SupervisionRig()
    rig.customer_talks()
    own = rig.listens(verbs[0])
    rung = len(rig.all(DialStation))
    for verb in verbs[1:]:
        rig.call(verb, agent="81")
        assert rig.roles[own] is VERBS[verb]
    changes = sum(one != other for one, other in pairwise(verbs))
    assert [word.split()[0] for word in rig.told] == ["began", *["changed"] * changes]
    assert (len(rig.all(DialStation)), rig.all(AnswerReoffer)) == (rung, [])


def test_a_mode_that_is_chosen_while_the_phone_rings_is_the_one_to_begin_with(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.call("call.monitor", agent="81")
    rig.call("call.barge", agent="81")
    own = rig.answer_station()
    assert (rig.roles[own], rig.told) == (BARGE, ["began barge"])


def test_a_supervisor_is_recorded_beside_the_agent_while_both_hear_and_never_else(
    rig: SupervisionRig,
) -> None:
    rig.customer_talks()
    own = rig.listens("call.whisper")
    assert own not in rig.media.recorded
    for verb, recorded in (("call.barge", True), ("call.monitor", False), ("call.barge", True)):
        rig.call(verb, agent="81")
        assert (rig.media.recorded.get(own) is Channel.BESIDE) is recorded
    assert rig.media.recorded[rig.agent] is Channel.AGENT
    rig.call("call.stop_supervising")
    assert own not in rig.media.recorded


def test_who_barged_in_before_a_recording_began_belongs_to_it(rig: SupervisionRig) -> None:
    call_id = rig.customer_talks()
    own = rig.listens("call.barge")
    rig.feed(StopCallRecording(call_id=call_id), StartCallRecording(call_id=call_id))
    attached = {command.leg_id: command.channel for command in rig.all(AttachToRecording)[-3:]}
    assert attached == {"customer": Channel.CUSTOMER, rig.agent: Channel.AGENT, own: Channel.BESIDE}


def test_who_called_a_customer_is_the_one_to_hear_whispers(rig: SupervisionRig) -> None:
    rig.arrive("caller", OUTSIDE_NUMBER, station="1001")
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP))
    rig.listens("call.whisper", agent="81")
    assert rig.last(JoinMix).whisper_to == "caller"
    assert rig.last(SupervisionBegan).station == "1001"


def test_two_supervisors_at_one_call_each_in_a_mode(rig: SupervisionRig) -> None:
    rig.customer_talks()
    one = rig.listens("call.monitor", agent="81", station="1003")
    other = rig.listens("call.whisper", agent="81", station="1002")
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, one: MONITOR, other: WHISPER}
    rig.call("call.stop_supervising", station="1003")
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, other: WHISPER}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


# -- how it ends -----------------------------------------------------------------------------------------


def customer_hangs_up(rig: SupervisionRig, own: str) -> None:
    rig.end("customer", Cause.NORMAL_CLEARING)


def agent_hangs_up(rig: SupervisionRig, own: str) -> None:
    rig.end(rig.agent, Cause.NORMAL_CLEARING)


def call_is_hung_up(rig: SupervisionRig, own: str) -> None:
    (call, _) = rig.exchange.calls()
    rig.feed(HangUpCall(call_id=call.call_id, cause=Cause.MANAGER_REQUEST))


def blind_transfer_to_a_flow(rig: SupervisionRig, own: str) -> None:
    rig.refer(rig.agent, "95598")


def blind_transfer_to_a_station(rig: SupervisionRig, own: str) -> None:
    rig.refer(rig.agent, "1002")
    assert rig.roles[own] is WHISPER  # while it rings they still talk
    rig.answer_station()


def attended_transfer(rig: SupervisionRig, own: str) -> None:
    rig.call_between("1001", "1002", "consultation")
    rig.refer(rig.agent, replaces="consultation")


def attended_transfer_to_a_ringing_phone(rig: SupervisionRig, own: str) -> None:
    rig.arrive("consultation", "1002", station="1001")
    rig.refer(rig.agent, replaces="consultation")


def another_phone_steps_in_for_the_agent(rig: SupervisionRig, own: str) -> None:
    rig.arrive("colleague", "anything", station="1002", replaces=rig.agent)


def supervisor_hangs_up(rig: SupervisionRig, own: str) -> None:
    rig.end(own, Cause.NORMAL_CLEARING)


def supervisor_is_stopped(rig: SupervisionRig, own: str) -> None:
    rig.call("call.stop_supervising")


def another_phone_steps_in_for_the_supervisor(rig: SupervisionRig, own: str) -> None:
    rig.arrive("colleague", "anything", station="1002", replaces=own)


ENDS: dict[Callable[[SupervisionRig, str], None], str] = {
    customer_hangs_up: "call_over",
    agent_hangs_up: "call_over",
    call_is_hung_up: "call_over",
    blind_transfer_to_a_flow: "call_over",
    blind_transfer_to_a_station: "call_over",
    attended_transfer: "call_over",
    attended_transfer_to_a_ringing_phone: "call_over",
    another_phone_steps_in_for_the_agent: "call_over",
    supervisor_hangs_up: "supervisor_left",
    supervisor_is_stopped: "stopped",
    another_phone_steps_in_for_the_supervisor: "supervisor_left",
}


@pytest.mark.parametrize(("happens", "reason"), ENDS.items(), ids=lambda end: getattr(end, "__name__", ""))
def test_each_end_is_told_once_and_nobody_is_left_in_a_mix(
    rig: SupervisionRig, happens: Callable[[SupervisionRig, str], None], reason: str
) -> None:
    rig.customer_talks()
    own = rig.listens("call.whisper")
    happens(rig, own)
    assert rig.told == ["began whisper", f"ended {reason}"]
    assert own in rig.hung_up() | {"customer"} or happens is supervisor_hangs_up
    assert own not in rig.roles
    assert "colleague" not in rig.roles
    assert rig.supervision.watches == ()
    if reason == "call_over":
        assert rig.roles == {}
    for call in list(rig.exchange.calls()):
        rig.feed(HangUpCall(call_id=call.call_id, cause=Cause.MANAGER_REQUEST))
    rig.assert_idle()


def test_the_two_talk_on_in_their_mix_when_the_supervisor_leaves(rig: SupervisionRig) -> None:
    rig.customer_talks()
    own = rig.listens()
    rig.end(own, Cause.NORMAL_CLEARING)
    assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER}
    assert rig.last(CallEnded).by_caller
    rig.refer(rig.agent, "1002")
    next_agent = rig.answer_station()
    assert bridged(rig, "customer", next_agent)


def test_a_phone_that_steps_in_for_the_customer_is_listened_to_instead(rig: SupervisionRig) -> None:
    rig.call_between("1001", "1002", "caller")
    called = rig.station_leg
    own = rig.listens("call.whisper", agent="82")
    rig.arrive("colleague", "anything", station="1001", replaces="caller")
    assert rig.roles == {"colleague": SPEAKER, called: SPEAKER, own: WHISPER}


def test_who_called_and_was_supervised_is_supervised_no_longer_when_another_steps_in(
    rig: SupervisionRig,
) -> None:
    rig.arrive("caller", OUTSIDE_NUMBER, station="1001")
    outside = rig.last(DialTrunk).leg_id
    rig.feed(LegAnswered(leg_id=outside, sdp=AGENT_SDP))
    rig.listens("call.whisper", agent="81")
    rig.arrive("colleague", "anything", station="1002", replaces="caller")
    assert rig.told == ["began whisper", "ended call_over"]
    assert rig.roles == {"colleague": SPEAKER, outside: SPEAKER}


def test_hold_goes_on_beside_supervision(rig: SupervisionRig) -> None:
    rig.customer_talks()
    own = rig.listens("call.whisper")
    rig.feed(LegReoffered(leg_id=rig.agent, sdp=HELD))
    assert set(rig.media.playing) == {"customer"}
    rig.call("call.barge", agent="81")
    assert set(rig.media.playing) == {"customer"}
    rig.feed(LegReoffered(leg_id=rig.agent, sdp=CALLER_SDP))
    assert (rig.media.playing, rig.roles[own]) == ({}, BARGE)


@pytest.mark.parametrize("cause", [Cause.USER_BUSY, Cause.NO_ANSWER, Cause.USER_NOT_REGISTERED])
def test_a_supervisor_who_cannot_be_had_is_told_of(rig: SupervisionRig, cause: Cause) -> None:
    call_id = rig.customer_talks()
    rig.call("call.monitor", agent="81")
    rig.end(rig.station_leg, cause)
    assert rig.told == ["ended not_answered"]
    assert rig.last(SupervisionEnded).call_id == call_id
    assert bridged(rig, "customer", rig.agent)
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_call_that_ends_while_the_supervisors_phone_rings_stops_that(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.call("call.monitor", agent="81")
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert rig.told == ["ended call_over"]
    rig.assert_idle()


def test_an_agent_who_is_gone_when_the_supervisor_answers_is_not_replaced_by_the_next(
    rig: SupervisionRig,
) -> None:
    rig.customer_talks()
    rig.call("call.monitor", agent="81")
    supervisors = rig.station_leg
    rig.refer(rig.agent, "1002")
    rig.answer_station()
    rig.feed(LegAnswered(leg_id=supervisors, sdp=AGENT_SDP))
    assert rig.told == ["ended call_over"]
    assert supervisors in rig.hung_up()
    assert rig.exchange.open_calls == 1


def test_no_other_phone_gets_to_listen_in_the_supervisors_place(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.call("call.monitor", agent="81")
    rig.arrive("colleague", "anything", station="1002", replaces=rig.station_leg)
    assert rig.roles == {}
    assert "colleague" in rig.hung_up()


# -- intercept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["call.monitor", "call.intercept"])
def test_a_supervisor_takes_the_call_over(rig: SupervisionRig, first: str) -> None:
    call_id = rig.customer_talks()
    (recording_id,) = rig.media.open_recordings
    own = rig.listens(first)
    if first != "call.intercept":
        rig.call("call.intercept", agent="81")
    assert bridged(rig, "customer", own)
    assert rig.roles == {}
    assert rig.hung_up() == {rig.agent}
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.target) == (TransferKind.INTERCEPTED, "1001", "station:1003")
    connected = rig.last(CallConnected)
    assert (connected.call_id, connected.station) == (call_id, "1003")
    attached = rig.last(AttachToRecording)
    assert (attached.recording_id, attached.leg_id, attached.channel) == (recording_id, own, Channel.AGENT)
    assert rig.told[-1] == "ended intercepted"
    (call,) = rig.exchange.calls()
    assert call.call_id == call_id
    rig.end(own, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_the_owner_of_a_call_hears_that_it_is_in_other_hands_before_its_agent_is_gone(
    rig: SupervisionRig,
) -> None:
    call_id = rig.customer_talks()
    rig.listens("call.intercept")
    ends = [e for e in rig.events if isinstance(e, CallHandedOff | OfferEnded) and e.call_id == call_id]
    assert [type(event) for event in ends] == [CallHandedOff, OfferEnded]


def test_a_held_customer_who_is_taken_over_hears_no_music_any_more(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.feed(LegReoffered(leg_id=rig.agent, sdp=HELD))
    own = rig.listens("call.intercept")
    assert rig.media.playing == {}
    assert bridged(rig, "customer", own)


def test_a_transfer_under_way_is_given_up_when_the_call_is_taken_over(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rung = rig.station_leg
    own = rig.listens("call.intercept")
    assert rung in rig.hung_up()
    assert bridged(rig, "customer", own)
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_call_an_agent_made_is_taken_over_from_the_caller(rig: SupervisionRig) -> None:
    rig.arrive("caller", OUTSIDE_NUMBER, station="1001")
    outside = rig.last(DialTrunk).leg_id
    rig.feed(LegAnswered(leg_id=outside, sdp=AGENT_SDP))
    own = rig.listens("call.intercept", agent="81")
    assert bridged(rig, own, outside)
    assert "caller" in rig.hung_up()
    (call,) = rig.exchange.calls()
    assert (call.caller_number, call.caller_station) == ("1003", "1003")
    rig.end(outside, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_the_other_supervisors_leave_when_one_takes_the_call_over(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.listens("call.monitor", agent="81", station="1003")
    own = rig.listens("call.intercept", agent="81", station="1002")
    assert sorted(rig.told) == ["began monitor", "ended call_over", "ended intercepted"]
    assert bridged(rig, "customer", own)


# -- following -------------------------------------------------------------------------------------------


def test_who_follows_an_agent_hears_call_after_call(rig: SupervisionRig) -> None:
    rig.call("agent.follow", agent="81", mode="whisper")
    own = rig.answer_station()
    assert (rig.roles, rig.told) == ({}, [])
    for _ in range(3):
        rig.customer_talks()
        assert rig.roles == {"customer": SPEAKER, rig.agent: SPEAKER, own: WHISPER}
        rig.end("customer", Cause.NORMAL_CLEARING)
        assert rig.roles == {}
    assert rig.told == ["began whisper", "ended call_over"] * 3
    rig.call("call.stop_supervising")
    assert rig.told[-1] == "ended stopped"
    rig.assert_idle()


def test_who_follows_an_agent_begins_with_the_call_that_is_up(rig: SupervisionRig) -> None:
    rig.customer_talks()
    own = rig.listens("agent.follow", agent="81")
    assert rig.roles[own] is MONITOR
    rig.call("call.barge", agent="81")
    assert rig.roles[own] is BARGE
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.customer_talks()
    assert rig.roles[own] is BARGE


def test_calls_of_other_agents_are_not_listened_to(rig: SupervisionRig) -> None:
    rig.call("agent.follow", agent="82")
    rig.answer_station()
    rig.customer_talks()
    assert rig.roles == {}
    rig.refer(rig.agent, "1002")
    assert rig.station_leg not in rig.roles
    rig.answer_station()
    assert rig.last(SupervisionBegan).station == "1002"


# -- state -----------------------------------------------------------------------------------------------


def test_all_goes_on_from_a_snapshot(rig: SupervisionRig) -> None:
    rig.customer_talks()
    own = rig.listens("call.whisper")
    calls, watches = rig.exchange.snapshot(), rig.supervision.snapshot()
    (call, _) = calls.by_id.values()
    assert [supervisor.beside for supervisor in call.supervisors.values()] == [rig.agent]
    rebuilt = Supervision(rig.agent_at, watches)
    (watch,) = rebuilt.watches
    told = SupervisionEnded(
        call_id=call.call_id, supervisor_call_id=watch.call_id, reason=SupervisionEnd.CALL_OVER
    )
    assert list(rebuilt.supervision_ended(told, 0.0)) == list(rig.supervision.supervision_ended(told, 0.0))
    assert own in rig.roles
