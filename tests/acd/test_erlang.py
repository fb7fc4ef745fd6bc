"""Erlang's figures agree with published tables, with each other, and with the states of small queues."""

import math
from dataclasses import astuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acd.erlang import MOST_AGENTS, agents_needed, erlang_a, erlang_b, erlang_c, figures_of
from acd.traffic import Goal, Model, Traffic
from runtime.errors import UsageError
from tests.acd.waiting_line import line

loads = st.floats(0.01, 8000)
groups = st.integers(1, 5000)
some_traffic = st.builds(Traffic, st.floats(1, 100_000), st.floats(5, 2000), st.floats(1, 20_000))


# Channels, and the load in erlangs of which 2 % is blocked: Lucent Technologies, Erlang-B Capacity Table
# (WirelessU, Traffic Engineering, http://garywagoner.tripod.com/traffic/ERLANG.HTML).
LUCENT_2_PERCENT = [
    *[(1, 0.020), (3, 0.602), (5, 1.657), (7, 2.935), (9, 4.345), (11, 5.842), (13, 7.402), (15, 9.010)],
    *[(17, 10.656), (19, 12.333), (21, 14.036), (23, 15.761), (25, 17.505), (27, 19.265), (29, 21.039)],
    *[(31, 22.827), (35, 26.435), (37, 28.254), (39, 30.081), (43, 33.758), (47, 37.462), (49, 39.323)],
    *[(51, 41.189), (53, 43.060), (57, 46.816), (59, 48.700), (65, 54.376), (67, 56.275), (71, 60.082)],
    *[(73, 61.990), (75, 63.900), (77, 65.814), (79, 67.729), (83, 71.568), (87, 75.415), (89, 77.342)],
]


class TestErlangB:
    @pytest.mark.parametrize(("channels", "load"), LUCENT_2_PERCENT)
    def test_it_agrees_with_a_table_for_2_percent_to_its_last_digit(self, channels: int, load: float) -> None:
        assert erlang_b(load - 0.0006, channels) < 0.02 < erlang_b(load + 0.0006, channels)

    def test_it_agrees_with_a_calculator_for_1_percent(self) -> None:
        # 15 lines carry 8.108 erlangs at 1 %, says the manual of Westbay's calculator
        # (https://erlang.com/calculatormanual/howmuchtrafficcanatrunkgrouphandle.htm).
        assert erlang_b(8.1075, 15) < 0.01 < erlang_b(8.1085, 15)

    # Natural logarithms by Mathematica, from the tests of capacity_planning (queueing/erlang_test.py).
    @pytest.mark.parametrize(
        ("servers", "load", "logarithm"),
        [
            (100, 120, -1.62826407041),
            (10_000, 12_000, -1.78927734649),
            (100, 20, -84.1661482002),
            (100, 10_000, -0.01004931575),
        ],
    )
    def test_it_is_precise_for_large_groups_and_small_shares(
        self, servers: int, load: float, logarithm: float
    ) -> None:
        assert math.log(erlang_b(load, servers)) == pytest.approx(logarithm, abs=1e-9)

    def test_shares_too_small_to_be_told_are_none(self) -> None:
        assert erlang_b(0.1, 5000) == 0
        assert erlang_b(0, 1) == 0

    @given(loads, groups)
    def test_more_agents_block_less_and_more_load_more(self, load: float, agents: int) -> None:
        blocked = erlang_b(load, agents)
        assert 0 <= erlang_b(load, agents + 1) <= blocked <= erlang_b(load * 1.01, agents) <= 1


