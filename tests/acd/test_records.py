from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Column, create_engine, insert, select

from acd.commands import ChangeCaller, SubmitItem, WithdrawItem
from acd.events import OfferResult
from acd.queue_config import QueueConfig
from acd.records import QueueEntries, conversations_between, latest_entries, totals_since
from acd.repeats import Conversation, Customer
from runtime.vocabulary import Event, event_fields
from switch.events import SwitchStarted
from switch.records.call_records import call_records
from switch.records.columns import Stamp, stamp
from switch.records.config import RecordsConfig
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader
from tests.acd.centre import Centre, agents_of


def journal_of(events: Iterable[object], first: int = 1, started: float = 1000.0) -> list[JournalEntry]:
    facts = [event for event in events if isinstance(event, Event)]
    return [
        JournalEntry(first + place, started + place, fact.topic, event_fields(fact))
        for place, fact in enumerate(facts)
    ]


def fold(projection: QueueEntries, journal: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    return [dict(row) for entry in journal for row in projection.apply(entry)]


def served_centre() -> Centre:
    """One call: refused by one agent, taken by the other, 5 s of ringing, 60 s of talk."""
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.join("call")
    centre.wait(2)
    centre.end_offer("call", OfferResult.REJECTED)
    centre.wait(5)
    centre.talk("call")
    centre.wait(60)
    centre.end_offer("call")
    return centre


def test_a_row_has_the_tags_that_the_caller_had_last() -> None:
    centre = Centre(agents=agents_of("service"))
    centre.join("call")
    centre.tell(ChangeCaller(call_id="call", tags=("老人", "vip")))
    centre.hang_up("call")
    (row,) = fold(QueueEntries(), journal_of(centre.outputs))
    assert row["tags"] == "老人,vip"


def test_a_served_caller_becomes_one_row_that_the_table_takes() -> None:
    projection = QueueEntries()
    journal = journal_of(served_centre().outputs)
    (row,) = fold(projection, journal)
    joined = next(entry for entry in journal if entry.topic == "queue.caller_joined")
    left = next(entry for entry in journal if entry.topic == "queue.caller_left")
    assert row == {
        "entry": joined.sequence,
        "call_id": "call",
        "contact_id": "contact-of-call",
        "queue": "service",
        "tags": None,
        "medium": "voice",
        "joined_at": stamp(joined.time),
        "left_at": stamp(left.time),
        "wait_ms": 7_000,
        "outcome": "connected",
        "offers": 2,
        "ring_ms": 5_000,
        "agent": "1002",
        "station": "phone-1002",
        "talk_ms": 60_000,
        "callback_at": None,
        "callback_attempts": None,
        "called_back_at": None,
    }
    assert projection.oldest_open() is None
    engine = create_engine("sqlite://")
    projection.table.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(projection.table), [row])
        (stored,) = connection.execute(select(projection.table)).mappings().all()
    engine.dispose()
    assert dict(stored) == row


def test_an_abandoned_caller_had_no_agent() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.wait(4)
    centre.hang_up("call")
    (row,) = fold(QueueEntries(), journal_of(centre.outputs))
    assert (row["outcome"], row["wait_ms"], row["offers"]) == ("abandoned", 4_000, 1)
    assert (row["agent"], row["station"], row["ring_ms"], row["talk_ms"]) == (None, None, None, None)


def test_who_found_the_queue_full_has_a_row_too() -> None:
    centre = Centre([QueueConfig(name="service", max_waiting=1)])
    centre.join("first")
    centre.join("second")
    projection = QueueEntries()
    (row,) = fold(projection, journal_of(centre.outputs))
    assert (row["call_id"], row["outcome"], row["wait_ms"]) == ("second", "full", 0)
    assert row["joined_at"] == row["left_at"]


def test_a_call_that_waits_twice_has_two_rows() -> None:
    centre = Centre()
    for _ in range(2):
        centre.join("call")
        centre.hang_up("call")
    first, second = fold(QueueEntries(), journal_of(centre.outputs))
    assert first["call_id"] == second["call_id"]
    assert first["entry"] != second["entry"]


