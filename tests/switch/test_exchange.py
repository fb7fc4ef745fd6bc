"""The exchange core by itself: what a customer's call does at every step, and what is left when it ends."""

from collections.abc import Callable

import pytest

from media.commands import (
    FOR_EVER,
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    Codec,
    ConfigureEndpoint,
    StartPlayback,
)
from media.events import DigitDetected, HandshakeFailed, MediaLost, PlaybackEnded
from runtime.driver import Handler
from runtime.vocabulary import Command, Event
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    ConnectCall,
    DialNumber,
    EndAllCalls,
    HandOff,
    HangUpCall,
    OfferCall,
    PlayPrompt,
    RingCall,
    StartDraining,
    WithdrawOffer,
)
from switch.config import AccessCodeConfig
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallRefused,
    DigitReceived,
    DrainStarted,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
    PromptFinished,
)
from switch.exchange import MAX_HAND_OFFS, Exchange
from switch.sip.commands import AnswerLeg, AnswerReoffer, DialStation, HangUpLeg, RingLeg
from switch.sip.events import (
    LegAnswered,
    LegArrived,
    LegConfirmed,
    LegDigitReceived,
    LegEnded,
    LegReoffered,
    LegRinging,
)
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, ExchangeRig


def talking(rig: ExchangeRig, offer_id: str = "offer-a") -> str:
    """A call whose customer talks to station 1001."""
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id=offer_id, station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=call_id, offer_id=offer_id))
    return call_id


def ended(leg_id: str, cause: Cause = Cause.NORMAL_CLEARING) -> LegEnded:
    return LegEnded(leg_id=leg_id, cause=cause, sip_status=None, by_peer=True)


def test_a_call_goes_to_the_target_of_its_access_code() -> None:
    rig = ExchangeRig()
    rig.arrive()
    arrived = rig.last(CallArrived)
    assert (arrived.target, arrived.caller_name, arrived.called_number) == ("flow:hotline", "王小明", "95598")


def test_an_unknown_number_is_refused_with_404_and_leaves_nothing() -> None:
    rig = ExchangeRig()
    assert rig.arrive(called="123") == ""
    assert rig.last(HangUpLeg).cause.status == 404
    assert rig.last(CallRefused).cause is Cause.UNALLOCATED_NUMBER
    rig.assert_idle()


def test_a_call_to_no_number_at_all_is_refused_with_484() -> None:
    rig = ExchangeRig()
    assert rig.arrive(called="") == ""
    assert rig.last(HangUpLeg).cause.status == 484
    rig.assert_idle()


def test_every_refused_call_has_an_id_of_its_own() -> None:
    rig = ExchangeRig()
    rig.arrive(called="123")
    rig.arrive(sdp=CALLER_SDP.replace("0 8 101", "18 101"))
    call_ids = [refused.call_id for refused in rig.all(CallRefused)]
    assert len(set(call_ids)) == 2
    assert all(call_id.startswith("call-") for call_id in call_ids)


def test_a_caller_without_a_common_codec_is_refused_with_488() -> None:
    rig = ExchangeRig()
    rig.arrive(sdp=CALLER_SDP.replace("0 8 101", "18 101"))
    assert rig.last(HangUpLeg).cause.status == 488
    assert rig.all(CallArrived) == []
    rig.assert_idle()


def test_without_a_free_port_the_caller_gets_503() -> None:
    rig = ExchangeRig()
    rig.media.out_of_ports = True
    rig.arrive()
    assert rig.last(HangUpLeg).cause.status == 503
    rig.assert_idle()


def test_ringing_and_answering_reach_the_callers_leg_once() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(RingCall(call_id=call_id), AnswerCall(call_id=call_id), AnswerCall(call_id=call_id))
    assert rig.last(RingLeg).leg_id == "customer"
    assert len(rig.all(AnswerLeg)) == 1
    assert "m=audio" in rig.last(AnswerLeg).sdp
    assert rig.last(AttachToRecording).channel is Channel.CUSTOMER
    assert rig.last(CallAnswered).recording_id == rig.last(AttachToRecording).recording_id


def test_an_access_code_may_go_unrecorded() -> None:
    rig = ExchangeRig([AccessCodeConfig(number="95598", target="flow:hotline", record=False)])
    rig.feed(AnswerCall(call_id=rig.arrive()))
    assert rig.last(CallAnswered).recording_id is None
    assert rig.media.open_recordings == set()


