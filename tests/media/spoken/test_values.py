"""Values as people say them, read back from the texts of the shipped prompts."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from media.make_prompts import flatten
from media.spoken.values import LARGEST, Kind, count, digits, number, spoken
from runtime.errors import UsageError

PROMPTS = Path(__file__).parents[3] / "conf" / "prompts"
TABLE = YAML(typ="safe").load(PROMPTS / "texts.yaml")["texts"]
TEXTS = {f"{language}/{name}": text for language in TABLE for name, text in flatten(TABLE[language])}

CHINESE = [
    (Kind.NUMBER, "0", "零"),
    (Kind.NUMBER, "2", "二"),
    (Kind.NUMBER, "10", "十"),
    (Kind.NUMBER, "12", "十二"),
    (Kind.NUMBER, "20", "二十"),
    (Kind.NUMBER, "105", "一百零五"),
    (Kind.NUMBER, "110", "一百一十"),
    (Kind.NUMBER, "200", "二百"),
    (Kind.NUMBER, "222", "二百二十二"),
    (Kind.NUMBER, "2003", "两千零三"),
    (Kind.NUMBER, "2030", "两千零三十"),
    (Kind.NUMBER, "9999", "九千九百九十九"),
    (Kind.NUMBER, "10000", "一万"),
    (Kind.NUMBER, "10005", "一万零五"),
    (Kind.NUMBER, "10015", "一万零一十五"),
    (Kind.NUMBER, "20000", "两万"),
    (Kind.NUMBER, "22000", "两万二千"),
    (Kind.NUMBER, "100300", "十万零三百"),
    (Kind.NUMBER, "103000", "十万三千"),
    (Kind.NUMBER, "120000", "十二万"),
    (Kind.NUMBER, "20002000", "两千万二千"),
    (Kind.NUMBER, "100000000", "一亿"),
    (Kind.NUMBER, "200000000", "两亿"),
    (Kind.NUMBER, "100005000", "一亿零五千"),
    (Kind.NUMBER, "100050000", "一亿零五万"),
    (Kind.NUMBER, "1000000001", "十亿零一"),
    (Kind.NUMBER, "999999999999", "九千九百九十九亿九千九百九十九万九千九百九十九"),
    (Kind.NUMBER, "-12.50", "负十二点五零"),
    (Kind.NUMBER, "0.03", "零点零三"),
    (Kind.MONEY, "0", "零元"),
    (Kind.MONEY, "2", "两元"),
    (Kind.MONEY, "12", "十二元"),
    (Kind.MONEY, "12.34", "十二元三角四分"),
    (Kind.MONEY, "12.05", "十二元零五分"),
    (Kind.MONEY, "2.2", "两元两角"),
    (Kind.MONEY, "0.50", "五角"),
    (Kind.MONEY, "0.02", "两分"),
    (Kind.MONEY, "-80.1", "负八十元一角"),
    (Kind.MONEY, "-0.004", "零元"),
    (Kind.MONEY, "9.995", "十元"),
    (Kind.MONEY, "10002.00", "一万零二元"),
    (Kind.MONEY, "3.25 USD", "三美元二十五美分"),
    (Kind.DATE, "2026-11-21", "二零二六年十一月二十一日"),
    (Kind.DATE, "2024-02-29", "二零二四年二月二十九日"),
    (Kind.DAY, "2026-02-10", "二月十日"),
    (Kind.TIME, "00:00", "零点整"),
    (Kind.TIME, "02:30", "两点三十分"),
    (Kind.TIME, "12:02", "十二点零二分"),
    (Kind.TIME, "22:10:59", "二十二点十分"),
    (Kind.DURATION, "0", "零秒"),
    (Kind.DURATION, "2", "两秒"),
    (Kind.DURATION, "7385", "两小时三分钟五秒"),
    (Kind.DURATION, "7205", "两小时五秒"),
    (Kind.DIGITS, "1024", "一零二四"),
    (Kind.DIGITS, "A10-7", "一零七"),
    (Kind.TELEPHONE, "13800138000", "幺三八，零零幺三，八零零零"),
    (Kind.TELEPHONE, "95598", "九五五九八"),
    (Kind.TELEPHONE, "+86 10 6552-9988", "八六，幺零，六五五二，九九八八"),
]

ENGLISH = [
    (Kind.NUMBER, "0", "zero"),
    (Kind.NUMBER, "12", "twelve"),
    (Kind.NUMBER, "35", "thirty five"),
    (Kind.NUMBER, "105", "one hundred five"),
    (Kind.NUMBER, "3000", "three thousand"),
    (Kind.NUMBER, "1000000", "one million"),
    (Kind.NUMBER, "2001010010", "two billion one million ten thousand ten"),
    (Kind.NUMBER, "-12.50", "minus twelve point five zero"),
    (Kind.MONEY, "0", "zero yuan"),
    (Kind.MONEY, "12.05", "twelve yuan and five fen"),
    (Kind.MONEY, "1.01 USD", "one dollar and one cent"),
    (Kind.MONEY, "-0.99 usd", "minus ninety nine cents"),
    (Kind.DATE, "2026-11-21", "November twenty first twenty twenty six"),
    (Kind.DATE, "2005-03-30", "March thirtieth two thousand five"),
    (Kind.DATE, "1905-01-20", "January twentieth nineteen oh five"),
    (Kind.DATE, "1900-12-12", "December twelfth nineteen hundred"),
    (Kind.DATE, "2024-02-29", "February twenty ninth twenty twenty four"),
    (Kind.DAY, "2026-05-03", "May third"),
    (Kind.TIME, "00:00", "twelve o'clock a.m."),
    (Kind.TIME, "12:30", "twelve thirty p.m."),
    (Kind.TIME, "14:05", "two oh five p.m."),
    (Kind.DURATION, "0", "zero seconds"),
    (Kind.DURATION, "3661", "one hour one minute one second"),
    (Kind.DURATION, "7385", "two hours three minutes five seconds"),
    (Kind.DIGITS, "1024", "one zero two four"),
    (Kind.TELEPHONE, "13800138000", "one three eight , zero zero one three , eight zero zero zero"),
]

REFUSED = [
    (Kind.NUMBER, "twelve"),
    (Kind.NUMBER, "NaN"),
    (Kind.NUMBER, "Infinity"),
    (Kind.NUMBER, "1e12"),
    (Kind.NUMBER, "1e-400"),
    (Kind.NUMBER, ""),
    (Kind.MONEY, "12 EUR"),
    (Kind.MONEY, "1,20"),
    (Kind.DATE, "2026-02-29"),
    (Kind.DATE, "tomorrow"),
    (Kind.TIME, "24:00"),
    (Kind.DURATION, "-5"),
    (Kind.DURATION, "1.5"),
    (Kind.TELEPHONE, "call me"),
    (Kind.DIGITS, "1" * 65),
]


def said(names: tuple[str, ...], between: str) -> str:
    return between.join(TEXTS.get(name, "，" if between == "" else ",") for name in names)


@pytest.mark.parametrize(("kind", "value", "words"), CHINESE)
def test_chinese_says(kind: Kind, value: str, words: str) -> None:
    assert said(spoken("zh", kind, value), "") == words


@pytest.mark.parametrize(("kind", "value", "words"), ENGLISH)
def test_english_says(kind: Kind, value: str, words: str) -> None:
    assert said(spoken("en", kind, value), " ") == words


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_what_is_no_such_value_is_refused(kind: Kind, value: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        spoken("zh", kind, value)


def test_a_kind_of_english_is_english() -> None:
    assert spoken("en-GB", Kind.NUMBER, "12") == ("en-GB/numbers/12",)


def test_two_of_something_has_a_word_of_its_own_in_chinese() -> None:
    assert (count("zh", 2), count("zh", 12)) == (("zh/numbers/two",), number("zh", 12))
    assert count("en", 2) == number("en", 2)


def test_an_agents_number_is_said_digit_by_digit() -> None:
    assert digits("zh", "A10-7") == ("zh/digits/1", "zh/digits/0", "zh/digits/7")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_word_that_can_be_needed_is_a_shipped_prompt(language: str) -> None:
    assert [name for name in sorted(set(_words(language))) if not (PROMPTS / f"{name}.wav").is_file()] == []


@given(st.sampled_from(["zh", "en"]), st.integers(0, LARGEST - 1), st.integers(0, LARGEST - 1))
def test_no_two_numbers_sound_alike(language: str, one: int, other: int) -> None:
    assert (number(language, one) == number(language, other)) == (one == other)


@given(st.sampled_from(["zh", "en"]), st.sampled_from(Kind), st.text(max_size=40))
def test_any_text_is_spoken_or_refused(language: str, kind: Kind, text: str) -> None:
    with suppress(UsageError):
        assert all(name in TEXTS or name == "pause" for name in spoken(language, kind, text))


def _words(language: str) -> Iterator[str]:
    for value in (*range(10_000), 10**4, 10**8, 10**9):
        yield from number(language, value)
    for day in range(366):
        yield from spoken(language, Kind.DATE, (date(2024, 1, 1) + timedelta(day)).isoformat())
    for minute in range(24 * 60):
        yield from spoken(language, Kind.TIME, f"{minute // 60:02}:{minute % 60:02}")
    for seconds in ("3661", "7322"):
        yield from spoken(language, Kind.DURATION, seconds)
    for sum_ in ("-1.01", "2.22", "1.01 USD", "2.22 USD", "0.10"):
        yield from spoken(language, Kind.MONEY, sum_)
    yield from spoken(language, Kind.NUMBER, "-1.5")
    yield from spoken(language, Kind.TELEPHONE, "13800138000")
