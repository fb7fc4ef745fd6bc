"""When the records are looked at for recordings that are to move."""

from datetime import UTC, datetime, timedelta

from switch.archive.moving.timetable import Timetable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def begun(after: timedelta) -> Timetable:
    """One that has had its look at the start."""
    timetable = Timetable(after)
    assert timetable.wait_s(NOW) == 0
    timetable.begin()
    timetable.end(NOW)
    return timetable


def test_nothing_is_to_be_done_until_something_is_told() -> None:
    assert begun(MONTH).wait_s(NOW) is None


def test_the_next_look_is_when_the_first_comes_to_its_time() -> None:
    timetable = begun(MONTH)
    for days in (3, 20, 10):
        timetable.announce(f"recording-{days}", NOW - timedelta(days=days), NOW)
    assert timetable.wait_s(NOW) == timedelta(days=10).total_seconds()
    assert timetable.wait_s(NOW + timedelta(days=11)) == 0


def test_one_whose_time_has_come_is_looked_for_until_it_is_in_the_records() -> None:
    timetable = begun(timedelta(0))
    timetable.announce("recording-1", NOW, NOW)
    wait_s = timetable.wait_s(NOW)
    assert wait_s is not None
    assert 0 < wait_s < 5
    timetable.begin()
    timetable.end(NOW)
    assert timetable.wait_s(NOW) == wait_s
    timetable.begin()
    timetable.seen("recording-1")
    timetable.end(NOW)
    assert timetable.wait_s(NOW) is None


def test_one_that_never_comes_into_the_records_is_given_up() -> None:
    timetable = begun(timedelta(0))
    timetable.announce("recording-1", NOW, NOW)
    timetable.begin()
    timetable.end(NOW + timedelta(minutes=11))
    assert timetable.wait_s(NOW) is None
