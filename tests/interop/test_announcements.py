"""What waiting callers, and agents before they talk, really hear: looked for in the sound of their phones."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from media.prompts import load_prompts
from sipp_scenarios.audio import Samples
from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process

PROMPTS, _ = load_prompts(Path(__file__).parents[2] / "conf" / "prompts")
RATE_HZ = 8000
TOLD = "95510"
QUEUE = f"""
[[access_codes]]
number = "{TOLD}"
target = "queue:told?language=en"

[[queues]]
name = "told"
music = "music"
agent_greeting = ["{{language}}/queue/caller_waited", "{{wait}}"]
caller_greeting = ["{{language}}/agent_number", "{{agent}}", "{{language}}/at_your_service"]

[queues.announcements]
first_after_s = 1
every_s = 60
position = "always"
messages = ["{{language}}/queue/please_hold"]
"""


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CallCentre]:
    with switch_process(tmp_path, more=QUEUE) as switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, tmp_path)


def places(heard: Samples, *names: str) -> list[float]:
    """Where each prompt begins, in seconds; fails for one that is not there."""
    return [_place(heard.astype(np.float64), name) for name in names]


def _place(heard: np.ndarray, name: str) -> float:
    """Where the sound is most like the prompt, by normalised correlation."""
    prompt = PROMPTS.samples(name).astype(np.float64)
    size = 1 << (len(heard) + len(prompt)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(prompt, size))
    alike = np.fft.irfft(spectrum, size)[: len(heard) - len(prompt) + 1]
    power = np.concatenate([[0.0], np.cumsum(heard**2)])
    loudness = np.sqrt((power[len(prompt) :] - power[: -len(prompt)]) * np.sum(prompt**2))
    likeness = alike / np.maximum(loudness, 1.0)
    best = int(np.argmax(likeness))
    assert likeness[best] > 0.9, f"{name} was not heard: {likeness[best]:.2f}"
    return best / RATE_HZ


def lengths(*names: str) -> list[float]:
    return [len(PROMPTS.samples(name)) / RATE_HZ for name in names]


def follow_each_other(heard: Samples, *names: str) -> float:
    """Without a gap; returns where they begin."""
    begins = places(heard, *names)
    gaps = np.diff(begins) - lengths(*names)[:-1]
    assert np.max(np.abs(gaps)) < 0.03, gaps
    return begins[0]


def test_caller_and_agent_hear_what_the_queue_tells_them_and_then_each_other(centre: CallCentre) -> None:
    position = ("en/queue/position_before", "en/digits/1", "en/queue/position_after", "en/queue/please_hold")
    with centre.caller(TOLD) as caller:
        caller.wait_answered()
        told = centre.events.wait_for("queue.caller_told", queue="told")
        assert told.fields["position"] == 1
        caller.talker.wait_to_hear(1.5 + sum(lengths(*position)) + 1.0, timeout_s=60)
        station = centre.seat("2001")
        with centre.phone(station) as agent:
            centre.events.call("agent.set_queues", agent="2001", queues=["told"])
            agent.wait_ringing()
            agent.answer()
            centre.events.wait_for("call.connected", station="2001")
            caller.talker.wait_to_hear(6.0, timeout_s=60)
            caller.hang_up()
            agent.wait_hung_up_on()
    begins = follow_each_other(caller.talker.heard, *position)
    assert 0.8 < begins < 1.6
    greeting = ("zh/queue/caller_waited", "zh/digits/1", "zh/queue/minute")
    assert follow_each_other(agent.talker.heard, *greeting) < 0.5
    places(caller.talker.heard, "en/agent_number", "en/at_your_service")
    centre.wait_until_nothing_is_left()


def test_a_caller_who_hangs_up_during_the_greeting_leaves_the_agent_free(centre: CallCentre) -> None:
    station = centre.seat("2001")
    centre.events.call("agent.set_queues", agent="2001", queues=["told"])
    with centre.phone(station) as agent, centre.caller(TOLD) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.3)
        caller.hang_up()
        agent.wait_hung_up_on()
    centre.events.wait_for("queue.offer_ended", agent="2001", result="cancelled")
    assert centre.agent_state("2001") == "AVAILABLE"
    centre.wait_until_nothing_is_left()


def test_an_agent_who_hangs_up_during_the_greeting_leaves_the_caller_waiting(centre: CallCentre) -> None:
    station = centre.seat("2001")
    centre.events.call("agent.set_queues", agent="2001", queues=["told"])
    with centre.phone(station) as agent, centre.caller(TOLD) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.3)
        agent.hang_up()
        centre.events.wait_for("queue.offer_ended", agent="2001", result="failed")
        assert [waiting["state"] for waiting in centre.events.call("queue.waiting", queue="told")] == [
            "waiting"
        ]
        caller.hang_up()
    centre.wait_until_nothing_is_left()
