"""Calls that the switch places for agents: the agent's state, and what queues make of it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agent import AgentState
from acd.agent_events import AgentReleased, WrapUpEnded, WrapUpStarted
from acd.commands import ForceSignOut, ReleaseAgent, ReleaseCaller
from acd.events import OfferMade
from acd.inputs import CallTaken, OwnCallAnswered, OwnCallBegan, OwnCallOver
from acd.own_calls import station_to_call
from runtime.errors import UsageError
from tests.acd.centre import SERVICE, Centre
from tests.acd.invariants import check_idle, check_state


@pytest.fixture
def centre() -> Centre:
    centre = Centre()
    centre.staff("1001")
    return centre


def begin(centre: Centre, call_id: str = "own") -> None:
    centre.tell(OwnCallBegan(agent_id="1001", call_id=call_id))
    check_state(centre.core.state)


def answer(centre: Centre, call_id: str = "own") -> None:
    centre.tell(OwnCallAnswered(call_id=call_id))
    check_state(centre.core.state)


def end(centre: Centre, call_id: str = "own") -> None:
    centre.tell(OwnCallOver(call_id=call_id))
    check_state(centre.core.state)


def take(centre: Centre) -> None:
    centre.tell(CallTaken(agent_id="1001", call_id="taken", offer_id="phone"))
    check_state(centre.core.state)


def talk(centre: Centre) -> None:
    begin(centre)
    answer(centre)


def test_an_agent_is_rung_talks_wraps_up_and_is_free_again(centre: Centre) -> None:
    begin(centre)
    assert centre.state() is AgentState.OFFERED
    answer(centre)
    assert centre.state() is AgentState.ON_CALL
    assert centre.core.state.agents["1001"].call_id == "own"
    end(centre)
    assert centre.state() is AgentState.WRAP_UP
    centre.wait(SERVICE.wrap_up_s)
    assert centre.state() is AgentState.AVAILABLE
    check_idle(centre.core.state)


def test_no_caller_is_offered_meanwhile_and_the_first_is_afterwards(centre: Centre) -> None:
    begin(centre)
    centre.join("waiting")
    answer(centre)
    assert not [made for made in centre.outputs if isinstance(made, OfferMade)]
    end(centre)
    centre.wait(SERVICE.wrap_up_s)
    assert [made.call_id for made in centre.outputs if isinstance(made, OfferMade)] == ["waiting"]


def test_one_who_does_not_answer_is_as_before(centre: Centre) -> None:
    begin(centre)
    end(centre)
    assert centre.state() is AgentState.AVAILABLE
    centre.not_ready("1001", "午休")
    begin(centre, "second")
    end(centre, "second")
    agent = centre.core.state.agents["1001"]
    assert (agent.state, agent.reason) == (AgentState.NOT_READY, "午休")


def test_one_who_was_not_ready_is_so_again_after_the_wrap_up(centre: Centre) -> None:
    centre.not_ready("1001", "外呼")
    begin(centre)
    answer(centre)
    end(centre)
    centre.wait(SERVICE.wrap_up_s)
    agent = centre.core.state.agents["1001"]
    assert (agent.state, agent.reason) == (AgentState.NOT_READY, "外呼")


@pytest.mark.parametrize("answered", [True, False])
def test_a_call_in_a_wrap_up_ends_it_and_is_followed_by_another(centre: Centre, answered: bool) -> None:
    begin(centre, "first")
    answer(centre, "first")
    end(centre, "first")
    begin(centre, "second")
    ended = [output.call_id for output in centre.outputs if isinstance(output, WrapUpEnded)]
    assert ended == ["first"]
    if answered:
        answer(centre, "second")
    end(centre, "second")
    assert centre.state() is AgentState.WRAP_UP
    started = [output.call_id for output in centre.outputs if isinstance(output, WrapUpStarted)]
    assert started == ["first", "second"]


def test_a_supervisor_releases_the_agent_who_wraps_up(centre: Centre) -> None:
    begin(centre)
    answer(centre)
    told = centre.tell(ReleaseAgent(agent_id="1001", by="9001"))
    assert [type(output) for output in told[:2]] == [AgentReleased, ReleaseCaller]
    assert centre.state() is AgentState.WRAP_UP
    end(centre)
    assert centre.state() is AgentState.WRAP_UP


def test_who_is_signed_out_by_force_goes_after_the_call(centre: Centre) -> None:
    begin(centre)
    answer(centre)
    centre.tell(ForceSignOut(agent_id="1001", by="9001"))
    assert centre.state() is AgentState.ON_CALL
    end(centre)
    centre.wait(SERVICE.wrap_up_s)
    assert centre.state() is AgentState.LOGGED_OUT


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (lambda centre: centre.sign_out("1001"), "signed_out"),
        (lambda centre: centre.join("caller"), "rung"),
        (talk, "on_call"),
    ],
)
def test_an_agent_who_cannot_be_called_first_is_refused_by_the_state(
    centre: Centre, before: Callable[[Centre], object], reason: str
) -> None:
    assert station_to_call(centre.core.state, "1001") == "phone-1001"
    before(centre)
    with pytest.raises(UsageError) as refused:
        station_to_call(centre.core.state, "1001")
    assert refused.value.reason == reason
    with pytest.raises(UsageError, match="there is no agent 4711"):
        station_to_call(centre.core.state, "4711")


WORDS: dict[str, Callable[[Centre], object]] = {
    "begin": begin,
    "begin another": lambda centre: begin(centre, "another"),
    "answer": answer,
    "end": end,
    "end another": lambda centre: end(centre, "another"),
    "take": take,
    "answer taken": lambda centre: answer(centre, "taken"),
    "end taken": lambda centre: end(centre, "taken"),
    "ready": lambda centre: centre.ready("1001"),
    "not ready": lambda centre: centre.not_ready("1001"),
    "sign out": lambda centre: centre.sign_out("1001"),
    "sign in": lambda centre: centre.seat("1001"),
    "release": lambda centre: centre.tell(ReleaseAgent(agent_id="1001", by="9001")),
    "go home": lambda centre: centre.tell(ForceSignOut(agent_id="1001", by="9001")),
    "caller": lambda centre: centre.join(centre.new_id("caller")),
    "wait": lambda centre: centre.wait(7),
}


@given(words=st.lists(st.sampled_from(sorted(WORDS)), max_size=25))
def test_in_any_order_nothing_is_left_over_and_a_snapshot_goes_on_alike(words: list[str]) -> None:
    centre = Centre()
    for word in ["sign in", "ready", *words]:
        try:
            WORDS[word](centre)
        except UsageError:
            continue
        check_state(centre.core.state)
    assert set(centre.core.state.own_calls) <= {"own", "another", "taken"}
    other = Centre()
    other.core.restore(centre.core.snapshot())
    assert other.core.snapshot() == centre.core.snapshot()
    for call_id in ("own", "another", "taken"):
        end(centre, call_id)
    assert centre.core.state.own_calls == {}


def shown(centre: Centre) -> tuple[AgentState, str]:
    agent = centre.core.state.agents["1001"]
    return agent.state, agent.reason


def test_one_who_picks_up_a_call_while_not_ready_is_on_call_and_as_before_afterwards(centre: Centre) -> None:
    centre.not_ready("1001", "午休")
    centre.join("waiting")
    take(centre)
    assert shown(centre) == (AgentState.ON_CALL, "")
    assert centre.core.state.agents["1001"].call_id == "taken"
    end(centre, "taken")
    assert shown(centre) == (AgentState.NOT_READY, "午休")
    assert not [event for event in centre.outputs if isinstance(event, WrapUpStarted | OfferMade)]
    assert centre.core.state.own_calls == {}


def test_one_who_becomes_ready_during_a_call_that_was_picked_up_is_ready_after_it(centre: Centre) -> None:
    centre.not_ready("1001", "午休")
    take(centre)
    centre.ready("1001")
    assert shown(centre) == (AgentState.ON_CALL, "")
    end(centre, "taken")
    assert shown(centre) == (AgentState.AVAILABLE, "")


def test_a_shift_that_is_ended_during_such_a_call_ends_with_it(centre: Centre) -> None:
    centre.not_ready("1001", "午休")
    take(centre)
    centre.tell(ForceSignOut(agent_id="1001", by="李娜"))
    assert shown(centre)[0] is AgentState.ON_CALL
    end(centre, "taken")
    assert shown(centre)[0] is AgentState.LOGGED_OUT


def test_a_supervisor_ends_such_a_call_too(centre: Centre) -> None:
    centre.not_ready("1001", "午休")
    take(centre)
    centre.tell(ReleaseAgent(agent_id="1001", by="李娜"))
    assert [event.call_id for event in centre.outputs if isinstance(event, ReleaseCaller)] == ["taken"]
    assert shown(centre) == (AgentState.NOT_READY, "午休")


def test_whoever_is_ready_stays_so_with_a_call_of_no_queue(centre: Centre) -> None:
    take(centre)
    assert shown(centre) == (AgentState.AVAILABLE, "")
    assert centre.core.state.own_calls == {}
