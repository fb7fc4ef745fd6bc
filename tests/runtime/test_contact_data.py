"""What can be noted of a contact."""

from typing import Any

import pytest

from runtime.contact_data import LONGEST_NAME, MOST_BYTES, MOST_NAMES, changed, hidden, problem_of, size_of


@pytest.mark.parametrize("value", ["", "光纤", 0, -7.5, True, [], ["a", 1, False], 2**53])
def test_plain_values_can_be_noted(value: Any) -> None:
    assert problem_of({"x": value}) == ""


@pytest.mark.parametrize(
    "value", [None, {}, [[1]], [None], float("nan"), float("inf"), 2**53 + 1, b"x", "\ud800", ["\udfff"]]
)
def test_what_is_no_plain_value_is_named(value: Any) -> None:
    assert problem_of({"a": 1, "x": value}).startswith("x: expected a text, a number")


@pytest.mark.parametrize("name", ["", "x" * (LONGEST_NAME + 1), "a\nb", "\x00"])
def test_a_name_is_a_short_line(name: str) -> None:
    assert problem_of({name: 1}).startswith("a name of call data has 1 to 64 printable characters")


def test_names_are_counted() -> None:
    full = {f"n{number}": number for number in range(MOST_NAMES)}
    assert problem_of(full) == ""
    assert problem_of(full | {"more": 1}) == "64 names at most in all call data, not 65; remove some"


def test_bytes_are_counted_as_they_are_sent() -> None:
    room = MOST_BYTES - size_of({"x": ""})
    assert problem_of({"x": "a" * room}) == ""
    assert problem_of({"x": "光" * (room // 3)}) == ""
    assert problem_of({"x": "a" * (room + 1)}).startswith("8192 bytes at most in all call data, not 8193")


def test_a_name_that_is_removed_and_given_has_its_new_value() -> None:
    assert changed({"a": 1, "b": 2, "c": 3}, {"a": 4}, ["a", "b"]) == {"c": 3, "a": 4}


def test_personal_values_are_hidden_and_their_names_are_not() -> None:
    assert hidden({"id_number": "4502", "order": 7}, ["id_number"]) == {"id_number": "***", "order": 7}
