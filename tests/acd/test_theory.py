"""The core gives callers the waits that Erlang's formulas foretell, over a grid of loads."""

import math

import pytest

from acd.erlang import erlang_a
from acd.traffic import Figures, Traffic
from tests.acd.markov_centre import Call, Interval, MarkovCentre, interval_of

HANDLE_S = 180
WITHIN_S = 20
CALLS = 21 * 800

GRID = [
    *[(1, 0.6, math.inf), (3, 2.2, math.inf), (8, 6.5, math.inf), (20, 17.0, math.inf)],
    *[(1, 0.8, 60), (1, 2.0, 300), (8, 6.0, 300), (8, 8.0, 60), (8, 12.0, 300)],
    *[(20, 17.5, 120), (20, 20.0, 120), (20, 30.0, 120)],
]
"""Agents, load in erlangs, patience: Erlang C where it has no end, else Erlang A."""


def found_in(calls: list[Call]) -> dict[str, Interval]:
    return {
        "waiting_share": interval_of(calls, lambda call: call.wait_s > 0),
        "abandoned_share": interval_of(calls, lambda call: not call.answered),
        "mean_wait_s": interval_of(calls, lambda call: call.wait_s),
        "service_level": interval_of(calls, lambda call: call.in_time(WITHIN_S)),
    }


def disagreements(found: dict[str, Interval], figures: Figures) -> list[str]:
    return [
        f"{name}: {interval.mean:.4f} ± {interval.reach:.4f}, in theory {getattr(figures, name):.4f}"
        for name, interval in found.items()
        if getattr(figures, name) not in interval
    ]


@pytest.mark.parametrize(("agents", "load", "patience_s"), GRID)
def test_waits_and_abandons_are_within_their_confidence_intervals(
    agents: int, load: float, patience_s: float
) -> None:
    traffic = Traffic(load * 3600 / HANDLE_S, HANDLE_S, patience_s)
    found = found_in(MarkovCentre(traffic, agents, seed=agents).calls(CALLS))
    assert disagreements(found, erlang_a(traffic, agents, WITHIN_S)) == []
    # The intervals are narrow enough: with a tenth more agents, one at least, the theory would not fit.
    more = agents + max(1, agents // 10)
    assert disagreements(found, erlang_a(traffic, more, WITHIN_S)) != []
