"""The table ``messages``: one row for each text and agent."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, select

from acd.messages.commands import RestoreMessage
from acd.messages.events import (
    AgentMessage,
    AgentMessageKept,
    AgentMessageMissed,
    AgentMessageReached,
    Importance,
)
from switch.records.columns import Stamp, stamp
from switch.records.inserting import LATEST_ROW_COUNTS
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader

Row = dict[str, Any]
KEPT = "kept"
TOLD = "told"
_MOST_OPEN = 10_000
"""Rows that may still change; the oldest stay as they are."""


class MessageRows:
    """Folds the events of texts into rows, which are written anew with each change."""

    table = Table(
        "messages",
        MetaData(),
        Column(
            "message_id", String(64), primary_key=True, comment="the text, as agent.send_message answered"
        ),
        Column("agent", String(64), primary_key=True, comment="whom it was for"),
        Column("sent_at", Stamp, nullable=False, index=True, comment="when it was sent"),
        Column("sender", String(100), nullable=False, comment="who sent it"),
        Column("text", Text, nullable=False, comment="what it said"),
        Column("importance", String(16), nullable=False, comment="normal or high"),
        Column("told_at", Stamp, comment="when it went to the agent; null while it is kept"),
        Column("phone_at", Stamp, comment="when the station's phone took it; null when it did not"),
        Column("desktop_at", Stamp, comment="when the desktop confirmed it; null when it did not"),
        Column(
            "outcome",
            String(16),
            nullable=False,
            comment="kept, told, desktop, phone, or the reason in agent.message_missed",
        ),
        Column("wait_ms", Integer, comment="how long it was kept for the agent; null while it is"),
        comment="One row for each text between agents and each agent it was for.",
        info={LATEST_ROW_COUNTS: True},
    )

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], Row] = {}
        self._folds: Mapping[str, Callable[[JournalEntry, Row], None]] = {
            AgentMessageKept.topic: _kept,
            AgentMessage.topic: _told,
            AgentMessageReached.topic: _reached,
            AgentMessageMissed.topic: _missed,
        }

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._folds)

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """The row as it is now."""
        key = entry.fields["message_id"], entry.fields["agent"]
        row = self._open.setdefault(key, {}) if "text" in entry.fields else self._open.get(key)
        if row is None:
            return ()
        self._folds[entry.topic](entry, row)
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]
        return (dict(row),)

    def oldest_open(self) -> int | None:
        """None: what is kept is told again, with its text, by the run that restores it."""
        return None


def _new(entry: JournalEntry, row: Row) -> None:
    fields = entry.fields
    row.update(
        message_id=fields["message_id"],
        agent=fields["agent"],
        sent_at=stamp(entry.time - fields["waited_ms"] / 1000),
        sender=fields["by"],
        text=fields["text"],
        importance=str(fields["importance"]),
        told_at=None,
        phone_at=None,
        desktop_at=None,
        wait_ms=None,
    )


def _kept(entry: JournalEntry, row: Row) -> None:
    _new(entry, row)
    row["outcome"] = KEPT


def _told(entry: JournalEntry, row: Row) -> None:
    _new(entry, row)
    row.update(outcome=TOLD, told_at=stamp(entry.time), wait_ms=entry.fields["waited_ms"])


def _reached(entry: JournalEntry, row: Row) -> None:
    channel = str(entry.fields["channel"])
    row[f"{channel}_at"] = stamp(entry.time)
    row["outcome"] = "desktop" if row["desktop_at"] else channel


def _missed(entry: JournalEntry, row: Row) -> None:
    row["outcome"] = str(entry.fields["reason"])


def messages_kept(records: RecordReader, before: float) -> list[Row]:
    """The rows of texts that were sent before a moment and are kept, the oldest first. Raises NoRecords."""
    table = MessageRows.table.c
    of_runs_before = table.outcome == KEPT, table.sent_at < stamp(before)
    return records.rows(select(MessageRows.table).where(*of_runs_before).order_by(table.sent_at))


def restoring(rows: Iterable[Mapping[str, Any]], *, wall: float) -> list[RestoreMessage]:
    """What gives these texts to the core again. ``wall``: seconds since the epoch."""
    return [
        RestoreMessage(
            message_id=row["message_id"],
            agent=row["agent"],
            by=row["sender"],
            text=row["text"],
            importance=Importance(row["importance"]),
            waited_s=max(0.0, wall - row["sent_at"].timestamp()),
        )
        for row in rows
    ]
