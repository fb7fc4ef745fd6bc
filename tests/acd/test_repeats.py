"""Customers who call again within a period get the agent they know."""

from dataclasses import replace

import pytest

from acd.events import CallCompleted
from acd.queue_config import QueueConfig, RepeatPolicy
from acd.repeats import MAX_CONVERSATIONS, MAX_NUMBERS, Conversation, Customer, RepeatCallers
from runtime.clock import ManualClock

LAST = QueueConfig(name="a", repeat=RepeatPolicy.LAST_AGENT, repeat_period_h=1)
FAMILIAR = QueueConfig(name="b", repeat=RepeatPolicy.FAMILIAR_AGENT, repeat_period_h=1)
NOBODY = QueueConfig(name="c")
TALKED = CallCompleted(
    call_id="call",
    contact_id="contact",
    queue="a",
    agent="1001",
    talk_ms=1000,
    by_agent=True,
    caller_number="13800138000",
)


class Memory:
    """Repeat callers on a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.callers = RepeatCallers(self.clock.wall)

    def talk(self, *agents: str, number: str = "13800138000", queue: str = "a") -> None:
        """A minute apart."""
        for agent in agents:
            self.callers.call_completed(replace(TALKED, agent=agent, caller_number=number, queue=queue))
            self.clock.move_to(self.clock.now() + 60)


def test_the_last_agent_or_the_one_who_talked_most_often_is_preferred() -> None:
    memory = Memory()
    memory.talk("1001", "1001", "1002")
    assert memory.callers.of("13800138000", LAST) == (3, "1002")
    assert memory.callers.of("13800138000", FAMILIAR) == (3, "1001")
    assert memory.callers.of("13800138000", NOBODY) == (3, None)
    assert memory.callers.of("13900139000", LAST) == (0, None)


def test_of_agents_who_talked_as_often_the_later_one_is_preferred() -> None:
    memory = Memory()
    memory.talk("1001", "1002", "1002", "1001")
    assert memory.callers.of("13800138000", FAMILIAR).agent_id == "1001"


def test_what_is_longer_ago_than_the_period_does_not_count() -> None:
    memory = Memory()
    memory.talk("1001", "1001")
    memory.clock.move_to(memory.clock.now() + 3540)
    memory.talk("1002")
    assert memory.callers.of("13800138000", FAMILIAR) == (1, "1002")


@pytest.mark.parametrize(
    "event", [replace(TALKED, medium="chat"), replace(TALKED, caller_number="anonymous")]
)
def test_only_conversations_by_voice_with_a_number_are_remembered(event: CallCompleted) -> None:
    memory = Memory()
    memory.callers.call_completed(event)
    assert len(memory.callers) == 0


def test_memory_is_bounded_and_forgets_who_called_longest_ago() -> None:
    memory = Memory()
    memory.talk(*["1001"] * (MAX_CONVERSATIONS + 5))
    assert memory.callers.of("13800138000", LAST).conversations == MAX_CONVERSATIONS
    one = Conversation(memory.clock.wall(), "1001")
    memory.callers.restore((Customer("", str(number)), one) for number in range(MAX_NUMBERS))
    assert len(memory.callers) == MAX_NUMBERS
    assert memory.callers.of("13800138000", LAST).conversations == 0


def test_conversations_of_the_runs_before_come_before_those_of_this_one() -> None:
    memory = Memory()
    memory.talk("1002")
    memory.callers.restore([(Customer("", "13800138000"), Conversation(memory.clock.wall() - 600, "1001"))])
    assert memory.callers.of("13800138000", LAST) == (2, "1002")


def test_who_called_one_tenant_is_unknown_to_the_others_and_known_to_it_whomever_else_they_call() -> None:
    memory = Memory()
    memory.talk("acme/1001", queue="acme/a")
    memory.talk("globex/2001", queue="globex/a")
    memory.talk("1001")
    for tenant, agent in (("acme/", "acme/1001"), ("globex/", "globex/2001"), ("", "1001")):
        own = LAST.model_copy(update={"name": f"{tenant}a"})
        assert memory.callers.of("13800138000", own) == (1, agent)
    assert memory.callers.of("13800138000", LAST.model_copy(update={"name": "initech/a"})) == (0, None)
