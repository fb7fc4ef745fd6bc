"""Mandarin.

Two of something is 两, and so is the first thousand, 万 or 亿 of a number: 两千, 两万, but 二百, 十二万.
A zero is said once for all the places that are skipped: 一万零五, 十万零三百.
"""

from collections.abc import Iterator
from datetime import date, time

from media.spoken.words import PAUSE, Money, clock_parts, digit, digits

_GROUPS = (100_000_000, 10_000, 1)
_PLACES = (1000, 100, 10, 1)
_TWO = "numbers/two"

_UNITS = {"CNY": ("money/yuan", "money/jiao", "money/fen"), "USD": ("money/dollars", "", "money/cents")}
"""The whole, its tenth where there is a word for it, its hundredth."""


def number(value: int) -> Iterator[str]:
    """A whole number from 0 to 999 999 999 999."""
    if not value:
        yield digit(0)
    is_first, skipped = True, False
    for group in _GROUPS:
        many, value = divmod(value, group)
        for place in _PLACES:
            figure = many // place % 10
            if not figure:
                skipped = not is_first
                continue
            if skipped:
                yield digit(0)
            if is_first and figure == 2 and (place == 1000 or (many == 2 and group > 1)):
                yield _TWO
            elif not (is_first and place == 10 and figure == 1):  # 十二, but 一百一十二
                yield digit(figure)
            if place > 1:
                yield f"numbers/{place}"
            is_first, skipped = False, False
        if many and group > 1:
            yield f"numbers/{group}"
            skipped = False


def count(value: int) -> Iterator[str]:
    """So many of something."""
    return iter((_TWO,)) if value == 2 else number(value)


def money(sum_: Money) -> Iterator[str]:
    """Yuan, jiao and fen; a zero stands for the jiao that are skipped: 十二元零五分."""
    whole, tenth, hundredth = _UNITS[sum_.currency]
    tenths, hundredths = divmod(sum_.minor, 10) if tenth else (0, sum_.minor)
    if sum_.is_negative:
        yield "numbers/minus"
    if sum_.major or not sum_.minor:
        yield from (*count(sum_.major), whole)
    if tenths:
        yield from (*count(tenths), tenth)
    if hundredths:
        if tenth and sum_.major and not tenths:
            yield digit(0)
        yield from (*count(hundredths), hundredth)


def day(value: date) -> Iterator[str]:
    """Month and day."""
    yield from (*number(value.month), "dates/month", *number(value.day), "dates/day")


def date_with_year(value: date) -> Iterator[str]:
    """The year by its digits, month and day."""
    yield from (*digits(f"{value.year}"), "dates/year", *day(value))


def time_of_day(value: time) -> Iterator[str]:
    """Of 24 hours: 十四点整, 十四点零五分, 两点半 as 两点三十分."""
    yield from (*count(value.hour), "times/hour")
    if not value.minute:
        yield "times/whole"
        return
    if value.minute < 10:
        yield digit(0)
    yield from (*number(value.minute), "times/minute")


def duration(seconds: int) -> Iterator[str]:
    """Hours, minutes and seconds; those that are none are silent."""
    parts = list(zip(clock_parts(seconds), ("times/hours", "times/minutes", "times/seconds"), strict=True))
    for amount, unit in [part for part in parts if part[0]] or parts[-1:]:
        yield from (*count(amount), unit)


def telephone(groups: tuple[str, ...]) -> Iterator[str]:
    """Digit by digit, one as 幺, with a breath between the groups."""
    for place, group in enumerate(groups):
        if place:
            yield PAUSE
        yield from ("digits/yao" if word == digit(1) else word for word in digits(group))
