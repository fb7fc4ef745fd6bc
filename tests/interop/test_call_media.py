"""What programs let be heard in a conversation, over the wire and in its recording."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, find
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.talker import Talker
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LISTEN_S, Floor
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import switch_process

pytestmark = pytest.mark.timeout(180)

PROMPT = "zh/greeting"
PIECE_S = 1.0
"""Of the prompt, from its middle, so much is looked for."""
BEHIND_S = 2.5
"""So much later than the switch has sent it a phone on a busy machine may have heard the prompt's end."""


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


def piece_of_prompt() -> Samples:
    path = Path(__file__).parents[2] / "conf" / "prompts" / f"{PROMPT}.wav"
    samples: Samples = soundfile.read(path, dtype="int16")[0]
    middle, length = len(samples) // 2, int(PIECE_S * SAMPLE_RATE_HZ)
    return samples[middle : middle + length]


def score(talker: Talker, since: int) -> float:
    """How well a piece of the prompt fits in what was heard since."""
    return find(piece_of_prompt(), talker.heard[since:]).score


def play(floor: Floor, **params: object) -> dict[str, int]:
    """Play the prompt to its end; where in what each heard it began."""
    before = {name: len(talker.heard) for name, talker in floor.talkers.items()}
    asked = floor.events.call("call.play", call_id=floor.call_id, prompts=[PROMPT], **params)
    told = floor.events.wait_for("call.prompt_finished", playback_id=asked["playback_id"])
    assert told.fields["reason"] == "finished"
    for phone in (floor.customer, floor.agent):
        phone.talker.wait_to_hear(BEHIND_S + LISTEN_S)
    return before


def hang_up(floor: Floor) -> None:
    floor.customer.hang_up()
    floor.agent.wait_hung_up_on()


def test_the_customer_hears_a_prompt_in_place_of_the_agent_who_hears_the_customer_on(floor: Floor) -> None:
    before = play(floor)
    customer, agent = floor.customer.talker, floor.agent.talker
    assert score(customer, before["customer"]) > 0.95
    assert score(agent, before["agent"]) < 0.3
    assert (floor.heard_by("customer"), floor.heard_by("agent")) == ({"agent"}, {"customer"})
    hang_up(floor)


def test_both_hear_a_prompt_that_no_recording_holds(floor: Floor) -> None:
    before = play(floor, to="both")
    assert score(floor.customer.talker, before["customer"]) > 0.95
    assert score(floor.agent.talker, before["agent"]) > 0.95
    hang_up(floor)
    recording = floor.recorded()
    assert max(find(piece_of_prompt(), recording[:, channel]).score for channel in (0, 1)) < 0.3


def test_who_is_muted_hears_and_is_silence_to_the_other_and_to_the_recording(floor: Floor) -> None:
    floor.events.call("call.mute", call_id=floor.call_id, side="station")
    floor.events.wait_for("call.muted")
    assert floor.hearing("customer", "agent") == {"customer": set(), "agent": {"customer"}}
    said = floor.said
    hang_up(floor)
    recording = floor.recorded()
    assert speakers(recording[-JUDGED:, 0], said) == {"customer"}
    assert not recording[-JUDGED:, 1].any()


def test_who_is_unmuted_is_heard_again(floor: Floor) -> None:
    for verb in ("call.mute", "call.unmute"):
        floor.events.call(verb, call_id=floor.call_id, side="customer")
    assert floor.hearing("customer", "agent") == {"customer": {"agent"}, "agent": {"customer"}}
    hang_up(floor)


def test_what_is_noted_is_in_the_consultation_and_in_the_call_that_remains(floor: Floor) -> None:
    data = {"order_no": "D-7", "products": ["光纤"]}
    floor.events.call("call.set_data", call_id=floor.call_id, data=data)
    asked = floor.events.call("call.consult", call_id=floor.call_id, target="station:2002")
    floor.third.wait_ringing()
    floor.third.answer()
    floor.events.wait_for("call.connected", station="2002")
    consultation = str(asked["consultation_call_id"])
    assert floor.events.call("call.get_data", call_id=consultation)["data"] == data
    floor.events.call("call.set_data", call_id=consultation, data={"asked": "二线"})
    floor.events.call("call.complete_transfer", call_id=floor.call_id)
    floor.agent.wait_hung_up_on()
    (call,) = floor.events.call("call.list")
    found = floor.events.call("call.get_data", call_id=call["call_id"])["data"]
    assert found == {**data, "asked": "二线"}
    floor.customer.hang_up()
    floor.third.wait_hung_up_on()
