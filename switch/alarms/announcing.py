"""What follows when a watch has settled: what everybody is told, and what services are."""

from collections.abc import Callable

from runtime.ids import Ids
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Event, Output
from switch.alarms.commands import SilenceAlarm, TellAgents
from switch.alarms.config import AlarmConfig, Severity, is_worse
from switch.alarms.describing import (
    cleared_event,
    level_changed_event,
    raised_event,
    repeated_event,
)
from switch.alarms.events import AlarmCleared, AlarmSilenced, ClearReason
from switch.alarms.telling import Telling
from switch.alarms.watch import Key, Raised, Watch
from switch.alarms.wording import in_one_line


class Announcing:
    """Makes events of changes, once each, and knows which alarms are silenced."""

    def __init__(
        self, ids: Ids, wall: Callable[[], float], is_open: Callable[[str], bool], telling: Telling
    ) -> None:
        self._ids = ids
        self._wall = wall
        self._is_open = is_open
        self._telling = telling
        self.silences: dict[Key, float] = {}
        """Until when, by the wall clock; with an empty subject for all."""

    def silenced_until(self, alarm: str, subject: str) -> float | None:
        """By the wall clock; None: services are told."""
        until = max(self.silences.get((alarm, subject), 0.0), self.silences.get((alarm, ""), 0.0))
        return until if until > self._wall() else None

    def silence(self, command: SilenceAlarm) -> AlarmSilenced:
        """From now on; one of 0 s ends what was."""
        wall = self._wall()
        self.silences = {key: until for key, until in self.silences.items() if until > wall}
        key, until = (command.alarm, command.subject), wall + command.for_s
        self.silences.pop(key, None)
        if command.for_s:
            self.silences[key] = until
        return AlarmSilenced(
            alarm=command.alarm,
            subject=command.subject,
            until=until,
            by=command.by,
            reason=command.reason,
        )

    def tell(self, watch: Watch, now: float) -> list[Output]:
        """Whatever is other than was told last."""
        raised, level = watch.raised, watch.level
        if raised is None:
            return [] if level is None else self._raise(watch, level, now)
        if level is None:
            return self._clear(watch, raised, now)
        if level is not raised.level:
            return self._change_level(watch, raised, level, now)
        if raised.repeat_at is not None and raised.repeat_at <= now:
            raised.repeat_at = repeats_at(watch.config, now)
            return self._announce(watch, raised, repeated_event(raised, _value(watch, now), self._wall()))
        return []

    def _raise(self, watch: Watch, level: Severity, now: float) -> list[Output]:
        config = watch.config
        raised = watch.raised = Raised(
            alarm_id=self._ids.new(id_kind("alarm", tenant_of(config.name))),
            alarm=config.name,
            subject=watch.subject,
            kind=config.kind,
            measure=config.measure,
            at=self._wall(),
            level=level,
            worst=level,
            repeat_at=repeats_at(config, now),
        )
        return self._announce(watch, raised, raised_event(raised, _value(watch, now), watch.threshold))

    def _change_level(self, watch: Watch, raised: Raised, level: Severity, now: float) -> list[Output]:
        """What is worse than somebody acknowledged is news."""
        before, raised.level = raised.level, level
        if is_worse(level, before):
            raised.acknowledged_by, raised.repeat_at = None, repeats_at(watch.config, now)
        if is_worse(level, raised.worst):
            raised.worst = level
        event = level_changed_event(raised, before, _value(watch, now), watch.threshold)
        return self._announce(watch, raised, event)

    def _clear(self, watch: Watch, raised: Raised, now: float) -> list[Output]:
        watch.raised = None
        calendar = watch.config.calendar
        closed = bool(calendar) and not self._is_open(calendar)
        reason = ClearReason.CLOSED if closed else ClearReason.RECOVERED
        event = cleared_event(raised, watch.value(now), reason, self._wall())
        return self._announce(watch, raised, event)

    def _announce(self, watch: Watch, raised: Raised, event: Event) -> list[Output]:
        """To everybody; to services and agents unless these are left in peace; an end to all who know."""
        if isinstance(event, AlarmCleared):
            to_services = raised.is_told
        else:
            to_services = self.silenced_until(*watch.key) is None
            raised.is_told |= to_services
        if not to_services:
            return [event]
        notices = self._telling.tell(watch.config, raised.alarm_id, event, self._wall())
        return [event, *notices, *self._to_agents(watch.config, raised, event)]

    def _to_agents(self, config: AlarmConfig, raised: Raised, event: Event) -> list[TellAgents]:
        if not config.agents:
            return []
        return [
            TellAgents(
                message_id=self._ids.new(id_kind("message", tenant_of(config.name))),
                agents=tuple(config.agents),
                alarm=config.name,
                text=in_one_line(config, event),
                is_urgent=not isinstance(event, AlarmCleared) and is_worse(raised.level, Severity.WARNING),
            )
        ]


def _value(watch: Watch, now: float) -> float:
    """Of an alarm whose level holds: then something is measured."""
    return watch.value(now) or 0.0


def repeats_at(config: AlarmConfig, now: float) -> float | None:
    """When an alarm that is told now is told again."""
    return now + config.repeat_s if config.repeat_s else None
