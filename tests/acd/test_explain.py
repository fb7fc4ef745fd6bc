"""Decisions explained: what is told is what the core does."""

from inspect import isawaitable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd import dispatch, free
from acd.agent_config import AgentConfig
from acd.commands import ForceReady
from acd.core import AcdCore
from acd.eligibility import open_media
from acd.entry import Entry
from acd.events import OfferCause, OfferMade, OfferResult
from acd.explain import choose, explain_agent, explain_caller
from acd.explain_verbs import AGENTS_AT_ONCE, ExplainCallerParams, ExplainVerbs
from acd.inputs import CallerCame
from acd.obstacles import ObstacleKind, why_not_free
from acd.queue_config import QueueConfig, StrategyName
from acd.requirement import parse_requirement, parts_of
from acd.step import Step
from runtime.clock import ManualClock
from runtime.errors import UsageError
from runtime.ids import SeededIds
from tests.acd import random_shift
from tests.acd.centre import Centre, agents_of, one, only


def kinds(told: dict[str, Any], agent_id: str) -> list[str]:
    """What keeps an agent from the caller in the first queue."""
    (found,) = [c for c in told["queues"][0]["candidates"] if c["agent"] == agent_id]
    return [obstacle["kind"] for obstacle in found["obstacles"]]


def explained(centre: Centre, call_id: str = "call") -> Any:
    return explain_caller(centre.core.state, centre.core.state.entries[call_id], centre.now, 50)


def twin(core: AcdCore) -> AcdCore:
    """Another core in the same state."""
    other = AcdCore(random_shift.QUEUES, random_shift.AGENTS, SeededIds())
    other.restore(core.snapshot())
    return other


def shift(seed: int) -> tuple[Centre, Random]:
    """Some of a shift in which anything happens."""
    centre, choices = Centre(random_shift.QUEUES, random_shift.AGENTS), Random(seed)
    for agent in random_shift.AGENTS:
        centre.staff(agent.id)
    for _ in range(choices.randrange(60)):
        random_shift.act(centre, choices)
    return centre, choices


