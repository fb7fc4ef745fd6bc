from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.trunks.patterns import parse_pattern, parse_rule, rewrite


@pytest.mark.parametrize(
    ("pattern", "number", "fits"),
    [
        ("0772.", "07722812345", True),
        ("0772.", "0772", False),
        ("0772.", "0773281", False),
        ("1XXXXXXXXXX", "13800138000", True),
        ("1XXXXXXXXXX", "1380013800", False),
        ("1XXXXXXXXXX", "138001380000", False),
        ("[2-8]XXXXXX", "2812345", True),
        ("[2-8]XXXXXX", "9812345", False),
        ("[24-6]", "4", True),
        ("[24-6]", "3", False),
        ("ZN", "12", True),
        ("ZN", "02", False),
        ("ZN", "11", False),
        ("*67.", "*67123", True),
        ("+86X", "+860", True),
        ("X", "a", False),
        (".", "anything", True),
        (".", "", False),
        ("95598", "95598", True),
        ("95598", "955980", False),
    ],
)
def test_a_pattern_fits_what_it_describes(pattern: str, number: str, fits: bool) -> None:
    assert (parse_pattern(pattern).match(number) is not None) is fits


@pytest.mark.parametrize(
    ("rule", "number", "form"),
    [
        ("+86. => 0.", "+867722812345", "07722812345"),
        ("1XXXXXXXXXX => 01XXXXXXXXXX", "13800138000", "013800138000"),
        ("9. => .", "913800138000", "13800138000"),
        ("0772[2-8]XXXXXX => X-XXXXXX", "07722812345", "2-812345"),
        ("110 => 0772110", "110", "0772110"),
        ("8888. => ", "88881234", ""),
        ("X. => X00.", "123", "10023"),
    ],
)
def test_a_rule_gives_numbers_a_new_form(rule: str, number: str, form: str) -> None:
    assert parse_rule(rule).rewrite(number) == form


def test_the_first_rule_that_fits_counts_and_other_numbers_stay_as_they_are() -> None:
    rules = [parse_rule("0086. => ."), parse_rule("00. => +."), parse_rule("0. => +86.")]
    assert rewrite("008613800138000", rules) == "13800138000"
    assert rewrite("0044201", rules) == "+44201"
    assert rewrite("0772281", rules) == "+86772281"
    assert rewrite("95598", rules) == "95598"


@pytest.mark.parametrize("text", ["", "12 3", "(1|2)", "[5-2]", "[]", "[a]", "0.1", "é", "1X.X"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_pattern(text)


@pytest.mark.parametrize("text", ["0", "=> 1", "0X => XX", "0 => .", "0. => ..", "0. => $1", "XX => X"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_rule(text)


def test_the_pattern_that_says_most_is_the_most_precise() -> None:
    texts = [".", "X.", "0.", "0XXX", "07.", "0772.", "0772XXXXXXX", "07722812345"]
    patterns = [parse_pattern(text) for text in texts]
    assert sorted(patterns, key=lambda pattern: pattern.precision) == patterns


@given(st.text("0123456789+*#", max_size=20), st.text("0123456789", max_size=20))
def test_a_prefix_taken_off_and_put_on_again_leaves_the_number_as_it_was(prefix: str, rest: str) -> None:
    away, back = parse_rule(f"{prefix}. => ."), parse_rule(f". => {prefix}.")
    if rest:
        shortened = away.rewrite(prefix + rest)
        assert shortened == rest
        assert back.rewrite(shortened) == prefix + rest


@given(st.text(max_size=30))
def test_no_text_makes_the_reader_fail_otherwise_than_by_saying_so(text: str) -> None:
    for parse in (parse_pattern, parse_rule):
        with suppress(ValueError):
            parse(text)
