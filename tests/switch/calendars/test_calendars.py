"""Calendars tell when they open and close."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.driver import Driver
from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.calendars.calendars import LOOK_S, Calendars
from switch.calendars.commands import OverrideCalendar, ReleaseCalendar, StartCalendars
from switch.calendars.config import CalendarConfig
from switch.calendars.events import CalendarClosed, CalendarOpened, CalendarOverridden, CalendarReleased
from switch.calendars.events import CalendarReason as Why

ZONE = ZoneInfo("Asia/Shanghai")


class TwoClocks:
    """A monotonic clock and a wall clock that somebody may set."""

    def __init__(self, wall: float) -> None:
        self._now, self._wall = 1000.0, wall

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._wall

    def pass_by(self, seconds: float) -> None:
        self._now += seconds
        self._wall += seconds

    def set_wall(self, wall: float) -> None:
        """As somebody does, or a machine that slept."""
        self._wall = wall


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


class Rig:
    def __init__(self, start: str, **hours: list[str]) -> None:
        self.clock = TwoClocks(at(start))
        configs = [
            CalendarConfig(name=name, time_zone="Asia/Shanghai", hours=lines) for name, lines in hours.items()
        ]
        self.calendars = Calendars((config.calendar() for config in configs), self.clock.wall)
        self.told: list[Event] = []
        self.alarm = ManualAlarm()
        self.driver = Driver(self.clock, self.alarm, self._fail, Ways())
        self.driver.add_core(self.calendars)
        self.driver.add_routes(self.calendars.routes())
        self.driver.observe(lambda event, wall: self.told.append(event))
        self.driver.submit(StartCalendars())

    def _fail(self, item: object, error: Exception) -> list[Event]:
        raise error

    def run(self, seconds: float) -> int:
        """Let time pass, ringing as the core asked for; how often it rang."""
        end, rang = self.clock.now() + seconds, 0
        while (due := self.alarm.deadline) is not None and due <= end:
            self.clock.pass_by(max(0.0, due - self.clock.now()))
            self.alarm.ring()
            rang += 1
        self.clock.pass_by(end - self.clock.now())
        return rang

    def take_told(self) -> list[Event]:
        told, self.told[:] = self.told[:], []
        return told

    def override(self, state: bool, until: str | None = None) -> None:
        end = None if until is None else at(until)
        self.driver.submit(OverrideCalendar(calendar="day", open=state, until=end, reason="演练", by="李娜"))

    def release(self) -> None:
        self.driver.submit(ReleaseCalendar(calendar="day", by="李娜"))


def test_the_start_tells_what_is_open() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon 08:00-17:00"], night=["mon 20:00-06:00"])
    assert rig.told == [
        CalendarOpened(calendar="day", reason=Why.START),
        CalendarClosed(calendar="night", reason=Why.START),
    ]
    assert rig.calendars.is_open("day")
    assert not rig.calendars.is_open("night")


def test_a_change_is_told_at_the_moment_it_comes() -> None:
    rig = Rig("2026-11-23T16:59:30", day=["mon 08:00-17:00"])
    rig.take_told()
    rig.run(29.9)
    assert rig.take_told() == []
    rig.run(0.15)
    assert rig.take_told() == [CalendarClosed(calendar="day", reason=Why.HOURS)]


def test_a_clock_that_is_set_is_minded_soon_and_asked_at_once() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon 08:00-17:00"])
    rig.take_told()
    for moment, is_open in (
        ("2026-11-23T18:00", False),
        ("2026-11-23T09:00", True),
        ("2026-11-24T09:00", False),
    ):
        rig.clock.set_wall(at(moment))
        assert rig.calendars.is_open("day") is is_open
        rig.run(LOOK_S)
        kind = CalendarOpened if is_open else CalendarClosed
        assert rig.take_told() == [kind(calendar="day", reason=Why.HOURS)]


def test_a_day_costs_a_look_every_two_seconds_and_no_more() -> None:
    rig = Rig("2026-11-23T00:00", day=["mon-sun 08:00-17:00"])
    assert rig.run(86_400) <= 86_400 / LOOK_S + 10
    assert len(rig.told) == 3


def test_what_is_said_by_hand_holds_until_its_end() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon 08:00-17:00"])
    rig.take_told()
    rig.override(False, "2026-11-23T11:00")
    assert not rig.calendars.is_open("day")
    assert rig.calendars.next_change("day") == at("2026-11-23T11:00")
    until = at("2026-11-23T11:00")
    assert rig.take_told() == [
        CalendarOverridden(calendar="day", open=False, until=until, reason="演练", by="李娜"),
        CalendarClosed(calendar="day", reason=Why.OVERRIDE),
    ]
    rig.run(3601)
    assert rig.take_told() == [
        CalendarReleased(calendar="day", by=""),
        CalendarOpened(calendar="day", reason=Why.OVERRIDE),
    ]
    assert rig.calendars.override("day") is None


def test_what_is_said_by_hand_without_an_end_holds_over_the_hours() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon-sun 08:00-17:00"])
    rig.override(True)
    rig.take_told()
    assert rig.calendars.next_change("day") is None
    rig.run(86_400)
    assert rig.take_told() == []
    rig.driver.submit(ReleaseCalendar(calendar="day", by="李娜"))
    assert rig.take_told() == [CalendarReleased(calendar="day", by="李娜")]
    with pytest.raises(UsageError, match="goes by its hours"):
        rig.driver.submit(ReleaseCalendar(calendar="day", by=""))


def test_an_end_that_agrees_with_the_hours_is_no_change() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon 08:00-17:00"])
    rig.override(True, "2026-11-23T16:00")
    assert rig.calendars.next_change("day") == at("2026-11-23T17:00")


def test_an_end_that_is_over_or_far_off_is_refused() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon 08:00-17:00"])
    with pytest.raises(UsageError, match="over already"):
        rig.override(False, "2026-11-23T10:00")
    with pytest.raises(UsageError, match="name none at all"):
        rig.override(False, "2099-11-23T10:00")


def test_an_unknown_calendar_is_refused_by_name() -> None:
    rig = Rig("2026-11-23T10:00", day=["mon 08:00-17:00"])
    with pytest.raises(UsageError, match="no calendar 'night'; there are day"):
        rig.calendars.is_open("night")


def test_a_switch_without_calendars_never_wakes() -> None:
    assert Rig("2026-11-23T10:00").calendars.next_deadline() is None


def test_other_hours_are_told_when_they_say_something_else_and_what_is_said_by_hand_holds() -> None:
    rig = Rig("2026-09-21 10:00", office=["mon 09:00-17:00"], counter=["mon 09:00-17:00"])
    rig.driver.submit(OverrideCalendar(calendar="counter", open=False, until=None, reason="", by="li"))
    rig.told.clear()
    hours = {"office": ["mon 13:00-17:00"], "counter": ["mon 09:00-18:00"], "night": ["mon 00:00-24:00"]}
    configs = [
        CalendarConfig(name=name, time_zone="Asia/Shanghai", hours=lines) for name, lines in hours.items()
    ]
    calendars = [config.calendar() for config in configs]
    rig.driver.run_step(lambda now: rig.calendars.configure(calendars, now))
    assert rig.told == [
        CalendarClosed(calendar="office", reason=Why.CONFIGURATION),
        CalendarOpened(calendar="night", reason=Why.CONFIGURATION),
    ]
    rig.driver.run_step(lambda now: rig.calendars.configure(calendars[:1], now))
    assert rig.calendars.names == ("office",)
