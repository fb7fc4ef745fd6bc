"""Calls that go straight to a phone, with the real exchange between caller and phone."""

import pytest

import switch.dialling.service
from media.commands import BridgeEndpoints, StartRecording
from runtime.driver import Handler
from runtime.ids import SeededIds
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff, HangUpCall, StartCallRecording
from switch.dialling.config import DiallingConfig
from switch.events import CallConnected, CallEnded, CallHandedOff, OfferEnded
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg, RingLeg
from switch.sip.events import LegAnswered, LegRinging
from switch.trunks.commands import DialTrunk
from tests.helpers.dialling_rig import DiallingRig
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER


@pytest.fixture
def rig() -> DiallingRig:
    return DiallingRig()


def test_the_phone_rings_with_the_callers_number_and_the_caller_hears_ring_back(rig: DiallingRig) -> None:
    rig.dial()
    dialled = rig.last(DialStation)
    assert (dialled.station, dialled.caller_number, dialled.caller_name) == ("1001", "13800138000", "王小明")
    assert rig.last(RingLeg).leg_id == "customer"
    assert rig.all(AnswerLeg) == []


def test_the_caller_is_answered_when_the_phone_is_and_both_talk(rig: DiallingRig) -> None:
    rig.dial()
    leg_id = rig.answer_station()
    assert rig.last(AnswerLeg).leg_id == "customer"
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="customer", peer_leg_id=leg_id)
    assert rig.last(CallConnected).station == "1001"


def test_of_a_number_outside_it_is_told_which_trunk_carries_it(rig: DiallingRig) -> None:
    rig.arrive("agent", OUTSIDE_NUMBER, station="1001")
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP, branch="carrier/1"))
    assert rig.last(CallConnected).trunk == "carrier"
    rig.feed(StartCallRecording(call_id=rig.last(CallConnected).call_id))
    assert rig.last(StartRecording).trunk == "carrier"


@pytest.mark.parametrize("first", ["customer", "station"])
def test_whoever_hangs_up_ends_the_call_for_both(rig: DiallingRig, first: str) -> None:
    rig.dial()
    station = rig.answer_station()
    rig.end(station if first == "station" else "customer", Cause.NORMAL_CLEARING)
    assert {command.leg_id for command in rig.all(HangUpLeg)} == {"customer", station}
    assert rig.last(CallEnded).by_caller is (first == "customer")
    rig.assert_idle()


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (Cause.USER_BUSY, 486),
        (Cause.CALL_REJECTED, 603),
        (Cause.USER_NOT_REGISTERED, 480),
        (Cause.NO_USER_RESPONSE, 408),
        (Cause.INCOMPATIBLE_DESTINATION, 488),
    ],
)
def test_a_caller_whose_phone_cannot_be_had_is_told_why(rig: DiallingRig, cause: Cause, status: int) -> None:
    rig.dial()
    rig.end(rig.station_leg, cause)
    told = [command for command in rig.all(HangUpLeg) if command.leg_id == "customer"]
    assert [command.cause.status for command in told] == [status]
    rig.assert_idle()


def test_a_phone_nobody_answers_is_given_up_after_its_time(rig: DiallingRig) -> None:
    rig.dial()
    rig.pass_time(19.9)
    assert rig.all(OfferEnded) == []
    rig.pass_time(0.2)
    assert rig.last(OfferEnded).cause is Cause.NO_ANSWER
    assert rig.last(CallEnded).cause is Cause.NO_ANSWER
    rig.assert_idle()


def test_the_time_to_ring_does_not_end_a_conversation(rig: DiallingRig) -> None:
    rig.dial()
    rig.answer_station()
    rig.pass_time(3600)
    assert rig.exchange.open_calls == 1


def test_a_caller_may_have_a_way_out_and_takes_it_unanswered(rig: DiallingRig) -> None:
    rig.dial("8002")
    rig.end(rig.station_leg, Cause.USER_BUSY)
    handed_off = rig.last(CallHandedOff)
    assert (handed_off.target, handed_off.answered) == ("queue:service", False)
    assert rig.all(CallEnded) == []