def test_a_caller_who_sends_no_offer_is_offered_and_configured_by_the_ack() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive(sdp=None)
    rig.feed(AnswerCall(call_id=call_id))
    assert rig.all(ConfigureEndpoint) == []
    rig.feed(LegConfirmed(leg_id="customer", sdp=AGENT_SDP))
    assert rig.last(ConfigureEndpoint).port == 5000


def test_a_reinvite_without_an_offer_gets_one_of_a_higher_version() -> None:
    rig = ExchangeRig()
    talking(rig)
    rig.feed(LegReoffered(leg_id="customer", sdp=None))
    offered = rig.last(AnswerReoffer).sdp or ""
    first, second = (sdp.splitlines()[1].split() for sdp in (rig.last(AnswerLeg).sdp, offered))
    assert second[1:2] == first[1:2]
    assert int(second[2]) == int(first[2]) + 1
    rig.feed(LegConfirmed(leg_id="customer", sdp=AGENT_SDP))
    assert rig.last(ConfigureEndpoint).port == 5000


def test_an_ack_without_the_answer_it_owes_ends_the_call() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive(sdp=None)
    rig.feed(AnswerCall(call_id=call_id), LegConfirmed(leg_id="customer", sdp=None))
    assert rig.last(CallEnded).cause is Cause.INCOMPATIBLE_DESTINATION
    rig.assert_idle()


def test_prompts_play_to_the_customer_and_report_their_end() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(
        AnswerCall(call_id=call_id),
        PlayPrompt(call_id=call_id, playback_id="p1", prompts=("zh/greeting",)),
        PlaybackEnded(playback_id="p1", leg_id="customer", reason="finished"),
    )
    assert rig.last(StartPlayback).prompts == ("zh/greeting",)
    assert rig.last(PromptFinished).reason == "finished"


def test_a_prompt_before_the_answer_fails_at_once() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(PlayPrompt(call_id=call_id, playback_id="p1", prompts=("zh/greeting",)))
    assert rig.last(PromptFinished).reason == "failed"
    assert rig.all(StartPlayback) == []


def test_only_the_customers_keys_are_the_calls_digits() -> None:
    rig = ExchangeRig()
    talking(rig)
    station_leg = rig.last(DialStation).leg_id
    rig.feed(
        DigitDetected(leg_id=station_leg, digit="9", duration_ms=80),
        DigitDetected(leg_id="customer", digit="1", duration_ms=100),
        LegDigitReceived(leg_id="customer", digit="2", duration_ms=100),
        LegDigitReceived(leg_id=station_leg, digit="3", duration_ms=100),
    )
    assert [event.digit for event in rig.all(DigitReceived)] == ["1", "2"]


def test_an_offer_rings_answers_and_connects() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    dialled = rig.last(DialStation)
    assert (dialled.station, dialled.caller_number) == ("1001", "13800138000")
    rig.feed(LegRinging(leg_id=dialled.leg_id, status=180))
    assert rig.last(OfferRinging).offer_id == "o1"
    rig.answer_station()
    assert rig.last(OfferAccepted).offer_id == "o1"
    assert rig.all(BridgeEndpoints) == []
    rig.feed(ConnectCall(call_id=call_id, offer_id="o1"))
    assert rig.last(BridgeEndpoints).peer_leg_id == dialled.leg_id
    assert rig.last(CallConnected).station == "1001"
    assert rig.last(AttachToRecording).channel is Channel.AGENT


def test_the_station_is_offered_the_callers_codec_first() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive(sdp=CALLER_SDP.replace("0 8 101", "0 101"))
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    assert rig.last(ConfigureEndpoint).codec is Codec.PCMU
    media_line = next(line for line in rig.last(DialStation).sdp.splitlines() if line.startswith("m="))
    assert media_line.split()[3:5] == ["0", "8"]


def test_a_station_that_is_busy_ends_its_offer_only() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    rig.feed(ended(rig.last(DialStation).leg_id, Cause.USER_BUSY))
    assert rig.last(OfferEnded) == OfferEnded(
        call_id=call_id, offer_id="o1", cause=Cause.USER_BUSY, accepted=False, by_station=True
    )
    assert rig.exchange.find(call_id) is not None
    assert rig.media.open_endpoints == {"customer"}


def test_a_station_whose_answer_makes_no_sense_is_let_go_of() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    leg_id = rig.answer_station(sdp="not sdp")
    assert rig.last(OfferEnded).cause is Cause.INCOMPATIBLE_DESTINATION
    assert rig.last(HangUpLeg).leg_id == leg_id
    assert rig.exchange.find(call_id) is not None


