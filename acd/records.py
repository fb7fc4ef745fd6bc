"""One row for each caller who came to a queue: how long they waited, and what became of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    String,
    Table,
    case,
    cast,
    func,
    select,
)

from acd.callback_events import (
    CallbackAnswered,
    CallbackDialled,
    CallbackEnded,
    CallbackRequested,
    CallbackReturned,
)
from acd.events import (
    CallCompleted,
    CallerChanged,
    CallerJoined,
    CallerLeft,
    LeaveReason,
    OfferEnded,
    OfferMade,
    OfferResult,
)
from acd.media import VOICE
from acd.repeats import Conversation, Customer
from runtime.tenancy import tenant_of
from switch.events import SwitchStarted
from switch.records.call_records import call_records
from switch.records.columns import RESTART, Stamp, stamp
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader

Row = dict[str, Any]


_LONGEST_TAGS = 255


class QueueEntries:
    """Folds the ACD's events into the table ``queue_entries``. A row is complete when its caller is gone."""

    table = Table(
        "queue_entries",
        MetaData(),
        Column(
            "entry",
            BigInteger,
            primary_key=True,
            autoincrement=False,
            comment="journal sequence of the caller's coming",
        ),
        Column("call_id", String(64), nullable=False, index=True, comment="the call; of a callback the last"),
        Column("contact_id", String(64), nullable=False, index=True, comment="the customer's whole visit"),
        Column("queue", String(255), nullable=False, index=True, comment="the queue's name"),
        Column(
            "tags",
            String(_LONGEST_TAGS),
            comment="the customer's last tags, with commas; null when none",
        ),
        Column("medium", String(32), nullable=False, comment="voice for calls; chat, mail … for items"),
        Column("joined_at", Stamp, nullable=False, index=True, comment="when the caller came to the queue"),
        Column("left_at", Stamp, comment="when the caller stopped waiting; null when a restart cut it off"),
        Column("wait_ms", Integer, comment="how long the caller waited; null when a restart cut it off"),
        Column("outcome", String(32), nullable=False, comment="the reason in queue.caller_left, or restart"),
        Column("offers", Integer, nullable=False, comment="how often agents were rung for the caller"),
        Column("ring_ms", Integer, comment="how long the agent who took the call let it ring"),
        Column("agent", String(64), comment="who took the call"),
        Column("station", String(64), comment="where that agent sat"),
        Column("talk_ms", Integer, comment="null without a conversation, or when a restart cut it off"),
        Column("callback_at", Stamp, comment="when a callback was asked for; null when none was"),
        Column("callback_attempts", Integer, comment="how often the customer was called back; null as above"),
        Column(
            "called_back_at", Stamp, comment="when the customer was on the line again, last; null if never"
        ),
        comment="One row for each caller who came to a queue, once they are gone.",
    )

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], Row] = {}
        """By call and queue."""
        self._folds: Mapping[str, Callable[[JournalEntry], Iterable[Row]]] = {
            CallerJoined.topic: self._joined,
            OfferMade.topic: self._offer_made,
            OfferEnded.topic: self._offer_ended,
            CallerChanged.topic: self._changed,
            CallerLeft.topic: self._left,
            CallCompleted.topic: self._completed,
            CallbackRequested.topic: self._callback_requested,
            CallbackDialled.topic: self._dialled,
            CallbackAnswered.topic: self._customer_there,
            CallbackReturned.topic: self._returned,
            CallbackEnded.topic: self._callback_ended,
            SwitchStarted.topic: self._close_all,
        }

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._folds)

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        fold = self._folds.get(entry.topic)
        return fold(entry) if fold else ()

    def oldest_open(self) -> int | None:
        return next((row["entry"] for row in self._open.values()), None)  # in the order of joining

    def _joined(self, entry: JournalEntry) -> Iterable[Row]:
        """A callback that took its place again after a restart has been there all the time."""
        self._open.setdefault(_key(entry), _new_row(entry))
        return ()

    def _offer_made(self, entry: JournalEntry) -> Iterable[Row]:
        if row := self._open.get(_key(entry)):
            row["offers"] += 1
            row["station"] = entry.fields["station"]
        return ()

    def _offer_ended(self, entry: JournalEntry) -> Iterable[Row]:
        if row := self._open.get(_key(entry)):
            accepted = entry.fields["result"] == OfferResult.ACCEPTED
            row["ring_ms"] = entry.fields["ring_ms"] if accepted else None
            row["station"] = row["station"] if accepted else None
        return ()

    def _changed(self, entry: JournalEntry) -> Iterable[Row]:
        for row in self._rows_of(entry.fields["call_id"]):
            row["tags"] = _tags(entry) if "tags" in entry.fields else row["tags"]
        return ()

    def _left(self, entry: JournalEntry) -> Iterable[Row]:
        reason = entry.fields["reason"]
        if entry.fields["position"] == 0:  # turned away, without having joined
            return (_closed(_new_row(entry), entry),)
        row = self._open.get(_key(entry))
        if row is None:  # read again after a restart: the row was complete before
            return ()
        _closed(row, entry)
        if reason == LeaveReason.CONNECTED:
            return ()
        return (self._open.pop(_key(entry)),)

    def _completed(self, entry: JournalEntry) -> Iterable[Row]:
        row = self._open.pop(_key(entry), None)
        if row is None:
            return ()
        row["talk_ms"] = entry.fields["talk_ms"]
        return (row,)

    def _callback_requested(self, entry: JournalEntry) -> Iterable[Row]:
        for row in self._rows_of(entry.fields["call_id"]):
            row["callback_at"], row["callback_attempts"] = stamp(entry.time), 0
        return ()

    def _dialled(self, entry: JournalEntry) -> Iterable[Row]:
        self._go_on_as(entry)
        for row in self._rows_of(entry.fields["call_id"]):
            row["callback_attempts"] = entry.fields["attempt"]
        return ()

    def _returned(self, entry: JournalEntry) -> Iterable[Row]:
        self._go_on_as(entry)
        return self._customer_there(entry)

    def _customer_there(self, entry: JournalEntry) -> Iterable[Row]:
        for row in self._rows_of(entry.fields["call_id"]):
            row["called_back_at"] = stamp(entry.time)
        return ()

    def _go_on_as(self, entry: JournalEntry) -> None:
        """A callback's rows stay at their places in the order of joining, under the new call."""
        former, call_id = entry.fields["former_call_id"], entry.fields["call_id"]
        if not any(key[0] == former for key in self._open):
            return
        self._open = {
            (call_id if key[0] == former else key[0], key[1]): row for key, row in self._open.items()
        }
        for row in self._rows_of(call_id):
            row["call_id"], row["contact_id"] = call_id, entry.fields["contact_id"]

    def _rows_of(self, call_id: str) -> list[Row]:
        return [row for (open_call, _), row in self._open.items() if open_call == call_id]

    def _callback_ended(self, entry: JournalEntry) -> Iterable[Row]:
        """One that could not go on after a restart has left its queues without a word of them."""
        keys = [key for key in self._open if key[0] == entry.fields["call_id"]]
        rows = [self._open.pop(key) for key in keys if _waits(self._open[key])]
        for row in rows:
            row["outcome"], row["left_at"] = str(entry.fields["reason"]), stamp(entry.time)
            row["wait_ms"] = max(round((row["left_at"] - row["joined_at"]).total_seconds() * 1000), 0)
        return rows

    def _close_all(self, entry: JournalEntry) -> Iterable[Row]:
        """A new process has started: the callers of the one before are gone, but for callbacks."""
        kept = {key: row for key, row in self._open.items() if row["callback_at"] and _waits(row)}
        rows = [row for key, row in self._open.items() if key not in kept]
        self._open = kept
        return rows


def _key(entry: JournalEntry) -> tuple[str, str]:
    return entry.fields["call_id"], entry.fields["queue"]


def _tags(entry: JournalEntry) -> str | None:
    return ",".join(entry.fields.get("tags", ()))[:_LONGEST_TAGS] or None


def _waits(row: Row) -> bool:
    """Whether the caller has not been put through to an agent."""
    return bool(row["outcome"] == RESTART)


def _new_row(entry: JournalEntry) -> Row:
    return {
        "entry": entry.sequence,
        "call_id": entry.fields["call_id"],
        "contact_id": entry.fields["contact_id"],
        "queue": entry.fields["queue"],
        "tags": _tags(entry),
        "medium": entry.fields.get("medium", VOICE),
        "joined_at": stamp(entry.time),
        "left_at": None,
        "wait_ms": None,
        "outcome": RESTART,
        "offers": 0,
        "ring_ms": None,
        "agent": None,
        "station": None,
        "talk_ms": None,
        "callback_at": None,
        "callback_attempts": None,
        "called_back_at": None,
    }


def _closed(row: Row, entry: JournalEntry) -> Row:
    row["outcome"] = str(entry.fields["reason"])
    row["left_at"] = stamp(entry.time)
    row["wait_ms"] = entry.fields["wait_ms"]
    row["agent"] = entry.fields["agent"]
    return row


