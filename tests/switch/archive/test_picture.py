"""What is marked in the picture of a recording, and its title."""

from datetime import UTC, datetime
from typing import Any

from media.recordings.plot_marks import HOLD, Stretch
from switch.archive.picture import holds_of, marks_of, title_of
from switch.records.projection import JournalEntry

BEGAN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
RECORDING: dict[str, Any] = {
    "recording_id": "recording-1",
    "started_at": BEGAN,
    "caller": "13800138000",
    "called": "95598",
    "station": "1001",
}


def entry(after_s: float, topic: str, **fields: object) -> JournalEntry:
    return JournalEntry(1, BEGAN.timestamp() + after_s, topic, {"call_id": "call-1", **fields})


def test_keys_queue_ringing_and_conversation_are_marked() -> None:
    events = [
        entry(-0.5, "call.digit_received", digit="7"),
        entry(1.0, "call.digit_received", digit="1"),
        entry(1.5, "queue.caller_joined", queue="service"),
        entry(2.0, "offer.ringing", offer_id="offer-1"),
        entry(2.5, "offer.ended", offer_id="offer-1"),
        entry(3.0, "offer.ringing", offer_id="offer-2"),
        entry(4.0, "call.connected", station="1002"),
    ]
    assert [(mark.time_s, mark.label) for mark in marks_of(RECORDING, events)] == [
        (1.0, "key 1"),
        (1.5, "queue service"),
        (2.0, "rings"),
        (3.0, "rings"),
        (4.0, "connected to 1002"),
    ]


def test_the_title_says_who_which_and_when() -> None:
    assert title_of(RECORDING).startswith("13800138000 → 95598 → 1001 · recording-1 · 2026-11-20 ")
    assert title_of(RECORDING | {"station": None}).startswith("13800138000 → 95598 · ")


def test_hold_lasts_until_it_is_resumed_or_all_is_over() -> None:
    events = [
        entry(1.0, "call.held", by="station"),
        entry(2.0, "call.held", by="customer"),
        entry(3.0, "call.resumed", by="station"),
        entry(4.0, "call.resumed", by="nobody"),
        entry(9.0, "call.ended"),
    ]
    assert list(holds_of(RECORDING, events)) == [
        Stretch(HOLD, "both", 1.0, 3.0),
        Stretch(HOLD, "both", 2.0, 9.0),
    ]


def test_transfers_are_marked() -> None:
    events = [entry(1.0, "call.transferred", kind="blind", by="1001")]
    assert [mark.label for mark in marks_of(RECORDING, events)] == ["blind transfer by 1001"]