def test_when_the_station_hangs_up_the_call_stays_with_its_application() -> None:
    rig = ExchangeRig()
    call_id = talking(rig)
    rig.feed(ended(rig.last(DialStation).leg_id))
    assert rig.last(OfferEnded).accepted
    assert rig.all(CallEnded) == []
    rig.feed(OfferCall(call_id=call_id, offer_id="o2", station="1002"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=call_id, offer_id="o2"))
    assert rig.last(CallConnected).station == "1002"


def _arrived(rig: ExchangeRig) -> None:
    rig.arrive()


def _in_a_prompt(rig: ExchangeRig) -> None:
    call_id = rig.arrive()
    rig.feed(
        AnswerCall(call_id=call_id),
        PlayPrompt(call_id=call_id, playback_id="p", prompts=("zh/menu",), times=FOR_EVER),
    )


def _offered(rig: ExchangeRig) -> None:
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o", station="1001"))


def _accepted(rig: ExchangeRig) -> None:
    _offered(rig)
    rig.answer_station()


def _talking(rig: ExchangeRig) -> None:
    talking(rig)


STEPS: list[Callable[[ExchangeRig], None]] = [_arrived, _in_a_prompt, _offered, _accepted, _talking]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("end", ["caller", "application", "media", "keys", "all"])
def test_whoever_ends_the_call_at_any_step_nothing_is_left(
    step: Callable[[ExchangeRig], None], end: str
) -> None:
    rig = ExchangeRig()
    step(rig)
    (call,) = rig.exchange.calls()
    if end in ("media", "keys") and not call.customer.answered:
        rig.feed(AnswerCall(call_id=call.call_id))
    ends: dict[str, Event | Command] = {
        "caller": ended("customer", Cause.ORIGINATOR_CANCEL),
        "application": HangUpCall(call_id=call.call_id, cause=Cause.NORMAL_CLEARING),
        "media": MediaLost(leg_id="customer", silent_s=60),
        "keys": HandshakeFailed(leg_id="customer", reason="not_in_time"),
        "all": EndAllCalls(cause=Cause.MANAGER_REQUEST),
    }
    rig.feed(ends[end])
    assert [event.by_caller for event in rig.all(CallEnded)] == [end == "caller"]
    assert len(rig.all(OfferEnded)) == len(rig.all(DialStation))
    assert {command.leg_id for command in rig.all(HangUpLeg)} >= {d.leg_id for d in rig.all(DialStation)}
    rig.assert_idle()


def test_all_who_talk_are_told_the_cause_a_call_ends_with() -> None:
    rig = ExchangeRig()
    call_id = talking(rig)
    rig.feed(HangUpCall(call_id=call_id, cause=Cause.NORMAL_TEMPORARY_FAILURE))
    told = {command.leg_id: command.cause for command in rig.all(HangUpLeg)}
    station_leg = rig.last(DialStation).leg_id
    assert told == dict.fromkeys(("customer", station_leg), Cause.NORMAL_TEMPORARY_FAILURE)


def test_a_caller_who_is_not_answered_yet_need_not_be_heard() -> None:
    rig = ExchangeRig()
    rig.arrive()
    rig.feed(MediaLost(leg_id="customer", silent_s=60))
    rig.feed(HandshakeFailed(leg_id="customer", reason="not_in_time"))
    assert rig.exchange.open_calls == 1


def test_the_end_of_a_call_is_told_before_the_ends_of_its_offers() -> None:
    rig = ExchangeRig()
    _offered(rig)
    rig.feed(ended("customer"))
    order = [type(event) for event in rig.events if isinstance(event, CallEnded | OfferEnded)]
    assert order == [CallEnded, OfferEnded]


