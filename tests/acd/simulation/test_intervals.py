"""Student's t and what is made of it, against a printed table."""

from random import Random

import pytest

from acd.simulation.intervals import Estimate, differences, estimate, t_quantile


@pytest.mark.parametrize(
    ("freedom", "t"),
    # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, two-sided 95 %.
    [
        (1, 12.706),
        (2, 4.303),
        (3, 3.182),
        (4, 2.776),
        (9, 2.262),
        (10, 2.228),
        (19, 2.093),
        (30, 2.042),
        (100, 1.984),
    ],
)
def test_quantiles_are_those_of_the_table(freedom: int, t: float) -> None:
    assert t_quantile(0.95, freedom) == pytest.approx(t, abs=5e-4)


def test_the_interval_holds_the_mean_nineteen_times_of_twenty() -> None:
    chance, held = Random(4), 0
    for _ in range(2000):
        found = estimate([chance.gauss(7, 2) for _ in range(5)])
        held += found is not None and 7 in found
    assert 0.935 < held / 2000 < 0.965


def test_one_run_has_no_interval_and_none_no_figure() -> None:
    assert estimate([3.0]) == Estimate(3.0, None)
    assert estimate([None, 3.0]) == Estimate(3.0, None)
    assert estimate([None]) is None
    assert 3.0 not in Estimate(3.0, None)


def test_runs_are_compared_one_by_one() -> None:
    assert differences([1.0, None, 3.0], [2.0, 2.0, 5.0]) == [1.0, None, 2.0]
