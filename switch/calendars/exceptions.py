"""Days that are not as every week: closed, with hours of their own, or as another day of the week.

2026-10-01..2026-10-07 closed (国庆节)
2026-10-10 as mon (调休)             a Saturday on which people work
12-31 08:30-12:00                    every year
"""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from switch.calendars.hours import WEEK, Spans, Week, parse_spans, weekday

_LINE = re.compile(
    r"(?P<first>[0-9-]+)(?:\.\.(?P<last>[0-9-]+))?\s+(?P<rule>[^()]+?)(?:\s*\((?P<occasion>[^()]*)\))?"
)
_EXPECTED = "a day or days and what holds then, such as 2026-10-01..2026-10-07 closed (国庆节)"
_LEAP_YEAR = 2024
"""Yearly days are looked up in a year that has all of them."""
_MOST_DAYS = 3660

K = TypeVar("K", bound=Hashable)

YearDay = tuple[int, int]
"""Month and day."""


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on one day."""

    spans: Spans
    """Those that begin on it."""
    occasion: str = ""
    """What the day is, when it is not as every week; empty when it is, or nobody said."""
    regular: bool = True
    """Whether it is as every week."""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Days by date, and by month and day for every year. The first go before the second."""

    dated: dict[date, Day]
    yearly: dict[YearDay, Day]

    def on(self, day: date) -> Day | None:
        """What is said of this day."""
        return self.dated.get(day) or self.yearly.get((day.month, day.day))


def parse_exceptions(lines: Iterable[str], week: Week) -> Exceptions:
    """Exceptions as people write them. Raises ValueError saying what was expected, and of which line."""
    exceptions = Exceptions({}, {})
    for line in lines:
        try:
            _take(line, week, exceptions)
        except ValueError as error:
            raise ValueError(f"{error} (in {line!r})") from error
    return exceptions


def _take(line: str, week: Week, exceptions: Exceptions) -> None:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError(_EXPECTED)
    day = Day(_spans(match["rule"].split(), week), (match["occasion"] or "").strip(), regular=False)
    first, last = match["first"], match["last"] or match["first"]
    if first.count("-") == last.count("-") == 1:
        _put(exceptions.yearly, [(each.month, each.day) for each in _yearly(first, last)], day)
    else:
        _put(exceptions.dated, _days(_date(first), _date(last)), day)


def _spans(words: list[str], week: Week) -> Spans:
    match words:
        case ["closed"]:
            return ()
        case ["as", name]:
            return week[WEEK.index(weekday(name))]
        case ["as" | "closed", *_]:
            raise ValueError("closed alone, or as mon")
    return parse_spans(words)


def _yearly(first: str, last: str) -> list[date]:
    """In a year that has all days; a range may go past New Year."""
    begin, end = _date(f"{_LEAP_YEAR}-{first}"), _date(f"{_LEAP_YEAR}-{last}")
    if begin <= end:
        return _days(begin, end)
    return _days(begin, date(_LEAP_YEAR, 12, 31)) + _days(date(_LEAP_YEAR, 1, 1), end)


def _days(first: date, last: date) -> list[date]:
    count = (last - first).days + 1
    if not 0 < count <= _MOST_DAYS:
        raise ValueError("a last day after the first, at most ten years later")
    return [first + timedelta(days=number) for number in range(count)]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("days such as 2026-10-01, or 10-01 for every year") from None


def _put(days: dict[K, Day], keys: Iterable[K], day: Day) -> None:
    for key in keys:
        if key in days:
            raise ValueError("each day once; another line says something else of one of these")
        days[key] = day
