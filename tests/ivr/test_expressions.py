"""The language of expressions: what it computes, what it refuses, and that it never does harm."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.expressions import FUNCTIONS, LARGEST, Expression, ExpressionFault, as_text
from ivr.texts import Text

NAMES: dict[str, Any] = {
    "余额": 12.5,
    "姓名": "王",
    "lists": ["vip"],
    "answer": {"data": {"items": [3, 4]}, "keys": 1},
    "today": "2024-02-28",
    "nothing": None,
}
PLAIN = {name: function for name, (function, _, _) in FUNCTIONS.items()}


def value(text: str) -> Any:
    return Expression(text).value(NAMES, PLAIN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("余额 * 2", 25.0),
        ("7 // 2 + 7 % 2", 4),
        ("余额 > 0 and not 姓名 == '李'", True),
        ("'vip' in lists", True),
        ("answer.data.items[1]", 4),
        ("answer.keys", 1),
        ("'贵' if 余额 >= 100 else '普通'", "普通"),
        ("姓名 + '先生'", "王先生"),
        ("today[0:7]", "2024-02"),
        ("days_after(today, 2)", "2024-03-01"),
        ("days_between('2023-02-28', today)", 365),
        ("nothing is none", True),
        ("[1, 余额]", [1, 12.5]),
        ("number('12') + number('0.5')", 12.5),
        ("round(2.71828, 2)", 2.72),
        ("true", True),
        ("starts_with(13800138000, 138)", True),
    ],
)
def test_it_computes(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "an expression such as"),
        ("1 +", "cannot be read"),
        ("(" * 300, "cannot be read"),
        ("x := 1", "cannot be read"),
        ("a = 1", "cannot be read"),
        ("[x for x in lists]", "without ListComp"),
        ("lambda: 1", "without lambda"),
        ("2 ** 99", "without powers"),
        ("f'{x}'", "without f-strings"),
        ("__import__('os')", "one of the functions"),
        ("open('/etc/passwd')", "one of the functions"),
        ("姓名.upper()", "one of the functions"),
        ("len()", "1 values for len"),
        ("1j", "numbers and texts"),
        ("x" * 1001, "at most 1000 characters"),
    ],
)
def test_what_is_no_expression_is_told(text: str, told: str) -> None:
    with pytest.raises(ExpressionFault, match=told.replace("(", r"\(")):
        Expression(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("余额 / 0", "division by zero"),
        ("月份 + 1", "月份 has no value"),
        ("姓名 + 1", "concatenate"),
        ("answer.other", "there is no other in answer"),
        ("姓名.__class__", "there is no __class__"),
        ("answer.data.items[9]", "there is no such part"),
        ("姓名 * 1000000", "only numbers"),
        ("'%99999999d' % 1", "only numbers"),
        ("-" * 900 + "1", "too deep"),
        (f"{LARGEST - 1} * 10", "too large"),
        ("number('twelve')", "no number or day"),
    ],
)
def test_what_has_no_value_is_told(text: str, told: str) -> None:
    with pytest.raises(ExpressionFault, match=told):
        value(text)


@given(st.text(max_size=80))
def test_any_text_is_an_expression_or_told(text: str) -> None:
    with suppress(ExpressionFault):
        value(text)


ATOMS = st.sampled_from(["余额", "姓名", "lists", "answer", "today", "nothing", "3", "'x'", "true", "[1]"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "==", "<", "in", "and"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        st.tuples(st.sampled_from(sorted(PLAIN)), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"{parts[0]}[{parts[1]}]"),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_any_expression_has_a_value_of_plain_data_or_is_told(text: str) -> None:
    try:
        found = value(text)
    except ExpressionFault:
        return
    assert found is None or isinstance(found, bool | int | float | str | list | dict)


def test_the_names_of_an_expression_are_known_beforehand() -> None:
    assert Expression("len(姓名) > answer.items and true").names == {"姓名", "answer"}


@pytest.mark.parametrize(
    ("given", "text"),
    [(12.0, "12"), (0.1 + 0.2, "0.3"), (None, ""), (True, "true"), ([1, "a"], "1,a"), (-3, "-3"), ("x", "x")],
)
def test_a_value_reads_well_in_a_text(given: Any, text: str) -> None:
    assert as_text(given) == text


def filled(text: str) -> str:
    return Text(text).filled(lambda expression: expression.value(NAMES, PLAIN))


def test_a_text_is_filled_with_values() -> None:
    assert filled("{姓名}先生，余额{余额 - 0.5}元") == "王先生，余额12元"
    assert filled("{{姓名}} is {姓名}") == "{姓名} is 王"


@pytest.mark.parametrize("text", ["{姓名", "姓名}", "{}", "{1 +}"])
def test_braces_that_hold_no_expression_are_told(text: str) -> None:
    with pytest.raises(ExpressionFault):
        Text(text)


def test_numbers_are_rounded_to_places_that_there_are() -> None:
    assert Expression("round(12.345, 2) + round(1250, -2)").value({}, PLAIN) == 1212.35
    with pytest.raises(ExpressionFault, match="at most 18 places"):
        Expression("round(5, -1000000000)").value({}, PLAIN)


def test_a_value_is_bounded_with_all_it_holds() -> None:
    big = {"pages": [{"text": "x" * 9000} for _ in range(20)]}
    with pytest.raises(ExpressionFault, match="too large"):
        Expression("answer").value({"answer": big}, PLAIN)
    small = {"pages": [{"text": "x" * 9000}], "next": None}
    assert Expression("answer").value({"answer": small}, PLAIN) == small
