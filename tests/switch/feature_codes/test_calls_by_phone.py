"""Parking and picking up by the keys of phones, with the exchange and the slots behind them."""

import pytest

import switch.feature_codes.service
import switch.parking.service
from media.commands import BridgeEndpoints, StartPlayback
from media.events import DigitDetected
from runtime.ids import SeededIds
from runtime.target import parse_target
from switch.causes import Cause
from switch.commands import PlaceCall
from switch.config import AccessCodeConfig
from switch.events import CallConnected, CallEnded, CallPlaced, CallTransferred, TransferKind
from switch.feature_codes.actions import NoDesk, parse_action
from switch.feature_codes.config import FeatureCodesConfig
from switch.feature_codes.feature_codes import FeatureCodes
from switch.feature_codes.waiting_calls import CallsOfHouse
from switch.parking.events import CallParked, CallUnparked, ParkingEnd
from switch.parking.parking import Parking
from switch.sip.commands import AnswerTransfer, DialStation, HangUpLeg
from tests.switch.test_transfers import TransferRig

CODES = {"*85": "pick_up_parked", "*86": "park", "*88": "pick_up", "*861": "park:88", "*81": "ready"}


class Desk(NoDesk):
    """Agent 81 sits at station 1001."""

    def seat_of(self, number: str, station: str) -> str | None:
        return "1001" if number == "81" else None


class NoMasks:
    """No PIN is asked for here."""

    def digits(self, call_id: str) -> None:
        return None

    def leg(self, call_id: str, mask_id: str) -> None:
        return None


class PhoneRig(TransferRig):
    """Stations that transfer to codes and dial them."""

    def __init__(self) -> None:
        self.parking = Parking(SeededIds(5), "music")
        super().__init__()
        codes = [AccessCodeConfig(number=code, target=f"feature:{what}") for code, what in CODES.items()]
        self.exchange.configure([*codes, AccessCodeConfig(number="95598", target="flow:hotline")])
        waiting = CallsOfHouse(self.exchange.calls, self.parking)
        self.features = FeatureCodes(
            self.ids, Desk(), FeatureCodesConfig(), lambda name: True, NoMasks(), waiting
        )
        for application in (
            switch.parking.service.build(self.parking),
            switch.feature_codes.service.build(self.features),
        ):
            self.driver.add_routes(application.routes)
            for core in application.cores:
                self.driver.add_core(core)

    def knows_target(self, target: str) -> bool:
        scheme, name = parse_target(target)
        if scheme == "feature":
            return parse_action(name) is not None
        return self.parking.knows(name) if scheme == "park" else super().knows_target(target)

    def park_blindly(self, code: str = "*86") -> str:
        call_id = self.customer_talks()
        self.refer(self.agent, code)
        return call_id

    def press(self, leg_id: str, keys: str) -> None:
        for key in keys:
            self.feed(DigitDetected(leg_id=leg_id, digit=key, duration_ms=100))

    def heard(self, leg_id: str) -> list[str]:
        """What was played to a leg last, shortened."""
        played = [one for one in self.all(StartPlayback) if one.leg_id == leg_id]
        return [name.removeprefix("zh/").removeprefix("feature_codes/") for name in played[-1].prompts]

    @property
    def slots(self) -> list[str]:
        return [parked.slot for parked in self.parking.parked]

    @property
    def talking(self) -> BridgeEndpoints:
        return self.last(BridgeEndpoints)

    def assert_over(self) -> None:
        """All hang up, and nothing is left."""
        for leg in list(self.exchange.snapshot().legs):
            self.end(leg, Cause.NORMAL_CLEARING)
        assert list(self.exchange.calls()) == []
        assert (self.features.open_calls, self.parking.parked) == (0, [])
        assert self.media.open_endpoints == set()


@pytest.fixture
def rig() -> PhoneRig:
    return PhoneRig()


