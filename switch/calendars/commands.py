"""What calendars can be told."""

from runtime.vocabulary import Command, plain_data


@plain_data
class StartCalendars(Command):
    """Begin to tell what is open."""


@plain_data
class OverrideCalendar(Command):
    """Open or close a calendar whatever its hours say. Refused for an end that is over."""

    calendar: str
    open: bool
    until: float | None
    """In seconds since the Unix epoch; None: until it is released."""
    reason: str
    by: str


@plain_data
class ReleaseCalendar(Command):
    """Let a calendar go by its hours again. Refused when it does."""

    calendar: str
    by: str
