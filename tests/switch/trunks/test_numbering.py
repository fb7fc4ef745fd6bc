import pytest

from switch.trunks.config import NumberingConfig
from switch.trunks.numbering import NumberForm, NumberingPlan
from switch.trunks.patterns import parse_pattern

E164, DIGITS, NATIONAL, AS_IS = (
    NumberForm.E164,
    NumberForm.E164_DIGITS,
    NumberForm.NATIONAL,
    NumberForm.AS_IS,
)


def plan(area_code: str = "772") -> NumberingPlan:
    config = NumberingConfig(area_code=area_code)
    mobile, local = (list(map(parse_pattern, texts)) for texts in (config.mobile, config.local))
    return NumberingPlan(config.country_code, config.area_code, mobile, local)


@pytest.mark.parametrize(
    ("number", "e164", "national"),
    [
        ("07722812345", "+867722812345", "07722812345"),
        ("2812345", "+867722812345", "07722812345"),
        ("13800138000", "+8613800138000", "13800138000"),
        ("+8613800138000", "+8613800138000", "13800138000"),
        ("008613800138000", "+8613800138000", "13800138000"),
        ("+442079460000", "+442079460000", "00442079460000"),
        ("00442079460000", "+442079460000", "00442079460000"),
        ("01012345678", "+861012345678", "01012345678"),
    ],
)
def test_every_number_of_a_public_plan_has_one_form_of_each_kind(
    number: str, e164: str, national: str
) -> None:
    assert plan().write(number, E164) == e164
    assert plan().write(number, DIGITS) == e164[1:]
    assert plan().write(number, NATIONAL) == national
    assert plan().write(number, AS_IS) == number
    assert plan().read(e164, E164) == plan().read(e164, NATIONAL) == national


@pytest.mark.parametrize("number", ["95598", "110", "12345", "1001", "anonymous", "", "+", "+86x", "00", "0"])
def test_short_codes_and_names_keep_their_form(number: str) -> None:
    for form in NumberForm:
        assert plan().write(number, form) == number
        assert plan().read(number, form) == number


def test_numbers_without_plus_are_read_with_their_country_code_where_the_trunk_writes_them_so() -> None:
    assert plan().read("867722812345", DIGITS) == "07722812345"
    assert plan().read("8613800138000", DIGITS) == "13800138000"
    assert plan().read("867722812345", AS_IS) == "867722812345"


def test_without_an_area_code_local_numbers_are_in_no_plan() -> None:
    assert plan(area_code="").write("2812345", E164) == "2812345"