def test_who_is_transferred_to_the_code_waits_and_the_phone_is_called_to_be_told_where(rig: PhoneRig) -> None:
    call_id = rig.park_blindly()
    assert rig.last(CallParked) == CallParked(call_id=call_id, slot="701", by="1001")
    assert rig.heard("customer") == ["music"]
    assert rig.agent in [gone.leg_id for gone in rig.all(HangUpLeg)]
    called_back = rig.last(DialStation)
    assert (called_back.station, called_back.caller_number) == ("1001", "701")
    assert rig.heard(rig.answer_station()) == ["parked_at", "digits/7", "digits/0", "digits/1"]
    rig.assert_over()


@pytest.mark.parametrize("code", ["*8688", "*861", "park-88"])
def test_who_names_a_free_slot_need_not_be_told(rig: PhoneRig, code: str) -> None:
    rig.park_blindly(code)
    assert (rig.slots, rig.all(CallPlaced)) == (["88"], [])
    rig.assert_over()


def test_who_names_a_slot_that_is_taken_is_told_another(rig: PhoneRig) -> None:
    rig.park_blindly("*8688")
    rig.call_between("1003", "1001", "second")
    rig.refer(rig.station_leg, "*8688")
    assert rig.slots == ["88", "701"]
    assert rig.heard(rig.answer_station()) == ["parked_at", "digits/7", "digits/0", "digits/1"]
    rig.arrive("third", "*8688", station="1002")
    assert rig.heard("third") == ["slot_taken"]
    rig.assert_over()


@pytest.mark.parametrize("code", ["*88", "*85", "*85701", "*81"])
def test_no_customer_is_lost_who_is_transferred_to_a_code_that_is_for_who_dials_it(
    rig: PhoneRig, code: str
) -> None:
    call_id = rig.customer_talks()
    rig.refer(rig.agent, code)
    assert rig.last(AnswerTransfer).status == 404
    assert [call.call_id for call in rig.exchange.calls() if call.connected_leg] == [call_id]
    rig.assert_over()


def test_a_blind_parker_is_not_called_where_that_is_switched_off(rig: PhoneRig) -> None:
    rig.features.configure(FeatureCodesConfig(tell_slot_s=0))
    rig.park_blindly()
    assert (rig.slots, rig.all(CallPlaced)) == (["701"], [])


def test_a_parked_call_goes_back_to_the_phone_that_parked_it(rig: PhoneRig) -> None:
    rig.features.configure(FeatureCodesConfig(tell_slot_s=0, return_after_s=30))
    rig.park_blindly()
    rig.pass_time(30)
    assert (rig.last(CallUnparked).reason, rig.last(DialStation).station) == (ParkingEnd.RETURNED, "1001")


@pytest.mark.parametrize("code", ["*86", "*86701", "park-701"])
def test_who_dials_the_code_hears_a_slot_and_parks_there_by_an_attended_transfer(
    rig: PhoneRig, code: str
) -> None:
    call_id = rig.customer_talks()
    contact = rig.exchange.find(call_id).contact_id  # type: ignore[union-attr]
    consultation = rig.arrive("second", code, station="1001")
    assert rig.heard("second") == ["parked_at", "digits/7", "digits/0", "digits/1"]
    rig.refer(rig.agent, replaces="second")
    parked = rig.last(CallParked)
    assert (parked.call_id, parked.slot, parked.by) == (consultation, "701", "1001")
    assert rig.heard("customer") == ["music"]
    (call,) = rig.exchange.calls()
    assert (call.contact_id, rig.all(CallPlaced)) == (contact, [])
    rig.assert_over()


def test_two_who_park_at_once_are_told_different_slots(rig: PhoneRig) -> None:
    rig.arrive("first", "*86", station="1002")
    rig.arrive("second", "*86", station="1003")
    assert (rig.heard("first")[-1], rig.heard("second")[-1]) == ("digits/1", "digits/2")
    rig.pass_time(15)
    assert (rig.features.open_calls, rig.exchange.open_calls) == (0, 0)


