"""What is explained from inputs that were kept is what would have been explained live."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.entry import Entry
from acd.events import OfferCause, OfferMade
from acd.explain import explain_agent, explain_caller
from acd.explained import CallerExplained
from acd.replay.explaining import agent_at, caller_at, decisions
from acd.replay.folder import NotKept
from acd.state import AcdState
from runtime.errors import UsageError
from tests.acd import random_shift
from tests.acd.centre import SERVICE, STARTED_AT, Centre, agents_of, only
from tests.acd.replay.kept import kept_centre


def explained_live(centre: Centre) -> tuple[dict[str, Any], dict[str, Any]]:
    """Callers by their calls, and agents."""
    state, now = centre.core.state, centre.now
    callers = {entry.call_id: explain_caller(state, entry, now, 50) for entry in state.entries.values()}
    return callers, {name: explain_agent(state, agent, now) for name, agent in state.agents.items()}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_a_moment_of_any_shift_is_explained_later_as_it_was_live(seed: int) -> None:
    choices = Random(seed)
    with tempfile.TemporaryDirectory() as name, kept_centre(Path(name)) as (centre, _):
        centre.staff(*(agent.id for agent in random_shift.AGENTS))
        for _ in range(choices.randrange(1, 80)):
            random_shift.act(centre, choices)
        centre.wait(1)
        moment, (callers, agents) = centre.now, explained_live(centre)
        centre.wait(1)
        for _ in range(30):
            random_shift.act(centre, choices)
        for call_id in callers:
            assert caller_at(Path(name), call_id, moment, 50) == callers[call_id]
        for agent_id in agents:
            assert agent_at(Path(name), agent_id, moment) == agents[agent_id]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_each_decision_of_any_shift_is_explained_later_as_it_was_live(seed: int) -> None:
    choices, live = Random(seed), list[tuple[str, tuple[str, ...], CallerExplained]]()
    with tempfile.TemporaryDirectory() as name, kept_centre(Path(name)) as (centre, _):

        def decided(
            state: AcdState, entry: Entry, queue: str, agents: Sequence[str], cause: OfferCause, now: float
        ) -> None:
            told = explain_caller(state, entry, now, 50)
            live.append((queue, tuple(agents), told))

        centre.core.state.on_decision = decided
        for agent in random_shift.AGENTS:
            centre.staff(agent.id)
        for _ in range(choices.randrange(20, 80)):
            random_shift.act(centre, choices)
        made = only(OfferMade, centre.outputs)
        found = dict[str, CallerExplained]()
        for call_id in {offer.call_id for offer in made}:
            found |= decisions(Path(name), call_id, STARTED_AT, centre.now, 50)
    assert found.keys() == {offer.offer_id for offer in made}
    expected = [(queue, agents, told["queues"]) for queue, agents, told in live for _ in agents]
    explained = [found[offer.offer_id] for offer in made]
    choices_later = [(one["choice"], one["queues"]) for one in explained if one["choice"] is not None]
    later = [(choice["queue"], choice["agents"], queues) for choice, queues in choices_later]
    assert sorted(later, key=repr) == sorted(expected, key=repr)
    assert all(
        offer.agent in choice["agents"] for offer, (choice, _) in zip(made, choices_later, strict=True)
    )
    for queue, agents, told in live:
        if told["state"] == "waiting":
            (place,) = [place for place in told["queues"] if place["queue"] == queue]
            rung = [candidate for candidate in place["candidates"] if candidate["agent"] in agents]
            # An agent of a lower penalty may have become free with the same input, and be looked at later.
            assert {o["kind"] for candidate in rung for o in candidate["obstacles"]} <= {"penalty"}


def test_a_call_that_is_over_is_explained_with_all_candidates_and_what_removed_each(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service", count=4)) as (centre, _):
        centre.staff("1001", "1002", "1003")
        centre.not_ready("1003", "午休")
        made = only(OfferMade, centre.join("call"))
        centre.talk("call")
        centre.hang_up("call")
    told = decisions(tmp_path, "call", STARTED_AT, centre.now, 50)[made[0].offer_id]
    kinds = {c["agent"]: [o["kind"] for o in c["obstacles"]] for c in told["queues"][0]["candidates"]}
    assert kinds == {"1001": [], "1002": [], "1003": ["not_ready"], "1004": ["signed_out"]}
    assert told["choice"] == {"queue": "service", "agents": ("1001",), "decided_by": "strategy"}


def test_an_agent_who_became_free_is_told_to_have_taken_whose_turn_it_was(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.join("call")
        centre.wait(5)
        centre.seat("1001")
        (made,) = only(OfferMade, centre.ready("1001"))
    told = decisions(tmp_path, "call", STARTED_AT, centre.now, 50)[made.offer_id]
    assert told["choice"] is not None
    assert (told["waited_s"], told["choice"]["decided_by"]) == (5, "turn")


def test_who_was_in_no_queue_then_is_not_explained(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.wait(5)
        centre.join("call")
    assert caller_at(tmp_path, "call", centre.now - 1, 50) is None
    assert caller_at(tmp_path, "call", centre.now, 50) is not None
    with pytest.raises(UsageError, match="no agent 4711"):
        agent_at(tmp_path, "4711", centre.now)


def test_inputs_of_another_code_are_not_told_to_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"version": "0.0.1", "code": "another"}
    monkeypatch.setattr("acd.replay.recorded_core.ABOUT_THIS_CODE", other)
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.join("call")
    with pytest.raises(NotKept, match=r"written by Ringmain 0\.0\.1 with another ACD"):
        caller_at(tmp_path, "call", centre.now, 50)


def test_where_nothing_is_kept_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="inputs_kept_days"):
        caller_at(tmp_path, "call", 100, 50)
