"""Where a mean lies, from runs that owe nothing to each other (independent replications), by Student's t."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, stdev

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean over runs; with CONFIDENCE the true one is no further away than ``reach``."""

    mean: float
    reach: float | None
    """None of a single run."""

    def __contains__(self, value: float) -> bool:
        return self.reach is not None and abs(value - self.mean) <= self.reach


def estimate(values: Sequence[float | None]) -> Estimate | None:
    """From one value a run; runs without one do not count. None when no run has one."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    if len(known) == 1:
        return Estimate(known[0], None)
    reach = t_quantile(CONFIDENCE, len(known) - 1) * stdev(known) / sqrt(len(known))
    return Estimate(fmean(known), reach)


def differences(ones: Sequence[float | None], others: Sequence[float | None]) -> list[float | None]:
    """How much the others are more, run by run; None where a run lacks one of the two."""
    return [
        None if one is None or other is None else other - one for one, other in zip(ones, others, strict=True)
    ]


def t_quantile(confidence: float, freedom: int) -> float:
    """Beyond it, to either side, Student's t is with a probability of 1 - ``confidence``."""
    low, high = 0.0, 1.0
    while _within(high, freedom) < confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < confidence else (low, middle)
    return high


def _within(t: float, freedom: int) -> float:
    """The probability that Student's t is between -t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    cosine = cos(angle)
    term = total = 1.0 if freedom % 2 == 0 else cosine
    for n in range(freedom % 2 + 1, freedom - 2, 2):
        term *= cosine * cosine * n / (n + 1)
        total += term
    if freedom % 2 == 0:
        return sin(angle) * total
    return (angle + (sin(angle) * total if freedom > 1 else 0.0)) * 2 / pi