def test_what_comes_for_a_leg_or_call_that_is_gone_is_ignored() -> None:
    rig = ExchangeRig()
    call_id = talking(rig)
    station_leg = rig.last(DialStation).leg_id
    rig.feed(ended("customer"))
    before = len(rig.events) + len(rig.commands)
    strays = (
        ended("customer"),
        ended(station_leg),
        LegRinging(leg_id=station_leg, status=180),
        DigitDetected(leg_id="customer", digit="1", duration_ms=80),
        PlayPrompt(call_id=call_id, playback_id="p", prompts=("zh/menu",)),
        OfferCall(call_id=call_id, offer_id="o9", station="1001"),
        WithdrawOffer(call_id=call_id, offer_id="offer-a", cause=Cause.LOSE_RACE),
        ConnectCall(call_id=call_id, offer_id="offer-a"),
        HandOff(call_id=call_id, target="queue:service"),
        HangUpCall(call_id=call_id, cause=Cause.NORMAL_CLEARING),
    )
    rig.feed(*strays)
    stray_events = 4  # the four strays that are events themselves are seen by the observers
    assert len(rig.events) + len(rig.commands) == before + stray_events
    rig.assert_idle()


def test_a_withdrawn_offer_frees_the_station_at_once() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    rig.feed(WithdrawOffer(call_id=call_id, offer_id="o1", cause=Cause.NO_ANSWER))
    assert rig.last(OfferEnded).by_station is False
    assert rig.media.open_endpoints == {"customer"}


def test_a_hand_off_tells_the_next_application_who_calls() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), HandOff(call_id=call_id, target="queue:service"))
    handed = rig.last(CallHandedOff)
    assert (handed.target, handed.caller_number) == ("queue:service", "13800138000")


def test_a_hand_off_to_nobody_ends_the_call_instead_of_leaving_it_hanging() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), HandOff(call_id=call_id, target="queue:nowhere"))
    assert rig.last(CallEnded).cause is Cause.NORMAL_TEMPORARY_FAILURE
    rig.assert_idle()


def test_a_call_that_is_handed_round_in_circles_is_ended() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    round_trip: dict[type, Handler] = {
        CallHandedOff: lambda event, now: [HandOff(call_id=call_id, target="queue:service")]
    }
    rig.driver.add_routes(round_trip)
    rig.feed(AnswerCall(call_id=call_id), HandOff(call_id=call_id, target="queue:service"))
    assert len(rig.all(CallHandedOff)) == MAX_HAND_OFFS
    assert rig.last(CallEnded).cause is Cause.NORMAL_TEMPORARY_FAILURE
    rig.assert_idle()


def test_a_caller_who_presses_keys_may_be_handed_on_as_often_as_that_leads_to() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id))
    for _ in range(MAX_HAND_OFFS + 1):
        rig.feed(DigitDetected(leg_id="customer", digit="2", duration_ms=80))
        rig.feed(HandOff(call_id=call_id, target="queue:service", back="queue:narrow"))
    assert {event.back for event in rig.all(CallHandedOff)} == {"queue:narrow"}
    assert rig.all(CallEnded) == []


def test_a_caller_who_waits_may_visit_self_service_by_key_as_often_as_wanted() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id))
    for _ in range(MAX_HAND_OFFS):
        rig.feed(DigitDetected(leg_id="customer", digit="8", duration_ms=80))
        rig.feed(HandOff(call_id=call_id, target="queue:service", back="queue:narrow"))
        rig.feed(HandOff(call_id=call_id, target="queue:service"))
    assert len(rig.all(CallHandedOff)) == 2 * MAX_HAND_OFFS
    assert rig.all(CallEnded) == []


def test_a_caller_who_holds_gets_an_answer_and_the_endpoint_is_told() -> None:
    rig = ExchangeRig()
    talking(rig)
    held = CALLER_SDP + "a=sendonly\r\n"
    rig.feed(LegReoffered(leg_id="customer", sdp=held))
    assert rig.last(ConfigureEndpoint).sending is False
    reply = rig.last(AnswerReoffer)
    assert reply.sdp is not None
    assert "a=recvonly" in reply.sdp


def test_a_reoffer_that_cannot_be_met_leaves_the_call_as_it_was() -> None:
    rig = ExchangeRig()
    talking(rig)
    before = rig.last(ConfigureEndpoint)
    rig.feed(LegReoffered(leg_id="customer", sdp=CALLER_SDP.replace("0 8 101", "18")))
    assert rig.last(AnswerReoffer).sdp is None
    assert rig.last(ConfigureEndpoint) is before


def ringing_with_early_media(rig: ExchangeRig) -> str:
    """An outside number is dialled for a caller who is not answered; returns the call."""
    call_id = rig.arrive()
    rig.feed(DialNumber(call_id=call_id, offer_id="o1", number="02088886666"))
    rig.feed(LegRinging(leg_id=rig.last(DialTrunk).leg_id, status=183, sdp=AGENT_SDP))
    return call_id


