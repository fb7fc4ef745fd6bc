"""Where everybody is rung: one wins, and nobody else is left in an offer."""

from typing import Any

import pytest

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.commands import ConnectCaller, PassOnCaller, ReleaseStation
from acd.events import OfferEnded, OfferResult
from acd.inputs import CallerConnected, PhoneAnswered, PhoneLost
from acd.queue_config import QueueConfig, RonaPolicy, StrategyName
from acd.queue_rules import OverflowCause, OverflowRule, RingRule
from tests.acd.centre import Centre, agents_of, offered_calls, one, only
from tests.acd.invariants import check_order, check_state

ALL = QueueConfig(name="service", strategy=StrategyName.RING_ALL, refusal_delay_s=5, ring_timeout_s=15)


def ringing(*agents: str) -> Centre:
    centre = Centre([ALL], agents_of("service", count=4))
    centre.staff(*agents)
    centre.join("call")
    return centre


def test_all_free_agents_are_rung_at_once() -> None:
    centre = ringing("1001", "1002", "1003")
    assert sorted(centre.rung_for("call")) == ["1001", "1002", "1003"]


def test_two_who_answer_at_once_make_one_conversation() -> None:
    centre = ringing("1001", "1002", "1003")
    first, second = centre.offer_to("1002"), centre.offer_to("1003")
    assert one(ConnectCaller, centre.tell(PhoneAnswered(offer_id=first))).offer_id == first
    assert centre.tell(PhoneAnswered(offer_id=second)) == []
    outputs = centre.tell(CallerConnected(offer_id=first))
    released = {release.offer_id: release.result for release in only(ReleaseStation, outputs)}
    assert released.keys() == {second, *(o.offer_id for o in only(OfferEnded, outputs))} - {first}
    assert set(released.values()) == {OfferResult.ELSEWHERE}
    states = [centre.state(agent) for agent in ("1001", "1002", "1003")]
    assert states == [AgentState.AVAILABLE, AgentState.ON_CALL, AgentState.AVAILABLE]
    check_state(centre.core.state)


def test_the_others_ring_on_until_caller_and_agent_hear_each_other() -> None:
    centre = ringing("1001", "1002")
    centre.tell(PhoneAnswered(offer_id=centre.offer_to("1001")))
    lost = PhoneLost(offer_id=centre.offer_to("1001"), result=OfferResult.FAILED, by_agent=True)
    centre.tell(lost)
    assert centre.rung_for("call") == ["1002"]
    check_state(centre.core.state)


def test_who_answered_second_is_connected_when_the_first_is_lost() -> None:
    centre = ringing("1001", "1002")
    first, second = centre.offer_to("1001"), centre.offer_to("1002")
    centre.tell(PhoneAnswered(offer_id=first))
    centre.tell(PhoneAnswered(offer_id=second))
    outputs = centre.tell(PhoneLost(offer_id=first, result=OfferResult.FAILED, by_agent=True))
    assert one(ConnectCaller, outputs).offer_id == second


def test_one_who_rejects_leaves_the_others_ringing() -> None:
    centre = ringing("1001", "1002")
    centre.tell(PhoneLost(offer_id=centre.offer_to("1001"), result=OfferResult.REJECTED, by_agent=True))
    assert centre.rung_for("call") == ["1002"]


def test_an_agent_who_becomes_free_is_rung_too() -> None:
    centre = ringing("1001")
    centre.staff("1002")
    assert sorted(centre.rung_for("call")) == ["1001", "1002"]


def test_an_agent_who_becomes_free_takes_one_nobody_is_rung_for_first() -> None:
    centre = ringing("1001")
    centre.join("second")
    centre.staff("1002")
    assert (centre.rung_for("call"), centre.rung_for("second")) == (["1001"], ["1002"])


def test_the_caller_who_hangs_up_stops_all_phones_and_the_next_caller_gets_them() -> None:
    centre = ringing("1001", "1002")
    centre.join("next")
    outputs = centre.hang_up("call")
    assert len(only(ReleaseStation, outputs)) == 2
    assert offered_calls(outputs) == ["next", "next"]
    check_state(centre.core.state)


def test_when_nobody_answers_all_are_not_ready_and_the_caller_keeps_the_place() -> None:
    centre = ringing("1001", "1002")
    for agent in ("1001", "1002"):
        centre.core.state.offers[centre.offer_to(agent)].has_rung = True
    centre.wait(16)
    assert {centre.state(agent) for agent in ("1001", "1002")} == {AgentState.NOT_READY}
    assert centre.rung_for("call") == []
    check_state(centre.core.state)


def ring_for_ever(centre: Centre, seconds: int) -> None:
    """Whatever phone is rung rings, and nobody ever answers."""
    for _ in range(seconds):
        for offer in centre.core.state.offers.values():
            offer.has_rung = True
        centre.wait(1)


@pytest.mark.parametrize(
    "limit",
    [
        {"max_wait_s": 60, "on_timeout": "flow:closed"},
        {"overflow": [OverflowRule(when=OverflowCause.WAIT, above=60, to="flow:closed")]},
    ],
)
def test_the_limits_of_the_wait_hold_though_one_phone_always_rings(limit: dict[str, Any]) -> None:
    centre = Centre(
        [ALL.model_copy(update={"rona": RonaPolicy.DELAY, **limit})], agents_of("service", count=2)
    )
    centre.staff("1001")
    centre.join("call")
    ring_for_ever(centre, 8)
    centre.staff("1002")
    ring_for_ever(centre, 60 - 9)
    assert only(PassOnCaller, centre.outputs) == []
    ring_for_ever(centre, 16)
    assert one(PassOnCaller, centre.outputs).target == "flow:closed"
    check_order(centre.core.state, centre.outputs)
    check_state(centre.core.state)


def test_whoever_fits_what_less_is_asked_of_is_rung_beside_those_who_ring() -> None:
    rings = [RingRule(after_s=0, require="gold"), RingRule(after_s=5)]
    agents = [
        AgentConfig(id="1001", queues=["service"], skills={"gold": 1}),
        AgentConfig(id="1002", queues=["service"]),
    ]
    centre = Centre([ALL.model_copy(update={"rings": rings})], agents)
    centre.staff("1001", "1002")
    centre.join("call")
    centre.wait(4.9)
    assert centre.rung_for("call") == ["1001"]
    centre.wait(0.1)
    assert centre.rung_for("call") == ["1001", "1002"]
    check_state(centre.core.state)


def test_nobody_of_a_higher_penalty_is_rung_beside_those_of_a_lower_one() -> None:
    first = AgentConfig(id="1001", queues=["service"])
    others = [AgentConfig(id=i, queues=["service"], penalties={"service": 1}) for i in ("1002", "1003")]
    centre = Centre([ALL], [first, *others])
    centre.staff("1001", "1002")
    centre.join("call")
    centre.staff("1003")
    assert centre.rung_for("call") == ["1001"]
    centre.end_offer("call", OfferResult.REJECTED)
    assert sorted(centre.rung_for("call")) == ["1002", "1003"]
    check_state(centre.core.state)