def test_a_restart_closes_what_the_earlier_process_left_open() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("talking")
    centre.join("waiting")
    centre.talk("talking")
    projection = QueueEntries()
    journal = journal_of([*centre.outputs, SwitchStarted(version="1")])
    assert fold(projection, journal[:-1]) == []
    talking, waiting = fold(projection, journal[-1:])
    assert (talking["outcome"], talking["agent"], talking["talk_ms"]) == ("connected", "1001", None)
    assert (waiting["outcome"], waiting["left_at"]) == ("restart", None)
    assert projection.oldest_open() is None


def test_reading_again_from_the_oldest_open_entry_adds_only_what_was_missing() -> None:
    centre = served_centre()
    centre.join("next")
    centre.hang_up("next")
    journal = journal_of(centre.outputs)
    everything = fold(QueueEntries(), journal)
    for stop in range(len(journal)):
        projection = QueueEntries()
        written = fold(projection, journal[:stop])
        oldest = projection.oldest_open()
        again = fold(QueueEntries(), journal[stop if oldest is None else oldest - 1 :])
        rows = {row["entry"]: row for row in [*written, *again]}
        assert list(rows.values()) == everything


def test_conversations_are_read_back_with_the_numbers_of_their_calls(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    engine = create_engine(url)
    for table in (QueueEntries.table, call_records):
        table.create(engine)
    (row,) = fold(QueueEntries(), journal_of(served_centre().outputs))
    needed = {column.name: _something(column) for column in call_records.columns if not column.nullable}
    call = needed | {"call_id": "call", "src": "13800138000", "end_stamp": stamp(2000.0)}
    with engine.begin() as connection:
        connection.execute(insert(QueueEntries.table), row)
        connection.execute(insert(call_records), call)
    records = RecordReader(RecordsConfig(database=url, journal=tmp_path))
    assert list(conversations_between(records, 1000.0, 3000.0, 10)) == [
        (Customer("", "13800138000"), Conversation(2000.0, "1002"))
    ]
    assert list(conversations_between(records, 2001.0, 3000.0, 10)) == []


def _something(column: Column[Any]) -> object:
    return stamp(1000.0) if isinstance(column.type, Stamp) else column.type.python_type()


def filled(tmp_path: Path) -> RecordReader:
    """Two calls, one served, and a chat that was given up, in a database."""
    centre = served_centre()
    centre.join("call-2")
    centre.wait(3)
    centre.hang_up("call-2")
    chat = SubmitItem(item="chat-1", medium="chat", contact_id="contact", queues=("service",))
    centre.tell(chat)
    centre.wait(9)
    centre.tell(WithdrawItem(item="chat-1"))
    config = RecordsConfig(database=f"sqlite:///{tmp_path / 'ringmain.db'}")
    table = QueueEntries.table
    engine = create_engine(config.database)
    table.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), fold(QueueEntries(), journal_of(centre.outputs)))
    engine.dispose()
    return RecordReader(config)


def test_entries_are_found_by_queue_and_medium_the_newest_first(tmp_path: Path) -> None:
    records = filled(tmp_path)
    assert [row["call_id"] for row in latest_entries(records, None, None, 9)] == ["chat-1", "call-2", "call"]
    assert [row["call_id"] for row in latest_entries(records, "service", "voice", 1)] == ["call-2"]
    assert latest_entries(records, "other", None, 9) == []


def test_totals_are_told_by_queue_and_medium(tmp_path: Path) -> None:
    chat, voice = totals_since(filled(tmp_path), stamp(0), None, None)
    assert (chat["medium"], chat["came"], chat["served"]) == ("chat", 1, 0)
    assert (voice["came"], voice["served"], voice["abandoned"]) == (2, 1, 1)
    assert (voice["wait_ms"], voice["longest_wait_ms"], voice["talk_ms"]) == (7_000, 7_000, 60_000)


def test_an_entry_of_a_journal_without_media_is_a_call(tmp_path: Path) -> None:
    centre = Centre()
    centre.join("call")
    centre.hang_up("call")
    journal = journal_of(centre.outputs)
    for entry in journal:
        entry.fields.pop("medium", None)  # type: ignore[attr-defined]
    (row,) = fold(QueueEntries(), journal)
    assert row["medium"] == "voice"
