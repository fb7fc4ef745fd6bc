"""Who fits: requirements, rings, preferred agents, several queues, and changes in the middle of a shift."""

import pytest

from acd.agent_config import AgentConfig
from acd.agent_events import AgentChanged
from acd.commands import ChangeQueues, ChangeSkills
from acd.events import CallerLeft, LeaveReason, OfferResult, RingBegan
from acd.queue_config import QueueConfig
from acd.queue_rules import RingRule
from runtime.errors import UsageError
from tests.acd.centre import SERVICE, Centre, offered_calls, one, only
from tests.acd.invariants import check_state

BILLING = QueueConfig(
    name="billing",
    rings=[
        RingRule(after_s=0, require="billing>=3"),
        RingRule(after_s=20, require="billing"),
        RingRule(after_s=40, drop_callers_own=True),
    ],
)
AGENTS = [
    AgentConfig(id="1001", queues=["billing", "service"], skills={"billing": 1}),
    AgentConfig(id="1002", queues=["billing"], skills={"billing": 5, "en": 2}),
    AgentConfig(id="1003", queues=["service"], tags=["trainee"]),
]


def centre_with(*ready: str) -> Centre:
    centre = Centre([BILLING, SERVICE], AGENTS)
    centre.staff(*ready)
    return centre


def test_a_call_waits_for_an_agent_who_meets_its_requirement_past_others_who_are_free() -> None:
    centre = centre_with("1001", "1002", "1003")
    centre.join("first", requirement="not trainee")
    assert centre.offered_to("first") == "1001"
    centre.join("second", requirement="not trainee")
    assert centre.offered_to("second") is None
    centre.join("third")
    assert centre.offered_to("third") == "1003"
    check_state(centre.core.state)


def test_an_agent_takes_the_first_caller_the_agent_is_fit_for() -> None:
    centre = centre_with()
    centre.join("first", "billing", requirement="en>=3")
    centre.join("second", "billing")
    centre.staff("1002")
    assert (centre.offered_to("first"), centre.offered_to("second")) == (None, "1002")


def test_requirements_are_relaxed_from_ring_to_ring() -> None:
    centre = centre_with("1001")
    centre.join("call", "billing", requirement="en")
    assert centre.wait(19.9) == []
    assert one(RingBegan, centre.wait(0.2)).requirement == "(billing) and (en)"
    assert centre.offered_to("call") is None
    outputs = centre.wait(20)
    assert one(RingBegan, outputs).requirement == ""
    assert offered_calls(outputs) == ["call"]


def test_a_ring_that_begins_during_an_offer_counts_when_the_offer_fails() -> None:
    centre = centre_with("1002")
    centre.join("call", "billing")
    centre.wait(14)
    centre.end_offer("call", OfferResult.REJECTED)
    centre.seat("1001")
    centre.ready("1001")
    centre.wait(7)
    assert centre.offered_to("call") == "1001"


def test_penalties_can_be_relaxed_by_rings() -> None:
    queue = QueueConfig(
        name="q",
        rings=[RingRule(after_s=0, require="penalty<=1"), RingRule(after_s=30, require="penalty<=5")],
    )
    agents = [AgentConfig(id="1001", queues=["q"], penalties={"q": 5})]
    centre = Centre([queue], agents)
    centre.staff("1001")
    centre.join("call", "q")
    centre.wait(29)
    assert centre.offered_to("call") is None
    centre.wait(2)
    assert centre.offered_to("call") == "1001"


def test_a_preferred_agent_is_waited_for_and_then_anybody_is_asked() -> None:
    centre = centre_with("1001", "1003")
    centre.join("busy", requirement="not trainee")
    centre.talk("busy")
    centre.join("call", preferred=["1001"], preferred_wait_s=30)
    centre.wait(29)
    assert centre.offered_to("call") is None
    centre.wait(2)
    assert centre.offered_to("call") == "1003"


