"""When recordings are reconciled, and which days of them."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from switch.archive.days import days_to_check, next_time

MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 (hypothesis takes no zones here)
    datetime(2036, 1, 1),  # noqa: DTZ001
).map(datetime.astimezone)


@given(at=st.times().map(lambda at: at.replace(second=0, microsecond=0)), now=MOMENTS)
def test_the_next_time_is_within_a_day_and_shows_the_hour_asked_for(at: time, now: datetime) -> None:
    moment = next_time(at, now)
    assert timedelta(0) < moment - now <= timedelta(hours=25)
    assert moment.time() == at


@given(now=MOMENTS)
def test_yesterday_is_checked_when_nothing_was_before(now: datetime) -> None:
    days = days_to_check(None, now)
    assert days is not None
    began, until = days
    assert until.date() == now.date() == began.date() + timedelta(days=1)
    assert began.time() == until.time() == time.min


def test_days_that_a_switch_was_down_are_made_up_for() -> None:
    now = datetime(2026, 11, 20, 3, 30).astimezone()
    days = days_to_check(date(2026, 11, 16), now)
    assert days is not None
    assert [f"{moment:%d}" for moment in days] == ["16", "20"]


def test_a_day_is_checked_once() -> None:
    assert days_to_check(date(2026, 11, 20), datetime(2026, 11, 20, 23, 0).astimezone()) is None
