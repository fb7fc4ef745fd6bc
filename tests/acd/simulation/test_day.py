"""A simulated day is the real core's: it has Erlang's waits, keeps its plans, and loses nobody."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.agent import AgentState
from acd.callback import CallbackPolicy
from acd.erlang import erlang_a
from acd.queue_config import QueueConfig
from acd.queue_rules import OverflowCause, OverflowRule
from acd.simulation.chance import Chance
from acd.simulation.day import GREETING_S, Day
from acd.simulation.outcome import ALL
from acd.simulation.runs import differences_of
from acd.simulation.scenario import HabitsConfig
from acd.simulation.spread import Spread
from acd.traffic import Traffic
from tests.acd.simulation.days import AT_ONCE, HOUR_S, QUICK, centre, figure, go_through, plan, stream

QUEUE = QueueConfig(name="service", wrap_up_s=0, service_level_s=[15, 20])


def test_figures_lie_where_erlang_a_foretells_and_not_where_it_does_for_an_agent_more() -> None:
    # Long days, so that the empty line in the morning does not count.
    hours, runs = 23, 6
    outcomes = go_through(
        plan(stream(calls_per_hour=160, patience_s=120, hours=hours), hours=hours),
        centre([QUEUE], 8, hours=hours + 1),
        runs,
    )
    theory = erlang_a(Traffic(160, 180, 120), 8, within_s=20)
    more = erlang_a(Traffic(160, 180, 120), 9, within_s=20)
    for scope in ("service", ALL):
        for name, expected, other in (
            ("within_20_s", theory.service_level, more.service_level),
            ("abandoned_share", theory.abandoned_share, more.abandoned_share),
            ("mean_answer_s", theory.mean_wait_served_s, more.mean_wait_served_s),
        ):
            found = figure(outcomes, scope, name)
            assert found.reach is not None
            assert abs(found.mean - expected) < 2 * found.reach, name  # 95 % would fail once in twenty
            assert abs(found.mean - other) > 2 * found.reach, name
    occupancy = figure(outcomes, ALL, "occupancy")
    assert occupancy.mean == pytest.approx(theory.occupancy * hours / (hours + 1), abs=0.02)


def test_the_same_seed_gives_the_same_day_and_another_run_another() -> None:
    one, two = (go_through(plan(stream(calls_per_hour=60)), centre([QUEUE], 3), 2) for _ in range(2))
    assert [o.figures for o in one] == [o.figures for o in two]
    assert one[0].figures != one[1].figures
    assert (
        go_through(plan(stream(calls_per_hour=60), seed=2), centre([QUEUE], 3), 1)[0].figures
        != one[0].figures
    )


def test_two_configurations_meet_the_same_callers_so_that_small_differences_show() -> None:
    day = plan(stream(calls_per_hour=60, patience_s=120))
    few, many = centre([QUEUE], 3), centre([QUEUE], 4)
    ones, others = go_through(day, few, 6), go_through(day, many, 6)
    assert [o.figures[ALL]["offered"] for o in ones] == [o.figures[ALL]["offered"] for o in others]
    difference = differences_of(ones, others)[ALL]["within_20_s"]
    apart = figure(ones, ALL, "within_20_s")
    assert difference is not None
    assert difference.reach is not None
    assert apart.reach is not None
    assert difference.mean - difference.reach > 0
    assert difference.reach < 1.5 * apart.reach
    same = differences_of(ones, ones)[ALL]["within_20_s"]
    assert same is not None
    assert (same.mean, same.reach) == (0, 0)


def test_agents_rest_at_their_hours_and_leave_after_the_call_they_have() -> None:
    pause = (2 * HOUR_S, 3 * HOUR_S)
    team = centre([QUEUE], 2, hours=4, breaks_s=(pause,))
    day = Day(team, Chance(1, 1))
    calls = list(stream(calls_per_hour=30, hours=5).callers(Chance(1, 1), 0))
    record = day.run(calls)
    for spent in record.spent_ms.values():
        assert spent[AgentState.NOT_READY] / 1000 == pytest.approx(HOUR_S, abs=600)
        worked = sum(spent[s] for s in AgentState if s is not AgentState.LOGGED_OUT) / 1000
        assert 4 * HOUR_S <= worked <= 4 * HOUR_S + 1800
    late = [visit for visit in record.visits.values() if visit.comes_at > 4.5 * HOUR_S]
    assert late
    assert all(visit.answered_after_s is None and not visit.gave_up for visit in late)


def test_whoever_misses_a_call_comes_back_and_whoever_refuses_gets_others() -> None:
    habits = HabitsConfig(
        ring_delay=AT_ONCE, answer=AT_ONCE, refused_share=0.2, missed_share=0.1, back_after_s=60
    )
    (outcome,) = go_through(plan(stream(calls_per_hour=40)), centre([QUEUE], 4, habits=habits), 1)
    assert outcome.figures[ALL]["answered"] == outcome.figures[ALL]["offered"]
    # 40 / 0.7 offers an hour, a tenth of them missed, a minute each.
    assert outcome.agents["not ready"].mean() == pytest.approx(40 / 0.7 * 0.1 / 60, abs=0.03)


def test_wrap_up_is_as_long_as_agents_take_and_no_longer_than_the_queue_allows() -> None:
    queue = replace_wrap_up(30)
    shares = []
    for wrap_up in (None, Spread(mean_s=5), Spread(mean_s=5000)):
        habits = QUICK.model_copy(update={"wrap_up": wrap_up})
        (outcome,) = go_through(plan(stream(calls_per_hour=40)), centre([queue], 4, habits=habits), 1)
        shares.append(outcome.agents["wrap-up"].mean())
    assert shares[1] < shares[0] / 3
    assert shares[0] * 0.9 < shares[2] <= shares[0]


def replace_wrap_up(seconds: float) -> QueueConfig:
    return QUEUE.model_copy(update={"wrap_up_s": seconds})


def test_the_hours_are_the_scenarios_whatever_the_calendar_says() -> None:
    queue = QUEUE.model_copy(update={"calendar": "office"})
    ones, others = (
        go_through(plan(stream(calls_per_hour=20, hours=2)), centre([one], 2), 1) for one in (queue, QUEUE)
    )
    assert ones[0].figures == others[0].figures
    assert ones[0].figures[ALL]["answered"]


def test_callers_who_overflow_count_in_each_queue_and_once_in_all() -> None:
    first = QueueConfig(
        name="first", overflow=[OverflowRule(when=OverflowCause.WAIT, above=10, to="queue:second")]
    )
    second = QueueConfig(name="second", max_wait_s=30, on_timeout="flow:closed")
    nobody = centre([first, second], 0)
    (outcome,) = go_through(plan(stream("first", calls_per_hour=20)), nobody, 1)
    offered = outcome.figures[ALL]["offered"]
    assert offered
    assert outcome.figures["first"]["offered"] == outcome.figures["second"]["offered"] == offered
    assert outcome.figures["first"]["sent_on_share"] == outcome.figures[ALL]["sent_on_share"] == 1
    assert outcome.figures[ALL]["longest_wait_s"] == pytest.approx(40)
    assert outcome.figures["second"]["longest_wait_s"] == pytest.approx(30)


def test_curves_add_up_to_the_figures() -> None:
    day, team = plan(stream(calls_per_hour=80, patience_s=100)), centre([QUEUE], 3)
    (outcome,) = go_through(day, team, 1)
    figures = outcome.figures[ALL]
    assert outcome.came.sum() == figures["offered"]
    level = outcome.in_time.sum() / outcome.came.sum()
    assert level == pytest.approx(figures["within_15_s"])
    there = sum(curve.sum() for curve in outcome.agents.values())
    assert there == pytest.approx(3 * 10, abs=0.01)
    # Little's law: those who wait are those who come, times how long they wait.
    record = Day(team, Chance(1, 0)).run(stream(calls_per_hour=80, patience_s=100).callers(Chance(1, 0), 0))
    waited_s = sum(visit.waited_s for visit in record.visits.values())
    assert outcome.waiting["service"].sum() * HOUR_S == pytest.approx(waited_s, rel=0.01)


def test_a_greeting_of_the_agent_costs_the_caller_seconds() -> None:
    greeted = QUEUE.model_copy(update={"agent_greeting": ["zh/queue/caller_waited"]})
    ones, others = (
        go_through(plan(stream(calls_per_hour=20)), centre([one], 4), 1)[0].figures[ALL]
        for one in (QUEUE, greeted)
    )
    assert ones["mean_answer_s"] is not None
    assert others["mean_answer_s"] == pytest.approx(ones["mean_answer_s"] + GREETING_S, abs=1)
    assert others["within_20_s"] == pytest.approx(ones["within_20_s"], abs=0.02)


@pytest.mark.parametrize("key", ["", "1"])
@pytest.mark.parametrize("policy", list(CallbackPolicy))
def test_who_hangs_up_is_called_back_and_counts_once(policy: CallbackPolicy, key: str) -> None:
    day = plan(stream(calls_per_hour=70, patience_s=60))
    keys = {"callback_on_hang_up": True, "callback_policy": policy, "callback_confirm_key": key}
    calling_back = QUEUE.model_copy(update=keys)
    (without,), (outcome,) = (go_through(day, centre([one], 4, hours=12), 1) for one in (QUEUE, calling_back))
    figures = outcome.figures[ALL]
    assert figures["offered"] == outcome.figures["service"]["offered"] == without.figures[ALL]["offered"]
    requested, served, failed = (
        figures[name] or 0 for name in ("callbacks", "callbacks_served", "callbacks_failed")
    )
    assert requested == served + failed
    assert served > 20
    assert (figures["answered"] or 0) > (without.figures[ALL]["answered"] or 0)
    assert "callbacks" not in without.figures[ALL]


def test_customers_whom_nobody_reaches_are_callbacks_in_vain() -> None:
    queue = QUEUE.model_copy(update={"callback_on_hang_up": True, "callback_calendar": "daytime"})
    habits = QUICK.model_copy(update={"callback_answered_share": 0.0})
    team = centre([queue], 2, hours=12, habits=habits)
    (outcome,) = go_through(plan(stream(calls_per_hour=40, patience_s=60)), team, 1)
    offered, answered, callbacks, failed = (
        outcome.figures[ALL][name] or 0 for name in ("offered", "answered", "callbacks", "callbacks_failed")
    )
    assert callbacks
    assert failed == callbacks == offered - answered
    assert outcome.figures[ALL]["sent_on_share"] == pytest.approx(callbacks / offered)


@settings(max_examples=25, deadline=None)
@given(
    agents=st.integers(0, 6),
    rate=st.integers(1, 120),
    patience_s=st.sampled_from([None, 5, 60]),
    refused=st.sampled_from([0.0, 0.3]),
    max_waiting=st.sampled_from([0, 2]),
    calls_back=st.booleans(),
    seed=st.integers(0, 999),
)
def test_nobody_is_lost_whatever_the_day(
    agents: int,
    rate: int,
    patience_s: float | None,
    refused: float,
    max_waiting: int,
    calls_back: bool,
    seed: int,
) -> None:
    queue = QueueConfig(
        name="service",
        max_waiting=max_waiting,
        max_wait_s=300,
        on_timeout="queue:service",
        callback_on_hang_up=calls_back,
    )
    habits = HabitsConfig(refused_share=refused, missed_share=0.1)
    team = centre([queue], agents, hours=2, habits=habits)
    callers = stream(calls_per_hour=rate, patience_s=patience_s, hours=1)
    day = Day(replace(team, queues=[queue]), Chance(seed, 0))
    coming = list(callers.callers(Chance(seed, 0), 0))
    record = day.run(coming)
    assert len(record.visits) == len(coming)
    assert day._core.state.entries == {}
    assert all(agent.state is AgentState.LOGGED_OUT for agent in day._core.state.agents.values())