class TestErlangC:
    def test_it_agrees_with_a_worked_example(self) -> None:
        # pyworkforce's guide to Erlang C: 100 calls of 3 minutes in half an hour, 14 agents, 20 seconds.
        found = erlang_c(Traffic(200, 180), 14, within_s=20)
        assert found.waiting_share == pytest.approx(0.1741319335950498, rel=1e-12)
        assert found.service_level == pytest.approx(0.8883500191794669, rel=1e-12)
        assert found.occupancy == pytest.approx(0.7142857142857143, rel=1e-12)

    # Natural logarithms of the share that waits; source as for Erlang B.
    @pytest.mark.parametrize(
        ("servers", "load", "logarithm"),
        [(100, 90, -1.52813224460), (10_000, 9_000, -56.8266885378), (100, 10, -143.375505741)],
    )
    def test_it_is_precise_for_large_groups_and_small_shares(
        self, servers: int, load: float, logarithm: float
    ) -> None:
        found = erlang_c(Traffic(load * 3600, 1), servers, within_s=0)
        assert math.log(found.waiting_share) == pytest.approx(logarithm, abs=1e-9)

    @given(st.floats(0.05, 0.95), st.integers(1, 12))
    def test_it_agrees_with_the_states_of_small_queues(self, occupancy: float, agents: int) -> None:
        traffic = Traffic(occupancy * agents * 20, 180)
        found, states = erlang_c(traffic, agents, within_s=20), line(traffic, agents)
        assert found.waiting_share == pytest.approx(states.waiting_share, rel=1e-9)
        assert found.mean_wait_s == pytest.approx(states.waiting_calls / traffic.calls_per_s, rel=1e-9)

    @given(st.floats(0.001, 0.999))
    def test_a_single_agent_is_busy_for_the_share_that_waits(self, load: float) -> None:
        assert erlang_c(Traffic(load * 60, 60), 1, within_s=0).waiting_share == pytest.approx(load, rel=1e-12)

    @pytest.mark.parametrize("agents", [1, 9, 10])
    def test_too_few_agents_never_catch_up(self, agents: int) -> None:
        found = erlang_c(Traffic(200, 180), agents, within_s=20)
        assert (found.mean_wait_s, found.service_level, found.occupancy) == (math.inf, 0, 1)

    @given(st.floats(0.5, 4900), st.integers(1, 100), st.floats(0, 120))
    def test_every_agent_more_makes_every_figure_better(
        self, load: float, more: int, within_s: float
    ) -> None:
        traffic, agents = Traffic(load * 20, 180), math.floor(load) + more
        few, many = (figures_of(Model.C, traffic, number, within_s) for number in (agents, agents + 1))
        assert few.service_level <= many.service_level
        assert few.mean_wait_s >= many.mean_wait_s
        assert few.occupancy > many.occupancy


