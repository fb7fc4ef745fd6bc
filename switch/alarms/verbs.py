"""The alarms' verbs on the control socket."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import Field

from runtime.clock import Clock
from runtime.models import Params, TenantParams
from runtime.tenancy import bare, tenant_of
from runtime.vocabulary import Command
from switch.alarms.alarms import Alarms
from switch.alarms.answers import AlarmsView, PastView, RaisedView, RuleView, SilenceView
from switch.alarms.commands import AcknowledgeAlarm, SilenceAlarm
from switch.alarms.config import AlarmConfig
from switch.alarms.records import history
from switch.alarms.watch import Raised, Watch
from switch.application import Gauge, Verb
from switch.records.queries import RecordReader, Row
from switch.roles import BUSINESS, OFFICE, OPERATORS, SUPERVISORS

_MOST_LISTED = 1000


class AlarmParams(Params):
    """Names one that is raised."""

    alarm_id: str = Field(min_length=1, max_length=64, description="the id it was raised with")
    by: str = Field(min_length=1, max_length=100, description="who knows of it")
    note: str = Field(default="", max_length=200, description="what is done about it")


class SilenceParams(Params):
    """Names an alarm of the configuration, and for how long its services are to be left in peace."""

    alarm: str = Field(min_length=1, description="the alarm, by its name in the configuration")
    subject: str = Field(default="", max_length=255, description="of this one alone; empty: of all")
    for_s: float = Field(ge=0, le=30 * 86400, description="so long; 0 ends a silence")
    by: str = Field(min_length=1, max_length=100, description="who wants it")
    reason: str = Field(default="", max_length=200, description="why")


class HistoryParams(TenantParams):
    """Which alarms are wanted, the newest first."""

    alarm: str = Field(default="", description="of this name; empty: all")
    limit: int = Field(default=50, ge=1, le=_MOST_LISTED, description="how many at most, 1 to 1000")


class AlarmVerbs:
    """``alarm.list``, ``alarm.acknowledge``, ``alarm.silence``, ``alarm.history``."""

    def __init__(
        self, alarms: Alarms, records: RecordReader, clock: Clock, submit: Callable[[Command], None]
    ) -> None:
        self._alarms = alarms
        self._records = records
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "alarm.list",
                TenantParams,
                self._list,
                "The alarms (告警) of the configuration, and those that are raised.",
                who=OFFICE,
                reads=True,
            ),
            Verb(
                "alarm.acknowledge",
                AlarmParams,
                self._acknowledge,
                "Say that somebody knows of an alarm: it is not repeated any more.",
                who=SUPERVISORS | OPERATORS,
            ),
            Verb(
                "alarm.silence",
                SilenceParams,
                self._silence,
                "Tell services nothing of an alarm for a while.",
                who=SUPERVISORS | OPERATORS,
            ),
            Verb(
                "alarm.history",
                HistoryParams,
                self._history,
                "The alarms there were, the newest first, from the database.",
                who=BUSINESS | OPERATORS,
                reads=True,
            ),
        )

    def gauges(self) -> tuple[Gauge, ...]:
        return (Gauge("alarms_raised", "Alarms that are not over.", ("alarm", "level"), self._counts),)

    def _counts(self) -> dict[tuple[str, ...], float]:
        counts: dict[tuple[str, ...], float] = {}
        for _, raised in self._alarms.raised:
            key = raised.alarm, raised.level.value
            counts[key] = counts.get(key, 0.0) + 1
        return counts

    def _list(self, params: TenantParams) -> AlarmsView:
        configs = [config for config in self._alarms.configs if params.means(tenant_of(config.name))]
        return {
            "raised": [
                self._raised_view(watch, raised)
                for watch, raised in self._alarms.raised
                if params.means(tenant_of(raised.alarm))
            ],
            "alarms": [self._config_view(config) for config in configs],
        }

    def _acknowledge(self, params: AlarmParams) -> RaisedView:
        watch, raised = self._alarms.find_raised(params.alarm_id)
        self._submit(AcknowledgeAlarm(alarm_id=params.alarm_id, by=params.by, note=params.note))
        return self._raised_view(watch, raised)

    def _silence(self, params: SilenceParams) -> SilenceView:
        self._submit(SilenceAlarm(**params.model_dump()))
        until = self._alarms.silenced_until(params.alarm, params.subject)
        return {"alarm": params.alarm, "subject": params.subject, "silenced_until": _shown(until)}

    async def _history(self, params: HistoryParams) -> list[PastView]:
        wanted = history(params.alarm, params.tenant, params.limit)
        rows = await asyncio.to_thread(self._records.rows, wanted)
        return [_past_view(row) for row in rows]

    def _raised_view(self, watch: Watch, raised: Raised) -> RaisedView:
        return {
            "alarm_id": raised.alarm_id,
            "alarm": raised.alarm,
            "title": watch.config.title or bare(raised.alarm),
            "kind": raised.kind.value,
            "subject": raised.subject,
            "measure": raised.measure.value,
            "level": raised.level.value,
            "worst": raised.worst.value,
            "value": watch.value(self._clock.now()),
            "since": _moment(raised.at),
            "acknowledged_by": raised.acknowledged_by,
            "silenced_until": _shown(self._alarms.silenced_until(raised.alarm, raised.subject)),
        }

    def _config_view(self, config: AlarmConfig) -> RuleView:
        return {
            "name": config.name,
            "title": config.title or bare(config.name),
            "kind": config.kind.value,
            "of": list(config.of),
            "measure": config.measure.value,
            "levels": [
                {"level": each.level.value, "on": each.on, "off": each.off, "for_s": each.for_s}
                for each in config.levels
            ],
            "calendar": config.calendar,
            "silenced_until": _shown(self._alarms.silenced_until(config.name, "")),
        }


def _past_view(row: Row) -> PastView:
    return {
        "alarm_id": row["alarm_id"],
        "alarm": row["alarm"],
        "kind": row["kind"],
        "subject": row["subject"],
        "measure": row["measure"],
        "raised_at": _moment(row["raised_at"].timestamp()),
        "cleared_at": _shown(row["cleared_at"] and row["cleared_at"].timestamp()),
        "lasted_ms": row["lasted_ms"],
        "worst": row["worst"],
        "value": row["value"],
        "threshold": row["threshold"],
        "acknowledged_at": _shown(row["acknowledged_at"] and row["acknowledged_at"].timestamp()),
        "acknowledged_by": row["acknowledged_by"],
        "reason": row["reason"],
    }


def _shown(wall: float | None) -> str | None:
    return None if wall is None else _moment(wall)


def _moment(wall: float) -> str:
    """In UTC, ISO 8601."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")
