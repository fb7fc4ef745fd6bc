from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agent import Agent, membership_of
from acd.agent_config import AgentConfig
from acd.queue_config import QueueConfig, StrategyName
from acd.requirement import parse_requirement
from acd.strategy import Candidacy, Ranking, draw


def candidate(
    agent_id: str,
    strategy: StrategyName = StrategyName.LONGEST_IDLE,
    *,
    order: int = 0,
    last_turn: int = 0,
    requirement: str = "",
    rank_skills: tuple[str, ...] = (),
    penalty: int = 0,
    weight: float = 1.0,
    skills: dict[str, int] | None = None,
    **facts: float,
) -> Candidacy:
    config = AgentConfig(id=agent_id, penalties={"q": penalty}, weight=weight, skills=skills or {})
    agent = Agent.employed(config)
    for name, value in facts.items():
        setattr(agent, name, value)
    membership = membership_of(agent, "q", order)
    membership.last_turn = last_turn
    rules = QueueConfig(name="q", strategy=strategy, rank_skills=list(rank_skills))
    return Candidacy(agent, membership, rules, parse_requirement(requirement))


def order_of(*candidates: Candidacy) -> list[str]:
    ranking, order = Ranking(), list[str]()
    for each in candidates:
        ranking.add(each)
    while (best := ranking.best()) is not None:
        order.append(best)
        ranking.remove(best)
    return order


def test_the_longest_idle_comes_first_and_the_lower_number_among_equals() -> None:
    idle = [("1003", 5.0), ("1002", 3.0), ("1001", 5.0)]
    assert order_of(*(candidate(number, idle_since=at) for number, at in idle)) == ["1002", "1001", "1003"]


def test_the_fewest_calls_come_first_and_then_the_longest_idle() -> None:
    kind = StrategyName.FEWEST_CALLS
    assert order_of(
        candidate("1", kind, calls=2, idle_since=1),
        candidate("2", kind, calls=1, idle_since=9),
        candidate("3", kind, calls=1, idle_since=3),
    ) == ["3", "2", "1"]


def test_the_least_talk_time_comes_first() -> None:
    kind = StrategyName.LEAST_TALK_TIME
    assert order_of(candidate("1", kind, talk_s=60.5), candidate("2", kind, talk_s=60.4)) == ["2", "1"]


def test_round_robin_goes_by_the_last_turn_and_at_first_as_configured() -> None:
    kind = StrategyName.ROUND_ROBIN
    assert order_of(
        candidate("1", kind, order=0, last_turn=7),
        candidate("2", kind, order=2),
        candidate("3", kind, order=1),
        candidate("4", kind, order=3, last_turn=4),
    ) == ["3", "2", "4", "1"]


def test_linear_order_always_begins_at_the_top() -> None:
    kind = StrategyName.LINEAR
    assert order_of(candidate("1", kind, order=2, last_turn=1), candidate("2", kind, order=1)) == ["2", "1"]


def test_skill_level_adds_up_what_the_call_asks_for_or_what_the_queue_ranks_by() -> None:
    kind = StrategyName.SKILL_LEVEL
    skilled = {"1": {"en": 2, "billing": 1}, "2": {"en": 1, "billing": 4}, "3": {"en": 3}}
    by_call = [candidate(n, kind, requirement="en and billing", skills=s) for n, s in skilled.items()]
    assert order_of(*by_call) == ["2", "1", "3"]
    by_queue = [candidate(n, kind, rank_skills=("en",), skills=s) for n, s in skilled.items()]
    assert order_of(*by_queue) == ["3", "1", "2"]


@pytest.mark.parametrize("strategy", StrategyName)
def test_a_lower_penalty_goes_before_whatever_the_strategy_says(strategy: StrategyName) -> None:
    best = candidate("1", strategy, penalty=1, idle_since=0.0, luck=1.0)
    worst = candidate("2", strategy, penalty=0, order=9, last_turn=9, idle_since=9.0, calls=9, luck=0.01)
    assert order_of(best, worst) == ["2", "1"]


def test_weighted_random_gives_each_the_odds_of_the_weight() -> None:
    kind, firsts = StrategyName.WEIGHTED_RANDOM, Counter[str]()
    for turn in range(4000):
        first, *_ = order_of(
            candidate("1", kind, weight=1, luck=draw(1, 2 * turn)),
            candidate("2", kind, weight=3, luck=draw(1, 2 * turn + 1)),
        )
        firsts[first] += 1
    assert 0.72 < firsts["2"] / 4000 < 0.78


def test_all_best_are_those_of_the_lowest_penalty_in_order() -> None:
    ranking = Ranking()
    assert ranking.all_best() == []
    for number, penalty, idle_since in (("1", 1, 0.0), ("2", 0, 8.0), ("3", 0, 4.0)):
        ranking.add(candidate(number, penalty=penalty, idle_since=idle_since))
    assert ranking.all_best() == ["3", "2"]


def test_removing_who_is_not_in_it_is_harmless() -> None:
    ranking = Ranking()
    ranking.add(candidate("1001", idle_since=1.0))
    ranking.remove("1002")
    assert ranking.best() == "1001"


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4))), st.sampled_from(StrategyName))
def test_agrees_with_sorting_all_of_them(
    comings_and_goings: list[tuple[int, int]], strategy: StrategyName
) -> None:
    ranking, model = Ranking(), dict[str, Candidacy]()
    for number, fact in comings_and_goings:
        agent_id = str(number)
        if agent_id in model:
            ranking.remove(agent_id)
            del model[agent_id]
        else:
            model[agent_id] = candidate(
                agent_id,
                strategy,
                order=number,
                last_turn=fact,
                idle_since=float(fact),
                calls=fact,
                talk_s=float(fact),
                luck=Random(number).random(),
            )
            ranking.add(model[agent_id])
        expected = order_of(*model.values())
        assert [agent_id for agent_id, _, _ in ranking.order()] == expected
        assert len(ranking) == len(model)
        assert all(i in ranking for i in model)
