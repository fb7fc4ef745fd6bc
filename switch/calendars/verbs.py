"""The calendars' verbs on the control socket."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from pydantic import Field

from runtime.clock import Clock
from runtime.models import Answer, Params, TenantParams
from runtime.tenancy import bare, tenant_of
from runtime.vocabulary import Command
from switch.application import Gauge, Verb
from switch.calendars.calendar import Calendar, is_open, next_change
from switch.calendars.calendars import Calendars, Override
from switch.calendars.commands import OverrideCalendar, ReleaseCalendar
from switch.calendars.config import CalendarConfig
from switch.calendars.hours import WEEK
from switch.roles import BUSINESS, SUPERVISORS

_CHANGES_SHOWN = 6


class CalendarParams(Params):
    """Names one calendar, and how much of it is wanted."""

    calendar: str = Field(min_length=1, description="the calendar, by its name in the configuration")
    days: int = Field(default=7, ge=1, le=400, description="so many days are told, from today on")


class OverrideParams(Params):
    """Says by hand what a calendar is."""

    calendar: str = Field(min_length=1, description="the calendar, by its name in the configuration")
    state: Literal["open", "closed", "hours"] = Field(description="hours: as its hours say")
    until: datetime | None = Field(
        default=None,
        description="a moment (ISO 8601; without an offset by the calendar's clock), or null: until it is "
        "given back to its hours",
    )
    reason: str = Field(default="", max_length=100, description="why")
    by: str = Field(default="", max_length=100, description="who says so")


class OverrideView(Answer):
    """What somebody said of a calendar by hand."""

    open: bool
    until: str | None
    reason: str
    by: str


class CalendarView(Answer):
    """A calendar; moments are ISO 8601 by its clock."""

    name: str
    title: str
    time_zone: str
    open: bool
    next_change: str | None
    """Null when it does not open or close for more than a year."""
    override: OverrideView | None


class DayView(Answer):
    """A day of a calendar."""

    date: str
    weekday: str
    hours: list[str]
    occasion: str
    regular: bool
    """False on a day that differs from every week."""


class OpeningView(Answer):
    """When it opens or closes."""

    at: str | None
    open: bool


class CalendarDetails(CalendarView):
    """A calendar day by day."""

    days: list[DayView]
    changes: list[OpeningView]


class CalendarVerbs:
    """``calendar.list``, ``calendar.show``, ``calendar.override``."""

    def __init__(
        self,
        configs: Sequence[CalendarConfig],
        calendars: Calendars,
        clock: Clock,
        submit: Callable[[Command], None],
    ) -> None:
        self.configure(configs)
        self._calendars = calendars
        self._clock = clock
        self._submit = submit

    def configure(self, configs: Sequence[CalendarConfig]) -> None:
        """Call calendars by these titles."""
        self._titles = {config.name: config.title or bare(config.name) for config in configs}

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "calendar.list",
                TenantParams,
                self._list,
                "All calendars: open or closed, and until when.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "calendar.show",
                CalendarParams,
                self._show,
                "One calendar, day by day, with its changes.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "calendar.override",
                OverrideParams,
                self._override,
                "Open or close a calendar by hand, or no longer.",
                who=SUPERVISORS,
            ),
        )

    def gauges(self) -> tuple[Gauge, ...]:
        return (Gauge("calendar_open", "1 while the calendar is open.", ("calendar",), self._openness),)

    def _openness(self) -> dict[tuple[str, ...], float]:
        return {(name,): float(self._calendars.is_open(name)) for name in self._calendars.names}

    def _list(self, params: TenantParams) -> list[CalendarView]:
        return [self._view(name) for name in self._calendars.names if params.means(tenant_of(name))]

    def _show(self, params: CalendarParams) -> CalendarDetails:
        calendar = self._calendars.calendar(params.calendar)
        return {
            **self._view(params.calendar),
            "days": _days(calendar, self._clock.wall(), params.days),
            "changes": _changes(calendar, self._clock.wall()),
        }

    def _override(self, params: OverrideParams) -> CalendarView:
        name = params.calendar
        zone = self._calendars.calendar(name).zone
        if params.state == "hours":
            self._submit(ReleaseCalendar(calendar=name, by=params.by))
        else:
            until = None if params.until is None else _moment(params.until, zone)
            is_to_be_open = params.state == "open"
            self._submit(
                OverrideCalendar(
                    calendar=name, open=is_to_be_open, until=until, reason=params.reason, by=params.by
                )
            )
        return self._view(name)

    def _view(self, name: str) -> CalendarView:
        zone = self._calendars.calendar(name).zone
        override = self._calendars.override(name)
        return {
            "name": name,
            "title": self._titles[name],
            "time_zone": str(zone),
            "open": self._calendars.is_open(name),
            "next_change": _shown(self._calendars.next_change(name), zone),
            "override": None if override is None else _override_view(override, zone),
        }


def _override_view(override: Override, zone: tzinfo) -> OverrideView:
    until = None if override.until is None else _shown(override.until, zone)
    return {"open": override.open, "until": until, "reason": override.reason, "by": override.by}


def _days(calendar: Calendar, wall: float, count: int) -> list[DayView]:
    today = datetime.fromtimestamp(wall, calendar.zone).date()
    dates = [today + timedelta(days=number) for number in range(count)]
    return [
        {
            "date": date.isoformat(),
            "weekday": WEEK[date.weekday()].value,
            "hours": [str(span) for span in day.spans],
            "occasion": day.occasion,
            "regular": day.regular,
        }
        for date in dates
        for day in (calendar.day(date),)
    ]


def _changes(calendar: Calendar, wall: float) -> list[OpeningView]:
    """The next times it opens and closes by its hours."""
    changes: list[OpeningView] = []
    at = next_change(calendar, wall)
    while at is not None and len(changes) < _CHANGES_SHOWN:
        changes.append({"at": _shown(at, calendar.zone), "open": is_open(calendar, at)})
        at = next_change(calendar, at)
    return changes


def _moment(given: datetime, zone: tzinfo) -> float:
    return (given if given.tzinfo is not None else given.replace(tzinfo=zone)).timestamp()


def _shown(wall: float | None, zone: tzinfo) -> str | None:
    """A moment by the calendar's clock, ISO 8601 with its offset."""
    return None if wall is None else datetime.fromtimestamp(wall, zone).isoformat(timespec="seconds")
