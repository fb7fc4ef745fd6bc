"""One row for each callback, from when it is asked for. What is open after a restart takes its place again.

A journal that ends anywhere, as at a crash, tells which callbacks were open and what each of them had: that
is in the column ``kept`` until the callback is over.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, select

from acd.callback_events import (
    CallbackAnswered,
    CallbackChanged,
    CallbackDialled,
    CallbackEnded,
    CallbackFailed,
    CallbackRequested,
    CallbackReturned,
)
from acd.commands import RestoreCallback
from acd.events import CallerChanged, CallerJoined, CallerLeft
from switch.records.columns import Stamp, stamp
from switch.records.inserting import LATEST_ROW_COUNTS
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader

Row = dict[str, Any]
Kept = dict[str, Any]
"""All moments are wall-clock seconds."""

_AS_TOLD = (
    "caller_number",
    "priority",
    "requirement",
    "preferred",
    "tags",
    "language",
    "access_code",
    "turn",
)


_ORDERS = TypeAdapter(RestoreCallback)

log = structlog.get_logger(__name__)


class Callbacks:
    """Folds the ACD's events into the table ``callbacks``. A row changes until its callback is over."""

    table = Table(
        "callbacks",
        MetaData(),
        Column("callback_id", String(64), primary_key=True, comment="the callback"),
        Column("contact_id", String(64), nullable=False, index=True, comment="the customer's whole visit"),
        Column("call_id", String(64), nullable=False, comment="the call that has its place, the last one"),
        Column("queue", String(255), nullable=False, index=True, comment="the queue whose rules hold"),
        Column("caller_number", String(255), nullable=False, comment="the customer's, as they showed it"),
        Column("numbers", Text, nullable=False, comment="where the customer is called, a list in JSON"),
        Column("asked_by", String(16), nullable=False, comment="key, hang_up, target or verb"),
        Column("asked_at", Stamp, nullable=False, index=True, comment="when it was asked for"),
        Column("joined_at", Stamp, nullable=False, comment="since when the customer has waited"),
        Column("expires_at", Stamp, nullable=False, comment="when it is given up"),
        Column("attempts", Integer, nullable=False, comment="how often the customer was called"),
        Column(
            "called_back_at", Stamp, comment="when the customer was on the line again, last; null if never"
        ),
        Column("ended_at", Stamp, index=True, comment="when it was over; null while it is open"),
        Column("outcome", String(32), comment="the reason in queue.callback_ended; null while it is open"),
        Column("kept", Text, comment="what a restart needs to go on with it, in JSON; null when it is over"),
        comment="One row for each callback, from when it is asked for. It changes until that is over.",
        info={LATEST_ROW_COUNTS: True},
    )

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, Row, Kept]] = {}
        """By callback, in the order of asking, with the journal's sequence."""
        self._by_call: dict[str, str] = {}
        """Call → open callback."""
        self._folds: Mapping[str, Callable[[JournalEntry, Row, Kept], None]] = {
            CallbackDialled.topic: self._dialled,
            CallbackAnswered.topic: self._answered,
            CallbackFailed.topic: self._failed,
            CallbackReturned.topic: self._returned,
            CallbackChanged.topic: self._called_elsewhere,
            CallbackEnded.topic: self._ended,
            CallerChanged.topic: self._changed,
            CallerJoined.topic: self._joined,
            CallerLeft.topic: self._left,
        }

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._folds) | {CallbackRequested.topic}

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """The row as it is now, of a callback that the entry tells of."""
        if entry.topic == CallbackRequested.topic:
            self._requested(entry)
        callback_id = self._callback_of(entry)
        if callback_id is None:
            return ()
        _, row, kept = self._open[callback_id]
        if fold := self._folds.get(entry.topic):
            fold(entry, row, kept)
        if row["outcome"] is not None:
            del self._open[callback_id]
        return ({**row, "kept": None if row["outcome"] else json.dumps(kept)},)

    def oldest_open(self) -> int | None:
        return next((sequence for sequence, _, _ in self._open.values()), None)

    def _callback_of(self, entry: JournalEntry) -> str | None:
        """None for callers who are no callbacks, and for what is read again of one that is over."""
        named: str | None = entry.fields.get("callback_id") or self._by_call.get(entry.fields["call_id"])
        return named if named in self._open else None

    def _requested(self, entry: JournalEntry) -> None:
        fields = entry.fields
        joined_at = round(entry.time - fields["waited_ms"] / 1000, 3)
        row = {
            "callback_id": fields["callback_id"],
            "contact_id": fields["contact_id"],
            "call_id": fields["call_id"],
            "queue": fields["queue"],
            "caller_number": fields["caller_number"],
            "numbers": json.dumps(fields["numbers"]),
            "asked_by": str(fields["asked_by"]),
            "asked_at": stamp(entry.time),
            "joined_at": stamp(joined_at),
            "expires_at": stamp(entry.time + fields["valid_s"]),
            "attempts": 0,
            "called_back_at": None,
            "ended_at": None,
            "outcome": None,
        }
        kept = {
            **{name: fields[name] for name in _AS_TOLD},
            "numbers": list(fields["numbers"]),
            "joined_at": joined_at,
            "asked_at": entry.time,
            "expires_at": entry.time + fields["valid_s"],
            "places": [[name, entry.time - waited_ms / 1000] for name, waited_ms in fields["places"]],
            "again_at": None,
            "being_called": False,
        }
        self._open[fields["callback_id"]] = (entry.sequence, row, kept)
        self._by_call[fields["call_id"]] = fields["callback_id"]

    def _dialled(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        self._go_on_as(entry, row)
        row["attempts"] = entry.fields["attempt"]
        kept["being_called"], kept["again_at"] = True, None

    def _answered(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        row["called_back_at"] = stamp(entry.time)
        kept["being_called"] = False

    def _failed(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        again_in_s = entry.fields["again_in_s"]
        kept["being_called"] = False
        kept["again_at"] = None if again_in_s is None else entry.time + again_in_s
        if not entry.fields.get("counts", True):
            row["attempts"] = entry.fields["attempt"] - 1

    def _returned(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        self._go_on_as(entry, row)
        self._answered(entry, row, kept)
        row["contact_id"], kept["again_at"] = entry.fields["contact_id"], None

    def _called_elsewhere(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        numbers = list(entry.fields["numbers"])
        row["numbers"], row["attempts"], kept["numbers"] = json.dumps(numbers), 0, numbers

    def _ended(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        row["ended_at"], row["outcome"] = stamp(entry.time), str(entry.fields["reason"])
        self._by_call.pop(row["call_id"], None)

    def _changed(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        kept["priority"], kept["requirement"] = entry.fields["priority"], entry.fields["requirement"]
        kept["tags"] = list(entry.fields.get("tags", kept["tags"]))

    def _joined(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        """One that took its place again after a restart has been there all the time."""
        if entry.fields["queue"] not in [name for name, _ in kept["places"]]:
            kept["places"].append([entry.fields["queue"], entry.time])

    def _left(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        """Of several queues one; of the last one it leaves by being over, which the next entry tells."""
        left = [place for place in kept["places"] if place[0] != entry.fields["queue"]]
        if left:
            kept["places"] = left
            if row["queue"] == entry.fields["queue"]:
                row["queue"] = left[0][0]

    def _go_on_as(self, entry: JournalEntry, row: Row) -> None:
        self._by_call.pop(row["call_id"], None)
        row["call_id"] = entry.fields["call_id"]
        self._by_call[row["call_id"]] = row["callback_id"]


def open_callbacks(rows: Iterable[Mapping[str, Any]], *, now: float, wall: float) -> list[RestoreCallback]:
    """What puts the open ones among these rows into their places, by whose turn it is.

    ``now``: monotonic seconds, at the moment that is ``wall`` by the clock. A row that cannot be read, as of
    another version, costs no other: it is logged and left out.
    """
    found = [
        found for row in rows if row["outcome"] is None and (found := _turn(row, now - wall)) is not None
    ]
    return [order for _, order in sorted(found, key=itemgetter(0))]


def _turn(row: Mapping[str, Any], offset_s: float) -> tuple[tuple[float, int], RestoreCallback] | None:
    try:
        kept = json.loads(row["kept"])
        return (float(kept["joined_at"]), int(kept["turn"])), _order(row, kept, offset_s)
    except (KeyError, TypeError, ValueError) as fault:
        log.error("a callback cannot be restored", callback_id=row["callback_id"], reason=repr(fault))
        return None


def _order(row: Mapping[str, Any], kept: Kept, offset_s: float) -> RestoreCallback:
    """Raises KeyError, TypeError or ValueError for what cannot be read."""
    again_at = kept["again_at"]
    order = {
        "callback_id": row["callback_id"],
        "call_id": row["call_id"],
        "contact_id": row["contact_id"],
        "caller_number": kept["caller_number"],
        "numbers": kept["numbers"],
        "queue": row["queue"],
        "places": [(name, joined_at + offset_s) for name, joined_at in kept["places"]],
        "asked_by": row["asked_by"],
        "joined_at": kept["joined_at"] + offset_s,
        "asked_at": kept["asked_at"] + offset_s,
        "expires_at": kept["expires_at"] + offset_s,
        "attempts": row["attempts"],
        "being_called": kept["being_called"],
        "again_at": None if again_at is None else again_at + offset_s,
        "priority": kept["priority"],
        "requirement": kept["requirement"],
        "preferred": kept["preferred"],
        "tags": kept["tags"],
        "language": kept["language"],
        "access_code": kept["access_code"],
    }
    return _ORDERS.validate_python(order)


def rows_left_open(records: RecordReader, before: float) -> list[Row]:
    """The rows of callbacks that were asked for before a moment and are open. Raises NoRecords."""
    table = Callbacks.table.c
    return records.rows(
        select(Callbacks.table).where(table.outcome.is_(None), table.asked_at < stamp(before))
    )