@pytest.mark.parametrize("code", ["*85701", "park-701"])
def test_a_parked_call_is_picked_up_by_code_and_slot(rig: PhoneRig, code: str) -> None:
    rig.features.configure(FeatureCodesConfig(tell_slot_s=0))
    call_id = rig.park_blindly()
    own = rig.arrive("colleague", code, station="1002")
    assert own == call_id
    assert rig.talking == BridgeEndpoints(leg_id="customer", peer_leg_id="colleague")
    assert (rig.last(CallConnected).station, rig.last(CallUnparked).reason) == ("1002", ParkingEnd.TAKEN)
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.target) == (TransferKind.REPLACED, "1002", "station:1002")
    assert (rig.features.open_calls, rig.exchange.open_calls) == (0, 1)
    rig.end("colleague", Cause.NORMAL_CLEARING)
    assert rig.last(CallEnded).call_id == call_id
    rig.assert_over()


def test_who_dials_no_slot_is_asked_for_it(rig: PhoneRig) -> None:
    rig.features.configure(FeatureCodesConfig(tell_slot_s=0))
    rig.park_blindly()
    rig.arrive("colleague", "*85", station="1002")
    assert rig.heard("colleague") == ["enter_slot"]
    rig.press("colleague", "99*701#")
    assert rig.talking == BridgeEndpoints(leg_id="customer", peer_leg_id="colleague")


@pytest.mark.parametrize("code", ["*85702", "*881001"])
def test_where_nobody_is_to_be_picked_up_that_is_said(rig: PhoneRig, code: str) -> None:
    rig.arrive("colleague", code, station="1002")
    assert rig.heard("colleague") == ["nobody_there"]
    rig.assert_over()


@pytest.mark.parametrize("number", ["1001", "81"])
def test_what_rings_elsewhere_is_picked_up_by_the_station_or_the_agent_it_rings_for(
    rig: PhoneRig, number: str
) -> None:
    rig.exchange.configure(
        [
            AccessCodeConfig(number="8001", target="station:1001"),
            AccessCodeConfig(number="*88", target="feature:pick_up"),
        ]
    )
    call_id = rig.dial()
    ringing = rig.station_leg
    assert rig.arrive("colleague", f"*88{number}", station="1002") == call_id
    assert rig.talking == BridgeEndpoints(leg_id="customer", peer_leg_id="colleague")
    assert rig.last(HangUpLeg) == HangUpLeg(leg_id=ringing, cause=Cause.LOSE_RACE)
    assert rig.last(CallTransferred).by == "1001"
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_what_rings_for_a_transfer_is_picked_up(rig: PhoneRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.arrive("colleague", "*881002", station="1003")
    assert rig.reported == [200]
    assert rig.talking == BridgeEndpoints(leg_id="customer", peer_leg_id="colleague")
    rig.assert_over()


def test_a_phone_that_the_switch_calls_is_picked_up(rig: PhoneRig) -> None:
    rig.feed(PlaceCall(call_id="out", contact_id="contact", whom="station:1001", target="station:1003"))
    rig.arrive("colleague", "*881001", station="1002")
    assert rig.exchange.call_of_leg("colleague") == "out"
    rig.answer_station()
    assert rig.talking.leg_id == "colleague"
    rig.assert_over()


def test_nobody_from_outside_picks_up_or_parks(rig: PhoneRig) -> None:
    rig.features.configure(FeatureCodesConfig(tell_slot_s=0))
    rig.park_blindly()
    assert rig.arrive("stranger", "*85701") == ""
    assert rig.arrive("stranger", "park-701") == ""
    assert rig.slots == ["701"]


def test_a_station_with_such_a_name_comes_before_a_code_with_a_number(rig: PhoneRig) -> None:
    rig.exchange.configure([AccessCodeConfig(number="10", target="feature:pick_up_parked")])
    rig.arrive("caller", "1001", station="1002")
    assert rig.last(DialStation).station == "1001"
