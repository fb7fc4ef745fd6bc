"""How long a caller without end of patience waits for an agent while others give up: the M/M/c+M queue.

The wait is 0 with probability P0, and beyond has the density

    v(u) = (1 - P0) exp(h(u)) / J      h(u) = λ (1 - exp(-θu)) / θ - cμ u      J = ∫ exp(h(u)) du over u > 0
    1 - P0 = λJ B / (1 + λJ B)         B the blocking of Erlang B with one agent less

when calls come at rate λ, all agents together answer at rate cμ, and each who waits gives up at rate θ. From
Baccelli and Hebuterne, On queues with impatient customers, 1981; as written here in Zeltyn and Mandelbaum,
Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue, 2005. Every figure of the
queue is a mean over this wait.

J in closed form is an incomplete gamma function, which overflows for large groups and says nothing of waits
within a time. So the integrals are taken by Gauss and Legendre, in steps that halve towards the summit of h.
h is concave: there is one summit, and steps of any scale that may matter.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NODES = 32
"""A step. They leave no error above the rounding of a double, whatever h does within a step."""
_NEGLIGIBLE = 50.0
"""exp of minus this, beside 1, is nothing."""


@dataclass(frozen=True, slots=True)
class VirtualWait:
    """The wait, as points that stand for it in every mean."""

    at_once: float
    """Probability of no wait at all."""
    later: float
    """Probability of a wait."""
    times_s: Floats
    """Waits, ascending."""
    weights: Floats
    """The probability that each stands for; the sum is ``later``."""

    def mean(self, value: Callable[[Floats], Floats], until_s: float = math.inf) -> float:
        """The mean of a value that is 0 without a wait and beyond ``until_s`` (the break, or no limit)."""
        within = self.times_s <= until_s
        return float(np.dot(self.weights[within], value(self.times_s[within])))


def virtual_wait(
    *,
    calls_per_s: float,
    answers_per_s: float,
    giving_up_per_s: float,
    blocked_by_others: float,
    break_s: float,
) -> VirtualWait:
    """The wait in a queue with λ, cμ, θ and B as above; λ may be 0. At ``break_s`` a mean may end."""
    ahead = math.log(calls_per_s / answers_per_s) if calls_per_s > answers_per_s else 0.0
    summit_s = ahead / giving_up_per_s
    height = max(calls_per_s - answers_per_s * (1 + ahead), 0.0) / giving_up_per_s if ahead else 0.0
    slowing_per_s = min(calls_per_s, answers_per_s)

    def fall(times_s: Floats) -> Floats:
        """How far h is below its summit."""
        beyond_s = times_s - summit_s
        slowed = np.expm1(-giving_up_per_s * beyond_s) * slowing_per_s / giving_up_per_s
        return np.asarray(answers_per_s * beyond_s + slowed)

    end_s = _end(fall, summit_s, 1 / answers_per_s)
    times_s, widths_s = _points(summit_s, end_s, break_s, calls_per_s + answers_per_s + giving_up_per_s)
    shape = widths_s * np.exp(-fall(times_s))
    area = float(shape.sum())
    waiting, none = calls_per_s * blocked_by_others * area, math.exp(-height)
    later = waiting / (none + waiting)
    return VirtualWait(none / (none + waiting), later, times_s, shape * (later / area))


def _end(fall: Callable[[Floats], Floats], summit_s: float, step_s: float) -> float:
    """A time from which on nothing counts."""
    while fall(np.array([summit_s + step_s]))[0] < _NEGLIGIBLE:
        step_s *= 2
    return summit_s + step_s


def _points(summit_s: float, end_s: float, break_s: float, fastest_per_s: float) -> tuple[Floats, Floats]:
    """Times from 0 to ``end_s``, and the width that each stands for.

    ``fastest_per_s``: nothing changes at a higher rate, so the steps need not be shorter than its inverse.
    """
    rising = summit_s * (1 - _fading(summit_s * fastest_per_s))
    falling = summit_s + (end_s - summit_s) * _fading((end_s - summit_s) * fastest_per_s)
    edges = np.unique(np.concatenate((rising, falling, [min(break_s, end_s)])))
    nodes, weights = _gauss()
    middles, halves = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    return (middles[:, None] + halves[:, None] * nodes).ravel(), (halves[:, None] * weights).ravel()


def _fading(ratio: float) -> Floats:
    """From 1 halved and halved again until it is below the inverse of a ratio, then 0."""
    halvings = math.ceil(math.log2(max(ratio, 1.0)))
    return np.append(0.5 ** np.arange(halvings + 1), 0.0)


@cache
def _gauss() -> tuple[Floats, Floats]:
    """Nodes and weights for the span from -1 to 1 (Abramowitz and Stegun 25.4.29)."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights
