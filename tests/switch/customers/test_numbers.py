"""One number in all the ways that people and trunks write it."""

import pytest

from switch.customers.numbers import entry_number, house_number
from switch.trunks.config import NumberingConfig

PLAN = NumberingConfig(area_code="772").plan()


@pytest.mark.parametrize(
    "written",
    [
        "139 0013 9000",
        "+86 139-0013-9000",
        "8613900139000",
        "008613900139000",
        "１３９００１３９０００",
    ],
)
def test_a_mobile_number_is_one_however_it_is_written(written: str) -> None:
    assert entry_number(written, PLAN) == "13900139000"


@pytest.mark.parametrize("written", ["(0772) 2822345", "2822345", "+867722822345"])
def test_a_local_number_is_one_however_it_is_written(written: str) -> None:
    assert entry_number(written, PLAN) == "07722822345"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+8613900139000", "13900139000"),
        ("8613900139000", "13900139000"),
        ("+442079460000", "00442079460000"),
        ("86123456", "077286123456"),  # a number of the area, though it begins as the country does
        ("95598", "95598"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_callers_numbers_come_into_the_same_form(number: str, expected: str) -> None:
    assert house_number(number, PLAN) == expected


def test_a_beginning_stays_as_it_is_written() -> None:
    assert entry_number("1390013*", PLAN) == "1390013*"
    assert entry_number("0772*", PLAN) == "0772*"


@pytest.mark.parametrize("written", ["", "*", "139*00", "1" * 41, "王芳", "139,00", "139 00a"])
def test_what_is_no_number_is_told(written: str) -> None:
    with pytest.raises(ValueError, match="a number such as"):
        entry_number(written, PLAN)


def test_a_beginning_with_a_country_is_told() -> None:
    with pytest.raises(ValueError, match="as numbers are written at home"):
        entry_number("+86139*", PLAN)