class TestErlangA:
    def test_it_agrees_with_the_comparison_of_mandelbaum_and_zeltyn(self) -> None:
        # Mandelbaum and Zeltyn, The Palm/Erlang-A Queue, 2005, §2: models without and with abandonment, for
        # 50 agents, 48 calls a minute, 1 minute of service and 2 minutes of patience. Without, 90 % wait less
        # than 58.1 s.
        traffic = Traffic(48 * 60, 60, 120)
        without = erlang_c(traffic, 50, within_s=58.1)
        assert without.mean_wait_s == pytest.approx(20.8, abs=0.05)
        assert without.service_level == pytest.approx(0.90, abs=0.0005)
        assert without.occupancy == pytest.approx(0.96, abs=0.005)
        found = erlang_a(traffic, 50, within_s=20)
        assert found.abandoned_share == pytest.approx(0.031, abs=0.0005)
        assert found.mean_wait_s == pytest.approx(3.7, abs=0.05)
        assert found.mean_wait_s * traffic.calls_per_s == pytest.approx(
            3, abs=0.5
        )  # the mean length of the queue
        assert found.occupancy == pytest.approx(0.93, abs=0.005)

    def test_it_agrees_with_a_worked_example(self) -> None:
        # pyworkforce's guide: as for Erlang C, with 13 agents and a patience of 5 minutes.
        found = erlang_a(Traffic(200, 180, 300), 13, within_s=20)
        assert found.service_level == pytest.approx(0.858, abs=0.0005)
        assert found.occupancy == pytest.approx(0.750, abs=0.0005)
        assert found.waiting_share == pytest.approx(0.226, abs=0.0005)
        assert found.abandoned_share == pytest.approx(0.025, abs=0.0005)
        assert found.mean_wait_s / 60 == pytest.approx(0.125, abs=0.0005)

    @given(st.floats(0.05, 30), st.integers(1, 12), st.sampled_from([3, 20, 180, 900]), st.floats(1, 60))
    def test_it_agrees_with_the_states_of_small_queues(
        self, load: float, agents: int, patience_s: float, within_s: float
    ) -> None:
        traffic = Traffic(load * 20, 180, patience_s)
        found, states = erlang_a(traffic, agents, within_s), line(traffic, agents)
        assert found.waiting_share == pytest.approx(states.waiting_share, rel=1e-9)
        assert found.abandoned_share == pytest.approx(states.abandoned_share, rel=1e-9)
        assert found.mean_wait_s == pytest.approx(states.abandoned_share * patience_s, rel=1e-9)
        assert found.occupancy == pytest.approx(states.occupancy, rel=1e-9)
        assert found.service_level == pytest.approx(states.service_level(within_s), abs=1e-9)

    @given(some_traffic, st.integers(1, 3000))
    def test_whoever_is_not_given_up_keeps_an_agent_busy(self, traffic: Traffic, agents: int) -> None:
        found = erlang_a(traffic, agents, within_s=20)
        carried = traffic.load_erlang * (1 - found.abandoned_share) / agents
        assert found.occupancy == pytest.approx(carried, rel=1e-9, abs=1e-9)

    @given(st.floats(0.1, 4000), st.integers(1, 200), st.floats(0, 60))
    def test_with_endless_patience_it_is_erlang_c(self, load: float, more: int, within_s: float) -> None:
        agents = math.floor(load) + more
        assert erlang_a(Traffic(load * 20, 180), agents, within_s) == erlang_c(
            Traffic(load * 20, 180), agents, within_s
        )

    @given(st.floats(0.1, 0.95), st.integers(1, 2000), st.floats(0, 60))
    def test_with_growing_patience_it_comes_close_to_erlang_c(
        self, occupancy: float, agents: int, within_s: float
    ) -> None:
        calls_per_hour = occupancy * agents * 20
        almost = erlang_a(Traffic(calls_per_hour, 180, 1e12), agents, within_s)
        endless = erlang_c(Traffic(calls_per_hour, 180), agents, within_s)
        assert astuple(almost) == pytest.approx(astuple(endless), rel=1e-4, abs=1e-6)

    @given(loads, st.integers(1, 3000))
    def test_with_waning_patience_it_comes_close_to_erlang_b(self, load: float, agents: int) -> None:
        found = erlang_a(Traffic(load * 20, 180, 1e-9), agents, within_s=20)
        blocked = erlang_b(load, agents)
        assert found.waiting_share == pytest.approx(blocked, rel=1e-6, abs=1e-300)
        assert found.abandoned_share == pytest.approx(blocked, rel=1e-6, abs=1e-300)

    @given(some_traffic, st.integers(1, 3000), st.floats(0, 120))
    def test_every_agent_more_makes_every_figure_better(
        self, traffic: Traffic, agents: int, within_s: float
    ) -> None:
        few, many = (figures_of(Model.A, traffic, number, within_s) for number in (agents, agents + 1))
        rounding = 1e-12
        assert few.service_level <= many.service_level + rounding
        assert few.abandoned_share >= many.abandoned_share - rounding
        assert few.mean_wait_s >= many.mean_wait_s * (1 - rounding)
        assert few.occupancy >= many.occupancy - rounding

    @given(some_traffic, st.integers(1, 3000))
    def test_more_calls_make_every_figure_worse(self, traffic: Traffic, agents: int) -> None:
        busier = Traffic(traffic.calls_per_hour * 1.05, traffic.handle_s, traffic.patience_s)
        calm, busy = (figures_of(Model.A, calls, agents, 20) for calls in (traffic, busier))
        rounding = 1e-12
        assert calm.service_level >= busy.service_level - rounding
        assert calm.abandoned_share <= busy.abandoned_share + rounding

    @example(1e9, 1e6, 1e12, 1, 0.0)
    @example(1e9, 1e-3, 1e-9, 5000, 1e6)
    @example(1e-9, 1e-3, 1e12, 5000, 0.0)
    @given(st.floats(0, 1e9), st.floats(1e-3, 1e6), st.floats(1e-9, 1e12), groups, st.floats(0, 1e6))
    def test_any_load_has_figures_within_their_bounds(
        self, calls_per_hour: float, handle_s: float, patience_s: float, agents: int, within_s: float
    ) -> None:
        found = figures_of(Model.A, Traffic(calls_per_hour, handle_s, patience_s), agents, within_s)
        shares = (found.waiting_share, found.abandoned_share, found.service_level, found.occupancy)
        assert all(0 <= share <= 1 for share in shares)
        assert 0 <= found.mean_wait_s <= patience_s * (1 + 1e-12)
        assert 0 <= found.mean_wait_served_s < math.inf
        assert found.abandoned_share <= found.waiting_share * (1 + 1e-12)
        assert found.service_level <= 1 - found.abandoned_share + 1e-12


