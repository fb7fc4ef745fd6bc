"""Blind transfers by verb: to every kind of target, answered, refused, with music meanwhile."""

import pytest

from switch.causes import Cause
from switch.commands import AddParty, AnswerCall, ConnectCall, HandOff, OfferCall
from switch.events import CallHandedOff, CallResumed, CallTransferFailed, CallTransferred, TransferKind
from switch.sip.commands import DialStation, ReportTransfer
from switch.sip.events import LegRinging
from tests.helpers.call_control_rig import CallControlRig
from tests.helpers.exchange_rig import OUTSIDE_NUMBER


@pytest.fixture
def rig() -> CallControlRig:
    rig = CallControlRig()
    rig.talk()
    return rig


@pytest.mark.parametrize("target", ["queue:service", "flow:hotline", "agent:81"])
def test_what_is_no_phone_gets_the_call_at_once(rig: CallControlRig, target: str) -> None:
    rig.ask("call.transfer", target=target)
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.target) == (TransferKind.BLIND, "1001", target)
    assert rig.last(CallHandedOff).target == target
    assert rig.hung_up() == {rig.agent}


def test_the_two_talk_until_the_phone_answers(rig: CallControlRig) -> None:
    rig.ask("call.transfer", target="station:1002")
    colleague = rig.station_leg
    rig.feed(LegRinging(leg_id=colleague, status=180))
    assert rig.media.bridges == {frozenset(("customer", rig.agent))}
    rig.answer_station()
    assert rig.media.bridges == {frozenset(("customer", colleague))}
    assert rig.hung_up() == {rig.agent}
    assert rig.all(ReportTransfer) == []


def test_a_number_is_dialled_for_the_customer(rig: CallControlRig) -> None:
    rig.ask("call.transfer", target=f"number:{OUTSIDE_NUMBER}")
    outside = rig.last_dialled_out()
    assert rig.media.bridges == {frozenset(("customer", outside))}


@pytest.mark.parametrize("hold", [False, True])
def test_a_phone_that_cannot_be_had_leaves_all_as_it_was(rig: CallControlRig, hold: bool) -> None:
    rig.ask("call.transfer", target="station:1002", hold=hold)
    assert set(rig.media.playing) == ({"customer"} if hold else set())
    rig.end(rig.station_leg, Cause.USER_BUSY)
    failed = rig.last(CallTransferFailed)
    assert (failed.by, failed.target, failed.cause) == ("1001", "station:1002", Cause.USER_BUSY)
    assert (rig.media.playing, rig.media.bridges) == ({}, {frozenset(("customer", rig.agent))})


def test_a_hold_that_was_there_before_stays_when_the_transfer_fails(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    rig.ask("call.transfer", target="station:1002", hold=True)
    rig.end(rig.station_leg, Cause.USER_BUSY)
    assert rig.all(CallResumed) == []
    assert set(rig.media.playing) == {"customer"}


def test_who_transfers_may_retrieve_and_hang_up_while_it_rings(rig: CallControlRig) -> None:
    rig.ask("call.transfer", target="station:1002", hold=True)
    rig.ask("call.retrieve")
    assert rig.media.bridges == {frozenset(("customer", rig.agent))}
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    assert rig.last(CallTransferred).target == "station:1002"
    rig.end(rig.station_leg, Cause.NO_ANSWER)
    assert rig.last(DialStation).station == "1001"  # it comes back


def test_one_transfer_at_a_time(rig: CallControlRig) -> None:
    rig.ask("call.transfer", target="station:1002")
    for verb in ("call.transfer", "call.consult"):
        assert rig.refusal(verb, target="queue:service") == "transferring"


def test_who_has_the_call_may_lead_it_elsewhere_and_the_transfer_has_failed(rig: CallControlRig) -> None:
    rig.ask("call.transfer", target="station:1002", hold=True)
    rig.feed(HandOff(call_id=rig.call_id, target="queue:service"))
    assert len(rig.all(CallTransferFailed)) == 1
    assert rig.station_leg in rig.hung_up()


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("station:1001", "same_station"),
        ("agent:82", "signed_out"),
        ("queue:none", "no_such_target"),
        ("number:4711", "no_route"),
    ],
)
def test_what_is_in_vain_is_refused(rig: CallControlRig, target: str, reason: str) -> None:
    assert rig.refusal("call.transfer", target=target) == reason
    assert rig.refusal("call.consult", target=target) == reason


def test_a_station_does_not_transfer_to_a_number_that_it_may_not_call(rig: CallControlRig) -> None:
    rig.call_id = rig.arrive("other")
    offer = OfferCall(call_id=rig.call_id, offer_id="o2", station="1003")
    rig.feed(AnswerCall(call_id=rig.call_id), offer)
    rig.answer_station()
    rig.feed(ConnectCall(call_id=rig.call_id, offer_id="o2"))
    assert rig.refusal("call.transfer", target=f"number:{OUTSIDE_NUMBER}") == "barred"


def test_nobody_transfers_who_does_not_talk(rig: CallControlRig) -> None:
    waiting = rig.arrive("another")
    assert rig.refusal("call.transfer", call_id=waiting, target="queue:service") == "not_connected"


def test_the_parties_of_a_conference_go_when_it_is_passed_on(rig: CallControlRig) -> None:
    rig.feed(AddParty(call_id=rig.call_id, party_id="party", whom="station:1002", by=""))
    party = rig.answer_station()
    rig.ask("call.transfer", target="queue:service")
    assert party in rig.hung_up()


def test_nothing_is_left_after_a_transfer(rig: CallControlRig) -> None:
    rig.ask("call.transfer", target="station:1002", hold=True)
    rig.answer_station()
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()
    assert rig.exchange.snapshot().own_playbacks == set()
