"""Verbs for a call as it stands: answered, turned away, led elsewhere, hung up by halves."""

import pytest

from switch.causes import Cause
from switch.events import CallAnswered, CallEnded, CallHandedOff, OfferEnded
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg
from tests.helpers.call_control_rig import CallControlRig
from tests.helpers.exchange_rig import OUTSIDE_NUMBER


@pytest.fixture
def rig() -> CallControlRig:
    return CallControlRig()


def test_a_call_that_rings_is_answered_for_its_application(rig: CallControlRig) -> None:
    rig.call_id = rig.arrive()
    assert rig.ask("call.answer")["state"] == "answered"
    assert (rig.last(AnswerLeg).leg_id, rig.last(CallAnswered).call_id) == ("customer", rig.call_id)
    assert rig.refusal("call.answer") == "already_answered"


@pytest.mark.parametrize(("cause", "status"), [("USER_BUSY", 486), ("CALL_REJECTED", 603)])
def test_a_call_is_turned_away_with_a_cause(rig: CallControlRig, cause: str, status: int) -> None:
    rig.call_id = rig.arrive()
    rig.ask("call.reject", cause=cause)
    assert rig.last(HangUpLeg).cause.status == status
    assert rig.last(CallEnded).cause == cause
    rig.assert_idle()


def test_a_call_that_is_answered_is_not_turned_away(rig: CallControlRig) -> None:
    rig.talk()
    assert rig.refusal("call.reject") == "already_answered"


def test_a_call_that_waits_goes_elsewhere_and_the_phone_that_rang_for_it_is_let_go(
    rig: CallControlRig,
) -> None:
    rig.call_id = rig.dial()
    rung = rig.station_leg
    rig.ask("call.redirect", target="station:1002")
    assert rung in rig.hung_up()
    assert (rig.last(DialStation).station, rig.last(CallHandedOff).target) == ("1002", "station:1002")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("flow:none", "no_such_target"),
        ("station:acme/1001", "no_such_target"),
        ("number:4711", "no_route"),
        ("agent:82", "signed_out"),
        ("station:1003", "not_registered"),
        (f"number:{OUTSIDE_NUMBER}", ""),
        ("agent:81", ""),
        ("queue:service", ""),
    ],
)
def test_a_call_goes_only_where_somebody_can_be_had(rig: CallControlRig, target: str, reason: str) -> None:
    rig.registered = {"1001", "1002"}
    rig.call_id = rig.arrive()
    assert rig.refusal("call.redirect", target=target) == reason


def test_a_caller_who_is_not_answered_is_sent_out_of_the_house(rig: CallControlRig) -> None:
    rig.call_id = rig.arrive()
    rig.ask("call.redirect", target="sip:10000@192.0.2.9")
    first = rig.all(HangUpLeg)[0]
    assert (first.leg_id, first.redirect_to) == ("customer", "sip:10000@192.0.2.9")
    assert rig.last(CallEnded).cause is Cause.NORMAL_CLEARING
    rig.assert_idle()


def test_who_is_answered_is_not_sent_out_of_the_house(rig: CallControlRig) -> None:
    rig.talk()
    assert rig.refusal("call.redirect", target="sip:10000@192.0.2.9") == "already_answered"


@pytest.mark.parametrize("target", ["sip:a@b>,<sip:c@d", "sip:a b"])
def test_what_is_no_uri_is_no_target(rig: CallControlRig, target: str) -> None:
    rig.call_id = rig.arrive()
    assert rig.refusal("call.redirect", target=target) == "no_such_target"


def test_two_who_talk_are_not_redirected(rig: CallControlRig) -> None:
    rig.talk()
    assert rig.refusal("call.redirect", target="queue:service") == "already_connected"


def test_the_stations_leg_is_hung_up_and_the_customer_stays_with_who_has_the_call(
    rig: CallControlRig,
) -> None:
    rig.talk()
    rig.ask("call.hang_up", leg="station", cause="NORMAL_CLEARING")
    assert rig.hung_up() == {rig.agent}
    ended = rig.last(OfferEnded)
    assert (ended.accepted, ended.by_station, ended.cause) == (True, False, Cause.NORMAL_CLEARING)
    assert rig.exchange.find(rig.call_id) is not None


@pytest.mark.parametrize("leg", ["customer", "both"])
def test_the_end_of_the_customers_leg_is_the_calls(rig: CallControlRig, leg: str) -> None:
    rig.talk()
    rig.ask("call.hang_up", leg=leg, cause="USER_BUSY")
    assert rig.last(CallEnded).cause is Cause.USER_BUSY
    rig.assert_idle()


@pytest.mark.parametrize(("leg", "first"), [("station", "agent"), ("customer", "outside")])
def test_of_a_call_to_the_outside_the_number_is_the_customer(
    rig: CallControlRig, leg: str, first: str
) -> None:
    rig.call_id = rig.arrive("agent", OUTSIDE_NUMBER, station="1002")
    legs = {"agent": "agent", "outside": rig.last_dialled_out()}
    rig.ask("call.hang_up", leg=leg)
    assert rig.all(HangUpLeg)[0].leg_id == legs[first]
    rig.assert_idle()


def test_a_leg_that_is_not_there_is_not_hung_up(rig: CallControlRig) -> None:
    rig.call_id = rig.arrive()
    assert rig.refusal("call.hang_up", leg="station") == "not_connected"
    assert rig.refusal("call.hang_up", call_id="none") == "no_such_call"
