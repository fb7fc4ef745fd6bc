"""The calendars of a switch, as they are now: a core that tells when one opens or closes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from runtime.driver import Handler
from runtime.errors import UsageError
from runtime.problems import listed
from runtime.tenancy import tenant_of
from runtime.vocabulary import Output
from switch.calendars.calendar import DAY_S, LOOK_AHEAD_DAYS, Calendar, is_open, next_change
from switch.calendars.commands import OverrideCalendar, ReleaseCalendar, StartCalendars
from switch.calendars.events import (
    CalendarClosed,
    CalendarOpened,
    CalendarOverridden,
    CalendarReason,
    CalendarReleased,
)

LOOK_S = 2.0
"""So long after the wall clock was set, or the machine slept, it is noticed at latest."""
LONGEST_OVERRIDE_S = 10 * 366 * DAY_S
_TICK_S = 0.01
"""A change is looked for no more often, when the wall clock goes slower than ours."""


@dataclass(frozen=True, slots=True)
class Override:
    """What somebody said by hand."""

    open: bool
    until: float | None
    """In seconds since the Unix epoch; None: until it is released."""
    reason: str
    by: str

    def holds(self, at: float) -> bool:
        return self.until is None or at < self.until


@dataclass(slots=True)
class _Standing:
    """One calendar as it is."""

    calendar: Calendar
    told: bool | None = None
    """Whether it was last told to be open; None before the start."""
    override: Override | None = None
    known_open: bool = False
    known_since: float = 0.0
    known_until: float = 0.0
    """Its hours say ``known_open`` from the one moment until the other, by the wall clock."""
    known_change: float | None = None
    """When they change next; None: not for longer than is looked ahead."""

    def by_hours(self, at: float) -> bool:
        """Whether it is open by its hours; worked out once for all that is asked until they change."""
        if not self.known_since <= at < self.known_until:
            change = self.known_change = next_change(self.calendar, at)
            self.known_open, self.known_since = is_open(self.calendar, at), at
            self.known_until = at + LOOK_AHEAD_DAYS * DAY_S if change is None else change
        return self.known_open

    def is_open(self, at: float) -> bool:
        if self.override is not None and self.override.holds(at):
            return self.override.open
        return self.by_hours(at)

    def changes_at(self, at: float) -> float:
        """When to look again, by the wall clock."""
        self.by_hours(at)
        if self.override is None or self.override.until is None:
            return self.known_until
        return min(self.override.until, self.known_until)


class Calendars:
    """Tells what is open, at once by ``is_open`` and by events as it changes.

    ``is_open`` goes by the wall clock and is right whatever happens to it; events follow within ``LOOK_S``
    after the clock was set. ``wall`` tells seconds since the Unix epoch.
    """

    def __init__(self, calendars: Iterable[Calendar], wall: Callable[[], float]) -> None:
        self._standing = {calendar.name: _Standing(calendar) for calendar in calendars}
        self._wall = wall
        self._look_at: float | None = None

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {
            StartCalendars: self._start,
            OverrideCalendar: self._override,
            ReleaseCalendar: self._release,
        }

    def restore(self, overrides: Mapping[str, Override]) -> None:
        """Before the start, go on with what was said in the run before and still holds."""
        wall = self._wall()
        for name, override in overrides.items():
            if name in self._standing and override.holds(wall):
                self._standing[name].override = override

    def configure(self, calendars: Iterable[Calendar], now: float) -> list[Output]:
        """Have these from now on; what was said by hand of those that stay still holds."""
        before, wall = self._standing, self._wall()
        self._standing = {calendar.name: _Standing(calendar) for calendar in calendars}
        outputs: list[Output] = []
        for name, standing in self._standing.items():
            if name in before:
                standing.told, standing.override = before[name].told, before[name].override
            if standing.told != standing.is_open(wall):
                outputs.append(_tell(standing, wall, CalendarReason.CONFIGURATION))
        self._look_again(now, wall)
        return outputs

    @property
    def names(self) -> tuple[str, ...]:
        """All calendars, in the order of the configuration."""
        return tuple(self._standing)

    def is_open(self, name: str) -> bool:
        """Whether a calendar is open now. Raises UsageError when there is none of this name."""
        return self._find(name).is_open(self._wall())

    def calendar(self, name: str) -> Calendar:
        """Its table. Raises UsageError when there is none of this name."""
        return self._find(name).calendar

    def override(self, name: str) -> Override | None:
        """What somebody said by hand that still holds. Raises UsageError when there is none of this name."""
        override = self._find(name).override
        return override if override is not None and override.holds(self._wall()) else None

    def next_change(self, name: str) -> float | None:
        """When it opens or closes next, by the wall clock; None: not for more than a year.

        Raises UsageError when there is none of this name.
        """
        standing, now = self._find(name), self._wall()
        override = self.override(name)
        if override is None:
            standing.by_hours(now)
            return standing.known_change
        if override.until is None:
            return None
        if is_open(standing.calendar, override.until) != override.open:
            return override.until
        return next_change(standing.calendar, override.until)

    def next_deadline(self) -> float | None:
        return self._look_at

    def wake(self, *, now: float) -> list[Output]:
        """Tell all that has changed."""
        wall = self._wall()
        outputs = [output for standing in self._standing.values() for output in _look(standing, wall)]
        self._look_again(now, wall)
        return outputs

    def _look_again(self, now: float, wall: float) -> None:
        if self._standing:
            soonest = min(standing.changes_at(wall) for standing in self._standing.values())
            self._look_at = now + min(max(soonest - wall, _TICK_S), LOOK_S)

    def _start(self, command: StartCalendars, now: float) -> list[Output]:
        wall = self._wall()
        outputs = [_tell(standing, wall, CalendarReason.START) for standing in self._standing.values()]
        self._look_again(now, wall)
        return outputs

    def _override(self, command: OverrideCalendar, now: float) -> list[Output]:
        standing, wall = self._find(command.calendar), self._wall()
        override = Override(command.open, command.until, command.reason, command.by)
        if not override.holds(wall):
            raise UsageError("the end of what is said by hand is over already; name a later one")
        if override.until is not None and override.until - wall > LONGEST_OVERRIDE_S:
            raise UsageError("the end of what is said by hand is more than ten years off; name none at all")
        standing.override = override
        told = CalendarOverridden(
            calendar=command.calendar,
            open=command.open,
            until=command.until,
            reason=command.reason,
            by=command.by,
        )
        return [told, *self._settle(standing, now, wall)]

    def _release(self, command: ReleaseCalendar, now: float) -> list[Output]:
        standing, wall = self._find(command.calendar), self._wall()
        if standing.override is None:
            raise UsageError(f"{command.calendar} goes by its hours; nobody said anything else")
        standing.override = None
        released = CalendarReleased(calendar=command.calendar, by=command.by)
        return [released, *self._settle(standing, now, wall)]

    def _settle(self, standing: _Standing, now: float, wall: float) -> list[Output]:
        """What follows when something was said by hand."""
        self._look_again(now, wall)
        if standing.told == standing.is_open(wall):
            return []
        return [_tell(standing, wall, CalendarReason.OVERRIDE)]

    def _find(self, name: str) -> _Standing:
        standing = self._standing.get(name)
        if standing is None:
            known = listed(other for other in self._standing if tenant_of(other) == tenant_of(name))
            raise UsageError(f"there is no calendar {name!r}; there are {known}")
        return standing


def _look(standing: _Standing, wall: float) -> list[Output]:
    outputs: list[Output] = []
    reason = CalendarReason.HOURS
    if standing.override is not None and not standing.override.holds(wall):
        standing.override, reason = None, CalendarReason.OVERRIDE
        outputs.append(CalendarReleased(calendar=standing.calendar.name, by=""))
    if standing.told != standing.is_open(wall):
        outputs.append(_tell(standing, wall, reason))
    return outputs


def _tell(standing: _Standing, wall: float, reason: CalendarReason) -> Output:
    standing.told = standing.is_open(wall)
    kind = CalendarOpened if standing.told else CalendarClosed
    return kind(calendar=standing.calendar.name, reason=reason)
