"""Boxes stand below those that lead to them, beside one another without touching, whatever the lines."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ivr.drawing.layout import arrange

NAMES = "abcdefgh"
LINES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)


def test_each_layer_follows_the_one_above() -> None:
    found = arrange(dict.fromkeys("abcd", 100.0), [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")])
    assert dict(found.layer) == {"a": 0, "b": 1, "c": 2, "d": 3}
    ((across, layer),) = found.bends["a", "c"]
    assert layer == 1
    assert abs(across - found.across["b"]) >= 50


def test_a_line_back_turns_nothing_round() -> None:
    found = arrange(dict.fromkeys("abc", 100.0), [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")])
    assert dict(found.layer) == {"a": 0, "b": 1, "c": 2}
    assert [layer for _, layer in found.bends["c", "a"]] == [1]


def test_lines_do_not_cross_where_they_need_not() -> None:
    lines = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "e"), ("e", "f"), ("d", "g")]
    across = arrange(dict.fromkeys("acbedgf", 80.0), lines).across
    assert (across["b"] < across["c"]) == (across["d"] < across["e"]) == (across["g"] < across["f"])


@given(LINES)
def test_whatever_the_lines_nothing_touches(lines: list[tuple[str, str]]) -> None:
    found = arrange(dict.fromkeys(NAMES, 60.0), lines)
    rows: dict[int, list[float]] = {}
    for box, layer in found.layer.items():
        rows.setdefault(layer, []).append(found.across[box])
    for row in rows.values():
        assert all(right - left >= 60 for left, right in pairwise(sorted(row)))
    for begin, end in lines:
        if begin != end:
            passed = [layer for _, layer in found.bends[begin, end]]
            step = 1 if found.layer[end] > found.layer[begin] else -1
            assert found.layer[begin] != found.layer[end]
            assert passed == list(range(found.layer[begin] + step, found.layer[end], step))