def come_unserved(core: AcdCore, choices: Random, now: float) -> Entry | None:
    """A caller who comes while nobody can be found; then everybody who is free can be found again."""
    for agent in core.state.agents.values():
        free.take_out(core.state, agent)
    core.handle(
        CallerCame(
            call_id="new",
            contact_id="contact",
            caller_number="13800138000",
            queues=tuple(choices.sample(list(core.state.queues), choices.choice([1, 2]))),
            requirement=choices.choice(random_shift.REQUIREMENTS),
            preferred=tuple(choices.sample(list(core.state.agents), choices.choice([0, 0, 1, 2]))),
            preferred_wait_s=choices.choice([0, 4]),
        ),
        now=now,
    )
    for agent in core.state.agents.values():
        if media := open_media(core.state, agent):
            free.let_be_found(core.state, agent, media)
    return core.state.entries.get("new")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_who_is_told_to_be_chosen_is_whom_the_core_offers_to(seed: int) -> None:
    centre, choices = shift(seed)
    core = twin(centre.core)
    entry = come_unserved(core, choices, centre.now)
    if entry is None:
        return
    choice = choose(core.state, entry)
    told = explain_caller(core.state, entry, centre.now, 50)
    step = Step(core.state, SeededIds(), centre.now)
    dispatch.serve_entry(step, entry)
    offered = [made.agent for made in only(OfferMade, step.outputs)]
    assert offered == ([] if choice is None else list(choice.agents))
    if choice is not None:
        (place,) = [p for p in told["queues"] if p["queue"] == choice.queue]
        assert place["candidates"][0]["agent"] == offered[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_whose_turn_is_told_to_be_next_with_an_agent_is_offered_when_the_agent_says_ready(seed: int) -> None:
    centre, _ = shift(seed)
    for agent in centre.core.state.agents.values():
        told = explain_agent(centre.core.state, agent, centre.now)
        kept_by = {obstacle["kind"] for obstacle in told["obstacles"]}
        if kept_by and kept_by <= {"not_ready", "wrap_up", "refusal_delay"}:
            ready = ForceReady(agent_id=agent.agent_id, by="9001")
            made = only(OfferMade, twin(centre.core).handle(ready, now=centre.now))
            found = {"call_id": made[0].call_id, "queue": made[0].queue, "delay": None} if made else None
            if told["next"] and told["next"]["delay"]:  # it is put off when its turn comes
                continue
            waits = centre.core.state.entry_of(told["next"]["call_id"]) if told["next"] else None
            if waits is not None and waits.is_absent:  # the offer is of the call that is dialled then
                assert found is not None
                assert told["next"] is not None
                assert told["next"]["queue"] == found["queue"]
            else:
                assert told["next"] == found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_nobody_is_told_to_be_free_who_is_not_and_whoever_waits_has_nobody(seed: int) -> None:
    state = shift(seed)[0].core.state
    for agent in state.agents.values():
        for medium in agent.capacity:
            told = why_not_free(state, agent, medium)
            assert bool(told) is (medium not in open_media(state, agent))
            assert ObstacleKind.NOT_FREE not in [obstacle.kind for obstacle in told]
    waiting = [entry for entry in state.entries.values() if entry.is_offerable]
    assert [choose(state, entry) for entry in waiting] == [None] * len(waiting)


def test_each_agent_is_told_with_what_keeps_the_agent_from_the_caller() -> None:
    centre = Centre(agents=[AgentConfig(id=str(1001 + n), queues=["service"]) for n in range(6)])
    centre.staff("1001", "1002", "1003", "1004")
    centre.seat("1005")
    centre.join("talk")
    centre.talk("talk")
    centre.join("ring")
    centre.join("refused")
    centre.end_offer("refused", OfferResult.REJECTED)
    centre.phone("1004", reachable=False)
    centre.not_ready("1004", "午休")
    centre.join("call")
    told = explained(centre)
    assert kinds(told, "1001") == ["on_call"]
    assert kinds(told, "1002") == ["rung"]
    assert kinds(told, "1003") == ["refusal_delay"]
    assert kinds(told, "1004") == ["not_ready", "unreachable", "refusal_delay"]
    assert kinds(told, "1005") == ["not_ready"]
    assert kinds(told, "1006") == ["signed_out"]
    assert told["choice"] is None


def test_the_part_of_a_requirement_that_is_not_met_is_named() -> None:
    agents = [AgentConfig(id="1001", queues=["service"], skills={"billing": 2, "en": 1})]
    centre = Centre(agents=agents)
    centre.staff("1001")
    centre.join("call", requirement="billing>=3 and (en or zh) and not trainee")
    (queue,) = explained(centre)["queues"]
    assert queue["candidates"][0]["obstacles"] == [
        {"kind": "requirement", "detail": "billing>=3 (has billing 2)"}
    ]


def test_whoever_waits_for_certain_agents_is_told_to_ask_no_others() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.not_ready("1001")
    centre.join("call", preferred=["1001"], preferred_wait_s=30)
    told = explained(centre)
    assert kinds(told, "1002") == ["others_preferred"]
    assert told["alone_for_s"] == 30


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("billing", ["billing"]),
        ("billing >= 3 and en", ["billing>=3", "en"]),
        ("(billing>=3) and (en and not trainee)", ["billing>=3", "en", "not trainee"]),
        ("en or zh and billing", ["en or zh and billing"]),
        ("(en or zh) and billing", ["en or zh", "billing"]),
        ("not (en and zh)", ["not (en and zh)"]),
        ("(en) and (zh)", ["en", "zh"]),
    ],
)
def test_a_requirement_is_taken_apart_where_all_parts_must_be_met(text: str, parts: list[str]) -> None:
    assert [part.text for part in parts_of(parse_requirement(text).text)] == parts


