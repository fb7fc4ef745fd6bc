"""Call control over the wire: who hears whom, and what is recorded, as verbs hold and retrieve."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.audio import SAMPLE_RATE_HZ
from sipp_scenarios.follower import EventFollower
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LISTEN_S, Floor
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import switch_process

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


TALKING = {"customer": {"agent"}, "agent": {"customer"}}
HANDED_OVER = {"customer": {"colleague"}, "colleague": {"customer"}}
SOME_PACKETS = SAMPLE_RATE_HZ // 10
"""Were under way."""


def test_a_hold_by_verb_lets_nobody_hear_the_other_and_the_recording_hears_the_customer(floor: Floor) -> None:
    assert floor.hearing("customer", "agent") == TALKING
    floor.events.call("call.hold", call_id=floor.call_id)
    assert floor.events.wait_for("call.held").fields["by"] == "station"
    before = len(floor.agent.talker.heard)
    floor.customer.talker.wait_to_hear(LISTEN_S)
    assert floor.heard_by("customer") == set()
    assert len(floor.agent.talker.heard) - before < SOME_PACKETS
    while_held = floor.said
    floor.events.call("call.hang_up", call_id=floor.call_id)
    floor.customer.wait_hung_up_on()
    floor.agent.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], while_held) == {"customer"}
    assert not recording[-JUDGED:, 1].any()


def test_a_hold_that_is_retrieved_lets_both_talk_and_be_recorded(floor: Floor) -> None:
    floor.events.call("call.hold", call_id=floor.call_id)
    floor.events.call("call.retrieve", call_id=floor.call_id)
    assert floor.events.wait_for("call.resumed").fields["by"] == "station"
    assert floor.hearing("customer", "agent") == TALKING
    said = floor.said
    floor.customer.hang_up()
    floor.agent.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], said) == {"agent"}


def test_a_transfer_by_verb_lets_the_two_talk_until_the_phone_answers(floor: Floor) -> None:
    floor.events.call("call.transfer", call_id=floor.call_id, target="station:2002")
    floor.third.wait_ringing()
    assert floor.hearing("customer", "agent") == TALKING
    floor.third.answer()
    floor.agent.wait_hung_up_on()
    floor.events.wait_for("agent.wrap_up_started", agent="2001")
    assert floor.hearing("customer", "colleague") == HANDED_OVER
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()


def consult(floor: Floor) -> str:
    """The agent consults the colleague, who answers; returns their call."""
    asked = floor.events.call("call.consult", call_id=floor.call_id, target="station:2002")
    floor.third.wait_ringing()
    floor.third.answer()
    floor.events.wait_for("call.connected", station="2002")
    return str(asked["consultation_call_id"])


def test_a_consultation_is_heard_by_the_two_alone_and_then_by_the_other_two(floor: Floor) -> None:
    consult(floor)
    assert floor.hearing() == {"customer": set(), "agent": {"colleague"}, "colleague": {"agent"}}
    floor.events.call("call.toggle", call_id=floor.call_id)
    assert floor.hearing() == {"customer": {"agent"}, "agent": {"customer"}, "colleague": set()}
    floor.events.call("call.toggle", call_id=floor.call_id)
    assert floor.hearing() == {"customer": set(), "agent": {"colleague"}, "colleague": {"agent"}}
    floor.events.call("call.complete_transfer", call_id=floor.call_id)
    floor.agent.wait_hung_up_on()
    assert floor.hearing("customer", "colleague") == HANDED_OVER
    said = floor.said
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], said) == {"colleague"}


def test_all_three_of_a_consultation_talk_and_are_recorded(floor: Floor) -> None:
    consult(floor)
    floor.events.call("call.join", call_id=floor.call_id)
    assert floor.events.wait_for("call.consultation_ended").fields["reason"] == "joined"
    everybody = {"customer", "agent", "colleague"}
    assert floor.hearing() == {name: everybody - {name} for name in everybody}
    said = floor.said
    floor.customer.hang_up()
    floor.agent.wait_hung_up_on()
    floor.third.wait_hung_up_on()
    assert speakers(floor.recorded()[-JUDGED:, 1], said) == {"agent", "colleague"}


def test_the_agent_is_back_with_the_customer_when_the_colleague_hangs_up(floor: Floor) -> None:
    consult(floor)
    floor.third.hang_up()
    assert floor.events.wait_for("call.consultation_ended").fields["reason"] == "other_left"
    assert floor.hearing("customer", "agent") == TALKING
    floor.agent.hang_up()
    floor.customer.wait_hung_up_on()


def test_nobody_is_lost_when_the_agent_hangs_up_in_a_consultation(floor: Floor) -> None:
    consult(floor)
    floor.agent.hang_up()
    assert floor.events.wait_for("call.consultation_ended").fields["reason"] == "completed"
    floor.events.wait_for("agent.wrap_up_started", agent="2001")
    assert floor.hearing("customer", "colleague") == HANDED_OVER
    floor.third.hang_up()
    floor.customer.wait_hung_up_on()


def test_an_agent_is_consulted_and_given_the_call_as_any_other_of_the_queue(floor: Floor) -> None:
    with pytest.raises(VerbRefused) as refusal:
        floor.events.call("call.transfer", call_id=floor.call_id, target="agent:2002")
    assert refusal.value.data == {"reason": "signed_out"}
    floor.centre.sign_in("2002")
    floor.events.call("call.consult", call_id=floor.call_id, target="agent:2002")
    floor.third.wait_ringing()
    floor.third.answer()
    floor.events.wait_for("call.connected", station="2002")
    assert states(floor) == {"2001": "ON_CALL", "2002": "ON_CALL"}
    floor.events.call("call.complete_transfer", call_id=floor.call_id)
    floor.events.wait_for("agent.wrap_up_started", agent="2001")
    assert states(floor) == {"2001": "WRAP_UP", "2002": "ON_CALL"}
    assert floor.hearing("customer", "colleague") == HANDED_OVER
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()
    floor.events.wait_for("agent.wrap_up_started", agent="2002")


def states(floor: Floor) -> dict[str, str]:
    """Of the two agents."""
    agents = {agent["id"]: agent["state"] for agent in floor.events.call("agent.list")}
    return {number: agents[number] for number in ("2001", "2002")}


def test_a_parked_call_is_picked_up_by_another_station(floor: Floor) -> None:
    assert floor.events.call("call.park", call_id=floor.call_id)["slot"] == "701"
    floor.agent.wait_hung_up_on()
    (parked,) = floor.events.call("park.list")
    assert (parked["slot"], parked["call_id"]) == ("701", floor.call_id)
    assert floor.hearing("customer") == {"customer": set()}
    floor.events.call("call.pick_up", slot="701", station="2002")
    floor.third.wait_ringing()
    floor.third.answer()
    assert floor.hearing("customer", "colleague") == HANDED_OVER
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()
