"""A plan has for each step the fewest agents that meet the goal, and a roster on which they are there."""

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acd.erlang import figures_of
from acd.forecast import Step
from acd.staffing import Rules, paid_for, staff, totals_of
from acd.traffic import Goal, Model, Traffic
from runtime.errors import UsageError

BUSY = Step("09:00", length_s=1800, calls=100, handle_s=180, patience_s=300)
CALM = Step("09:30", length_s=1800, calls=10, handle_s=180, patience_s=None)
NIGHT = Step("10:00", length_s=1800, calls=0, handle_s=None, patience_s=None)
RULES = Rules(Model.C, Goal(0.8, within_s=20), shrinkage=0.3)


def test_a_step_has_its_agents_its_roster_and_its_figures() -> None:
    # pyworkforce's guide to Erlang C: 14 agents, 20 positions with a shrinkage of 30 %.
    (busy,) = staff([BUSY], RULES)
    assert busy.load_erlang == pytest.approx(10)
    assert (busy.agents, busy.paid_agents) == (14, 20)
    assert busy.figures == figures_of(Model.C, Traffic(200, 180), 14, within_s=20)


def test_with_patience_fewer_do_and_each_step_has_its_own() -> None:
    # The guide to Erlang A: 13 agents, 19 positions.
    rules = replace(RULES, model=Model.A, patience_s=60)
    own, others = staff([BUSY, replace(BUSY, patience_s=None)], rules)
    assert (own.agents, own.paid_agents) == (13, 19)
    assert others.figures == figures_of(Model.A, Traffic(200, 180, 60), others.agents, within_s=20)


def test_a_limit_on_occupancy_adds_agents_where_service_alone_would_not() -> None:
    (busy,) = staff([BUSY], replace(RULES, goal=Goal(0.8, 20, max_occupancy=0.6)))
    assert busy.agents == math.ceil(10 / 0.6)


def test_a_step_without_calls_needs_nobody_and_has_no_figures() -> None:
    (night,) = staff([NIGHT], RULES)
    assert (night.agents, night.paid_agents, night.figures) == (0, 0, None)


def test_erlang_a_without_patience_names_the_steps_that_lack_it() -> None:
    with pytest.raises(UsageError, match=r"without it: 09:30$"):
        staff([BUSY, CALM, NIGHT], replace(RULES, model=Model.A))


def test_a_step_beyond_all_measure_is_named() -> None:
    with pytest.raises(UsageError, match=r"^09:00: .* agents cannot meet the goal"):
        staff([replace(BUSY, calls=1_000_000, handle_s=86_400)], RULES)


def test_totals_are_hours_of_people_and_means_over_calls() -> None:
    plan = staff([BUSY, CALM, NIGHT], RULES)
    busy, calm, _ = plan
    assert busy.figures is not None
    assert calm.figures is not None
    totals = totals_of(plan)
    assert (totals.calls, totals.most_agents) == (110, busy.agents)
    assert totals.agent_hours == (busy.agents + calm.agents) / 2
    assert totals.paid_hours == (busy.paid_agents + calm.paid_agents) / 2
    in_time = 100 * busy.figures.service_level + 10 * calm.figures.service_level
    assert totals.service_level == pytest.approx(in_time / 110)


def test_a_plan_without_calls_has_no_means() -> None:
    totals = totals_of(staff([NIGHT], RULES))
    assert (totals.calls, totals.service_level, totals.mean_wait_s) == (0, None, None)


@given(st.integers(0, 100_000), st.integers(0, 99))
@example(77_392, 93)
def test_the_roster_is_the_least_that_leaves_enough(agents: int, shrinkage_percent: int) -> None:
    paid = paid_for(agents, shrinkage_percent / 100)
    there = 100 - shrinkage_percent
    assert paid * there >= agents * 100 > (paid - 1) * there or agents == paid == 0


@pytest.mark.parametrize("shrinkage", [-0.1, 1, math.nan])
def test_a_shrinkage_without_a_meaning_is_refused(shrinkage: float) -> None:
    with pytest.raises(UsageError, match="shrinkage"):
        replace(RULES, shrinkage=shrinkage)
