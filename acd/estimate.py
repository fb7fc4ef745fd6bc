"""How long a caller will wait: an interval in which four of five are served, from what a queue did of late.

Callers ahead are taken one by one, or give up. With j of them left the next is gone at the rate

    working agents · callers a working agent takes a second + j · rate of giving up

so the wait is a sum of exponential times, exact where talks and patience are exponential (M/M/c+M). Its mean
and variance are those of a gamma distribution, whose deciles bound the interval. What is known of few calls
is known badly: that widens it.

Agents of several queues count with the share of their time that this queue gets when it needs it, since that
is what they are seen to do.
"""

import math
from dataclasses import dataclass

from acd.pace import Pace

_ENOUGH = 3
"""Happenings from which on something is known."""
_PRIOR = 2.0
"""So many callers' worth is believed that agents have no other queue's callers."""
_SUMMED = 24
"""Callers ahead who are added up one by one; the others as an integral."""
_DECILE = 1.2816
"""One of ten of a normal distribution is so many deviations or more above its mean."""
_SLOWEST = 0.1
"""Overtaking callers leave at least so much of the pace."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """In seconds from now to the conversation."""

    low_s: float
    """One of ten is served before."""
    likely_s: float
    """On average."""
    high_s: float
    """One of ten is served after."""


def estimate_wait(
    pace: Pace, position: int, priority: int, *, working: int, wrap_up_s: float
) -> Estimate | None:
    """For a caller at a position, 1 for the next; None when too little is known, or nobody works.

    ``working``: agents who take calls now. ``wrap_up_s``: the longest after-call work, until it is known
    what agents need.
    """
    handled = pace.talked.happened
    if not working or handled + pace.taken.happened < _ENOUGH:
        return None
    handle_s = pace.talked.exposed_s / handled + wrap_up_s if handled else 0.0
    prior = _PRIOR if handle_s else 0.0
    seen = pace.taken.happened + prior
    exposed_s = pace.taken.exposed_s + prior * handle_s
    if not seen or not exposed_s:
        return None
    leaving_per_s = working * seen / exposed_s
    stages = position / max(1 - _overtaking_per_s(pace, priority) / leaving_per_s, _SLOWEST)
    mean_s, variance = _wait(leaving_per_s, pace.given_up.per_s, stages)
    return _interval(mean_s, variance + mean_s**2 / (seen + handled), pace.ring_s)


def _overtaking_per_s(pace: Pace, priority: int) -> float:
    per_s = 0.0
    for level, rate in pace.came.items():
        if level > priority:
            per_s += rate.per_s
    return per_s


def _wait(leaving_per_s: float, giving_up_per_s: float, stages: float) -> tuple[float, float]:
    """Mean and variance of the time until so many have left."""
    if not giving_up_per_s:
        return stages / leaving_per_s, stages / leaving_per_s**2
    one_by_one = min(math.ceil(stages), _SUMMED)
    mean_s = variance = 0.0
    for ahead in range(one_by_one):
        stage_s = 1 / (leaving_per_s + ahead * giving_up_per_s)
        share = min(stages - ahead, 1.0)
        mean_s += share * stage_s
        variance += share * stage_s * stage_s
    if stages <= one_by_one:
        return mean_s, variance
    first = leaving_per_s + (one_by_one - 0.5) * giving_up_per_s
    last = leaving_per_s + (stages - 0.5) * giving_up_per_s
    more = stages - one_by_one
    # The integrals of 1/x and 1/x² between the two rates.
    return mean_s + math.log(last / first) / giving_up_per_s, variance + more / (first * last)


def _interval(mean_s: float, variance: float, ring_s: float) -> Estimate:
    """The deciles of the gamma distribution with this mean and variance, after Wilson and Hilferty, 1931."""
    part = variance / mean_s**2 / 9
    low, high = (max(1 - part + sign * _DECILE * math.sqrt(part), 0.0) ** 3 for sign in (-1, 1))
    return Estimate(
        low_s=round(mean_s * low + ring_s, 1),
        likely_s=round(mean_s + ring_s, 1),
        high_s=round(mean_s * high + ring_s, 1),
    )
