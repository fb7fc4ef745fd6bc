"""Calls that the switch makes itself: whom it calls is the customer, and the call comes to an application."""

from typing import Any

import pytest

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    ConfigureEndpoint,
    MaskLeg,
    StartPlayback,
    StartRecording,
)
from media.config import Srtp
from media.events import DigitDetected
from runtime.ids import SeededIds
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    ConnectCall,
    HandOff,
    HangUpCall,
    MaskDigits,
    OfferCall,
    PlaceCall,
    PlayPrompt,
    RingCall,
    StartDraining,
)
from switch.customers.facts import Facts
from switch.encryption import EncryptionRules
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallHeld,
    CallPlaced,
    CallResumed,
    CallRinging,
    CallTransferred,
    DigitReceived,
    OfferEnded,
)
from switch.exchange import Exchange
from switch.recording_rule import RecordingPolicies, RecordingPolicy, RecordingRule
from switch.sip.commands import DialStation, HangUpLeg, RingLeg
from switch.sip.events import BranchTried, LegAnswered, LegEnded, LegReoffered, LegRinging
from switch.trunks.commands import DialTrunk
from tests.helpers.dialling_rig import DiallingRig
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER, TARGETS, ExchangeRig
from tests.switch.test_transfers import TransferRig

NUMBER = f"number:{OUTSIDE_NUMBER}"


def place(rig: ExchangeRig, whom: str = "station:1001", target: str = "flow:hotline", **facts: Any) -> str:
    """Order a call; returns the leg of whom it is for."""
    rig.feed(PlaceCall(call_id="placed", contact_id="contact", whom=whom, target=target, **facts))
    return rig.last(CallPlaced).leg_id


def answer(rig: ExchangeRig, leg_id: str, branch: str = "") -> None:
    answered = LegAnswered(leg_id=leg_id, sdp=AGENT_SDP, branch=branch, sip_call_id="dialog@switch")
    rig.feed(answered)


def ended(leg_id: str, cause: Cause = Cause.NORMAL_CLEARING, *, by_peer: bool = True) -> LegEnded:
    return LegEnded(leg_id=leg_id, cause=cause, sip_status=None, by_peer=by_peer)


@pytest.fixture
def rig() -> ExchangeRig:
    return ExchangeRig()


def test_a_station_is_rung_and_told_who_calls(rig: ExchangeRig) -> None:
    leg_id = place(rig, ring_s=25, shown_number="95598", shown_name="客户服务")
    dialled = rig.last(DialStation)
    assert (dialled.leg_id, dialled.station, dialled.limit_s) == (leg_id, "1001", 25)
    assert (dialled.caller_number, dialled.caller_name) == ("95598", "客户服务")
    assert "m=audio" in dialled.sdp
    told = rig.last(CallPlaced)
    assert (told.whom, told.caller_number, told.called_number) == ("station:1001", "1001", "95598")


@pytest.mark.parametrize(
    ("whom", "facts", "lists"),
    [
        (NUMBER, {}, ("vip",)),
        ("station:1001", {"caller_number": OUTSIDE_NUMBER}, ("vip",)),
        ("station:1001", {}, ()),
    ],
)
def test_what_is_known_of_a_customer_who_is_called_comes_along(
    whom: str, facts: dict[str, str], lists: tuple[str, ...]
) -> None:
    vips = {OUTSIDE_NUMBER: Facts(lists=("vip",), priority=5), "1001": Facts(lists=("wrong",))}
    exchange = Exchange([], SeededIds(), TARGETS.__contains__, facts_of=lambda number, tenant: vips[number])
    rig = ExchangeRig(exchange=exchange)
    answer(rig, place(rig, whom, **facts))
    assert rig.last(CallHandedOff).lists == lists


def test_an_outside_number_is_rung_through_the_trunks(rig: ExchangeRig) -> None:
    place(rig, NUMBER, shown_number="95598", ring_s=40)
    dialled = rig.last(DialTrunk)
    assert (dialled.number, dialled.caller_number, dialled.limit_s) == (OUTSIDE_NUMBER, "95598", 40)
    assert rig.last(CallPlaced).whom == NUMBER


def test_no_application_hears_of_the_call_before_it_is_answered(rig: ExchangeRig) -> None:
    rig.feed(LegRinging(leg_id=place(rig), status=180))
    assert rig.last(CallRinging) == CallRinging(call_id="placed", early_media=False)
    assert [rig.all(kind) for kind in (CallArrived, CallHandedOff, CallAnswered)] == [[], [], []]