def test_an_offer_tells_the_strategy_and_the_keys_of_the_first_three() -> None:
    queue = QueueConfig(name="service", strategy=StrategyName.LINEAR)
    centre = Centre([queue], agents_of("service", count=4))
    centre.staff("1001", "1002", "1003", "1004")
    made = one(OfferMade, centre.join("call"))
    assert (made.cause, made.strategy, made.candidates) == (OfferCause.RANKING, "linear", 4)
    assert made.ranked == tuple((str(1001 + n), 0, (("order", float(n)),)) for n in range(3))


def test_an_offer_to_one_who_became_free_tells_that_it_was_the_callers_turn() -> None:
    centre = Centre()
    centre.join("call")
    centre.seat("1001")
    assert one(OfferMade, centre.ready("1001")).cause is OfferCause.TURN


def test_in_a_large_queue_calls_go_first_between_the_looks_and_it_tells_the_same() -> None:
    centre = Centre([QueueConfig(name="service")], agents_of("service", count=3 * AGENTS_AT_ONCE + 1))
    centre.seat("1001")
    centre.join("call")
    clock = ManualClock(centre.now)
    verbs = ExplainVerbs(centre.core.state, clock)
    looking = verbs.explain_caller(ExplainCallerParams(call_id="call"))
    assert isawaitable(looking)
    steps, answer = 0, None
    while answer is None:
        try:
            looking.send(None)  # type: ignore[attr-defined]
            steps += 1
        except StopIteration as done:
            answer = done.value
    assert steps == 3
    assert answer == explained(centre)


def test_who_is_gone_before_all_have_been_looked_at_is_not_explained() -> None:
    centre = Centre([QueueConfig(name="service")], agents_of("service", count=AGENTS_AT_ONCE + 1))
    centre.join("call")
    looking = ExplainVerbs(centre.core.state, ManualClock()).explain_caller(
        ExplainCallerParams(call_id="call")
    )
    looking.send(None)  # type: ignore[union-attr]
    centre.hang_up("call")
    with pytest.raises(UsageError, match="in no queue now"):
        looking.send(None)  # type: ignore[union-attr]


def callback_centre(**rules: object) -> Centre:
    """A callback for 13800138000, and agent 1001 who is free."""
    keys = {"callback_retry_s": 60, "callback_policy": "reserve", **rules}
    queues = [QueueConfig.model_validate({"name": name, **keys}) for name in ("service", "billing")]
    centre = Centre(queues, agents_of("service", "billing"))
    centre.ask_back("call", "13800138000")
    centre.staff("1001")
    return centre


def test_a_callback_that_is_not_called_for_other_reasons_than_agents_tells_them() -> None:
    quiet = callback_centre(callback_calendar="office")
    assert explained(quiet)["callback"] == {
        "stage": "paused",
        "delay": "quiet_hours",
        "again_in_s": None,
        "number": "13800138000",
        "attempts": 0,
    }
    assert explained(quiet)["choice"] is None
    paused = callback_centre()
    paused.customer_fails("call")
    paused.wait(20)
    told = explained(paused)["callback"]
    assert (told["delay"], told["again_in_s"], told["attempts"]) == ("pause", 40.0, 1)
    ahead = callback_centre(callback_policy="ahead", callback_ahead_s=1)
    ahead.sign_out("1001")
    ahead.ask_back("second", "13900139000")
    assert explained(ahead, "second")["callback"]["delay"] == "ahead"


def test_a_callback_whose_number_is_called_for_another_one_tells_that() -> None:
    centre = callback_centre()
    centre.ask_back("second", "13800138000", queues=["billing"])
    assert explained(centre, "second")["callback"]["delay"] == "engaged"
    told = explained(centre)["callback"]
    assert (told["stage"], told["delay"]) == ("dialling", None)
