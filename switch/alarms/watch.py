"""One alarm on one subject: which level holds now, and when that may change by itself. Pure.

A level holds once the value has been at its ``on`` or beyond for ``for_s`` without a break, and until it is
back at ``off``. A worse level that holds brings the milder ones with it, so that levels are left one by one.
"""

import math
from dataclasses import dataclass, field

from runtime.deadlines import earliest
from switch.alarms.config import AlarmConfig, AlarmLevel, Severity, is_worse
from switch.alarms.measures import Kind, Measure
from switch.alarms.reading import Reading
from switch.alarms.window import ShareWindow

Key = tuple[str, str]
"""Alarm and subject."""


@dataclass(slots=True)
class _Level:
    rule: AlarmLevel
    upwards: bool
    since: float | None = None
    """Since when the value has been at ``on`` or beyond, without a break."""
    holds: bool = False

    def settle(self, reading: Reading, now: float) -> None:
        reaches_at = reading.reaches_at(self.rule.on, upwards=self.upwards)
        if reaches_at > now:
            self.since = None
        elif self.since is None:
            self.since = reaches_at
        if self.holds:
            self.holds = not self._is_back(reading.now(now))
        else:
            self.holds = self.since is not None and now >= self.since + self.rule.for_s

    def next_change(self, reading: Reading) -> float | None:
        """A value that grows does not come back by itself."""
        if self.holds:
            return None
        reached = reading.reaches_at(self.rule.on, upwards=self.upwards) if self.since is None else self.since
        return None if reached == math.inf else reached + self.rule.for_s

    def forget(self) -> None:
        self.since, self.holds = None, False

    def _is_back(self, value: float) -> bool:
        return value <= self.rule.off if self.upwards else value >= self.rule.off


@dataclass(slots=True)
class Raised:
    """An alarm that is not over, with all that is told of it when it is, be its configuration gone or not."""

    alarm_id: str
    alarm: str
    subject: str
    kind: Kind
    measure: Measure
    at: float
    """By the wall clock, in seconds since the Unix epoch."""
    level: Severity
    """The level that was told last."""
    worst: Severity
    is_told: bool = False
    """Whether services know of it."""
    acknowledged_by: str | None = None
    repeat_at: float | None = None
    """When it is told again, in monotonic seconds."""

    @property
    def key(self) -> Key:
        return self.alarm, self.subject


@dataclass(slots=True)
class Watch:
    """An alarm over one queue, agent or trunk, or over the switch."""

    config: AlarmConfig
    subject: str
    window: ShareWindow | None = None
    """Of a rate."""
    reading: Reading | None = None
    """None: nothing is known, or nobody wants to know."""
    level: Severity | None = None
    """The worst that holds."""
    raised: Raised | None = None
    _levels: list[_Level] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._levels = [_Level(rule, self.config.is_too_much) for rule in self.config.levels]

    @property
    def key(self) -> Key:
        return self.config.name, self.subject

    @property
    def kind(self) -> Kind:
        return self.config.kind

    def settle(self, reading: Reading | None, now: float) -> None:
        """Go by a reading, which may be the same as before at a later time."""
        self.reading = reading
        for level in self._levels:
            level.forget() if reading is None else level.settle(reading, now)
        self._take_along()

    def resume(self, raised: Raised) -> None:
        """Go on with what was raised before a restart or a reload, until the next reading says otherwise."""
        self.raised = raised
        for level in self._levels:
            level.holds = not is_worse(level.rule.level, raised.level)
        self._take_along()

    def _take_along(self) -> None:
        worst = max((place for place, level in enumerate(self._levels) if level.holds), default=None)
        for level in self._levels[: worst or 0]:
            level.holds = True
        self.level = None if worst is None else self._levels[worst].rule.level

    def value(self, now: float) -> float | None:
        """As it is now, to the thousandth; None: nothing is measured."""
        return None if self.reading is None else round(self.reading.now(now), 3)

    @property
    def threshold(self) -> float:
        """At which the level that holds begins."""
        return next((level.rule.on for level in self._levels if level.rule.level is self.level), math.nan)

    def next_deadline(self) -> float | None:
        """When to settle again though nothing is told, or to repeat."""
        changes = [] if self.reading is None else [level.next_change(self.reading) for level in self._levels]
        leaves = None if self.window is None else self.window.next_change()
        return earliest(*changes, leaves, None if self.raised is None else self.raised.repeat_at)
