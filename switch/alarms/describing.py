"""The events that tell of a raised alarm. Pure."""

from switch.alarms.config import Severity
from switch.alarms.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmLevelChanged,
    AlarmRaised,
    AlarmRepeated,
    ClearReason,
)
from switch.alarms.watch import Raised


def raised_event(raised: Raised, value: float, threshold: float) -> AlarmRaised:
    """A figure has passed ``threshold``."""
    return AlarmRaised(
        alarm_id=raised.alarm_id,
        alarm=raised.alarm,
        kind=raised.kind,
        subject=raised.subject,
        measure=raised.measure,
        severity=raised.level,
        value=value,
        threshold=threshold,
    )


def level_changed_event(
    raised: Raised, before: Severity, value: float, threshold: float
) -> AlarmLevelChanged:
    """From the level ``before`` to the one it has now."""
    return AlarmLevelChanged(
        alarm_id=raised.alarm_id,
        alarm=raised.alarm,
        kind=raised.kind,
        subject=raised.subject,
        measure=raised.measure,
        from_severity=before,
        severity=raised.level,
        value=value,
        threshold=threshold,
    )


def repeated_event(raised: Raised, value: float, wall: float) -> AlarmRepeated:
    """It is not over at ``wall``."""
    return AlarmRepeated(
        alarm_id=raised.alarm_id,
        alarm=raised.alarm,
        kind=raised.kind,
        subject=raised.subject,
        measure=raised.measure,
        severity=raised.level,
        value=value,
        lasted_ms=_lasted_ms(raised, wall),
    )


def acknowledged_event(raised: Raised, by: str, note: str) -> AlarmAcknowledged:
    """By whom, and what they said."""
    return AlarmAcknowledged(
        alarm_id=raised.alarm_id,
        alarm=raised.alarm,
        kind=raised.kind,
        subject=raised.subject,
        by=by,
        note=note,
    )


def cleared_event(raised: Raised, value: float | None, reason: ClearReason, wall: float) -> AlarmCleared:
    """``value`` is None when nothing is measured any more."""
    return AlarmCleared(
        alarm_id=raised.alarm_id,
        alarm=raised.alarm,
        kind=raised.kind,
        subject=raised.subject,
        measure=raised.measure,
        worst=raised.worst,
        value=value,
        lasted_ms=_lasted_ms(raised, wall),
        reason=reason,
    )


def _lasted_ms(raised: Raised, wall: float) -> int:
    """The wall clock may have been set back meanwhile."""
    return max(0, round(1000 * (wall - raised.at)))
