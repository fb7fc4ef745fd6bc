"""Agents whose phones answer by themselves: which offers ask for it, and the tone before the caller."""

import pytest

from acd.agent_config import AgentConfig
from acd.agent_events import AutoAnswerSet
from acd.commands import ConnectCaller, GreetAgent, RingStation, SetAutoAnswer
from acd.config import AcdConfig
from acd.queue_config import QueueConfig
from tests.acd.centre import Centre, one

QUEUE = QueueConfig(name="service", agent_greeting=["queue/hello"])


def centre_of(*, auto_answer: bool, config: AcdConfig | None = None) -> Centre:
    agent = AgentConfig(id="1001", queues=["service"], auto_answer=auto_answer)
    centre = Centre([QUEUE.model_copy(update={"agent_greeting": []})], [agent], config)
    centre.staff("1001")
    return centre


@pytest.mark.parametrize("auto_answer", [True, False])
def test_the_phone_is_asked_as_the_agent_is_configured(auto_answer: bool) -> None:
    centre = centre_of(auto_answer=auto_answer)
    assert one(RingStation, centre.join("call")).auto_answer is auto_answer


def test_an_agent_changes_it_in_the_middle_of_a_shift() -> None:
    centre = centre_of(auto_answer=False)
    told = centre.tell(SetAutoAnswer(agent_id="1001", on=True))
    assert told == [AutoAnswerSet(agent="1001", on=True)]
    assert centre.tell(SetAutoAnswer(agent_id="1001", on=True)) == [], "as it was"
    assert one(RingStation, centre.join("call")).auto_answer


def test_a_tone_warns_the_agent_who_did_not_pick_up() -> None:
    centre = centre_of(auto_answer=True)
    centre.join("call")
    assert one(GreetAgent, centre.accept("call")).prompts == ("tone:zip",)


def test_the_tone_comes_before_the_greeting_of_the_queue() -> None:
    agent = AgentConfig(id="1001", queues=["service"], auto_answer=True)
    centre = Centre([QUEUE], [agent])
    centre.staff("1001")
    centre.join("call")
    assert one(GreetAgent, centre.accept("call")).prompts == ("tone:zip", "queue/hello")


def test_without_a_tone_the_caller_is_put_through_at_once() -> None:
    centre = centre_of(auto_answer=True, config=AcdConfig(auto_answer_tone=""))
    centre.join("call")
    assert one(ConnectCaller, centre.accept("call"))


def test_who_picked_up_hears_no_tone_though_it_was_switched_on_meanwhile() -> None:
    centre = centre_of(auto_answer=False)
    centre.join("call")
    centre.tell(SetAutoAnswer(agent_id="1001", on=True))
    assert one(ConnectCaller, centre.accept("call"))


def test_a_changed_configuration_counts_and_an_unchanged_one_leaves_what_was_set() -> None:
    centre = centre_of(auto_answer=False)
    centre.tell(SetAutoAnswer(agent_id="1001", on=True))
    (agent,) = centre.agents
    centre.configure(agents=[agent.model_copy(update={"name": "王芳"})])
    assert centre.core.state.agent("1001").auto_answer
    centre.configure(agents=[agent.model_copy(update={"auto_answer": True})])
    centre.configure(agents=[agent])
    assert not centre.core.state.agent("1001").auto_answer
