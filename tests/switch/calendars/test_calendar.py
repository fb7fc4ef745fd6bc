"""Whether a calendar is open, and until when."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.calendars.calendar import Calendar, is_open, next_change
from switch.calendars.config import CalendarConfig
from switch.calendars.exceptions import Exceptions, parse_exceptions
from switch.calendars.hours import DAY_MIN, Span, parse_week

OFFICE = ["mon-fri 08:30-12:00 14:00-17:30"]


def calendar(*, zone: str = "Asia/Shanghai", hours: list[str] = OFFICE, **more: object) -> Calendar:
    fields = {"name": "office", "time_zone": zone, "hours": hours, **more}
    return CalendarConfig.model_validate(fields).calendar()


def at(moment: str, zone: str = "Asia/Shanghai", fold: int = 0) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def is_open_at(of: Calendar, moment: str) -> bool:
    return is_open(of, at(moment))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T08:29:59.999", False),
        ("2026-11-20T08:30:00", True),
        ("2026-11-20T11:59:59.999", True),
        ("2026-11-20T12:00:00", False),
        ("2026-11-20T14:00:00", True),
        ("2026-11-20T17:30:00", False),
        ("2026-11-21T10:00:00", False),  # a Saturday
    ],
)
def test_it_is_open_from_the_first_moment_of_a_span_to_the_last_before_its_end(
    moment: str, expected: bool
) -> None:
    assert is_open_at(calendar(), moment) is expected


def test_a_span_past_midnight_belongs_to_the_day_it_begins_on() -> None:
    night = calendar(hours=["sat 22:00-06:00"], exceptions=["2026-11-22 closed"])
    assert is_open_at(night, "2026-11-22T05:59:00")  # Sunday is closed, but this is Saturday's night
    assert not is_open_at(night, "2026-11-22T06:00:00")
    assert not is_open_at(night, "2026-11-23T05:00:00")


def test_spans_that_meet_at_midnight_make_no_change() -> None:
    through = calendar(hours=["mon 20:00-24:00", "tue 00:00-04:00"])
    assert next_change(through, at("2026-11-23T21:00:00")) == at("2026-11-24T04:00:00")


def test_the_next_change_is_found_over_a_weekend() -> None:
    assert next_change(calendar(), at("2026-11-20T18:00:00")) == at("2026-11-23T08:30:00")


def test_what_is_always_open_never_changes() -> None:
    assert next_change(calendar(hours=["mon-sun 00:00-24:00"]), at("2026-11-20T18:00:00")) is None


def test_a_dated_exception_goes_before_a_yearly_one_and_that_before_a_holiday() -> None:
    office = calendar(exceptions=["10-01 09:00-10:00", "2027-10-01 11:00-12:00 (值班)"], holidays="CN")
    assert is_open_at(office, "2026-10-01T09:30:00")
    assert not is_open_at(office, "2027-10-01T09:30:00")
    assert is_open_at(office, "2027-10-01T11:30:00")
    assert office.day(date(2027, 10, 1)).occasion == "值班"


def test_a_yearly_range_may_go_past_new_year() -> None:
    office = calendar(exceptions=["12-24..01-02 closed"])
    closed = [d for d in range(366) if not office.day(date(2027, 1, 1) + timedelta(days=d)).regular]
    assert closed == [0, 1, *range(357, 365), 365]


def test_the_29th_of_february_may_be_a_yearly_day() -> None:
    office = calendar(exceptions=["02-29 closed"])
    assert not office.day(date(2028, 2, 29)).regular
    assert office.day(date(2028, 2, 28)).regular


def test_china_works_on_weekends_for_its_holidays() -> None:
    """By its notice for 2026: off from 1 to 7 October, at work on 20 September and 10 October."""
    office = calendar(holidays="CN", work_days_as="fri", hours=["mon-thu 08:00-17:00", "fri 08:00-16:00"])
    october = [office.day(date(2026, 10, day)) for day in range(1, 8)]
    assert [day.spans for day in october if not day.regular and not day.spans] == [()] * 6
    assert not is_open_at(office, "2026-10-04T10:00:00")  # the Sunday among them, closed as ever
    for makeup in ("2026-09-20", "2026-10-10"):
        assert is_open_at(office, f"{makeup}T15:59:00")
        assert not is_open_at(office, f"{makeup}T16:00:00")
    assert office.day(date(2026, 10, 1)).occasion == "国庆节"


def test_the_holidays_of_a_part_of_a_country_are_its_own() -> None:
    assert not is_open_at(calendar(holidays="DE-BY"), "2027-01-06T10:00:00")  # Heilige Drei Könige
    assert is_open_at(calendar(holidays="DE-BE"), "2027-01-06T10:00:00")


def test_time_that_clocks_leave_out_does_not_count() -> None:
    """New York, 8 March 2026: 02:00 becomes 03:00."""
    zone = "America/New_York"
    night = calendar(zone=zone, hours=["sun 02:30-03:30"])
    opens = next_change(night, at("2026-03-08T00:00:00", zone))
    assert opens == at("2026-03-08T03:00:00", zone)
    assert next_change(night, opens) == at("2026-03-08T03:30:00", zone)


def test_an_hour_that_comes_twice_counts_twice() -> None:
    """New York, 1 November 2026: 02:00 becomes 01:00."""
    zone = "America/New_York"
    night = calendar(zone=zone, hours=["sun 01:00-01:30"])
    changes = [at("2026-11-01T00:00:00", zone)]
    for _ in range(4):
        changes.append(next_change(night, changes[-1]) or 0.0)
    assert changes[1:] == [
        at("2026-11-01T01:00:00", zone),
        at("2026-11-01T01:30:00", zone),
        at("2026-11-01T01:00:00", zone, fold=1),
        at("2026-11-01T01:30:00", zone, fold=1),
    ]


ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # left out 30 December 2011
    "Africa/Casablanca",  # back for Ramadan
    "America/Sao_Paulo",  # at midnight, until 2019
]
SHIFTS = ["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-04-05", "2011-12-30", "2026-02-15"]
SHIFTS += ["2018-11-04", "2019-02-17", "2026-11-20"]


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[Span, ...], ...]:
    def day() -> tuple[Span, ...]:
        edges = sorted(draw(st.sets(st.integers(0, 2 * DAY_MIN), min_size=0, max_size=4)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        return tuple(Span(a, b) for a, b in pairs if a < DAY_MIN and b - a <= DAY_MIN)

    return tuple(day() for _ in range(7))


@settings(max_examples=60, deadline=None)
@given(weeks(), st.sampled_from(ZONES), st.sampled_from(SHIFTS), st.integers(0, 2 * DAY_MIN))
def test_between_now_and_the_next_change_nothing_changes_whatever_clocks_do(
    week: tuple[tuple[Span, ...], ...], zone: str, day: str, minutes: int
) -> None:
    """Held against a look at every minute."""
    of = Calendar("any", ZoneInfo(zone), week, Exceptions({}, {}))
    begin = at(f"{day}T00:00:00", zone) - 3600 + 60 * minutes
    minutes_after = (begin + 60 * minute for minute in range(1, 3 * DAY_MIN))
    seen = next((m for m in minutes_after if is_open(of, m) != is_open(of, begin)), None)
    found = next_change(of, begin, within_days=3)
    if seen is None:
        assert found is None or found >= begin + 60 * (3 * DAY_MIN - 1)
    else:
        assert found == seen


@given(weeks(), st.sampled_from(ZONES), st.floats(1.0e9, 2.5e9))
@settings(max_examples=60, deadline=None)
def test_the_clock_on_the_wall_decides(week: tuple[tuple[Span, ...], ...], zone: str, moment: float) -> None:
    of = Calendar("any", ZoneInfo(zone), week, Exceptions({}, {}))
    shown = datetime.fromtimestamp(moment, ZoneInfo(zone)).replace(tzinfo=None)
    midnights = [datetime.combine(shown.date() - timedelta(days=n), datetime.min.time()) for n in (0, 1)]
    spans = [
        (midnight + timedelta(minutes=span.begins), midnight + timedelta(minutes=span.ends))
        for midnight in midnights
        for span in week[midnight.weekday()]
    ]
    assert is_open(of, moment) == any(begins <= shown < ends for begins, ends in spans)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["mon"], "hours after the day"),
        (["mo 08:00-09:00"], "a day of the week"),
        (["mon 8-9"], "hours such as"),
        (["mon 08:00-24:30"], "a time of day"),
        (["mon 08:60-09:00"], "a time of day"),
        (["mon 08:00-08:00"], "a whole day is 00:00-24:00"),
        (["mon 24:00-08:00"], "a beginning and another end"),
        (["mon-wed 08:00-12:00", "tue 11:00-13:00"], "do not overlap"),
        ([""], "a day of the week"),
    ],
)
def test_hours_that_make_no_sense_are_told(lines: list[str], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        parse_week(lines)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("国庆节", "a day or days"),
        ("2026-10-01", "a day or days"),
        ("2026-13-01 closed", "days such as 2026-10-01"),
        ("2026-10-07..2026-10-01 closed", "a last day after the first"),
        ("2026-10-01..10-07 closed", "days such as 2026-10-01"),
        ("2026-10-01 closed 08:00-09:00", "closed alone"),
        ("2026-10-01 as", "closed alone"),
        ("2026-10-01 as friday", "a day of the week"),
        ("2026-10-01 shut", "hours such as"),
        ("2026-12-01..2026-12-03 closed", "each day once"),
        ("12-30 closed", "each day once"),
    ],
)
def test_exceptions_that_make_no_sense_are_told(line: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        calendar(exceptions=["2026-12-02 08:00-09:00", "12-30..01-02 closed", line])


def test_a_week_may_be_named_round_its_end() -> None:
    assert [bool(spans) for spans in parse_week(["sat-mon 08:00-09:00"])] == [1, 0, 0, 0, 0, 1, 1]


@given(st.lists(st.text("0123456789-:. monfri()closedas国", max_size=40), max_size=3))
def test_any_text_makes_a_calendar_or_is_told(lines: list[str]) -> None:
    with suppress(ValueError):
        assert len(parse_week(lines)) == 7
    with suppress(ValueError):
        parse_exceptions(lines, parse_week(OFFICE))