def test_what_the_caller_asks_and_where_the_call_was_before_goes_on_to_the_station() -> None:
    rig = ExchangeRig()
    arrival = LegArrived(
        leg_id="customer",
        sip_call_id="1@192.0.2.1",
        caller_number="13800138000",
        caller_name="王小明",
        called_number="95598",
        peer="udp:192.0.2.1:5060",
        sdp=CALLER_SDP,
        privacy=True,
        diversions=("<sip:12345@192.0.2.1>;reason=no-answer",),
        session_id="0123456789abcdef0123456789abcdef",
    )
    rig.feed(arrival)
    (call,) = rig.exchange.calls()
    rig.feed(OfferCall(call_id=call.call_id, offer_id="o1", station="1001"))
    dialled = rig.last(DialStation)
    assert dialled.is_anonymous
    assert dialled.headers == (("diversion", "<sip:12345@192.0.2.1>;reason=no-answer"),)
    assert dialled.session_id == arrival.session_id


def test_an_outside_number_is_dialled_through_the_trunks() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(DialNumber(call_id=call_id, offer_id="o1", number="02088886666"))
    dialled = rig.last(DialTrunk)
    assert (dialled.number, dialled.caller_number) == ("02088886666", "13800138000")
    rig.feed(LegAnswered(leg_id=dialled.leg_id, sdp=AGENT_SDP))
    rig.feed(AnswerCall(call_id=call_id), ConnectCall(call_id=call_id, offer_id="o1"))
    assert rig.last(CallConnected).station == "02088886666"


def test_the_caller_hears_the_far_end_before_it_answers() -> None:
    rig = ExchangeRig()
    call_id = ringing_with_early_media(rig)
    assert rig.last(OfferRinging).early_media
    rig.feed(RingCall(call_id=call_id, offer_id="o1"))
    assert rig.last(BridgeEndpoints).leg_id == "customer"
    assert {command.leg_id for command in rig.all(ConfigureEndpoint)} == {
        "customer",
        rig.last(DialTrunk).leg_id,
    }
    early = rig.last(RingLeg).sdp
    rig.feed(AnswerCall(call_id=call_id))
    assert early == rig.last(AnswerLeg).sdp


def test_a_caller_who_sent_no_offer_gets_ours_with_the_ring_back_and_hears_no_early_media() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive(sdp=None)
    rig.feed(DialNumber(call_id=call_id, offer_id="o1", number="02088886666"))
    rig.feed(LegRinging(leg_id=rig.last(DialTrunk).leg_id, status=183, sdp=AGENT_SDP))
    rig.feed(RingCall(call_id=call_id, offer_id="o1"))
    ours = rig.last(RingLeg).sdp
    rig.feed(AnswerCall(call_id=call_id))
    assert ours == rig.last(AnswerLeg).sdp
    assert rig.all(BridgeEndpoints) == []


def test_early_media_nobody_can_make_out_are_just_ringing() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    rig.feed(DialNumber(call_id=call_id, offer_id="o1", number="02088886666"))
    rig.feed(LegRinging(leg_id=rig.last(DialTrunk).leg_id, status=183, sdp="v=1"))
    assert not rig.last(OfferRinging).early_media
    assert rig.all(ConfigureEndpoint) == []


def test_draining_refuses_new_calls_and_leaves_running_ones() -> None:
    rig = ExchangeRig()
    call_id = talking(rig)
    rig.feed(StartDraining(retry_after_s=30))
    assert rig.last(DrainStarted).calls == 1
    assert rig.arrive("late") == ""
    refused = rig.last(HangUpLeg)
    assert (refused.leg_id, refused.cause.status, refused.retry_after_s) == ("late", 503, 30)
    assert rig.exchange.find(call_id) is not None


def test_an_exchange_rebuilt_from_its_snapshot_answers_alike() -> None:
    first = ExchangeRig()
    call_id = talking(first)
    station_leg = first.last(DialStation).leg_id
    rebuilt = ExchangeRig(
        exchange=Exchange([], first.exchange._ids, lambda target: True, calls=first.exchange.snapshot())
    )
    for rig in (first, rebuilt):
        rig.events.clear()
        rig.commands.clear()
        rig.feed(ended(station_leg), HangUpCall(call_id=call_id, cause=Cause.NORMAL_CLEARING))
    assert rebuilt.events == first.events
    assert rebuilt.commands == first.commands
    assert list(rebuilt.exchange.calls()) == []
