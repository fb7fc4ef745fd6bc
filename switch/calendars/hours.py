"""Opening hours as people write them, and as a clock is held against them.

mon-fri 08:30-12:00 14:00-17:30     two spans on each of five days
sat 22:00-06:00                     from Saturday evening to Sunday morning
mon-sun 00:00-24:00                 always
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

DAY_MIN = 24 * 60

_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


class Weekday(StrEnum):
    """A day of the week; ``tuple(Weekday)`` has them in the order of ``date.weekday``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A time of a day, in minutes since its midnight; ``ends`` beyond 1440 lies in the next day."""

    begins: int
    ends: int

    def __str__(self) -> str:
        return f"{_clock(self.begins)}-{_clock(self.ends if self.ends <= DAY_MIN else self.ends - DAY_MIN)}"


Spans = tuple[Span, ...]
Week = tuple[Spans, ...]
"""The spans that begin on each day, Monday first."""


def parse_week(lines: Iterable[str]) -> Week:
    """The week that lines such as ``mon-fri 08:30-17:30`` make together.

    Raises ValueError saying what was expected, also when a day's spans overlap.
    """
    days: list[list[Span]] = [[] for _ in WEEK]
    for line in lines:
        named, *spans = line.split() or [""]
        for day in _days(named):
            days[day] += parse_spans(spans)
    return tuple(_apart(spans) for spans in days)


def parse_spans(words: Sequence[str]) -> Spans:
    """Spans such as ``08:30-12:00``, in order. Raises ValueError saying what was expected."""
    if not words:
        raise ValueError("hours after the day, such as mon-fri 08:30-12:00 14:00-17:30")
    return _apart([_span(word) for word in words])


def weekday(word: str) -> Weekday:
    """``mon`` … ``sun``. Raises ValueError."""
    try:
        return Weekday(word)
    except ValueError:
        raise ValueError(f"a day of the week ({', '.join(WEEK)})") from None


def _days(named: str) -> list[int]:
    first, dash, last = named.partition("-")
    begin = WEEK.index(weekday(first))
    end = WEEK.index(weekday(last)) if dash else begin
    return [day % len(WEEK) for day in range(begin, end + 1 if end >= begin else end + 1 + len(WEEK))]


def _span(word: str) -> Span:
    match = _SPAN.fullmatch(word)
    if match is None:
        raise ValueError(f"hours such as 08:30-12:00, not {word!r}")
    begins, ends = (_minutes(match[i], match[i + 1]) for i in (1, 3))
    if begins in (ends, DAY_MIN):
        raise ValueError(f"hours with a beginning and another end, not {word!r}; a whole day is 00:00-24:00")
    return Span(begins, ends if ends > begins else ends + DAY_MIN)


def _minutes(hours: str, minutes: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > DAY_MIN:
        raise ValueError(f"a time of day from 00:00 to 24:00, not {hours}:{minutes}")
    return total


def _apart(spans: Iterable[Span]) -> Spans:
    in_order = tuple(sorted(spans))
    for earlier, later in pairwise(in_order):
        if later.begins < earlier.ends:
            raise ValueError(f"spans of one day that do not overlap; {earlier} and {later} do")
    return in_order


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
