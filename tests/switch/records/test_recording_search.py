"""Recordings found by what is known of them and what people noted."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from runtime.vocabulary import Event, event_fields
from switch.archive.catalogue.events import (
    RecordingHeld,
    RecordingRated,
    RecordingReleased,
    RecordingTagged,
    RecordingUntagged,
)
from switch.archive.catalogue.projections import RecordingParties, Recordings
from switch.archive.retention.events import RecordingDeleted
from switch.records.config import RecordsConfig
from switch.records.queries import RecordReader
from switch.records.recording_changes import Change, RecordingChanges, change_of, with_changes
from switch.records.recording_search import RecordingSearch, query_of
from switch.records.store import RecordStore
from tests.switch.records.stories import (
    START,
    Moment,
    agent_joined,
    answered_call,
    arrived,
    fold_all,
    journal_of,
    recording_completed,
    recording_failed,
)

NOTES: list[Event] = [
    RecordingTagged(recording_id="recording-1", tag="投诉", by="li"),
    RecordingTagged(recording_id="recording-2", tag="投诉", by="li"),
    RecordingTagged(recording_id="recording-2", tag="vip", by="li"),
    RecordingUntagged(recording_id="recording-2", tag="投诉", by="zhang"),
    RecordingRated(recording_id="recording-1", rating=5, by="li"),
    RecordingRated(recording_id="recording-1", rating=2, by="zhang"),
    RecordingRated(recording_id="recording-2", rating=4, by="li"),
    RecordingHeld(recording_id="recording-1", reason="case 7", by="law"),
    RecordingReleased(recording_id="recording-1", reason="settled", by="law"),
    RecordingHeld(recording_id="recording-2", reason="case 8", by="law"),
    RecordingDeleted(recording_id="recording-3", path="x", sha256=None, reason="asked for", by="li"),
]


def story() -> list[Moment]:
    """Two completed recordings an hour apart, of other people, and one that failed; then notes."""
    names = {"call_id": "call-2", "recording_id": "recording-2"}
    second: list[Moment] = [(3600 + at, event) for at, event in answered_call("call-2", "recording-2")]
    second[0] = (3600.0, replace(arrived("call-2"), caller_number="13900139000", trunk="telecom"))
    over = replace(recording_completed("call-2", "recording-2"), duration_ms=90_000)
    second[-1] = (3631.0, over)
    joined = next(n for n, (_, event) in enumerate(second) if getattr(event, "party", "") == "1002")
    second.insert(joined + 1, (3622.0, agent_joined("2002", "leg-of-1002", **names)))
    third: list[Moment] = [(7200, arrived("call-3")), (7201, recording_failed("call-3", "recording-3"))]
    notes = [(8000.0 + n, note) for n, note in enumerate(NOTES)]
    return [*answered_call(), *second, *third, *notes]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> RecordReader:
    folder: Path = tmp_path_factory.mktemp("records")
    config = RecordsConfig(database=f"sqlite:///{folder}/records.db")
    recordings = Recordings()
    projections = (recordings, RecordingParties(recordings), RecordingChanges())
    store = RecordStore(config.database, [projection.table for projection in projections])
    store.open()
    entries = journal_of(story())
    rows = fold_all(projections, entries)
    assert store.write({table: list(some) for table, some in rows.items()}, 1) == []
    store.close()
    return RecordReader(config)


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "321"),
        ({"limit": 1}, "3"),
        ({"after": "recording-3"}, "21"),
        ({"after": "recording-2", "limit": 1}, "1"),
        ({"after": "recording-1"}, ""),
        ({"caller": "13900139000"}, "2"),
        ({"called": "95598"}, "321"),
        ({"trunk": "telecom"}, "2"),
        ({"agent": "2002"}, "2"),
        ({"agent": "2003"}, ""),
        ({"station": "1002"}, "21"),
        ({"agent": "2002", "station": "1001"}, ""),
        ({"queue": "客户服务"}, "21"),
        ({"contact_id": "contact-of-call-1"}, "1"),
        ({"call_id": "call-3"}, "3"),
        ({"since": moment(3600)}, "32"),
        ({"until": moment(3600)}, "1"),
        ({"longer_than_s": 60}, "2"),
        ({"shorter_than_s": 60}, "1"),
        ({"state": "failed"}, ""),
        ({"state": "completed"}, "21"),
        ({"state": "deleted"}, "3"),
        ({"deleted": False}, "21"),
        ({"tag": "投诉"}, "1"),
        ({"tag": "vip"}, "2"),
        ({"rating_min": 2}, "21"),
        ({"rating_min": 3}, "2"),
        ({"held": True}, "2"),
        ({"held": False}, "31"),
        ({"station": "1002", "held": True, "rating_min": 4, "tag": "vip"}, "2"),
    ],
)
def test_what_fits_all_that_is_asked_is_found_newest_first(
    reader: RecordReader, asked: dict[str, Any], found: str
) -> None:
    rows = reader.recordings(RecordingSearch(**asked))
    assert [row["recording_id"] for row in rows] == [f"recording-{number}" for number in found]


def test_a_recording_is_told_as_it_is_after_all_changes(reader: RecordReader) -> None:
    first, second = reader.recording("recording-1"), reader.recording("recording-2")
    assert (first["tags"], first["rating"], first["held"]) == (["投诉"], 2, False)
    assert (second["tags"], second["rating"], second["held"]) == (["vip"], 4, True)
    assert (second["agent"], second["station"]) == ("2002", "1002")
    assert [row["kind"] for row in reader.changes("recording-1")] == [
        *("tagged", "rated", "rated", "held", "released")
    ]
    assert [(row["agent"], row["station"]) for row in reader.parties("recording-2")] == [("2002", "1002")]


def test_searches_by_what_has_an_index_use_it(reader: RecordReader) -> None:
    engine = create_engine(reader._url)
    for asked, index in (
        (RecordingSearch(caller="1"), "recordings_by_caller"),
        (RecordingSearch(called="1"), "recordings_by_called"),
        (RecordingSearch(queue="1"), "recordings_by_queue"),
        (RecordingSearch(agent="1"), "ix_recording_parties_agent"),
        (RecordingSearch(station="1"), "ix_recording_parties_station"),
        (RecordingSearch(tag="1"), "recording_changes_by_value"),
        (RecordingSearch(held=True), "recording_changes_by_value"),
        (RecordingSearch(since=moment(0)), "ix_recordings_started_at"),
    ):
        query = query_of(asked).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        with engine.connect() as connection:
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
        assert any(index in step.detail for step in plan), (asked, plan)


SOME_CHANGES = st.lists(
    st.sampled_from(
        [
            *(Change(kind, tag) for kind in ("tagged", "untagged") for tag in "ab"),
            *(Change("rated", rating) for rating in "15"),
            Change("held", "case"),
            Change("released", "settled"),
            Change("deleted", "asked for"),
        ]
    ),
    max_size=12,
)


@given(changes=SOME_CHANGES, known=st.integers(0, 12), recent=st.integers(0, 12))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_changes_that_are_taken_into_account_twice_do_no_harm(
    changes: list[Change], known: int, recent: int
) -> None:
    """The database knows the first ones, memory the last ones; those in the middle both."""
    overlap_begins = min(recent, known)
    of_database = with_changes({}, changes[:known])
    assert with_changes(of_database, changes[overlap_begins:]) == with_changes({}, changes)


def test_every_event_that_changes_a_recording_is_a_change() -> None:
    for note in NOTES:
        assert note.topic in RecordingChanges.topics
        assert change_of(note.topic, event_fields(note)).kind == note.topic.removeprefix("recording.")
