"""American English: one hundred five, November twenty-first, two oh five p.m."""

from collections.abc import Iterator
from datetime import date, time

from media.spoken.words import PAUSE, Money, clock_parts, digit, digits

_GROUPS = (1_000_000_000, 1_000_000, 1000)

_UNITS = {
    "CNY": (("money/yuan", "money/yuan"), ("money/fen", "money/fen")),
    "USD": (("money/dollar", "money/dollars"), ("money/cent", "money/cents")),
}
"""The whole and its hundredth: one of it, and several."""


def number(value: int) -> Iterator[str]:
    """A whole number from 0 to 999 999 999 999."""
    if not value:
        yield digit(0)
    for group in _GROUPS:
        if value >= group:
            yield from (*_below_thousand(value // group), f"numbers/{group}")
            value %= group
    yield from _below_thousand(value)


def count(value: int) -> Iterator[str]:
    """So many of something: as the number alone."""
    return number(value)


def money(sum_: Money) -> Iterator[str]:
    """Dollars and cents: twelve dollars and five cents."""
    whole, hundredth = _UNITS[sum_.currency]
    if sum_.is_negative:
        yield "numbers/minus"
    if sum_.major or not sum_.minor:
        yield from _so_many(sum_.major, whole)
    if sum_.major and sum_.minor:
        yield "and"
    if sum_.minor:
        yield from _so_many(sum_.minor, hundredth)


def day(value: date) -> Iterator[str]:
    """Month and day, the day counted: March third."""
    yield from (f"dates/month/{value.month}", *_ordinal(value.day))


def date_with_year(value: date) -> Iterator[str]:
    """Month, day and year: March third, twenty twenty-six."""
    yield from (*day(value), *_year(value.year))


def time_of_day(value: time) -> Iterator[str]:
    """Of twice twelve hours: two o'clock p.m., two oh five p.m."""
    yield from number(value.hour % 12 or 12)
    if not value.minute:
        yield "times/whole"
    elif value.minute < 10:
        yield "times/oh"
    if value.minute:
        yield from number(value.minute)
    yield "times/am" if value.hour < 12 else "times/pm"


def duration(seconds: int) -> Iterator[str]:
    """Hours, minutes and seconds; those that are none are silent."""
    parts = list(zip(clock_parts(seconds), ("hour", "minute", "second"), strict=True))
    for amount, unit in [part for part in parts if part[0]] or parts[-1:]:
        yield from _so_many(amount, (f"times/{unit}", f"times/{unit}s"))


def telephone(groups: tuple[str, ...]) -> Iterator[str]:
    """Digit by digit, with a breath between the groups."""
    for place, group in enumerate(groups):
        if place:
            yield PAUSE
        yield from digits(group)


def _so_many(value: int, unit: tuple[str, str]) -> Iterator[str]:
    yield from (*number(value), unit[0] if value == 1 else unit[1])


def _below_thousand(value: int) -> Iterator[str]:
    if value >= 100:
        yield from (digit(value // 100), "numbers/100")
        value %= 100
    if value:
        yield from _below_hundred(value)


def _below_hundred(value: int) -> Iterator[str]:
    if value < 10:
        yield digit(value)
    elif value < 20:
        yield f"numbers/{value}"
    else:
        yield f"numbers/{value // 10 * 10}"
        yield from (digit(value % 10),) if value % 10 else ()


def _ordinal(value: int) -> Iterator[str]:
    """First to thirty-first."""
    if value > 20 and value % 10:
        yield from (f"numbers/{value // 10 * 10}", f"ordinals/{value % 10}")
    else:
        yield f"ordinals/{value}"


def _year(value: int) -> Iterator[str]:
    """Nineteen ninety-nine, nineteen hundred, nineteen oh five, but two thousand five."""
    century, rest = divmod(value, 100)
    if not 1100 <= value < 10_000 or value // 10 % 100 == 0:
        yield from number(value)
        return
    yield from _below_hundred(century)
    if not rest:
        yield "numbers/100"
    elif rest < 10:
        yield from ("times/oh", digit(rest))
    else:
        yield from _below_hundred(rest)