def test_who_answers_comes_to_the_application_as_a_caller_who_is_answered(rig: ExchangeRig) -> None:
    answer(rig, place(rig, caller_number="13900139000", access_code="95598"))
    handed_off = rig.last(CallHandedOff)
    assert handed_off.answered
    assert (handed_off.target, handed_off.caller_number) == ("flow:hotline", "13900139000")
    assert (handed_off.contact_id, handed_off.access_code) == ("contact", "95598")
    assert rig.last(CallAnswered).sip_call_id == "dialog@switch"
    kinds = [type(e) for e in rig.events if isinstance(e, CallPlaced | CallAnswered | CallHandedOff)]
    assert kinds == [CallPlaced, CallAnswered, CallHandedOff]


def test_who_was_called_hears_prompts_and_presses_keys(rig: ExchangeRig) -> None:
    leg_id = place(rig)
    answer(rig, leg_id)
    rig.feed(
        PlayPrompt(call_id="placed", playback_id="p", prompts=("zh/menu",)),
        DigitDetected(leg_id=leg_id, digit="5", duration_ms=100),
    )
    assert rig.last(StartPlayback).leg_id == leg_id
    assert rig.last(DigitReceived).digit == "5"


def test_who_was_called_talks_to_an_agent_and_is_on_the_customers_channel(rig: ExchangeRig) -> None:
    leg_id = place(rig, NUMBER, target="queue:service", access_code="95598", caller_number="13900139000")
    answer(rig, leg_id)
    rig.feed(OfferCall(call_id="placed", offer_id="o", station="1001"))
    assert rig.last(DialStation).caller_number == "13900139000"
    agent = rig.answer_station()
    rig.feed(ConnectCall(call_id="placed", offer_id="o"))
    assert rig.last(CallConnected).station == "1001"
    channels = {attached.leg_id: attached.channel for attached in rig.all(AttachToRecording)}
    assert channels == {leg_id: Channel.CUSTOMER, agent: Channel.AGENT}
    rig.feed(ended(leg_id))
    assert rig.last(CallEnded).by_caller
    assert rig.last(OfferEnded).accepted
    rig.assert_idle()


@pytest.mark.parametrize(
    ("cause", "by_peer"),
    [
        (Cause.USER_BUSY, True),
        (Cause.CALL_REJECTED, True),
        (Cause.NO_ANSWER, False),
        (Cause.USER_NOT_REGISTERED, False),
        (Cause.NORMAL_CIRCUIT_CONGESTION, False),
    ],
)
def test_who_cannot_be_had_ends_the_call_with_the_cause(cause: Cause, by_peer: bool) -> None:
    rig = ExchangeRig()
    rig.feed(ended(place(rig), cause, by_peer=by_peer))
    assert rig.all(CallEnded) == [
        CallEnded(call_id="placed", contact_id="contact", cause=cause, by_caller=by_peer)
    ]
    rig.assert_idle()


