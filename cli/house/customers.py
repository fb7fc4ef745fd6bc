"""What is known of customers and of hours, for whoever takes their calls."""

from datetime import datetime

import tzlocal

from cli.configuration.sections import Configuration
from cli.house.ground import Ground
from runtime.driver import Core, Outputs
from switch.application import Gauge, Verb
from switch.calendars.calendars import Calendars
from switch.calendars.commands import StartCalendars
from switch.calendars.exceptions import Day
from switch.calendars.override_file import OverrideFile
from switch.calendars.verbs import CalendarVerbs
from switch.customers.customer_lists import CustomerLists
from switch.customers.facts import Facts
from switch.customers.verbs import ListVerbs


class Customers:
    """Number lists, and calendars with what was set by hand."""

    def __init__(self, configuration: Configuration, ground: Ground) -> None:
        self._ground = ground
        self.lists = CustomerLists(configuration.number_lists, configuration.numbering.plan())
        calendars = self._calendars = Calendars(
            (config.calendar() for config in configuration.calendars), ground.clock.wall
        )
        overrides = configuration.records.journal / "calendars.json"
        self._override_file = OverrideFile(overrides, calendars, ground.loop)
        self.cores: tuple[Core, ...] = (calendars,)
        self.parts = (self._override_file, calendars, self.lists)
        clock, submit = ground.clock, ground.driver.submit
        self._calendar_verbs = CalendarVerbs(configuration.calendars, calendars, clock, submit)
        self._list_verbs = ListVerbs(self.lists, clock, tzlocal.get_localzone(), submit)

    def configure(self, configuration: Configuration, now: float) -> Outputs:
        """Have these calendars and lists from now on."""
        self.lists.configure(configuration.number_lists)
        self._calendar_verbs.configure(configuration.calendars)
        return self._calendars.configure((config.calendar() for config in configuration.calendars), now)

    def is_open(self, calendar: str) -> bool:
        """Whether a calendar is open now; one that a reload has taken away is closed."""
        return calendar in self._calendars.names and self._calendars.is_open(calendar)

    def calendar_today(self, name: str) -> tuple[bool, Day] | None:
        """Whether a calendar is open now, and what today is in it; None when there is none of this name."""
        if name not in self._calendars.names:
            return None
        calendar = self._calendars.calendar(name)
        today = datetime.fromtimestamp(self._ground.clock.wall(), calendar.zone).date()
        return self._calendars.is_open(name), calendar.day(today)

    def facts_of(self, number: str, tenant: str) -> Facts:
        return self.lists.facts(number, self._ground.clock.wall(), tenant)

    def open(self) -> None:
        """Calendars tell which of them are open."""
        self._override_file.load()
        self._ground.driver.submit(StartCalendars())

    async def close(self) -> None:
        await self._override_file.close()

    def verbs(self) -> list[Verb]:
        return [*self._calendar_verbs.verbs(), *self._list_verbs.verbs()]

    def gauges(self) -> list[Gauge]:
        return [*self._calendar_verbs.gauges(), *self._list_verbs.gauges()]
