"""Where everybody is rung: one wins, and nobody else is left in an offer."""

from acd.agent import AgentState
from acd.commands import ConnectCaller, ReleaseStation
from acd.config import QueueConfig, StrategyName
from acd.events import OfferEnded, OfferResult
from acd.inputs import CallerConnected, PhoneAnswered, PhoneLost
from tests.acd.centre import Centre, agents_of, offered_calls, one, only
from tests.acd.invariants import check_state

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