def test_a_preferred_agent_who_becomes_free_takes_the_caller_who_asks_for_nobody_else_first() -> None:
    centre = centre_with()
    centre.join("earlier")
    centre.join("call", preferred=["1001"], preferred_wait_s=30)
    centre.staff("1001")
    assert (centre.offered_to("call"), centre.offered_to("earlier")) == ("1001", None)


def test_a_preferred_agent_goes_before_the_strategy_when_free() -> None:
    centre = centre_with("1001", "1003")
    centre.join("call", preferred=["1003"])
    assert centre.offered_to("call") == "1003"


def test_preferring_an_agent_of_another_queue_changes_nothing() -> None:
    centre = centre_with("1001")
    centre.join("call", preferred=["1002", "nobody"], preferred_wait_s=30)
    assert centre.offered_to("call") == "1001"


def test_a_call_in_two_queues_is_served_by_whichever_has_an_agent_and_leaves_the_other() -> None:
    centre = centre_with()
    centre.join("call", "billing", "service")
    centre.staff("1003")
    assert centre.offered_to("call") == "1003"
    outputs = centre.talk("call")
    left = {event.queue: (event.reason, event.agent) for event in only(CallerLeft, outputs)}
    assert left == {
        "service": (LeaveReason.CONNECTED, "1003"),
        "billing": (LeaveReason.ELSEWHERE, None),
    }


def test_new_skills_take_effect_at_once() -> None:
    centre = centre_with("1003")
    centre.join("call", requirement="en")
    outputs = centre.tell(ChangeSkills(agent_id="1003", skills=(("en", 1),)))
    assert one(AgentChanged, outputs).skills == (("en", 1),)
    assert offered_calls(outputs) == ["call"]


def test_new_queues_take_effect_at_once_without_signing_in_again() -> None:
    centre = centre_with("1003")
    centre.join("call", "billing", requirement="")
    centre.tell(ChangeSkills(agent_id="1003", skills=(("billing", 4),)))
    assert offered_calls(centre.tell(ChangeQueues(agent_id="1003", queues=("billing",)))) == ["call"]
    centre.talk("call")
    centre.tell(ChangeQueues(agent_id="1003", queues=()))
    check_state(centre.core.state)
    centre.hang_up("call")
    centre.wait(60)
    centre.join("later")
    assert centre.offered_to("later") is None


def test_a_queue_that_does_not_exist_changes_nothing() -> None:
    centre = centre_with("1003")
    with pytest.raises(UsageError, match="there is no queue 投诉"):
        centre.tell(ChangeQueues(agent_id="1003", queues=("billing", "投诉")))
    assert centre.core.state.agents["1003"].queue_names == ("service",)


def test_a_preferred_agent_who_moved_to_other_queues_meanwhile_is_not_waited_for() -> None:
    centre = centre_with("1001")
    centre.join("call", "service", preferred=["1001"], preferred_wait_s=60)
    centre.tell(ChangeQueues(agent_id="1001", queues=("billing",)))
    centre.end_offer("call", OfferResult.REJECTED)
    check_state(centre.core.state)
    centre.staff("1003")
    assert centre.offered_to("call") == "1003"


def test_a_tenants_agent_is_asked_for_by_the_number_the_tenant_knows() -> None:
    queue = QueueConfig(name="billing").model_copy(update={"name": "acme/billing"})
    asked = QueueConfig(name="x", rings=[RingRule(after_s=0, require="agent:1002")])
    strict = asked.model_copy(update={"name": "acme/strict"})
    agents = [
        AgentConfig(id=number).model_copy(
            update={"id": f"acme/{number}", "queues": [queue.name, strict.name]}
        )
        for number in ("1001", "1002")
    ]
    centre = Centre([queue, strict], agents)
    centre.staff("acme/1001", "acme/1002")
    centre.join("one", "acme/billing", requirement="not agent:1001")
    assert centre.offered_to("one") == "acme/1002"
    centre.hang_up("one")
    centre.join("two", "acme/strict")
    assert centre.offered_to("two") == "acme/1002"
