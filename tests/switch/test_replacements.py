"""INVITE with Replaces: pick-up of what rings, and stepping in for one who talks."""

import pytest

from media.commands import BridgeEndpoints
from switch.causes import Cause
from switch.events import CallConnected, CallRefused, CallTransferred, OfferEnded, TransferKind
from switch.sip.commands import AnswerLeg, HangUpLeg
from tests.helpers.dialling_rig import DiallingRig
from tests.switch.test_transfers import TransferRig


@pytest.fixture
def rig() -> DiallingRig:
    return DiallingRig()


def test_a_colleague_picks_up_what_rings_elsewhere(rig: DiallingRig) -> None:
    call_id = rig.dial()
    ringing = rig.station_leg
    assert rig.arrive("colleague", "anything", station="1002", replaces=ringing) == call_id
    assert [command.leg_id for command in rig.all(AnswerLeg)] == ["colleague", "customer"]
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="customer", peer_leg_id="colleague")
    assert rig.last(CallConnected).station == "1002"
    assert rig.last(HangUpLeg) == HangUpLeg(leg_id=ringing, cause=Cause.LOSE_RACE)
    assert not rig.last(OfferEnded).accepted
    rig.end("colleague", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_phone_steps_in_for_the_station_that_talks(rig: DiallingRig) -> None:
    rig.dial()
    old = rig.answer_station()
    rig.arrive("colleague", "anything", station="1002", replaces=old)
    assert rig.last(CallConnected).station == "1002"
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.target) == (TransferKind.REPLACED, "1001", "station:1002")
    assert rig.last(HangUpLeg).leg_id == old
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_phone_steps_in_for_the_one_who_called(rig: DiallingRig) -> None:
    rig.call_between("1001", "1002", "caller")
    called = rig.station_leg
    rig.arrive("colleague", "anything", station="1003", replaces="caller")
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="colleague", peer_leg_id=called)
    (call,) = rig.exchange.calls()
    assert (call.caller_number, call.caller_station) == ("1003", "1003")
    rig.end("colleague", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_only_a_proved_station_may_step_in(rig: DiallingRig) -> None:
    rig.dial()
    rig.arrive("stranger", "anything", replaces=rig.station_leg)
    assert rig.last(CallRefused).cause is Cause.CALL_REJECTED
    assert rig.exchange.open_calls == 1


def test_a_leg_that_is_gone_cannot_be_replaced(rig: DiallingRig) -> None:
    rig.arrive("colleague", "anything", station="1002", replaces="gone")
    assert rig.last(CallRefused).leg_id == "colleague"
    rig.assert_idle()


def test_one_who_steps_in_with_a_codec_nobody_has_is_refused_and_nothing_changes(rig: DiallingRig) -> None:
    rig.dial()
    rig.answer_station()
    before = len(rig.events)
    rig.arrive("colleague", "anything", "v=0", station="1002", replaces=rig.station_leg)
    assert rig.last(HangUpLeg) == HangUpLeg(leg_id="colleague", cause=Cause.INCOMPATIBLE_DESTINATION)
    assert [event for event in rig.events[before:] if isinstance(event, OfferEnded)] == []
    (call,) = rig.exchange.calls()
    assert call.station == "1001"


def test_one_who_steps_in_without_an_offer_is_offered_one(rig: DiallingRig) -> None:
    rig.dial()
    rig.answer_station()
    rig.arrive("colleague", "anything", None, station="1002", replaces=rig.station_leg)
    assert "m=audio" in rig.last(AnswerLeg).sdp
    assert rig.last(CallConnected).station == "1002"


def test_one_who_hangs_up_again_at_once_leaves_nothing(rig: DiallingRig) -> None:
    rig.dial()
    rig.arrive("colleague", "anything", station="1002", replaces=rig.station_leg)
    rig.end("colleague", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_colleague_picks_up_what_rings_for_a_transfer() -> None:
    rig = TransferRig()
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.arrive("colleague", "anything", station="1003", replaces=rig.station_leg)
    assert rig.reported == [200]
    assert rig.last(CallConnected).station == "1003"
    assert rig.last(CallTransferred).target == "station:1003"
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_who_steps_in_for_one_who_transfers_ends_the_transfer() -> None:
    rig = TransferRig()
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.arrive("colleague", "anything", station="1003", replaces=rig.agent)
    assert rig.last(CallConnected).station == "1003"
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()