def test_who_passed_a_lent_call_on_has_it_again_when_the_phone_cannot_be_had(rig: DiallingRig) -> None:
    call_id = rig.dial()
    rig.answer_station()
    rig.feed(HandOff(call_id=call_id, target="station:1002", back="queue:service", way_out="station:1001"))
    rig.end(rig.station_leg, Cause.USER_BUSY)
    handed_off = rig.last(CallHandedOff)
    assert (handed_off.target, handed_off.back) == ("station:1001", "queue:service")
    rig.end(rig.answer_station(), Cause.NORMAL_CLEARING)
    assert (rig.last(CallHandedOff).target, rig.last(CallHandedOff).outcome) == ("queue:service", "talked")


def test_the_way_out_is_not_for_the_end_of_a_conversation(rig: DiallingRig) -> None:
    rig.dial("8002")
    rig.end(rig.answer_station(), Cause.NORMAL_CLEARING)
    assert rig.all(CallHandedOff) == []
    rig.assert_idle()


def test_a_caller_who_is_answered_already_hears_the_ring_back_prompt(
    rig: DiallingRig,
) -> None:
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), HandOff(call_id=call_id, target="station:1001"))
    rig.feed(LegRinging(leg_id=rig.station_leg, status=180))
    assert rig.media.playing
    rig.answer_station()
    assert not rig.media.playing
    assert len(rig.all(AnswerLeg)) == 1
    assert rig.last(CallConnected).call_id == call_id


def test_a_caller_hears_the_early_media_of_an_outside_number(rig: DiallingRig) -> None:
    rig.arrive(called="8003")
    dialled = rig.last(DialTrunk)
    assert dialled.number == "02088886666"
    rig.feed(LegRinging(leg_id=dialled.leg_id, status=183, sdp=AGENT_SDP))
    assert rig.last(BridgeEndpoints).peer_leg_id == dialled.leg_id
    assert rig.last(RingLeg).sdp is not None
    rig.feed(LegAnswered(leg_id=dialled.leg_id, sdp=AGENT_SDP))
    assert rig.last(CallConnected).station == "02088886666"


def test_a_station_dials_outside_numbers_only_as_far_as_it_may() -> None:
    rig = DiallingRig(may_dial=lambda station, number: station == "1002")
    assert rig.arrive("barred", OUTSIDE_NUMBER, station="1001") == ""
    assert rig.last(HangUpLeg).cause is Cause.OUTGOING_CALL_BARRED
    assert rig.arrive("stranger", OUTSIDE_NUMBER) == ""
    assert rig.last(HangUpLeg).cause is Cause.UNALLOCATED_NUMBER
    assert rig.arrive("allowed", OUTSIDE_NUMBER, station="1002")
    assert rig.last(DialTrunk).number == OUTSIDE_NUMBER
    assert rig.arrive("by code", "8003", station="1001")


def test_a_caller_who_gives_up_stops_the_phone(rig: DiallingRig) -> None:
    rig.dial()
    rig.end("customer", Cause.ORIGINATOR_CANCEL)
    assert rig.last(HangUpLeg).leg_id == rig.station_leg
    rig.assert_idle()


def test_a_call_that_goes_elsewhere_takes_no_phone_along(rig: DiallingRig) -> None:
    call_id = rig.dial()
    rig.answer_station()
    rig.feed(HandOff(call_id=call_id, target="queue:service"))
    assert rig.last(OfferEnded).accepted
    assert rig.all(CallEnded) == []
    rig.feed(HangUpCall(call_id=call_id, cause=Cause.MANAGER_REQUEST))
    rig.assert_idle()


def test_offers_of_other_applications_are_left_alone(rig: DiallingRig) -> None:
    answer: Handler = rig.application.routes[OfferEnded]
    stranger = OfferEnded(call_id="x", offer_id="y", cause=Cause.USER_BUSY, accepted=False, by_station=True)
    assert not answer(stranger, 0.0)


def test_a_core_rebuilt_from_its_snapshot_goes_on_alike(rig: DiallingRig) -> None:
    call_id = rig.dial("8002")
    (core,) = rig.application.cores
    assert isinstance(core, switch.dialling.dialling.Dialling)
    rebuilt = switch.dialling.dialling.Dialling(
        DiallingConfig(ring_timeout_s=20), {"8002": "queue:service"}, SeededIds(7), core.snapshot()
    )
    assert rebuilt.next_deadline() == core.next_deadline() == 20
    (offer_id,) = rig.exchange.snapshot().by_id[call_id].offers
    ended = OfferEnded(
        call_id=call_id, offer_id=offer_id, cause=Cause.USER_BUSY, accepted=False, by_station=True
    )
    assert rebuilt.offer_ended(ended, 1.0) == core.offer_ended(ended, 1.0)
