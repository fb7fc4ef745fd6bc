"""What is looked at when an agent becomes free, or something new is asked for: what concerns it."""

from acd.agent_config import AgentConfig
from acd.queue_config import QueueConfig
from tests.acd.centre import Centre
from tests.acd.invariants import check_state
from tests.acd.operations import operations_of


def centre_of(others: int) -> Centre:
    """Two agents who speak English, and others, of whom each can something else."""
    english = [AgentConfig(id=f"100{level}", queues=["service"], skills={"en": level}) for level in (2, 3)]
    able = [
        AgentConfig(id=f"2{number:03}", queues=["service"], skills={f"skill-{number}": 1})
        for number in range(others)
    ]
    return Centre([QueueConfig(name="service", wrap_up_s=0)], [*english, *able])


def cost_of_asking(others: int) -> int:
    """For something that was not asked for before, of a skill that was."""
    centre = centre_of(others)
    centre.staff(*(agent.id for agent in centre.agents))
    centre.join("first", requirement="en>=1")
    cost = operations_of(lambda: centre.join("call", requirement="en>=3"))
    assert (centre.offered_to("first"), centre.offered_to("call")) == ("1002", "1003")
    check_state(centre.core.state)
    return cost


def cost_of_becoming_free(others: int) -> int:
    centre = centre_of(others)
    centre.seat("1003")
    for number in range(others):
        centre.join(f"call-{number}", requirement=f"skill-{number}")
    centre.join("call", requirement="en")
    cost = operations_of(lambda: centre.ready("1003"))
    assert centre.offered_to("call") == "1003"
    check_state(centre.core.state)
    return cost


def test_a_new_requirement_looks_at_those_who_have_the_skill_and_at_nobody_else() -> None:
    cost_of_asking(3)  # what is asked for is read once
    assert cost_of_asking(300) < cost_of_asking(30) * 1.1


def test_an_agent_who_becomes_free_looks_at_nobody_who_asks_for_what_the_agent_has_not() -> None:
    cost_of_becoming_free(3)
    assert cost_of_becoming_free(300) < cost_of_becoming_free(30) * 1.1
