"""RFC 2782: who comes first is drawn by weight."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from runtime.ids import SeededIds
from switch.sip.locating.weights import drawing, weighted_order


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=12), st.integers(0, 2**32))
def test_everybody_is_in_the_order_once(weights: list[int], seed: int) -> None:
    order = weighted_order(weights, Random(seed).randrange)
    assert sorted(order) == list(range(len(weights)))


@given(st.lists(st.integers(1, 20), min_size=2, max_size=4), st.integers(0, 2**32))
def test_shares_are_as_the_weights(weights: list[int], seed: int) -> None:
    draw, rounds = Random(seed).randrange, 2000
    firsts = Counter(weighted_order(weights, draw)[0] for _ in range(rounds))
    for position, weight in enumerate(weights):
        # A lot of 0 counts for the first in line, hence the 1 more.
        assert abs(firsts[position] / rounds - weight / sum(weights)) < 0.06 + 1 / (1 + sum(weights))


def test_a_weight_of_zero_comes_first_hardly_ever() -> None:
    draw = drawing(SeededIds(3))
    firsts = Counter(weighted_order([0, 50, 50], draw)[0] for _ in range(2000))
    assert 0 < firsts[0] < 80


def test_without_any_weight_everybody_still_gets_their_turn_in_the_order_given() -> None:
    assert weighted_order([0, 0, 0], Random(1).randrange) == [0, 1, 2]
