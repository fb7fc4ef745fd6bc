"""Parked calls: who hears what, who picks them up, and where they go when nobody does."""

from typing import Any

import pytest

import switch.parking.service
from runtime.ids import SeededIds
from runtime.target import parse_target
from switch.call_control.targets import Targets
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff
from switch.events import CallConnected
from switch.parking.events import CallParked, CallUnparked, ParkingEnd
from switch.parking.parking import Parking
from switch.parking.service import ParkingVerbs
from switch.sip.commands import DialStation
from tests.helpers.call_control_rig import CallControlRig


class ParkingRig(CallControlRig):
    """A customer who talks to station 1001, and slots."""

    def __init__(self) -> None:
        self.parking = Parking(SeededIds(5), "music")
        super().__init__()
        application = switch.parking.service.build(self.parking)
        self.driver.add_routes(application.routes)
        self.driver.add_core(self.parking)
        verbs = ParkingVerbs(
            self.parking, self.exchange, Targets(self.reach), self.clock, self.driver.submit
        ).verbs()
        self.control |= {verb.name: verb for verb in verbs}
        self.all_control |= self.control
        self.talk()

    def knows_target(self, target: str) -> bool:
        scheme, name = parse_target(target)
        return self.parking.knows(name) if scheme == "park" else super().knows_target(target)

    def listed(self) -> Any:
        verb = self.all_control["park.list"]
        return verb.handle(verb.params())

    @property
    def told(self) -> list[str]:
        kinds = CallParked | CallUnparked
        found = [event for event in self.events if isinstance(event, kinds)]
        return [event.slot if isinstance(event, CallParked) else event.reason.value for event in found]


@pytest.fixture
def rig() -> ParkingRig:
    return ParkingRig()


def test_the_customer_hears_music_in_the_slot_and_the_station_is_free(rig: ParkingRig) -> None:
    parked = rig.ask("call.park")
    assert (parked["slot"], parked["by"]) == ("701", "1001")
    assert set(rig.media.playing) == {"customer"}
    assert rig.agent in rig.hung_up()
    rig.pass_time(10)
    (listed,) = rig.listed()
    assert (listed["call_id"], listed["waits_s"]) == (rig.call_id, 10)


@pytest.mark.parametrize("named", ["slot", "call"])
def test_another_station_picks_it_up(rig: ParkingRig, named: str) -> None:
    rig.ask("call.park", slot="88")
    by = {"slot": "88", "call_id": ""} if named == "slot" else {}
    rig.ask("call.pick_up", station="1002", **by)
    assert rig.last(DialStation).station == "1002"
    rig.answer_station()
    assert (rig.last(CallConnected).station, rig.told) == ("1002", ["88", ParkingEnd.TAKEN])
    assert rig.listed() == []


def test_a_station_that_does_not_take_it_leaves_it_in_the_slot(rig: ParkingRig) -> None:
    rig.ask("call.park")
    rig.ask("call.pick_up", station="1002")
    rig.end(rig.station_leg, Cause.USER_BUSY)
    assert rig.told == ["701", ParkingEnd.TAKEN, "701"]
    assert set(rig.media.playing) == {"customer"}


@pytest.mark.parametrize("way_out", ["", "queue:service"])
def test_it_goes_back_to_who_parked_it_and_then_on_the_way_out(rig: ParkingRig, way_out: str) -> None:
    rig.ask("call.park", return_after_s=60, way_out=way_out)
    rig.pass_time(59)
    assert rig.told == ["701"]
    rig.pass_time(1)
    assert (rig.told, rig.last(DialStation).station) == (["701", ParkingEnd.RETURNED], "1001")
    rig.end(rig.station_leg, Cause.NO_ANSWER)
    call = rig.exchange.find(rig.call_id)
    assert call is not None
    assert call.target == (way_out or "park:701")


def test_a_call_that_was_not_taken_back_comes_back_again_later(rig: ParkingRig) -> None:
    rig.ask("call.park", return_after_s=60)
    for _ in range(2):
        rig.pass_time(60)
        assert rig.last(DialStation).station == "1001"
        rig.end(rig.station_leg, Cause.NO_ANSWER)
    assert rig.told.count("701") == 3


def test_slots_are_given_from_the_lowest_and_a_taken_one_is_refused(rig: ParkingRig) -> None:
    rig.ask("call.park")
    other = rig.talks_too("other")
    assert rig.refusal("call.park", call_id=other, slot="701") == "slot_taken"
    assert rig.ask("call.park", call_id=other)["slot"] == "702"


def test_who_is_led_to_a_taken_slot_gets_the_next_one(rig: ParkingRig) -> None:
    rig.ask("call.park")
    other = rig.arrive("other")
    rig.feed(AnswerCall(call_id=other), HandOff(call_id=other, target="park:701"))
    assert [(parked["slot"], parked["by"]) for parked in rig.listed()] == [("701", "1001"), ("702", "")]


def test_a_call_that_nobody_answered_is_answered_in_its_slot(rig: ParkingRig) -> None:
    other = rig.arrive("other")
    rig.ask("call.redirect", call_id=other, target="park:705")
    assert "other" in rig.media.playing


def test_the_end_of_a_parked_call_frees_the_slot(rig: ParkingRig) -> None:
    rig.ask("call.park")
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert rig.told == ["701", ParkingEnd.CALL_OVER]
    assert rig.parking.snapshot().by_call == {}
    rig.pass_time(600)
    rig.assert_idle()


def test_a_phone_that_rings_elsewhere_is_answered_here(rig: ParkingRig) -> None:
    call_id = rig.dial()
    rung = rig.station_leg
    rig.ask("call.pick_up", call_id=call_id, station="1002")
    assert rung in rig.hung_up()
    rig.answer_station()
    assert rig.last(CallConnected).station == "1002"


@pytest.mark.parametrize(
    ("verb", "params", "reason"),
    [
        ("call.pick_up", {"station": "1002"}, "already_connected"),
        ("call.pick_up", {"station": "1002", "call_id": "", "slot": "701"}, "slot_empty"),
        ("call.pick_up", {"station": "1002", "call_id": ""}, "no_such_call"),
        ("call.park", {"way_out": "queue:none"}, "no_such_target"),
        ("call.park", {"station": "1002"}, "no_such_station"),
    ],
)
def test_what_is_not_possible_is_refused(
    rig: ParkingRig, verb: str, params: dict[str, str], reason: str
) -> None:
    assert rig.refusal(verb, **params) == reason


def test_a_rebuilt_core_answers_alike(rig: ParkingRig) -> None:
    rig.ask("call.park", return_after_s=60)
    rebuilt = Parking(rig.ids, "music", rig.parking.snapshot())
    deadline = rebuilt.next_deadline()
    assert deadline is not None
    assert list(rebuilt.wake(now=deadline)) == list(rig.parking.wake(now=deadline)) != []
