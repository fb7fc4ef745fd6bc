"""One row for each alarm, from when it is raised; it changes until the alarm is over."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Float, Integer, MetaData, Select, String, Table, select

from runtime.tenancy import SEPARATOR
from switch.alarms.events import AlarmAcknowledged, AlarmCleared, AlarmRaised
from switch.events import SwitchStarted
from switch.records.columns import Stamp, stamp
from switch.records.inserting import LATEST_ROW_COUNTS
from switch.records.projection import JournalEntry

Row = dict[str, Any]

alarms = Table(
    "alarms",
    MetaData(),
    Column("alarm_id", String(64), primary_key=True, comment="the alarm"),
    Column("alarm", String(128), nullable=False, index=True, comment="its name in the configuration"),
    Column("kind", String(16), nullable=False, comment="queue, agent, trunk or switch"),
    Column("subject", String(255), nullable=False, index=True, comment="which of them; empty for the switch"),
    Column("measure", String(32), nullable=False, comment="the figure"),
    Column("raised_at", Stamp, nullable=False, index=True, comment="when it was raised"),
    Column("cleared_at", Stamp, comment="when it was over; null while it is not"),
    Column("lasted_ms", Integer, comment="how long it lasted"),
    Column(
        "worst", String(16), nullable=False, comment="the worst level it had; the first one until it is over"
    ),
    Column("value", Float, comment="the figure when it was raised; null when that is not known any more"),
    Column("threshold", Float, comment="of the level with which it was raised"),
    Column("acknowledged_at", Stamp, comment="when somebody said to know of it"),
    Column("acknowledged_by", String(100), comment="who that was last"),
    Column("reason", String(16), comment="why it is over: recovered, closed or removed"),
    comment="One row for each alarm. It changes until the alarm is over.",
    info={LATEST_ROW_COUNTS: True},
)


class AlarmRecords:
    """Folds the events of alarms into their rows."""

    table = alarms

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, Row]] = {}
        """By alarm id, in the order of raising, with the journal's sequence."""
        self._folds: Mapping[str, Callable[[JournalEntry, Row], None]] = {
            AlarmAcknowledged.topic: _acknowledged,
            AlarmCleared.topic: _cleared,
        }

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._folds) | {AlarmRaised.topic, SwitchStarted.topic}

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """The row as it is now, of the alarm that the entry tells of."""
        if entry.topic == SwitchStarted.topic:
            self._open.clear()  # what a crash let nobody clear must not keep the journal for ever
            return ()
        alarm_id = entry.fields["alarm_id"]
        if entry.topic == AlarmRaised.topic:
            self._open[alarm_id] = (entry.sequence, _raised(entry))
        elif alarm_id not in self._open:
            return (_of_an_earlier_run(entry),) if entry.topic == AlarmCleared.topic else ()
        _, row = self._open[alarm_id]
        if fold := self._folds.get(entry.topic):
            fold(entry, row)
        if row["cleared_at"] is not None:
            del self._open[alarm_id]
        return (dict(row),)

    def oldest_open(self) -> int | None:
        return next((sequence for sequence, _ in self._open.values()), None)


def history(alarm: str, tenant: str | None, limit: int) -> Select[Any]:
    """The newest rows of an alarm, or of all; of one tenant (empty: the house), or of whomever (None)."""
    wanted = select(alarms).order_by(alarms.c.raised_at.desc(), alarms.c.alarm_id).limit(limit)
    if alarm:
        return wanted.where(alarms.c.alarm == alarm)
    if tenant is None:
        return wanted
    if tenant:
        return wanted.where(alarms.c.alarm.startswith(tenant + SEPARATOR, autoescape=True))
    return wanted.where(~alarms.c.alarm.contains(SEPARATOR))


def _raised(entry: JournalEntry) -> Row:
    fields = entry.fields
    return {
        **{name: fields[name] for name in ("alarm_id", "alarm", "subject", "value", "threshold")},
        **{name: str(fields[name]) for name in ("kind", "measure")},
        "raised_at": stamp(entry.time),
        "cleared_at": None,
        "lasted_ms": None,
        "worst": str(fields["severity"]),
        "acknowledged_at": None,
        "acknowledged_by": None,
        "reason": None,
    }


def _acknowledged(entry: JournalEntry, row: Row) -> None:
    row["acknowledged_at"], row["acknowledged_by"] = stamp(entry.time), entry.fields["by"]


def _cleared(entry: JournalEntry, row: Row) -> None:
    fields = entry.fields
    row["cleared_at"], row["lasted_ms"] = stamp(entry.time), fields["lasted_ms"]
    row["worst"], row["reason"] = str(fields["worst"]), str(fields["reason"])


def _of_an_earlier_run(entry: JournalEntry) -> Row:
    """One that outlived the switch: what is told at its end."""
    fields = entry.fields
    row = _raised(
        entry._replace(fields={**fields, "severity": fields["worst"], "threshold": None, "value": None})
    )
    row["raised_at"] = stamp(entry.time - fields["lasted_ms"] / 1000)
    _cleared(entry, row)
    return row
