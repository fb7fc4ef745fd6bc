"""What the alarms' verbs answer; moments are ISO 8601 in UTC."""

from runtime.models import Answer


class RaisedView(Answer):
    """An alarm that is not over."""

    alarm_id: str
    alarm: str
    title: str
    kind: str
    subject: str
    """The queue, agent or trunk; empty for the switch."""
    measure: str
    level: str
    worst: str
    """The worst level it has had."""
    value: float | None
    """Null when nothing is measured."""
    since: str
    acknowledged_by: str | None
    silenced_until: str | None


class LevelView(Answer):
    """A threshold."""

    level: str
    on: float
    off: float
    for_s: float


class RuleView(Answer):
    """An alarm of the configuration."""

    name: str
    title: str
    kind: str
    of: list[str]
    measure: str
    levels: list[LevelView]
    calendar: str
    silenced_until: str | None


class AlarmsView(Answer):
    """All alarms."""

    raised: list[RaisedView]
    alarms: list[RuleView]


class SilenceView(Answer):
    """Until when services are told nothing."""

    alarm: str
    subject: str
    silenced_until: str | None
    """Null when the silence has ended."""


class PastView(Answer):
    """A row of the table ``alarms``."""

    alarm_id: str
    alarm: str
    kind: str
    subject: str
    measure: str
    raised_at: str
    cleared_at: str | None
    """Null when it is not over."""
    lasted_ms: int | None
    worst: str
    value: float | None
    """When it was raised."""
    threshold: float | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    reason: str | None
    """Why it is over: recovered, closed or removed."""