@pytest.mark.parametrize(
    ("order", "cause"),
    [
        ({"target": "flow:nowhere"}, Cause.NO_ROUTE_DESTINATION),
        ({"whom": "queue:service"}, Cause.INVALID_NUMBER_FORMAT),
        ({"whom": "number:"}, Cause.INVALID_NUMBER_FORMAT),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_told_as_a_call_that_failed(
    order: dict[str, str], cause: Cause
) -> None:
    rig = ExchangeRig()
    place(rig, **order)
    assert [type(event) for event in rig.events] == [CallPlaced, CallEnded]
    assert rig.last(CallEnded).cause is cause
    rig.assert_idle()


def test_without_a_free_port_the_call_is_told_as_one_that_failed(rig: ExchangeRig) -> None:
    rig.media.out_of_ports = True
    place(rig)
    assert rig.last(CallEnded).cause is Cause.SWITCH_CONGESTION
    assert rig.all(DialStation) == []
    rig.assert_idle()


def test_a_switch_that_is_draining_calls_nobody(rig: ExchangeRig) -> None:
    rig.feed(StartDraining(retry_after_s=30))
    place(rig)
    assert rig.last(CallEnded).cause is Cause.NORMAL_TEMPORARY_FAILURE
    rig.assert_idle()


def test_an_id_in_use_is_not_placed_again(rig: ExchangeRig) -> None:
    place(rig)
    place(rig)
    assert len(rig.all(CallPlaced)) == len(rig.all(DialStation)) == 1


def test_a_call_nobody_has_answered_can_be_hung_up(rig: ExchangeRig) -> None:
    leg_id = place(rig)
    rig.feed(HangUpCall(call_id="placed", cause=Cause.MANAGER_REQUEST))
    assert rig.last(HangUpLeg) == HangUpLeg(leg_id=leg_id, cause=Cause.MANAGER_REQUEST)
    rig.feed(ended(leg_id, Cause.MANAGER_REQUEST, by_peer=False))
    assert len(rig.all(CallEnded)) == 1
    rig.assert_idle()


def test_an_answer_without_a_common_codec_ends_the_call(rig: ExchangeRig) -> None:
    rig.feed(LegAnswered(leg_id=place(rig), sdp="v=0"))
    assert rig.last(CallEnded).cause is Cause.INCOMPATIBLE_DESTINATION
    assert rig.all(CallHandedOff) == []
    rig.assert_idle()


def test_early_media_is_taken_in_and_told(rig: ExchangeRig) -> None:
    leg_id = place(rig)
    rig.feed(LegRinging(leg_id=leg_id, status=183, sdp=AGENT_SDP))
    assert rig.last(CallRinging).early_media
    assert not rig.last(ConfigureEndpoint).answered
    answer(rig, leg_id)
    assert rig.last(ConfigureEndpoint).answered


def test_a_target_that_changes_while_it_rings_gets_the_call_when_it_is_answered(rig: ExchangeRig) -> None:
    leg_id = place(rig)
    rig.feed(HandOff(call_id="placed", target="queue:service"))
    assert rig.all(CallHandedOff) == []
    answer(rig, leg_id)
    assert [event.target for event in rig.all(CallHandedOff)] == ["queue:service"]


def test_nothing_is_answered_rung_or_connected_for_who_has_not_answered(rig: ExchangeRig) -> None:
    place(rig, NUMBER)
    rig.feed(RingCall(call_id="placed"), AnswerCall(call_id="placed"))
    rig.feed(OfferCall(call_id="placed", offer_id="o", station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id="placed", offer_id="o"))
    assert [rig.all(kind) for kind in (RingLeg, CallAnswered, CallConnected)] == [[], [], []]


def policies(**trunks: RecordingRule) -> RecordingPolicies:
    return RecordingPolicies(
        {"95598": RecordingPolicy(RecordingRule.FROM_ANSWER), "12345": RecordingPolicy(RecordingRule.NEVER)},
        {name: RecordingPolicy(rule) for name, rule in trunks.items()},
    )


def test_a_call_on_behalf_of_an_access_code_is_recorded_as_its_calls_are() -> None:
    rig = ExchangeRig(recording=policies(carrier=RecordingRule.NEVER))
    leg_id = place(rig, NUMBER, access_code="95598")
    rig.feed(BranchTried(leg_id=leg_id, branch="carrier/1"))
    answer(rig, leg_id, "carrier/1")
    assert rig.last(CallAnswered).recording_id == rig.last(StartRecording).recording_id
    assert rig.last(CallAnswered).trunk == "carrier"


def test_a_call_on_behalf_of_nobody_is_recorded_as_the_trunk_that_carries_it() -> None:
    rig = ExchangeRig(recording=policies(second=RecordingRule.FROM_ANSWER))
    leg_id = place(rig, NUMBER)
    rig.feed(BranchTried(leg_id=leg_id, branch="first/1"), BranchTried(leg_id=leg_id, branch="second/1"))
    answer(rig, leg_id, "second/1")
    assert rig.last(StartRecording).trunk == "second"
    assert rig.last(CallAnswered).recording_id is not None


def test_what_is_heard_before_the_answer_is_recorded_where_that_is_the_rule() -> None:
    rig = ExchangeRig(recording=policies(carrier=RecordingRule.FROM_ARRIVAL))
    leg_id = place(rig, NUMBER)
    assert rig.all(StartRecording) == []
    rig.feed(BranchTried(leg_id=leg_id, branch="carrier/1"))
    assert rig.last(AttachToRecording).leg_id == leg_id
    rig.feed(BranchTried(leg_id=leg_id, branch="carrier/2"))
    answer(rig, leg_id, "carrier/2")
    assert len(rig.all(StartRecording)) == 1
    rig.feed(ended(leg_id))
    rig.assert_idle()


def test_a_number_outside_is_offered_the_encryption_that_numbers_outside_are_offered() -> None:
    rules = EncryptionRules(Srtp.OFF, {"1001": Srtp.OPTIONAL}, {"carrier": Srtp.OPTIONAL})
    exchange = Exchange([], SeededIds(), TARGETS.__contains__, encryption=rules)
    rig = ExchangeRig(exchange=exchange)
    place(rig, NUMBER)
    assert "a=crypto" in rig.last(DialTrunk).sdp


def test_a_restored_exchange_goes_on_with_calls_that_ring(rig: ExchangeRig) -> None:
    leg_id = place(rig, caller_number="13900139000")
    exchange = Exchange([], SeededIds(7), TARGETS.__contains__, rig.exchange.snapshot())
    restored = ExchangeRig(exchange=exchange)
    answer(restored, leg_id)
    assert restored.last(CallHandedOff).caller_number == "13900139000"
    assert restored.last(ConfigureEndpoint).leg_id == leg_id


def test_a_station_that_was_called_is_joined_with_a_number_it_asked_for() -> None:
    rig = DiallingRig()
    leg_id = place(rig, "station:1001", NUMBER, shown_number=OUTSIDE_NUMBER)
    answer(rig, leg_id)
    assert rig.last(DialTrunk).caller_number == "1001"
    outside = rig.last(DialTrunk).leg_id
    rig.feed(LegAnswered(leg_id=outside, sdp=AGENT_SDP))
    assert rig.last(CallConnected).station == OUTSIDE_NUMBER
    rig.end(outside, Cause.NORMAL_CLEARING)
    assert rig.last(CallEnded).cause is Cause.NORMAL_CLEARING
    rig.assert_idle()


def test_a_colleague_picks_up_for_the_station_that_is_called() -> None:
    rig = DiallingRig()
    leg_id = place(rig, "station:1001", "queue:service")
    rig.arrive("colleague", "anything", station="1002", replaces=leg_id)
    assert rig.last(CallTransferred).by == "1001"
    assert rig.last(CallHandedOff).caller_number == "1002"
    assert rig.last(HangUpLeg).leg_id == leg_id
    rig.end("colleague", Cause.NORMAL_CLEARING)
    assert len(rig.all(CallEnded)) == 1
    rig.assert_idle()


def test_who_was_called_may_hold_the_agent(rig: ExchangeRig) -> None:
    leg_id = talking(rig)
    rig.feed(LegReoffered(leg_id=leg_id, sdp=AGENT_SDP + "a=sendonly\r\n"))
    assert rig.last(CallHeld).by == "customer"
    rig.feed(LegReoffered(leg_id=leg_id, sdp=AGENT_SDP))
    assert rig.last(CallResumed).by == "customer"


def test_who_was_called_can_be_masked(rig: ExchangeRig) -> None:
    leg_id = talking(rig)
    rig.feed(MaskDigits(call_id="placed", mask_id="mask", max_s=60))
    assert rig.last(MaskLeg).leg_id == leg_id


def test_an_agent_passes_on_who_was_called() -> None:
    rig = TransferRig()
    leg_id = talking(rig)
    agent = rig.station_leg
    rig.refer(agent, "1002")
    rig.answer_station()
    assert rig.last(CallTransferred).target == "station:1002"
    assert rig.last(CallConnected).station == "1002"
    assert rig.last(BridgeEndpoints).leg_id == leg_id
    rig.end(leg_id, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_station_that_was_called_passes_on_whom_it_talks_to() -> None:
    rig = TransferRig()
    leg_id = place(rig, "station:1001", NUMBER)
    answer(rig, leg_id)
    outside = rig.last(DialTrunk).leg_id
    rig.feed(LegAnswered(leg_id=outside, sdp=AGENT_SDP))
    rig.refer(leg_id, "1002")
    rig.answer_station()
    (call,) = rig.exchange.calls()
    assert (call.customer.leg_id, call.station) == (outside, "1002")
    rig.end(outside, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_an_attended_transfer_joins_who_was_called_with_a_colleague() -> None:
    rig = TransferRig()
    leg_id = talking(rig)
    agent = rig.station_leg
    rig.call_between("1001", "1002", "consultation")
    colleague = rig.station_leg
    rig.refer(agent, replaces="consultation")
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id=leg_id, peer_leg_id=colleague)
    assert [event.call_id for event in rig.all(CallEnded)] == ["placed"]
    rig.end(leg_id, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def talking(rig: ExchangeRig) -> str:
    """A call of the switch's own whose customer talks to station 1001; returns the customer's leg."""
    leg_id = place(rig, NUMBER, "flow:hotline")
    answer(rig, leg_id)
    rig.feed(OfferCall(call_id="placed", offer_id="o", station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id="placed", offer_id="o"))
    return leg_id
