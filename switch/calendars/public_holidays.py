"""A country's public holidays and the days on which people work for them, from the library ``holidays``.

What a government has not announced yet the library cannot know: in China the days that are moved (调休) are
announced each November for the next year. Until the library has them they are written as exceptions.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


class PublicHolidays:
    """Those of one country, or a part of it. Years are worked out when first asked for."""

    def __init__(self, place: str) -> None:
        """``place``: such as ``CN`` or ``DE-BY``. Raises ValueError saying what was expected."""
        self._days = _days_of(place)

    def holiday(self, day: date) -> str | None:
        """The holiday's name in the country's language; None on any other day."""
        name: str | None = self._days.get(day)
        return name

    def works_instead(self, day: date) -> bool:
        """Whether it is a day of the weekend on which people work for another day off."""
        self._days.get(day)  # works the year out
        return day in self._days.weekend_workdays


def _days_of(place: str) -> HolidayBase:
    import holidays  # takes a tenth of a second, which only those who want it pay

    country, _, part = place.partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=part or None)
        own = days.default_language
        return holidays.country_holidays(country, subdiv=part or None, language=own) if own else days
    except NotImplementedError:
        raise ValueError("a country, or a part of it, by ISO 3166, such as CN or DE-BY") from None
