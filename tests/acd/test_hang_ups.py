"""A caller or a phone that goes away, at every step of the way."""

from collections.abc import Callable

import pytest

from acd.agent import AgentState
from acd.commands import ReleaseCaller, ReleaseStation
from acd.events import CallCompleted, CallerLeft, LeaveReason, OfferEnded, OfferResult
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_idle, check_state


def waiting(centre: Centre) -> None:
    centre.join("call")


def offered(centre: Centre) -> None:
    centre.staff("1001")
    centre.join("call")


def ringing(centre: Centre) -> None:
    offered(centre)
    centre.ring("call")


def accepted(centre: Centre) -> None:
    ringing(centre)
    centre.accept("call")


def talking(centre: Centre) -> None:
    offered(centre)
    centre.talk("call")


def wrapping_up(centre: Centre) -> None:
    talking(centre)
    centre.end_offer("call")


@pytest.mark.parametrize("reach", [waiting, offered, ringing, accepted, talking, wrapping_up])
@pytest.mark.parametrize("reason", [LeaveReason.ABANDONED, LeaveReason.WITHDRAWN])
def test_a_caller_who_goes_at_any_step_leaves_nothing_behind(
    reach: Callable[[Centre], None], reason: LeaveReason
) -> None:
    centre = Centre()
    reach(centre)
    centre.hang_up("call", reason)
    assert "call" not in centre.core.state.entries
    check_state(centre.core.state)
    centre.wait(10)
    check_idle(centre.core.state)
    assert centre.hang_up("call", reason) == []


@pytest.mark.parametrize("reach", [offered, ringing, accepted])
def test_a_caller_who_goes_before_the_conversation_frees_the_agent_at_once(
    reach: Callable[[Centre], None],
) -> None:
    centre = Centre()
    reach(centre)
    offer_id = centre.offer_of("call")
    outputs = centre.hang_up("call")
    assert one(ReleaseStation, outputs).offer_id == offer_id
    assert one(OfferEnded, outputs).result is OfferResult.CANCELLED
    left = one(CallerLeft, outputs)
    assert (left.reason, left.position, left.agent) == (LeaveReason.ABANDONED, 1, None)
    assert centre.state() is AgentState.AVAILABLE


@pytest.mark.parametrize("reach", [offered, ringing, accepted])
def test_the_agent_freed_by_it_gets_the_next_caller_in_the_same_step(
    reach: Callable[[Centre], None],
) -> None:
    centre = Centre()
    reach(centre)
    centre.join("next")
    centre.hang_up("call")
    assert centre.offered_to("next") == "1001"


def test_an_abandoned_wait_is_reported_with_place_and_length() -> None:
    centre = Centre()
    centre.join("first")
    centre.wait(2)
    centre.join("second")
    centre.wait(7.5)
    left = one(CallerLeft, centre.hang_up("second"))
    assert (left.reason, left.position, left.wait_ms) == (LeaveReason.ABANDONED, 2, 7_500)


def test_a_customer_who_hangs_up_in_conversation_sends_the_agent_into_wrap_up() -> None:
    centre = Centre()
    talking(centre)
    centre.wait(42)
    outputs = centre.hang_up("call")
    completed = one(CallCompleted, outputs)
    assert (completed.talk_ms, completed.by_agent, completed.agent) == (42_000, False, "1001")
    assert only(ReleaseStation, outputs) == [], "the exchange ends the legs of a call that ended"
    assert centre.state() is AgentState.WRAP_UP


def test_an_agent_who_hangs_up_ends_the_call() -> None:
    centre = Centre()
    talking(centre)
    outputs = centre.end_offer("call")
    assert one(ReleaseCaller, outputs) == ReleaseCaller(call_id="call", reason=LeaveReason.CONNECTED)
    assert one(CallCompleted, outputs).by_agent
    assert centre.state() is AgentState.WRAP_UP


def test_a_conversation_taken_elsewhere_releases_the_agents_phone() -> None:
    centre = Centre()
    talking(centre)
    offer_id = centre.offer_of("call")
    outputs = centre.hang_up("call", LeaveReason.WITHDRAWN)
    assert one(ReleaseStation, outputs).offer_id == offer_id
    assert only(ReleaseCaller, outputs) == []
    assert centre.state() is AgentState.WRAP_UP


def test_a_failing_phone_never_ends_the_callers_wait() -> None:
    centre = Centre(agents=agents_of("service", count=len(OfferResult)))
    agents = list(centre.core.state.agents)
    centre.staff(*agents)
    centre.join("call")
    for result in [r for r in OfferResult if r not in (OfferResult.ACCEPTED, OfferResult.CANCELLED)]:
        assert only(ReleaseCaller, centre.end_offer("call", result)) == []
        assert centre.offered_to("call") is not None
    check_state(centre.core.state)
