"""A customer whom a flow lent goes back there from whoever has them last, however they came to them."""

from collections.abc import Callable

import pytest

from switch.causes import Cause
from switch.commands import HandOff
from switch.events import CallConnected, CallDueBack, CallEnded, CallHandedOff
from tests.helpers.exchange_rig import CALLER_SDP
from tests.switch.parking.test_parking import ParkingRig

FLOW = "flow:hotline"


@pytest.fixture
def rig() -> ParkingRig:
    """The customer of a flow talks to station 1001 of a queue."""
    rig = ParkingRig()
    rig.feed(HandOff(call_id=rig.call_id, target="queue:service", back=FLOW))
    return rig


def consults(rig: ParkingRig) -> str:
    rig.ask("call.consult", target="station:1002")
    return rig.answer_station()


def completes(rig: ParkingRig) -> str:
    other = consults(rig)
    rig.ask("call.complete_transfer")
    return other


def hangs_up_in_a_consultation(rig: ParkingRig) -> str:
    other = consults(rig)
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    return other


def leaves_a_phone_ringing(rig: ParkingRig) -> str:
    rig.ask("call.consult", target="station:1002")
    rig.ask("call.complete_transfer")
    return rig.answer_station()


def joins_two_lines(rig: ParkingRig) -> str:
    rig.call_between("1001", "1002", "second line")
    other = rig.station_leg
    rig.refer(rig.agent, replaces="second line")
    return other


def is_called_by_who_gets_it(rig: ParkingRig) -> str:
    rig.call_between("1002", "1001", "colleague")
    rig.refer(rig.agent, replaces=rig.station_leg)
    return "colleague"


def leaves_three(rig: ParkingRig) -> str:
    other = consults(rig)
    rig.ask("call.join")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    return other


def parks_and_has_it_again(rig: ParkingRig) -> str:
    rig.ask("call.park", return_after_s=60)
    rig.pass_time(60)
    return rig.answer_station()


def parks_twice(rig: ParkingRig) -> str:
    rig.ask("call.park", return_after_s=60)
    rig.pass_time(60)
    rig.end(rig.station_leg, Cause.NO_ANSWER)
    rig.pass_time(60)
    return rig.answer_station()


def parks_for_another(rig: ParkingRig) -> str:
    rig.ask("call.park")
    rig.ask("call.pick_up", station="1002")
    return rig.answer_station()


def is_taken_over(rig: ParkingRig) -> str:
    return rig.listens("call.intercept")


def is_replaced(rig: ParkingRig) -> str:
    rig.arrive("steps in", station="1002", replaces=rig.agent)
    return "steps in"


def consults_and_parks(rig: ParkingRig) -> str:
    completes(rig)
    call = next(rig.exchange.calls())
    rig.ask("call.park", call_id=call.call_id, station="1002", return_after_s=60)
    rig.pass_time(60)
    return rig.answer_station()


def consults_and_is_consulted_on(rig: ParkingRig) -> str:
    completes(rig)
    (call,) = rig.exchange.calls()
    rig.ask("call.consult", call_id=call.call_id, station="1002", target="station:1003")
    other = rig.answer_station()
    rig.ask("call.complete_transfer", call_id=call.call_id)
    return other


WAYS = (
    completes,
    hangs_up_in_a_consultation,
    leaves_a_phone_ringing,
    joins_two_lines,
    is_called_by_who_gets_it,
    leaves_three,
    parks_and_has_it_again,
    parks_twice,
    parks_for_another,
    is_taken_over,
    is_replaced,
    consults_and_parks,
    consults_and_is_consulted_on,
)
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@each_way
def test_the_customer_is_back_in_the_flow_when_whoever_had_them_last_hangs_up(
    rig: ParkingRig, way: Callable[[ParkingRig], str]
) -> None:
    (recording_id,) = rig.media.open_recordings
    contact_id = rig.last(CallHandedOff).contact_id
    rig.end(way(rig), Cause.NORMAL_CLEARING)
    (call,) = rig.exchange.calls()
    back = [told for told in rig.all(CallHandedOff) if told.target == FLOW]
    assert [(told.call_id, told.contact_id, told.back) for told in back] == [(call.call_id, contact_id, None)]
    assert call.customer.leg_id == "customer"
    assert rig.media.open_recordings == {recording_id}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


@each_way
def test_nothing_is_left_of_a_customer_who_hangs_up(
    rig: ParkingRig, way: Callable[[ParkingRig], str]
) -> None:
    way(rig)
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert [told for told in rig.all(CallHandedOff) if told.target == FLOW] == []
    rig.assert_idle()


def test_whoever_waits_for_a_customer_knows_the_new_call_before_the_old_one_ends(rig: ParkingRig) -> None:
    completes(rig)
    told = [event for event in rig.events if isinstance(event, CallDueBack | CallEnded)]
    assert [type(event) for event in told] == [CallDueBack, CallEnded]
    due = rig.last(CallDueBack)
    assert (due.from_call_id, due.target) == (rig.call_id, FLOW)


def test_a_station_that_passes_on_whom_it_called_takes_its_way_back_along(rig: ParkingRig) -> None:
    """A flow lent the station, not the one it talks with."""
    call_id = rig.arrive("station", station="1002")
    rig.feed(HandOff(call_id=call_id, target="station:1001", back=FLOW))
    rig.answer_station()
    rig.refer("station", "1003")
    other = rig.answer_station()
    assert rig.last(CallConnected).station == "1003"
    rig.end(other, Cause.NORMAL_CLEARING)
    assert rig.exchange.find(call_id) is None


def test_who_waits_in_a_queue_with_the_place_kept_is_picked_up_for_good(rig: ParkingRig) -> None:
    call_id = rig.arrive("waiting", sdp=CALLER_SDP)
    rig.feed(HandOff(call_id=call_id, target=FLOW, back="queue:service"))
    rig.ask("call.pick_up", call_id=call_id, station="1002")
    assert rig.last(CallHandedOff).back is None
