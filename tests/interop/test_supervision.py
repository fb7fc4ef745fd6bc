"""Supervisors at a live call: who hears whom in each mode, what is recorded, and how it ends.

Each once with all legs on one media thread, and once with the supervisor's on another.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.audio import find
from sipp_scenarios.follower import EventFollower
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LATELY, Floor
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import switch_process

BY = "李娜"

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    running = switch_process(tmp_path, media={"workers": request.param})
    with running as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        with Floor(centre, "supervisor") as floor:
            yield floor
        centre.wait_until_nothing_is_left()
        centre.close()


def begin(floor: Floor, verb: str) -> None:
    """Ring the supervisor's phone, which is answered."""
    floor.events.call(verb, agent="2001", station="2002", by=BY)
    floor.third.wait_ringing()
    floor.third.answer()


def test_each_hears_whom_the_mode_says_and_no_whisper_is_recorded(floor: Floor) -> None:
    both = {"customer", "agent"}
    begin(floor, "call.monitor")
    assert floor.events.wait_for("supervision.began").fields["mode"] == "monitor"
    (supervisor,) = floor.events.call("call.supervisors")
    assert (supervisor["supervisor"], supervisor["by"], supervisor["mode"]) == ("2002", BY, "monitor")
    assert floor.hearing() == {"customer": {"agent"}, "agent": {"customer"}, "supervisor": both}
    floor.events.call("call.whisper", call_id=floor.call_id, station="2002", by=BY)
    floor.events.wait_for("supervision.changed", mode="whisper")
    whispered = {"customer": {"agent"}, "agent": {"customer", "supervisor"}, "supervisor": both}
    assert floor.hearing() == whispered
    floor.customer.hang_up()
    ended = floor.events.wait_for("supervision.ended").fields
    assert ended["reason"] == "call_over"
    floor.agent.wait_hung_up_on()
    floor.third.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], floor.said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"agent"}


def test_who_barges_in_is_heard_by_both_until_the_two_are_alone_again(floor: Floor) -> None:
    everybody = {"customer", "agent", "supervisor"}
    begin(floor, "call.barge")
    floor.events.wait_for("supervision.began", mode="barge")
    assert floor.hearing() == {name: everybody - {name} for name in everybody}
    barged = {name: talker.said for name, talker in floor.talkers.items()}
    floor.events.call("call.stop_supervising", station="2002", by=BY)
    assert floor.events.wait_for("supervision.ended").fields["reason"] == "stopped"
    floor.third.wait_hung_up_on()
    assert floor.hearing("customer", "agent") == {"customer": {"agent"}, "agent": {"customer"}}
    assert len(floor.customer.talker.sources_heard) == 1
    floor.agent.hang_up()
    floor.customer.wait_hung_up_on()
    recording = floor.recorded()
    at = find(barged["supervisor"][-JUDGED:], recording[:, 1]).at
    lately = {name: said[-LATELY:] for name, said in barged.items()}
    assert speakers(recording[at : at + JUDGED, 1], lately) == {"agent", "supervisor"}
    assert speakers(recording[at : at + JUDGED, 0], lately) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"agent"}
    assert floor.heard_in_recording()[-1] == ("agent", "supervisor", "2002", None)


def test_a_supervisor_takes_the_call_over_and_the_agent_wraps_up(floor: Floor) -> None:
    begin(floor, "call.monitor")
    floor.events.wait_for("supervision.began")
    floor.events.call("call.intercept", agent="2001", station="2002", by=BY)
    floor.agent.wait_hung_up_on()
    assert floor.events.wait_for("supervision.ended").fields["reason"] == "intercepted"
    assert floor.events.wait_for("call.transferred").fields["kind"] == "intercepted"
    floor.events.wait_for("agent.wrap_up_started", agent="2001")
    floor.events.wait_for("call.connected", call_id=floor.call_id, station="2002")
    assert floor.hearing("customer", "supervisor") == {"customer": {"supervisor"}, "supervisor": {"customer"}}
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], floor.said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"supervisor"}
    assert floor.heard_in_recording()[-2:] == [
        ("agent", "agent", "2001", "2001"),
        ("agent", "agent", "2002", None),
    ]


def test_an_agent_who_hangs_up_ends_the_supervision(floor: Floor) -> None:
    begin(floor, "call.whisper")
    floor.events.wait_for("supervision.began", mode="whisper")
    with pytest.raises(VerbRefused, match="supervises call"):
        floor.events.call("agent.follow", agent="2001", station="2002", by=BY)
    floor.agent.hang_up()
    assert floor.events.wait_for("supervision.ended").fields["reason"] == "call_over"
    floor.third.wait_hung_up_on()
    floor.customer.wait_hung_up_on()
