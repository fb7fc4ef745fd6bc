"""Section ``[[alarms]]`` of the configuration."""

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Self

from pydantic import Field, model_validator

from runtime.models import KeyMistake, Section
from runtime.tenancy import bare, tenant_of
from switch.alarms.measures import NATURES, Kind, Measure, Nature


class Severity(StrEnum):
    """How bad it is; a worse one stands further down."""

    NOTICE = "notice"
    WARNING = "warning"
    MAJOR = "major"
    CRITICAL = "critical"


_ORDER = tuple(Severity)


def is_worse(one: Severity, other: Severity) -> bool:
    """Whether the one is worse than the other."""
    return _ORDER.index(one) > _ORDER.index(other)


class AlarmLevel(Section):
    """One threshold of an alarm."""

    level: Severity = Field(description="How bad it is: notice, warning, major or critical.")
    on: float = Field(description="The alarm is raised at this value and beyond.")
    off: float = Field(
        description="It is over at this value and on the near side; away from ``on``, so that nothing flaps."
    )
    for_s: float = Field(
        default=0, ge=0, le=86400, description="So long the value must be there first, without a break."
    )


class AlarmConfig(Section):
    """Section ``[[alarms]]``: thresholds of a figure, and who is told."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[^\s/]+$", description="Short name.")
    title: str = Field(default="", max_length=100, description="Name for people; empty: the short name.")
    kind: Kind = Field(description="What is watched: queue, agent, trunk or switch.")
    of: list[str] = Field(
        default_factory=lambda: ["*"],
        min_length=1,
        description="Which of them, each with an alarm of its own: names, or patterns such as service*.",
    )
    measure: Measure = Field(description="The figure, such as waiting or longest_wait_s.")
    metric: str = Field(
        default="", max_length=100, description="Of the measure metric: its name, without ringmain_."
    )
    levels: list[AlarmLevel] = Field(
        min_length=1, description="Thresholds, the mildest first. With on below off too little is an alarm."
    )
    window_s: float = Field(
        default=900, ge=10, le=86400, description="Of rates: what happened so long ago at most counts."
    )
    window_min: int = Field(
        default=10, ge=1, description="Of rates: fewer callers than this within the window say nothing."
    )
    within_s: float = Field(
        default=20, ge=0, le=86400, description="Of service_level: whoever is answered so soon counts."
    )
    repeat_s: float = Field(
        default=0,
        ge=0,
        le=86400,
        description="It is told again so often until it is over or acknowledged; 0: never.",
    )
    services: list[str] = Field(
        default_factory=list,
        description="Services of [[lookups]] that are told by POST, such as one that sends e-mail.",
    )
    agents: list[str] = Field(
        default_factory=list,
        description="Numbers of agents who get it as a message, at the desktop and on the phone's display.",
    )
    path: str = Field(default="", max_length=200, description="Behind the service's address.")
    calendar: str = Field(
        default="", description="A calendar; while it is closed there is no alarm. Empty: always."
    )

    @property
    def nature(self) -> Nature:
        return NATURES[self.measure]

    @property
    def is_too_much(self) -> bool:
        """Whether too much is an alarm, not too little."""
        return self.levels[0].on > self.levels[0].off

    def watches(self, subject: str) -> bool:
        """Whether a subject, of the right kind, has this alarm. Nobody watches another tenant's."""
        own = tenant_of(subject) == tenant_of(self.name)
        return own and any(fnmatchcase(bare(subject), pattern) for pattern in self.of)

    @model_validator(mode="after")
    def _fit(self) -> Self:
        kinds = self.nature.kinds
        if self.kind not in kinds:
            raise KeyMistake("measure", f"a measure of a {self.kind}; {self.measure} is of a {kinds[0]}")
        if (self.measure is Measure.METRIC) != bool(self.metric):
            raise KeyMistake("metric", "a name with the measure metric, and none with any other")
        return self

    @model_validator(mode="after")
    def _levels_climb(self) -> Self:
        if any(level.on == level.off for level in self.levels):
            raise KeyMistake("levels", "an off that is not on: between the two nothing changes")
        sign = 1 if self.is_too_much else -1
        if sign < 0 and self.nature.grows:
            raise KeyMistake("levels", f"an off below on: {self.measure} can only be too much")
        for milder, worse in zip(self.levels, self.levels[1:], strict=False):
            if not is_worse(worse.level, milder.level):
                raise KeyMistake("levels", "each level once, the mildest first")
            if sign * worse.on <= sign * milder.on or sign * worse.off < sign * milder.off:
                raise KeyMistake("levels", "a worse level with thresholds further on")
        if any(sign * level.on < sign * level.off for level in self.levels):
            raise KeyMistake("levels", "on above off in all levels, or below it in all")
        return self
