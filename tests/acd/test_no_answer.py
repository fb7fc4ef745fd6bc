"""What happens when an agent does not take the call that is offered."""

from collections.abc import Callable

import pytest

from acd.agent import AgentState
from acd.agent_events import AgentStateChanged
from acd.commands import ReleaseStation
from acd.events import OfferEnded, OfferResult
from acd.no_answer import CONSEQUENCES
from acd.queue_config import QueueConfig
from runtime.vocabulary import Output
from tests.acd.centre import Centre, agents_of, one
from tests.acd.invariants import check_state


def test_every_result_without_a_conversation_has_its_consequence() -> None:
    assert set(CONSEQUENCES) == set(OfferResult) - {OfferResult.ACCEPTED}


def test_an_agent_who_lets_the_phone_ring_becomes_not_ready_with_the_queues_reason() -> None:
    centre = Centre([QueueConfig(name="service", ring_timeout_s=15, rona_reason="无应答")])
    centre.staff("1001")
    centre.join("call")
    centre.ring("call")
    assert centre.wait(14.9) == []
    outputs = centre.wait(0.1)
    ended = one(OfferEnded, outputs)
    assert (ended.result, ended.ring_ms) == (OfferResult.NO_ANSWER, 15_000)
    assert one(ReleaseStation, outputs).result is OfferResult.NO_ANSWER
    changed = one(AgentStateChanged, outputs)
    assert (changed.to_state, changed.reason, changed.call_id) == (AgentState.NOT_READY, "无应答", "call")
    centre.wait(3600)
    assert centre.state() is AgentState.NOT_READY


def test_a_phone_that_gives_up_by_itself_counts_as_no_answer_too() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.end_offer("call", OfferResult.NO_ANSWER)
    assert centre.state() is AgentState.NOT_READY


@pytest.mark.parametrize("result", [OfferResult.REJECTED, OfferResult.BUSY, OfferResult.FAILED])
def test_a_refusal_delays_the_next_offer(result: OfferResult) -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    outputs = centre.end_offer("call", result)
    assert one(OfferEnded, outputs).result is result
    assert centre.state() is AgentState.AVAILABLE
    assert centre.wait(4.9) == []
    centre.wait(0.1)
    assert centre.offered_to("call") == "1001"


def test_an_agent_ends_the_delay_after_a_refusal_by_saying_ready() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.end_offer("call", OfferResult.REJECTED)
    centre.ready("1001")
    assert centre.offered_to("call") == "1001"


def test_a_phone_that_gave_no_sign_is_tried_again_though_it_never_registers_anew() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.wait(15)
    assert centre.offered_to("call") is None
    centre.wait(29.9)
    assert (centre.state(), centre.offered_to("call")) == (AgentState.AVAILABLE, None)
    centre.wait(0.1)
    assert centre.offered_to("call") == "1001"
    check_state(centre.core.state)


def test_a_phone_that_is_gone_altogether_is_not_tried_again() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.end_offer("call", OfferResult.UNREACHABLE)
    centre.phone("1001", reachable=False)
    centre.wait(3600)
    assert centre.offered_to("call") is None


def test_a_phone_that_cannot_be_reached_gets_calls_as_soon_as_it_registers_anew() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.end_offer("call", OfferResult.UNREACHABLE)
    assert centre.state() is AgentState.AVAILABLE
    centre.wait(20)
    assert centre.offered_to("call") is None
    centre.phone("1001", reachable=True)
    assert centre.offered_to("call") == "1001"


def test_an_agent_who_says_ready_has_an_unreachable_phone_tried_again() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.end_offer("call", OfferResult.UNREACHABLE)
    centre.ready("1001")
    assert centre.offered_to("call") == "1001"
    centre.end_offer("call", OfferResult.UNREACHABLE)
    centre.phone("1001", reachable=False)
    centre.ready("1001")
    assert centre.offered_to("call") is None, "no phone is registered at all"


def test_a_phone_that_never_rang_is_unreachable_and_its_agent_not_to_blame() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    ended = one(OfferEnded, centre.wait(15))
    assert ended.result is OfferResult.UNREACHABLE
    assert centre.state() is AgentState.AVAILABLE


def wait_for_the_end(centre: Centre) -> list[Output]:
    centre.ring("first")
    return centre.wait(15)


def refuse(centre: Centre) -> list[Output]:
    return centre.end_offer("first", OfferResult.REJECTED)


@pytest.mark.parametrize("miss", [wait_for_the_end, refuse])
def test_the_caller_keeps_the_place_and_the_next_agent_is_rung(
    miss: Callable[[Centre], list[Output]],
) -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001")
    centre.join("first")
    centre.join("second")
    miss(centre)
    assert centre.offered_to("first") is None
    centre.staff("1002")
    assert centre.offered_to("first") == "1002"
    assert centre.offered_to("second") is None
    check_state(centre.core.state)


def test_the_next_agent_is_rung_in_the_same_step() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.join("call")
    centre.end_offer("call", OfferResult.BUSY)
    assert centre.offered_to("call") == "1002"


def test_offers_that_came_to_nothing_do_not_change_whose_turn_it_is() -> None:
    centre = Centre(agents=agents_of("service", count=3))
    centre.staff("1001", "1002", "1003")
    centre.join("missed")
    centre.ring("missed")
    centre.wait(15)
    assert centre.offered_to("missed") == "1002"
    centre.hang_up("missed")
    centre.ready("1001")
    for call in ("a", "b", "c"):
        centre.join(call)
    assert [centre.offered_to(call) for call in ("a", "b", "c")] == ["1001", "1002", "1003"]