class TestAgentsNeeded:
    def test_fewer_do_when_callers_give_up(self) -> None:
        # pyworkforce's guides: 14 agents by Erlang C, 13 by Erlang A with a patience of 5 minutes.
        goal = Goal(0.8, within_s=20, max_occupancy=0.85, max_abandoned_share=0.05)
        assert agents_needed(Model.C, Traffic(200, 180), goal) == 14
        assert agents_needed(Model.A, Traffic(200, 180, 300), goal) == 13

    @given(
        st.sampled_from(Model),
        st.builds(Traffic, st.floats(1, 20_000), st.floats(5, 600), st.floats(1, 2000)),
        st.builds(Goal, st.floats(0.1, 0.99), st.floats(0, 60), st.floats(0.3, 1), st.floats(0.001, 1)),
    )
    def test_they_meet_the_goal_and_one_less_does_not(
        self, model: Model, traffic: Traffic, goal: Goal
    ) -> None:
        agents = agents_needed(model, traffic, goal)
        assert goal.is_met(figures_of(model, traffic, agents, goal.within_s))
        if agents > 1:
            assert not goal.is_met(figures_of(model, traffic, agents - 1, goal.within_s))

    def test_no_calls_need_nobody(self) -> None:
        assert agents_needed(Model.C, Traffic(0, 180), Goal(0.8, 20)) == 0

    def test_a_load_beyond_all_agents_is_told(self) -> None:
        with pytest.raises(UsageError, match=f"{MOST_AGENTS} agents cannot meet the goal"):
            agents_needed(Model.C, Traffic(3600 * MOST_AGENTS, 1), Goal(0.8, 20))


@pytest.mark.parametrize(
    ("calls_per_hour", "handle_s", "patience_s", "told"),
    [
        (-1, 180, 60, "calls an hour"),
        (math.inf, 180, 60, "calls an hour"),
        (math.nan, 180, 60, "calls an hour"),
        (1, 0, 60, "handle time"),
        (1, math.nan, 60, "handle time"),
        (1, 180, 0, "patience"),
    ],
)
def test_traffic_without_a_meaning_is_refused(
    calls_per_hour: float, handle_s: float, patience_s: float, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        Traffic(calls_per_hour, handle_s, patience_s)


@pytest.mark.parametrize(
    "asked", [(0, 20, 1, 1), (1, 20, 1, 1), (0.8, -1, 1, 1), (0.8, 20, 0, 1), (0.8, 20, 1, 0)]
)
def test_a_goal_that_cannot_be_asked_for_is_refused(asked: tuple[float, float, float, float]) -> None:
    with pytest.raises(UsageError, match="expected"):
        Goal(*asked)


@pytest.mark.parametrize(("agents", "within_s"), [(0, 20), (5, -1), (5, math.nan)])
def test_figures_of_nobody_or_of_no_time_are_refused(agents: int, within_s: float) -> None:
    with pytest.raises(UsageError, match="expected"):
        figures_of(Model.A, Traffic(200, 180, 60), agents, within_s)
