"""What is told of alarms.

alarm.raised … alarm.level_changed … alarm.acknowledged … alarm.repeated … alarm.cleared
"""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data
from switch.alarms.config import Severity
from switch.alarms.measures import Kind, Measure


class ClearReason(StrEnum):
    """Why an alarm is over."""

    RECOVERED = "recovered"
    """The value is back, or nothing is left to measure."""
    CLOSED = "closed"
    """Its calendar has closed."""
    REMOVED = "removed"
    """The configuration has the alarm no more, or not for this subject."""


@plain_data
class AlarmRaised(Event):
    """A figure has passed a threshold."""

    topic: ClassVar[str] = "alarm.raised"
    alarm_id: str
    """Of this one, until it is cleared."""
    alarm: str
    kind: Kind
    subject: str
    """The queue, agent or trunk; empty for the switch."""
    measure: Measure
    severity: Severity
    value: float
    threshold: float
    """The ``on`` of that level."""


@plain_data
class AlarmLevelChanged(Event):
    """It has become worse, or better but not good."""

    topic: ClassVar[str] = "alarm.level_changed"
    alarm_id: str
    alarm: str
    kind: Kind
    subject: str
    measure: Measure
    from_severity: Severity
    severity: Severity
    value: float
    threshold: float


@plain_data
class AlarmRepeated(Event):
    """It is not over, and nobody has acknowledged it."""

    topic: ClassVar[str] = "alarm.repeated"
    alarm_id: str
    alarm: str
    kind: Kind
    subject: str
    measure: Measure
    severity: Severity
    value: float
    lasted_ms: int


@plain_data
class AlarmAcknowledged(Event):
    """Somebody knows of it. It is not repeated any more; a worse level ends that."""

    topic: ClassVar[str] = "alarm.acknowledged"
    alarm_id: str
    alarm: str
    kind: Kind
    subject: str
    by: str
    note: str


@plain_data
class AlarmCleared(Event):
    """It is over: exactly once for each ``alarm.raised``."""

    topic: ClassVar[str] = "alarm.cleared"
    alarm_id: str
    alarm: str
    kind: Kind
    subject: str
    measure: Measure
    worst: Severity
    """The worst level it had."""
    value: float | None
    """Null when nothing is measured any more."""
    lasted_ms: int
    reason: ClearReason


@plain_data
class AlarmSilenced(Event):
    """Services are not told of an alarm for a while; events go on."""

    topic: ClassVar[str] = "alarm.silenced"
    alarm: str
    subject: str
    """Empty: of all."""
    until: float
    """In seconds since the Unix epoch; when it is not to come, the silence is over."""
    by: str
    reason: str


@plain_data
class AlarmUndelivered(Event):
    """A service could not be told."""

    topic: ClassVar[str] = "alarm.undelivered"
    alarm_id: str
    alarm: str
    service: str
    attempts: int
    reason: str
    """As of a lookup."""
