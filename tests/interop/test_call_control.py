"""Call control over the wire: who hears whom, and what is recorded, as verbs hold and retrieve."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.audio import SAMPLE_RATE_HZ
from sipp_scenarios.follower import EventFollower
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


def hearing(floor: Floor) -> dict[str, set[str]]:
    """Of the two who talk."""
    for phone in (floor.customer, floor.agent):
        phone.talker.wait_to_hear(LISTEN_S)
    return {name: floor.heard_by(name) for name in ("customer", "agent")}


TALKING = {"customer": {"agent"}, "agent": {"customer"}}
SOME_PACKETS = SAMPLE_RATE_HZ // 10
"""Were under way."""


def test_a_hold_by_verb_lets_nobody_hear_the_other_and_the_recording_hears_the_customer(floor: Floor) -> None:
    assert hearing(floor) == TALKING
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
    assert hearing(floor) == TALKING
    said = floor.said
    floor.customer.hang_up()
    floor.agent.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], said) == {"agent"}
