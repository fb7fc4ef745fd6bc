"""What is told of calendars."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class CalendarReason(StrEnum):
    """Why a calendar is open or closed now."""

    START = "start"
    """The switch has started: it is so from the beginning."""
    HOURS = "hours"
    """Its hours say so, or the wall clock was set."""
    OVERRIDE = "override"
    """Somebody said so, or ended what somebody had said."""
    CONFIGURATION = "configuration"
    """The calendar is new, or has other hours."""


@plain_data
class CalendarOpened(Event):
    """A calendar is open from now on. At the start of the switch told of each that is."""

    topic: ClassVar[str] = "calendar.opened"
    calendar: str
    reason: CalendarReason


@plain_data
class CalendarClosed(Event):
    """A calendar is closed from now on. At the start of the switch told of each that is."""

    topic: ClassVar[str] = "calendar.closed"
    calendar: str
    reason: CalendarReason


@plain_data
class CalendarOverridden(Event):
    """Somebody said by hand what a calendar is. CalendarOpened or CalendarClosed follow if it changes."""

    topic: ClassVar[str] = "calendar.overridden"
    calendar: str
    open: bool
    """What it is whatever its hours say."""
    until: float | None
    """In seconds since the Unix epoch; null: until it is given back to its hours."""
    reason: str
    by: str
    """Who did it, as they said."""


@plain_data
class CalendarReleased(Event):
    """A calendar goes by its hours again."""

    topic: ClassVar[str] = "calendar.released"
    calendar: str
    by: str
    """Who ended what was said by hand; empty: its time was over."""
