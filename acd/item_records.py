"""One row for each item, from when it came. What is not finished when the switch ends waits again after it.

As of callbacks (``callback_records.py``), a journal that ends anywhere tells which items there were and what
each of them had: that is in the column ``kept`` until the item is over.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Column, MetaData, String, Table, Text, select

from acd.commands import RestoreItem
from acd.config import QUEUE_SCHEME
from acd.events import CallCompleted, CallerChanged, CallerJoined, CallerLeft, LeaveReason
from acd.item_events import ItemCame, ItemPassedOn
from switch.records.columns import Stamp, stamp
from switch.records.inserting import LATEST_ROW_COUNTS
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader

Row = dict[str, Any]
Kept = dict[str, Any]

COMPLETED = "completed"
"""What became of an item that an agent had."""
_AS_TOLD = ("priority", "requirement", "preferred", "tags", "data", "turn")
_ORDERS = TypeAdapter(RestoreItem)

log = structlog.get_logger(__name__)


class Items:
    """Folds the ACD's events into the table ``items``. A row changes until its item is over."""

    table = Table(
        "items",
        MetaData(),
        Column("item", String(255), primary_key=True, comment="the item's id, given by whoever brought it"),
        Column("contact_id", String(255), nullable=False, index=True, comment="the customer's whole visit"),
        Column("medium", String(64), nullable=False, comment="chat, mail, video or another name"),
        Column("customer", String(255), nullable=False, comment="the customer's number or name"),
        Column("came_at", Stamp, nullable=False, index=True, comment="since when it has waited"),
        Column("ended_at", Stamp, index=True, comment="when it was over; null while it is not"),
        Column("outcome", String(32), comment="completed by an agent, abandoned, or why it was passed on"),
        Column("kept", Text, comment="what a restart needs to go on with it, in JSON; null when it is over"),
        comment="One row for each chat, mail or other item. It changes until that is over.",
        info={LATEST_ROW_COUNTS: True},
    )

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, Row, Kept]] = {}
        """By item, in the order of coming, with the journal's sequence."""
        self._folds: Mapping[str, Callable[[JournalEntry, Row, Kept], None]] = {
            CallerJoined.topic: self._joined,
            CallerLeft.topic: self._left,
            CallerChanged.topic: self._changed,
            CallCompleted.topic: self._completed,
            ItemPassedOn.topic: self._passed_on,
        }

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._folds) | {ItemCame.topic}

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """The row as it is now, of an item that the entry tells of."""
        item = entry.fields.get("item") or entry.fields["call_id"]
        if entry.topic == ItemCame.topic:
            self._came(entry)
        if item not in self._open:
            return ()
        _, row, kept = self._open[item]
        if fold := self._folds.get(entry.topic):
            fold(entry, row, kept)
        if row["outcome"] is not None:
            del self._open[item]
        return ({**row, "kept": None if row["outcome"] else json.dumps(kept)},)

    def oldest_open(self) -> int | None:
        return next((sequence for sequence, _, _ in self._open.values()), None)

    def _came(self, entry: JournalEntry) -> None:
        """After a restart too, from where on the journal is read at the next one."""
        fields = entry.fields
        waiting_since = entry.time - fields["waited_ms"] / 1000
        self._open.pop(fields["item"], None)
        row = {
            **{name: fields[name] for name in ("item", "contact_id", "medium", "customer")},
            "came_at": stamp(waiting_since),
            "ended_at": None,
            "outcome": None,
        }
        kept = {
            **{name: fields[name] for name in _AS_TOLD},
            "waiting_since": waiting_since,
            "queues": list(fields["queues"]),
            "agent_id": "",
        }
        self._open[fields["item"]] = (entry.sequence, row, kept)

    def _joined(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        if entry.fields["queue"] not in kept["queues"]:
            kept["queues"].append(entry.fields["queue"])

    def _left(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        """The queue that gave it to an agent is where it goes back to. The last one sends it on, as the next
        entry tells, unless the customer is gone."""
        reason, queue = entry.fields["reason"], entry.fields["queue"]
        if reason == LeaveReason.CONNECTED:
            kept["agent_id"], kept["queues"] = entry.fields["agent"], [queue]
        elif reason == LeaveReason.ABANDONED:
            _end(entry, row, reason)
        elif kept["queues"] != [queue]:
            kept["queues"] = [name for name in kept["queues"] if name != queue]

    def _changed(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        kept.update((name, entry.fields[name]) for name in ("priority", "requirement", "tags"))

    def _completed(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        _end(entry, row, COMPLETED)

    def _passed_on(self, entry: JournalEntry, row: Row, kept: Kept) -> None:
        """Into another queue it comes at once."""
        if not entry.fields["target"].startswith(f"{QUEUE_SCHEME}:"):
            _end(entry, row, entry.fields["reason"])


def _end(entry: JournalEntry, row: Row, outcome: str) -> None:
    row["ended_at"], row["outcome"] = stamp(entry.time), str(outcome)


def open_items(rows: Iterable[Mapping[str, Any]], *, now: float, wall: float) -> list[RestoreItem]:
    """What lets the items that are open among these rows wait again, by whose turn it is.

    ``now``: monotonic seconds, at the moment that is ``wall`` by the clock. A row that cannot be read, as of
    another version, costs no other: it is logged and left out.
    """
    found = [
        found for row in rows if row["outcome"] is None and (found := _turn(row, now - wall)) is not None
    ]
    return [order for _, order in sorted(found, key=itemgetter(0))]


def _turn(row: Mapping[str, Any], offset_s: float) -> tuple[tuple[float, int], RestoreItem] | None:
    try:
        kept = json.loads(row["kept"])
        turn = float(kept["waiting_since"]), int(kept.pop("turn"))
        kept["waiting_since"] += offset_s
        names = {name: row[name] for name in ("item", "contact_id", "medium", "customer")}
        return turn, _ORDERS.validate_python({**names, **kept})
    except (KeyError, TypeError, ValueError) as fault:
        log.error("an item cannot be restored", item=row["item"], reason=repr(fault))
        return None


def items_left_open(records: RecordReader, before: float) -> list[Row]:
    """The rows of items that came before a moment and are open. Raises NoRecords."""
    table = Items.table.c
    return records.rows(select(Items.table).where(table.outcome.is_(None), table.came_at < stamp(before)))
