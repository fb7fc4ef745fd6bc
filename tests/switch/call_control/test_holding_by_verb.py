"""Hold by verb: alone, beside the phones' own, in conferences, and through transfers."""

import pytest

from media.commands import Channel, UnbridgeEndpoints
from switch.causes import Cause
from switch.commands import AddParty, HandOff, RetrieveCall
from switch.events import CallHeld, CallResumed
from switch.exchange import Exchange
from switch.sip.commands import DialStation
from switch.sip.events import LegAnswered
from tests.helpers.call_control_rig import CallControlRig
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, OUTSIDE_NUMBER

HELD = CALLER_SDP + "a=sendonly\r\n"


@pytest.fixture
def rig() -> CallControlRig:
    rig = CallControlRig()
    rig.talk()
    return rig


def other_than(way: str) -> str:
    return {"phone": "order", "order": "phone"}[way]


def pair(rig: CallControlRig) -> frozenset[str]:
    return frozenset(("customer", rig.agent))


def test_the_customer_hears_music_and_the_station_nothing(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    assert rig.media.bridges == set()
    assert set(rig.media.playing) == {"customer"}
    assert rig.last(CallHeld).by == "station"


def test_the_station_is_recorded_as_silence_while_it_holds(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    assert rig.media.recorded == {"customer": Channel.CUSTOMER}
    rig.ask("call.retrieve")
    assert rig.media.recorded == {"customer": Channel.CUSTOMER, rig.agent: Channel.AGENT}


def test_both_talk_again_when_it_is_retrieved(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    rig.ask("call.retrieve")
    assert rig.media.bridges == {pair(rig)}
    assert rig.media.playing == {}
    assert rig.last(CallResumed).by == "station"
    assert rig.exchange.snapshot().own_playbacks == set()


def test_a_second_order_changes_nothing(rig: CallControlRig) -> None:
    for _ in range(2):
        rig.ask("call.hold")
    assert (len(rig.all(CallHeld)), len(rig.all(UnbridgeEndpoints))) == (1, 1)
    for _ in range(2):
        rig.ask("call.retrieve")
    assert len(rig.all(CallResumed)) == 1


@pytest.mark.parametrize("first_ends", ["phone", "order"])
@pytest.mark.parametrize("first_begins", ["phone", "order"])
def test_who_holds_in_both_ways_talks_when_both_have_ended(
    rig: CallControlRig, first_begins: str, first_ends: str
) -> None:
    def act(way: str, *, holds: bool) -> None:
        if way == "phone":
            rig.reoffer(rig.agent, HELD if holds else CALLER_SDP)
        else:
            rig.ask("call.hold" if holds else "call.retrieve")

    for way in (first_begins, other_than(first_begins)):
        act(way, holds=True)
        assert set(rig.media.playing) == {"customer"}
    act(first_ends, holds=False)
    assert set(rig.media.playing) == {"customer"}
    act(other_than(first_ends), holds=False)
    assert (rig.media.playing, rig.media.bridges) == ({}, {pair(rig)})
    assert (len(rig.all(CallHeld)), len(rig.all(CallResumed))) == (1, 1)


@pytest.mark.parametrize("order", [("customer", "station"), ("station", "customer")])
def test_two_who_hold_each_other_each_resume_for_themselves(
    rig: CallControlRig, order: tuple[str, str]
) -> None:
    rig.reoffer("customer", HELD)
    assert set(rig.media.playing) == {rig.agent}
    rig.ask("call.hold")
    assert "customer" in rig.media.playing
    for who in order:
        if who == "station":
            rig.ask("call.retrieve")
        else:
            rig.reoffer("customer")
    assert (rig.media.playing, rig.media.bridges) == ({}, {pair(rig)})


def test_a_station_that_retrieves_a_customer_who_holds_hears_music(rig: CallControlRig) -> None:
    rig.reoffer("customer", HELD)
    rig.ask("call.hold")
    rig.ask("call.retrieve")
    assert set(rig.media.playing) == {rig.agent}


def test_one_of_a_conference_who_holds_leaves_the_others_talking(rig: CallControlRig) -> None:
    add = AddParty(call_id=rig.call_id, party_id="party", whom="station:1002", by="")
    rig.feed(add)
    party = rig.answer_station()
    rig.ask("call.hold")
    assert set(rig.roles) == {"customer", party}
    assert rig.media.playing == {}
    rig.ask("call.retrieve")
    assert set(rig.roles) == {"customer", party, rig.agent}


def test_a_supervisor_hears_the_customer_while_the_agent_holds(rig: CallControlRig) -> None:
    own = rig.listens()
    rig.ask("call.hold")
    assert set(rig.roles) == {"customer", own}
    rig.ask("call.retrieve")
    assert set(rig.roles) == {"customer", own, rig.agent}


def test_the_end_of_a_station_that_holds_ends_the_music(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    assert rig.media.playing == {}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_call_that_goes_elsewhere_is_held_no_more(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    rig.refer(rig.agent, "1002")
    leg_id = rig.last(DialStation).leg_id
    rig.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
    assert rig.media.bridges == {frozenset(("customer", leg_id))}
    assert rig.media.playing == {}


def test_a_station_that_becomes_the_customer_hears_the_next_one(rig: CallControlRig) -> None:
    call_id = rig.call_between("1002", "8001", "caller")
    rig.ask("call.hold", call_id=call_id, station="1001")
    rig.refer("caller", "95598")
    rig.feed(HandOff(call_id=call_id, target="station:1003"))
    leg_id = rig.last(DialStation).leg_id
    rig.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
    talking = rig.exchange.find(call_id)
    assert talking is not None
    assert not talking.customer.holds_by_order
    assert frozenset(leg.leg_id for leg in talking.talking) in rig.media.bridges


def test_of_two_stations_either_can_be_named(rig: CallControlRig) -> None:
    call_id = rig.call_between("1002", "8001", "caller")
    rig.ask("call.hold", call_id=call_id, station="1002")
    assert rig.last(CallHeld).by == "customer"
    assert rig.refusal("call.hold", call_id=call_id, station="1003") == "no_such_station"


def test_who_called_out_holds_the_number(rig: CallControlRig) -> None:
    call_id = rig.arrive("agent", OUTSIDE_NUMBER, station="1002")
    outside = rig.last_dialled_out()
    rig.ask("call.hold", call_id=call_id)
    assert (rig.last(CallHeld).by, set(rig.media.playing)) == ("station", {outside})


def test_a_rebuilt_exchange_goes_on_with_the_hold(rig: CallControlRig) -> None:
    rig.ask("call.hold")
    order = RetrieveCall(call_id=rig.call_id, leg_id=rig.agent)
    rebuilt = Exchange([], rig.ids, rig.knows_target, rig.exchange.snapshot(), hold_music="music")
    answers = [list(exchange.routes()[RetrieveCall](order, 0.0)) for exchange in (rebuilt, rig.exchange)]
    assert answers[0] == answers[1] != []


def test_nobody_holds_who_does_not_talk(rig: CallControlRig) -> None:
    waiting = rig.arrive("another")
    assert rig.refusal("call.hold", call_id=waiting) == "not_connected"
    assert rig.refusal("call.retrieve", call_id="none") == "no_such_call"
