"""Section ``[[calendars]]`` of the configuration."""

from typing import Self
from zoneinfo import ZoneInfo

import tzlocal
from pydantic import Field, field_validator, model_validator

from runtime.models import KeyMistake, Section
from switch.calendars.calendar import Calendar
from switch.calendars.exceptions import parse_exceptions
from switch.calendars.hours import Weekday, parse_week
from switch.calendars.public_holidays import PublicHolidays


class CalendarConfig(Section):
    """Section ``[[calendars]]``: opening hours, exceptions and holidays."""

    name: str = Field(
        min_length=1, pattern=r"^[^\s/]+$", description="Short name, by which others refer to it."
    )
    title: str = Field(default="", description="Name for people; empty: the short name.")
    time_zone: str = Field(
        default="", description="Whose clock counts, such as Asia/Shanghai; empty: the machine's."
    )
    hours: list[str] = Field(
        description="Opening hours of every week, such as mon-fri 08:30-12:00 14:00-17:30; "
        "sat 22:00-06:00 ends on Sunday."
    )
    exceptions: list[str] = Field(
        default_factory=list,
        description="Days that are otherwise, such as 2026-10-01..2026-10-07 closed (国庆节), "
        "2026-10-10 as mon, or 12-31 08:30-12:00 for every year; they go before holidays.",
    )
    holidays: str = Field(
        default="",
        description="Country, or part of one (DE-BY), that is closed on its public holidays; empty: none. "
        "Of CN the days on which people work instead (调休) are open.",
    )
    work_days_as: Weekday = Field(
        default=Weekday.MON, description="Whose hours such days have on which people work for a holiday."
    )

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name) if name else None
        except (ValueError, OSError, KeyError):
            raise ValueError("a time zone such as Asia/Shanghai") from None
        return name

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, lines: list[str]) -> list[str]:
        for line in lines:
            try:
                parse_week([line])
            except ValueError as error:
                raise ValueError(f"{error} (in {line!r})") from error
        parse_week(lines)
        return lines

    @field_validator("holidays")
    @classmethod
    def _is_place(cls, place: str) -> str:
        if place:
            PublicHolidays(place)
        return place

    @model_validator(mode="after")
    def _have_exceptions(self) -> Self:
        try:
            parse_exceptions(self.exceptions, parse_week(self.hours))
        except ValueError as error:
            raise KeyMistake("exceptions", str(error)) from error
        return self

    def calendar(self) -> Calendar:
        """The calendar this describes."""
        week = parse_week(self.hours)
        return Calendar(
            name=self.name,
            zone=ZoneInfo(self.time_zone) if self.time_zone else tzlocal.get_localzone(),
            week=week,
            exceptions=parse_exceptions(self.exceptions, week),
            holidays=PublicHolidays(self.holidays) if self.holidays else None,
            work_days_as=self.work_days_as,
        )