def latest_entries(
    records: RecordReader, queue: str | None, medium: str | None, limit: int
) -> list[Mapping[str, Any]]:
    """The latest who came, newest first, of one queue and medium or of all. Raises NoRecords."""
    entries = QueueEntries.table
    newest_first = entries.c.joined_at.desc(), entries.c.entry.desc()
    chosen = select(entries).where(*_wanted(queue, medium)).order_by(*newest_first)
    return list(records.rows(chosen.limit(limit)))


def totals_since(
    records: RecordReader, since: datetime, queue: str | None, medium: str | None
) -> list[Mapping[str, Any]]:
    """For each queue and medium who came, was served and gave up, with average times. Raises NoRecords."""
    entries = QueueEntries.table.c
    served = entries.outcome == LeaveReason.CONNECTED
    totals = (
        select(
            entries.queue,
            entries.medium,
            func.count().label("came"),
            _count(served).label("served"),
            _count(entries.outcome == LeaveReason.ABANDONED).label("abandoned"),
            cast(func.avg(case((served, entries.wait_ms))), Integer).label("wait_ms"),
            func.max(entries.wait_ms).label("longest_wait_ms"),
            cast(func.avg(entries.talk_ms), Integer).label("talk_ms"),
        )
        .where(entries.joined_at >= since, *_wanted(queue, medium))
        .group_by(entries.queue, entries.medium)
        .order_by(entries.queue, entries.medium)
    )
    return list(records.rows(totals))


def _wanted(queue: str | None, medium: str | None) -> Iterator[ColumnElement[bool]]:
    entries = QueueEntries.table.c
    if queue is not None:
        yield entries.queue == queue
    if medium is not None:
        yield entries.medium == medium


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def conversations_between(
    records: RecordReader, since: float, until: float, most: int
) -> Iterator[tuple[Customer, Conversation]]:
    """Customers and their conversations, the latest of a time, at most so many; the oldest first.

    Raises NoRecords.
    """
    entries, calls = QueueEntries.table.c, call_records.c
    talked = (
        select(entries.queue, calls.src, calls.end_stamp, entries.agent)
        .join_from(QueueEntries.table, call_records, entries.call_id == calls.call_id)
        .where(entries.talk_ms.is_not(None), calls.end_stamp.between(stamp(since), stamp(until)))
        .order_by(calls.end_stamp.desc())
        .limit(most)
    )
    for row in reversed(records.rows(talked)):
        customer = Customer(tenant_of(row["queue"]), row["src"])
        yield customer, Conversation(row["end_stamp"].timestamp(), row["agent"])
