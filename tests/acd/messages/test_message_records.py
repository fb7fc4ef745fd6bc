"""The table of texts, and how those that were kept come back after a restart."""

from collections.abc import Mapping
from typing import Any

from acd.messages.commands import RestoreMessage
from acd.messages.events import (
    AgentMessage,
    AgentMessageKept,
    AgentMessageMissed,
    AgentMessageReached,
    Channel,
    Importance,
    Missed,
)
from acd.messages.records import MessageRows, restoring
from runtime.vocabulary import Event, event_fields
from switch.records.columns import stamp
from switch.records.projection import JournalEntry

WALL = 1_790_000_000.0
TOLD = AgentMessage(
    agent="1001",
    message_id="message-1",
    by="班长",
    text="九点开会",
    importance=Importance.HIGH,
    station="phone",
    waited_ms=5000,
)
KEPT = AgentMessageKept(
    agent="1001", message_id="message-1", by="班长", text="九点开会", importance=Importance.HIGH, waited_ms=0
)


def row_after(*told: tuple[float, Event]) -> Mapping[str, Any]:
    """The one row, after events so many seconds after ``WALL``."""
    projection, rows = MessageRows(), list[Mapping[str, Any]]()
    for number, (at, event) in enumerate(told, start=1):
        rows += projection.apply(JournalEntry(number, WALL + at, event.topic, event_fields(event)))
    return rows[-1]


def test_a_text_that_was_seen_has_each_moment() -> None:
    reached = [
        AgentMessageReached(agent="1001", message_id="message-1", channel=channel)
        for channel in (Channel.DESKTOP, Channel.PHONE)
    ]
    row = row_after((0, KEPT), (5, TOLD), (6, reached[0]), (7, reached[1]))
    assert row == {
        "message_id": "message-1",
        "agent": "1001",
        "sent_at": stamp(WALL),
        "sender": "班长",
        "text": "九点开会",
        "importance": "high",
        "told_at": stamp(WALL + 5),
        "phone_at": stamp(WALL + 7),
        "desktop_at": stamp(WALL + 6),
        "outcome": "desktop",
        "wait_ms": 5000,
    }
    assert set(row) == {column.name for column in MessageRows.table.columns}


def test_a_text_that_nobody_saw_says_why() -> None:
    missed = AgentMessageMissed(agent="1001", message_id="message-1", reason=Missed.EXPIRED)
    assert row_after((0, KEPT), (60, missed))["outcome"] == "expired"


def test_what_is_told_of_a_text_of_long_ago_makes_no_row() -> None:
    reached = AgentMessageReached(agent="1001", message_id="message-0", channel=Channel.PHONE)
    entry = JournalEntry(1, WALL, reached.topic, event_fields(reached))
    assert list(MessageRows().apply(entry)) == []


def test_a_kept_text_is_given_back_with_its_wait() -> None:
    (order,) = restoring([row_after((0, KEPT))], wall=WALL + 90)
    assert order == RestoreMessage(
        message_id="message-1",
        agent="1001",
        by="班长",
        text="九点开会",
        importance=Importance.HIGH,
        waited_s=90.0,
    )
