"""Whether it is open, and until when. Pure: the moment comes in.

The clock on the wall decides, as it does for those who work by it: where clocks are put forward, the time
that is left out does not count; where they are put back, the hour that comes twice counts twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from switch.calendars.exceptions import Day, Exceptions
from switch.calendars.hours import DAY_MIN, WEEK, Week, Weekday
from switch.calendars.public_holidays import PublicHolidays

DAY_S = 86_400
LOOK_AHEAD_DAYS = 400
"""So far ``next_change`` looks: beyond every day that comes once a year."""

_ONE_DAY = timedelta(days=1)
_SHIFT_FOUND_TO_S = 1.0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours of every week, what differs on some days, and the clock they are read by."""

    name: str
    zone: tzinfo
    week: Week
    exceptions: Exceptions
    holidays: PublicHolidays | None = None
    work_days_as: Weekday = Weekday.MON
    """Whose hours a day of the weekend has on which people work for a holiday (调休)."""

    def day(self, day: date) -> Day:
        """What holds on a day: its exception, else whether it is a holiday, else the week's hours."""
        exception = self.exceptions.on(day)
        if exception is not None:
            return exception
        if self.holidays is not None:
            holiday = self.holidays.holiday(day)
            if holiday is not None:
                return Day((), holiday, regular=False)
            if self.holidays.works_instead(day):
                return Day(self.week[WEEK.index(self.work_days_as)], f"as {self.work_days_as}", regular=False)
        return Day(self.week[day.weekday()])


def is_open(calendar: Calendar, at: float) -> bool:
    """Whether it is open at ``at``, in seconds since the Unix epoch."""
    shown = datetime.fromtimestamp(at, calendar.zone)
    minutes = (shown.hour * 60 + shown.minute) + (shown.second + shown.microsecond / 1e6) / 60
    today = calendar.day(shown.date()).spans
    if any(span.begins <= minutes < span.ends for span in today):
        return True
    night = calendar.day(shown.date() - _ONE_DAY).spans
    return any(minutes + DAY_MIN < span.ends for span in night)


def next_change(calendar: Calendar, at: float, within_days: int = LOOK_AHEAD_DAYS) -> float | None:
    """When it opens or closes next after ``at``; None when it does not within so many days."""
    now_open = is_open(calendar, at)
    for number in range(within_days):
        begin, end = at + number * DAY_S, at + (number + 1) * DAY_S
        possible = {moment for moment in _possible_changes(calendar, begin, end) if begin < moment <= end}
        for moment in sorted(possible):
            if is_open(calendar, moment) != now_open:
                return moment
    return None


def _possible_changes(calendar: Calendar, begin: float, end: float) -> Iterator[float]:
    """All moments from ``begin`` to ``end`` at which it may open or close, with some that lie outside."""
    if _offset_s(calendar, begin) != _offset_s(calendar, end):
        yield _clock_shift(calendar, begin, end)
    steady = _offset_s(calendar, begin - DAY_S) == _offset_s(calendar, end + DAY_S)
    folds = (0,) if steady else (0, 1)  # the clock shows nothing twice while nobody sets it
    day = datetime.fromtimestamp(begin, calendar.zone).date() - _ONE_DAY  # whose nights may end in between
    last = datetime.fromtimestamp(end, calendar.zone).date()
    while day <= last:
        midnight = datetime.combine(day, time.min)
        for span in calendar.day(day).spans:
            for minutes in (span.begins, span.ends):
                shown = midnight + timedelta(minutes=minutes)
                for fold in folds:
                    yield shown.replace(tzinfo=calendar.zone, fold=fold).timestamp()
        day += _ONE_DAY


def _offset_s(calendar: Calendar, at: float) -> float:
    offset = datetime.fromtimestamp(at, calendar.zone).utcoffset()
    assert offset is not None, "every zone knows its offset"
    return offset.total_seconds()


def _clock_shift(calendar: Calendar, begin: float, end: float) -> float:
    """When the clocks are put forward or back between two moments; to the second, as zones have it."""
    before = _offset_s(calendar, begin)
    while end - begin > _SHIFT_FOUND_TO_S / 2:
        middle = (begin + end) / 2
        if _offset_s(calendar, middle) == before:
            begin = middle
        else:
            end = middle
    return float(round(end))
