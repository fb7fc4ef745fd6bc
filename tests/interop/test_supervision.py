"""Supervisors at a live call: who hears whom in each mode, what is recorded, and how it ends.

Each once with all legs on one media thread, and once with the supervisor's on another.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest
import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, find
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.talker import Talker
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import QUEUE_ONLY, switch_process

LISTEN_S = 2.5
JUDGED = 2 * SAMPLE_RATE_HZ
"""Of what was heard last, so many samples tell who is heard now."""
LATELY = 8 * SAMPLE_RATE_HZ
BY = "李娜"

pytestmark = pytest.mark.timeout(180)


class Floor:
    """A customer who talks to agent 2001, while 2002 is the supervisor's phone."""

    def __init__(self, centre: CallCentre) -> None:
        self.centre = centre
        self.events = centre.events
        self._begun = ExitStack()

    def __enter__(self) -> Self:
        station, desk = self.centre.seat("2001"), self.centre.register("2002")
        self.agent = self._begun.enter_context(self.centre.phone(station))
        self.supervisor = self._begun.enter_context(self.centre.phone(desk))
        self.customer = self._begun.enter_context(self.centre.caller(QUEUE_ONLY))
        self.customer.wait_answered()
        self.agent.wait_ringing()
        self.agent.answer()
        connected = self.events.wait_for("call.connected", station="2001")
        self.call_id = str(connected.fields["call_id"])
        return self

    def __exit__(self, *_: object) -> None:
        self._begun.close()

    @property
    def talkers(self) -> dict[str, Talker]:
        phones = {"customer": self.customer, "agent": self.agent, "supervisor": self.supervisor}
        return {name: phone.talker for name, phone in phones.items()}

    @property
    def said(self) -> dict[str, Samples]:
        """Lately; nobody hears, or is recorded, so much later."""
        return {name: talker.said[-LATELY:] for name, talker in self.talkers.items()}

    def begin(self, verb: str) -> None:
        """Ring the supervisor's phone, which is answered."""
        self.events.call(verb, agent="2001", station="2002", by=BY)
        self.supervisor.wait_ringing()
        self.supervisor.answer()

    def hearing(self) -> dict[str, set[str]]:
        """Who hears whom now."""
        for talker in self.talkers.values():
            talker.wait_to_hear(LISTEN_S)
        return {name: self.heard_by(name) for name in self.talkers}

    def heard_by(self, listener: str) -> set[str]:
        others = {name: said for name, said in self.said.items() if name != listener}
        return speakers(self.talkers[listener].heard[-JUDGED:], others)

    def recorded(self) -> Samples:
        """Both channels, once the call is over."""
        path = self.events.wait_for("recording.completed").fields["path"]
        samples: Samples = soundfile.read(path, dtype="int16", always_2d=True)[0]
        return samples


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    running = switch_process(tmp_path, media={"workers": request.param})
    with running as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        with Floor(centre) as floor:
            yield floor
        centre.wait_until_nothing_is_left()
        centre.close()


def test_each_hears_whom_the_mode_says_and_no_whisper_is_recorded(floor: Floor) -> None:
    both = {"customer", "agent"}
    floor.begin("call.monitor")
    assert floor.events.wait_for("supervision.began").fields["mode"] == "monitor"
    assert floor.hearing() == {"customer": {"agent"}, "agent": {"customer"}, "supervisor": both}
    floor.events.call("call.whisper", call_id=floor.call_id, station="2002", by=BY)
    floor.events.wait_for("supervision.changed", mode="whisper")
    whispered = {"customer": {"agent"}, "agent": {"customer", "supervisor"}, "supervisor": both}
    assert floor.hearing() == whispered
    floor.customer.hang_up()
    ended = floor.events.wait_for("supervision.ended").fields
    assert ended["reason"] == "call_over"
    floor.agent.wait_hung_up_on()
    floor.supervisor.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], floor.said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"agent"}


def test_who_barges_in_is_heard_by_both_until_the_two_are_alone_again(floor: Floor) -> None:
    everybody = {"customer", "agent", "supervisor"}
    floor.begin("call.barge")
    floor.events.wait_for("supervision.began", mode="barge")
    assert floor.hearing() == {name: everybody - {name} for name in everybody}
    barged = {name: talker.said for name, talker in floor.talkers.items()}
    floor.events.call("call.stop_supervising", station="2002", by=BY)
    assert floor.events.wait_for("supervision.ended").fields["reason"] == "stopped"
    floor.supervisor.wait_hung_up_on()
    for phone in (floor.customer, floor.agent):
        phone.talker.wait_to_hear(LISTEN_S)
    assert (floor.heard_by("customer"), floor.heard_by("agent")) == ({"agent"}, {"customer"})
    assert len(floor.customer.talker.sources_heard) == 1
    floor.agent.hang_up()
    floor.customer.wait_hung_up_on()
    recording = floor.recorded()
    at = find(barged["supervisor"][-JUDGED:], recording[:, 1]).at
    lately = {name: said[-LATELY:] for name, said in barged.items()}
    assert speakers(recording[at : at + JUDGED, 1], lately) == {"agent", "supervisor"}
    assert speakers(recording[at : at + JUDGED, 0], lately) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"agent"}


def test_a_supervisor_takes_the_call_over_and_the_agent_wraps_up(floor: Floor) -> None:
    floor.begin("call.monitor")
    floor.events.wait_for("supervision.began")
    floor.events.call("call.intercept", agent="2001", station="2002", by=BY)
    floor.agent.wait_hung_up_on()
    assert floor.events.wait_for("supervision.ended").fields["reason"] == "intercepted"
    assert floor.events.wait_for("call.transferred").fields["kind"] == "intercepted"
    floor.events.wait_for("agent.wrap_up_started", agent="2001")
    floor.events.wait_for("call.connected", call_id=floor.call_id, station="2002")
    for phone in (floor.customer, floor.supervisor):
        phone.talker.wait_to_hear(LISTEN_S)
    assert floor.heard_by("customer") == {"supervisor"}
    assert floor.heard_by("supervisor") == {"customer"}
    floor.customer.hang_up()
    floor.supervisor.wait_hung_up_on()
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], floor.said) == {"customer"}
    assert speakers(recording[-JUDGED:, 1], floor.said) == {"supervisor"}


def test_an_agent_who_hangs_up_ends_the_supervision(floor: Floor) -> None:
    floor.begin("call.whisper")
    floor.events.wait_for("supervision.began", mode="whisper")
    with pytest.raises(VerbRefused, match="supervises call"):
        floor.events.call("agent.follow", agent="2001", station="2002", by=BY)
    floor.agent.hang_up()
    assert floor.events.wait_for("supervision.ended").fields["reason"] == "call_over"
    floor.supervisor.wait_hung_up_on()
    floor.customer.wait_hung_up_on()
