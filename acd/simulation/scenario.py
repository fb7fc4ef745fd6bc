"""The scenario document: who calls, who is there to answer, and how both behave, key by key."""

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from acd.simulation.spread import Spread, SpreadKind
from runtime.models import KeyMistake, Section

_TIME = r"^([01]?\d|2[0-4]):[0-5]\d$"
_SPAN = r"^\d{1,2}:\d\d-\d{1,2}:\d\d$"
_DAY_S = 86_400

TimeText = Annotated[str, Field(pattern=_TIME)]
SpanText = Annotated[str, Field(pattern=_SPAN)]


def seconds_of(text: str) -> float:
    """Since midnight, of ``08:30``."""
    hours, minutes = text.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60


class DayConfig(Section):
    """Section ``[day]``: the hours that are looked at."""

    begins: TimeText = Field(default="00:00", description="Nobody calls before.")
    ends: TimeText = Field(default="24:00", description="Nobody calls from then on; who waits, waits on.")
    step_s: float = Field(
        default=900, ge=60, le=3600, description="In pictures: the time a point stands for, in seconds."
    )

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if seconds_of(self.ends) > _DAY_S or seconds_of(self.begins) >= seconds_of(self.ends):
            raise KeyMistake("ends", "a time after begins, 24:00 at the latest")
        return self


class CallersConfig(Section):
    """``[[callers]]``: people who call for the same reason."""

    queue: str = Field(
        default="",
        description="Where they come to, as behind queue: in targets, such as billing?priority=20.",
    )
    calls_per_hour: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        description="They come by chance (Poisson), at the same rate all day.",
    )
    forecast: Path | None = Field(
        default=None, description="Or: at the rates of a table, as ringmain acd staff reads it."
    )
    journal: Path | None = Field(
        default=None, description="Or: as they came to a switch that has this journal."
    )
    journal_day: date | None = Field(default=None, description="Of the journal: the day, by the local clock.")
    volume: float = Field(default=1.0, gt=0, le=100, description="So many times the calls there would be.")
    talk: Spread = Field(default_factory=Spread, description="How long they talk.")
    patience: Spread | None = Field(
        default=None,
        description="How long they would wait; left out: for ever, or as a table or journal tells.",
    )

    @model_validator(mode="after")
    def _come_one_way(self) -> Self:
        ways = [self.calls_per_hour, self.forecast, self.journal]
        if sum(way is not None for way in ways) != 1:
            raise KeyMistake("calls_per_hour", "one of calls_per_hour, forecast and journal")
        if (self.journal is None) is not (self.journal_day is None):
            raise KeyMistake("journal_day", "a day with journal, and with nothing else")
        if bool(self.queue) is not (self.journal is None):
            raise KeyMistake("queue", "a queue, or with journal none: it tells the queues")
        if self.journal is not None and self.volume != 1:
            raise KeyMistake("volume", "1 with journal: who called can not be multiplied")
        if self.calls_per_hour is not None and self.talk.needs_mean:
            raise KeyMistake("talk", "a length of talk, such as { mean_s = 180 }")
        if self.patience is not None and self.patience.needs_mean and self.forecast is None:
            raise KeyMistake("patience", "a mean, such as { mean_s = 120 }")
        return self


class ShiftConfig(Section):
    """``[[shifts]]``: agents who are there at the same hours."""

    agents: list[str] = Field(default_factory=list, description="Agents of the configuration, by number.")
    count: int = Field(default=0, ge=0, le=10_000, description="Or: so many who are in no configuration yet.")
    table: Path | None = Field(
        default=None, description="Or: a table with columns agent, begins, ends and maybe breaks."
    )
    queues: list[str] = Field(
        default_factory=list, description="Of such as are counted: the queues they serve."
    )
    skills: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict, description="Of such as are counted: their skills with levels."
    )
    begins: TimeText = Field(default="00:00", description="They sign in; a table tells it itself.")
    ends: TimeText = Field(default="24:00", description="They sign out, after the call they have.")
    breaks: list[SpanText] = Field(default_factory=list, description='Not ready meanwhile: ["12:00-12:30"].')

    @model_validator(mode="after")
    def _names_agents_one_way(self) -> Self:
        if sum((bool(self.agents), bool(self.count), self.table is not None)) != 1:
            raise KeyMistake("agents", "one of agents, count and table")
        if bool(self.count) is not bool(self.queues):
            raise KeyMistake("queues", "the queues served, with count and nothing else")
        if self.table is None:
            check_hours(self.begins, self.ends, self.breaks)
        return self


class HabitsConfig(Section):
    """Section ``[habits]``: how agents and their phones behave."""

    ring_delay: Spread = Field(
        default=Spread(kind=SpreadKind.CONSTANT, mean_s=0.3), description="Until the phone rings."
    )
    answer: Spread = Field(
        default=Spread(kind=SpreadKind.LOGNORMAL, mean_s=4, variation=0.5),
        description="From the ringing to the answer.",
    )
    refused_share: float = Field(
        default=0.0, ge=0, le=0.9, description="The share of offers that is refused."
    )
    missed_share: float = Field(
        default=0.0, ge=0, le=0.9, description="The share that rings in vain; the agent is not ready then."
    )
    back_after_s: float = Field(
        default=120,
        gt=0,
        le=_DAY_S,
        description="Whoever missed a call says ready again after so many seconds.",
    )
    callback_answered_share: float = Field(
        default=0.8, ge=0, le=1, description="Of the attempts to call somebody back those that are answered."
    )
    wrap_up: Spread | None = Field(
        default=None,
        description="After-call work; left out: as long as the queue allows, which ends it anyway.",
    )

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        for key in ("ring_delay", "answer", "wrap_up"):
            spread = getattr(self, key)
            if spread is not None and spread.needs_mean:
                raise KeyMistake(key, "a mean, such as { mean_s = 4 }")
        if self.refused_share + self.missed_share > 0.9:
            raise KeyMistake("missed_share", "at least one of ten offers answered")
        return self


class Scenario(Section):
    """The whole document."""

    day: DayConfig = Field(default_factory=DayConfig, description="The hours that are looked at.")
    callers: list[CallersConfig] = Field(default_factory=list, description="Who calls, and where.")
    shifts: list[ShiftConfig] = Field(default_factory=list, description="Who is there, and when.")
    habits: HabitsConfig = Field(default_factory=HabitsConfig, description="How agents behave.")


def check_hours(begins: str, ends: str, breaks: list[str]) -> None:
    """Raises KeyMistake for hours that are none, or breaks outside of them."""
    first, last = seconds_of(begins), seconds_of(ends)
    if not first < last <= _DAY_S:
        raise KeyMistake("ends", "a time after begins, 24:00 at the latest")
    for pause in breaks:
        start, end = map(seconds_of, pause.split("-"))
        if not first <= start < end <= last:
            raise KeyMistake("breaks", f"breaks between {begins} and {ends}, such as 12:00-12:30")
        first = end
