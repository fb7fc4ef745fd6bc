"""Erlang's figures: how calls fare that come at random to a number of agents each of whom can take any.

Three models of callers who find all agents busy:

    Erlang B    M/M/c/c   they are turned away (Erlang 1917)
    Erlang C    M/M/c     they wait, however long it takes (Erlang 1917)
    Erlang A    M/M/c+M   they wait until their patience is over, which is exponential (Palm 1946)

Loads are in erlangs: calls in an hour times the hours that one takes. Shares are of all calls, from 0 to 1.
Formulas of B and C after Cooper, Introduction to Queueing Theory, 2nd edition 1981, chapter 3; of A
after Mandelbaum and Zeltyn, The Palm/Erlang-A Queue, with Applications to Call Centers, 2005.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping

import numpy as np

from acd.traffic import Figures, Goal, Model, Traffic
from acd.virtual_wait import Floats, virtual_wait
from runtime.errors import UsageError

MOST_AGENTS = 100_000
"""Nobody looks for more than that many."""


def erlang_b(load_erlang: float, agents: int) -> float:
    """The share of calls that is turned away when none may wait; 0 where it is below 1e-300.

    By B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)), which loses no precision.
    """
    share = 1.0
    for n in range(1, agents + 1):
        share = load_erlang * share / (n + load_erlang * share)
    return share


def erlang_c(traffic: Traffic, agents: int, within_s: float) -> Figures:
    """The figures when callers wait however long it takes.

    P(wait) = C = c B / (c - a (1 - B)), P(wait > t) = C exp(-(c - a) t / h), mean wait C h / (c - a).
    """
    load = traffic.load_erlang
    if load >= agents:
        return _GROWING
    blocked = erlang_b(load, agents)
    waiting = agents * blocked / (agents - load * (1 - blocked))
    spare_per_s = (agents - load) / traffic.handle_s
    return Figures(
        waiting_share=waiting,
        abandoned_share=0.0,
        mean_wait_s=waiting / spare_per_s,
        mean_wait_served_s=waiting / spare_per_s,
        service_level=1 - waiting * math.exp(-spare_per_s * within_s),
        occupancy=load / agents,
    )


def erlang_a(traffic: Traffic, agents: int, within_s: float) -> Figures:
    """The figures when callers wait until their patience is over.

    With V the wait of a caller whose patience has no end, and R the patience: abandoned P(R < V), mean wait
    E min(V, R) = P(R < V) E R, answered within t P(V <= t, V <= R).
    """
    patience_s = traffic.patience_s
    if math.isinf(patience_s):
        return erlang_c(traffic, agents, within_s)
    wait = virtual_wait(
        calls_per_s=traffic.calls_per_s,
        answers_per_s=agents / traffic.handle_s,
        giving_up_per_s=1 / patience_s,
        blocked_by_others=erlang_b(traffic.load_erlang, agents - 1),
        break_s=within_s,
    )

    def still_there(times_s: Floats) -> Floats:
        return np.exp(-times_s / patience_s)

    abandoned = wait.mean(lambda times_s: -np.expm1(-times_s / patience_s))
    answered = wait.at_once + wait.mean(still_there)
    return Figures(
        waiting_share=wait.later,
        abandoned_share=min(abandoned, 1.0),
        mean_wait_s=abandoned * patience_s,
        mean_wait_served_s=wait.mean(lambda times_s: times_s * still_there(times_s)) / answered,
        service_level=min(wait.at_once + wait.mean(still_there, until_s=within_s), 1.0),
        occupancy=min(traffic.load_erlang * answered / agents, 1.0),
    )


def figures_of(model: Model, traffic: Traffic, agents: int, within_s: float) -> Figures:
    """What so many agents achieve. Raises UsageError when there is none, or the time is negative."""
    if agents < 1:
        raise UsageError(f"{agents} agents: expected 1 or more")
    if not 0 <= within_s < math.inf:
        raise UsageError(f"answers within {within_s} s: expected 0 or more")
    return _MODELS[model](traffic, agents, within_s)


def agents_needed(model: Model, traffic: Traffic, goal: Goal) -> int:
    """The fewest agents that meet the goal; 0 when no calls come.

    With every further agent each figure of a goal gets better, so halving finds them. Raises UsageError when
    MOST_AGENTS are too few.
    """

    def suffices(agents: int) -> bool:
        return goal.is_met(figures_of(model, traffic, agents, goal.within_s))

    if not traffic.calls_per_hour:
        return 0
    too_few, enough = 0, min(math.ceil(traffic.load_erlang), MOST_AGENTS)
    while not suffices(enough):
        if enough == MOST_AGENTS:
            raise UsageError(f"{traffic.load_erlang:.0f} erlangs: {MOST_AGENTS} agents cannot meet the goal")
        too_few, enough = enough, min(2 * enough, MOST_AGENTS)
    return bisect_left(range(enough), True, lo=too_few + 1, key=suffices)


_GROWING = Figures(
    waiting_share=1.0,
    abandoned_share=0.0,
    mean_wait_s=math.inf,
    mean_wait_served_s=math.inf,
    service_level=0.0,
    occupancy=1.0,
)
"""More calls come than agents can answer, and nobody gives up: the queue grows for ever."""

_MODELS: Mapping[Model, Callable[[Traffic, int, float], Figures]] = {Model.A: erlang_a, Model.C: erlang_c}
