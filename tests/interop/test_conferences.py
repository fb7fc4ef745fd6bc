"""Conferences over the wire: who hears whom, who is recorded where, and how they end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.audio import find
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from switch.conferring import MOST_PARTIES
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LATELY, LISTEN_S, Floor
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import switch_process
from tests.interop.test_trunks import CARRIER, at, carrier, site

EVERYBODY = {"customer", "agent", "colleague"}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with (
        switch_process(tmp_path, media={"workers": 2}) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        with Floor(centre, "colleague") as floor:
            yield floor
        centre.wait_until_nothing_is_left()
        centre.close()


def test_three_talk_and_are_recorded_until_one_is_muted_and_dropped(floor: Floor) -> None:
    party = floor.events.call("call.add_party", call_id=floor.call_id, whom="station:2002", by="2001")
    floor.third.wait_ringing()
    floor.third.answer()
    floor.events.wait_for("call.party_joined", party_id=party["party_id"])
    assert floor.hearing() == {name: EVERYBODY - {name} for name in EVERYBODY}
    together = {name: talker.said for name, talker in floor.talkers.items()}
    params = {"call_id": floor.call_id, "party_id": party["party_id"]}
    floor.events.call("call.mute_party", **params)
    assert [told["muted"] for told in floor.events.call("call.parties", call_id=floor.call_id)] == [True]
    hearing = floor.hearing()
    assert hearing == {"customer": {"agent"}, "agent": {"customer"}, "colleague": {"customer", "agent"}}
    floor.events.call("call.unmute_party", **params)
    assert floor.hearing() == {name: EVERYBODY - {name} for name in EVERYBODY}
    floor.events.call("call.drop_party", **params)
    floor.third.wait_hung_up_on()
    assert floor.events.wait_for("call.party_left").fields["joined"]
    floor.agent.talker.wait_to_hear(LISTEN_S)
    floor.customer.hang_up()
    floor.agent.wait_hung_up_on()
    recording = floor.recorded()
    at = find(together["agent"][-JUDGED:], recording[:, 1]).at
    lately = {name: said[-LATELY:] for name, said in together.items()}
    assert speakers(recording[at : at + JUDGED, 0], lately) == {"customer"}
    assert speakers(recording[at : at + JUDGED, 1], lately) == {"agent", "colleague"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"agent"}
    assert floor.heard_in_recording() == [
        ("customer", "customer", "13800138000", None),
        ("agent", "agent", "2001", "2001"),
        ("agent", "party", "2002", None),
        ("agent", "party", "2002", None),
    ]  # the party twice: before it was muted, and after


def test_the_customer_and_the_party_go_on_when_the_agent_hangs_up(floor: Floor) -> None:
    floor.events.call("call.add_party", call_id=floor.call_id, whom="station:2002")
    floor.third.wait_ringing()
    floor.third.answer()
    floor.events.wait_for("call.party_joined")
    floor.agent.hang_up()
    floor.events.wait_for("agent.wrap_up_started", agent="2001")
    floor.events.wait_for("call.connected", station="2002")
    assert floor.hearing("customer", "colleague") == {"customer": {"colleague"}, "colleague": {"customer"}}
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()
    assert speakers(floor.recorded()[-JUDGED:, 1], floor.said) == {"colleague"}


def test_sixteen_talk_and_no_more_until_one_of_them_leaves(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    outside = MOST_PARTIES - 1
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port)}) as there,
        carrier(tmp_path, "carrier_answers", port, calls=outside + 1) as answering,
        Floor(CallCentre(there.switch, there.events, tmp_path), "colleague") as floor,
    ):

        def add(whom: str) -> str:
            party = floor.events.call("call.add_party", call_id=floor.call_id, whom=whom)["party_id"]
            if whom == "station:2002":
                floor.third.wait_ringing()
                floor.third.answer()
            floor.events.wait_for("call.party_joined", party_id=party)
            return str(party)

        parties = [add(f"number:0101234{number:04}") for number in range(outside)]
        add("station:2002")
        assert floor.hearing() == {name: EVERYBODY - {name} for name in EVERYBODY}
        with pytest.raises(VerbRefused) as refusal:
            add("number:01012345678")
        assert refusal.value.data == {"reason": "full"}
        floor.events.call("call.drop_party", call_id=floor.call_id, party_id=parties[0])
        floor.events.wait_for("call.party_left", party_id=parties[0])
        add("number:01012345678")
        assert len(floor.events.call("call.parties", call_id=floor.call_id)) == MOST_PARTIES
        floor.customer.hang_up()
        for phone in (floor.agent, floor.third):
            phone.wait_hung_up_on()
        answering.finish().check()
        floor.centre.wait_until_nothing_is_left()
