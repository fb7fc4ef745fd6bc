"""The verbs of calendars."""

from typing import Any

import pytest

from runtime.errors import UsageError
from switch.calendars.config import CalendarConfig
from switch.calendars.verbs import CalendarVerbs
from tests.switch.calendars.test_calendars import Rig


class Desk:
    """Asks the verbs of a rig."""

    def __init__(self, start: str, **hours: list[str]) -> None:
        self.rig = Rig(start, **hours)
        configs = [CalendarConfig(name=name, hours=lines) for name, lines in hours.items()]
        verbs = CalendarVerbs(configs, self.rig.calendars, self.rig.clock, self.rig.driver.submit)
        self.gauges = verbs.gauges()
        self._verbs = {verb.name: verb for verb in verbs.verbs()}

    def ask(self, name: str, **params: object) -> Any:
        verb = self._verbs[name]
        return verb.handle(verb.params.model_validate(params))


def test_an_override_without_an_offset_goes_by_the_calendars_clock() -> None:
    desk = Desk("2026-11-23T10:00", day=["mon 08:00-17:00"])
    shown = desk.ask("calendar.override", calendar="day", state="closed", until="2026-11-23T11:00")
    assert shown["override"]["until"] == shown["next_change"] == "2026-11-23T11:00:00+08:00"
    shown = desk.ask("calendar.override", calendar="day", state="closed", until="2026-11-23T11:00Z")
    assert shown["override"]["until"] == "2026-11-23T19:00:00+08:00"


def test_an_override_is_taken_back() -> None:
    desk = Desk("2026-11-23T10:00", day=["mon 08:00-17:00"])
    assert not desk.ask("calendar.override", calendar="day", state="closed")["open"]
    assert desk.ask("calendar.override", calendar="day", state="hours")["open"]
    (day,) = desk.ask("calendar.list")
    assert day["override"] is None


def test_a_calendar_is_shown_day_by_day_with_its_changes() -> None:
    desk = Desk("2026-11-23T10:00", day=["mon 08:00-12:00 14:00-17:00"])
    shown = desk.ask("calendar.show", calendar="day", days=2)
    assert [(day["date"], day["hours"]) for day in shown["days"]] == [
        ("2026-11-23", ["08:00-12:00", "14:00-17:00"]),
        ("2026-11-24", []),
    ]
    assert [(change["at"], change["open"]) for change in shown["changes"]][:2] == [
        ("2026-11-23T12:00:00+08:00", False),
        ("2026-11-23T14:00:00+08:00", True),
    ]


def test_an_unknown_calendar_is_refused() -> None:
    desk = Desk("2026-11-23T10:00", day=["mon 08:00-17:00"])
    for verb, params in (("calendar.show", {}), ("calendar.override", {"state": "open"})):
        with pytest.raises(UsageError, match="no calendar 'night'"):
            desk.ask(verb, calendar="night", **params)


def test_the_gauge_is_one_while_it_is_open() -> None:
    desk = Desk("2026-11-23T10:00", day=["mon 08:00-17:00"], night=["mon 20:00-06:00"])
    (gauge,) = desk.gauges
    assert gauge.read() == {("day",): 1.0, ("night",): 0.0}
