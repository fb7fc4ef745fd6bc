from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from switch.archive.catalogue.projections import RecordingParties, Recordings
from switch.leg_role import LegRole
from switch.records.projection import JournalEntry, Projection
from tests.switch.records.stories import (
    START,
    agent_joined,
    answered_call,
    arrived,
    call_shorter_than_the_opening_of_its_file,
    call_whose_recording_cannot_begin,
    ended,
    fold,
    fold_all,
    journal_of,
    leg_joined,
    leg_left,
    recording_completed,
    recording_failed,
    recording_started,
    switch_started,
)


def test_a_completed_recording_has_a_row_with_all_one_searches_by() -> None:
    (row,) = fold(Recordings(), journal_of(answered_call()))
    assert row == {
        "recording_id": "recording-1",
        "call_id": "call-1",
        "contact_id": "contact-of-call-1",
        "path": "/var/recordings/recording-1.wav",
        "started_at": datetime.fromtimestamp(START + 0.5, UTC),
        "duration_ms": 30_500,
        "size_bytes": 976_044,
        "sha256": "ab" * 32,
        "state": "completed",
        "reason": None,
        "recovered": False,
        "caller": "13800138000",
        "called": "95598",
        "trunk": None,
        "queue": "客户服务",
        "station": "1002",
        "agent": None,
        "customer_lost_ms": 40,
        "agent_lost_ms": 0,
    }


def test_a_failed_recording_tells_why_and_where_the_rest_is() -> None:
    (row,) = fold(
        Recordings(), journal_of([(0, arrived()), (1, recording_started()), (2, recording_failed())])
    )
    assert (row["state"], row["reason"]) == ("failed", "No space left on device")
    assert (row["path"], row["sha256"]) == ("/var/recordings/recording-1.wav", None)


def test_a_recording_that_a_crash_cut_off_has_its_row_when_it_is_finished() -> None:
    projection = Recordings()
    cut_off = [(0.0, arrived()), (1.0, recording_started()), (9.0, switch_started())]
    assert fold(projection, journal_of(cut_off)) == []
    assert projection.oldest_open() == 1
    recovered = replace(recording_completed(), recovered=True, customer_lost_ms=0)
    (row,) = fold(projection, journal_of([(10, recovered)], first_sequence=4))
    assert (row["state"], row["recovered"], row["customer_lost_ms"]) == ("completed", True, None)
    assert row["started_at"] == datetime.fromtimestamp(START + 1, UTC)
    assert projection.oldest_open() is None


def test_a_file_that_was_found_has_a_row_of_what_is_known() -> None:
    found = replace(recording_completed(), call_id="", contact_id="", recovered=True, began_at=START - 60)
    (row,) = fold(Recordings(), journal_of([(0, found)]))
    assert (row["call_id"], row["caller"], row["recovered"]) == ("", None, True)
    assert row["started_at"] == datetime.fromtimestamp(START - 60, UTC)


def test_a_call_shorter_than_the_opening_of_its_file_keeps_its_recording() -> None:
    projection = Recordings()
    entries = journal_of(call_shorter_than_the_opening_of_its_file())
    assert fold(projection, entries[:-1]) == []
    assert projection.oldest_open() == 1
    (row,) = fold(projection, entries[-1:])
    assert (row["state"], row["path"]) == ("completed", "/var/recordings/recording-1.wav")
    assert row["started_at"] == datetime.fromtimestamp(START + 0.53, UTC)
    assert projection.oldest_open() is None


def test_a_recording_that_could_not_begin_has_a_row_that_says_why() -> None:
    (row,) = fold(Recordings(), journal_of(call_whose_recording_cannot_begin()))
    assert (row["recording_id"], row["state"]) == ("recording-1", "failed")
    assert (row["reason"], row["path"]) == ("No space left on device", "/var/recordings/recording-1.wav")
    assert (row["contact_id"], row["caller"]) == ("contact-of-call-1", "13800138000")


def test_a_failure_that_no_answer_announced_has_a_row_too() -> None:
    (row,) = fold(Recordings(), journal_of([(0, arrived()), (1, recording_failed())]))
    assert (row["state"], row["reason"]) == ("failed", "No space left on device")


def test_a_recording_whose_file_was_never_begun_has_a_row_without_a_path() -> None:
    never_begun = replace(recording_failed(), path="")
    short_call = call_shorter_than_the_opening_of_its_file()[:3]
    (row,) = fold(Recordings(), journal_of([*short_call, (60.0, switch_started()), (61.0, never_begun)]))
    assert (row["recording_id"], row["state"], row["path"]) == ("recording-1", "failed", "")


def test_every_recording_of_a_call_has_its_row_with_the_station_of_its_time() -> None:
    first, second = fold(
        Recordings(),
        journal_of(
            [
                (0, arrived()),
                (1, recording_started()),
                (2, recording_completed()),
                (3, leg_joined("1001", LegRole.AGENT, leg_id="a", recording_id="recording-2")),
                (4, recording_started(recording_id="recording-2")),
                (5, ended()),
                (6, recording_completed(recording_id="recording-2")),
            ]
        ),
    )
    assert (first["recording_id"], first["station"]) == ("recording-1", None)
    assert (second["recording_id"], second["station"]) == ("recording-2", "1001")


def test_a_call_is_forgotten_when_it_and_its_recordings_are_over() -> None:
    projection = Recordings()
    *until_end, last = journal_of(answered_call(), first_sequence=5)
    fold(projection, until_end)
    assert projection.oldest_open() == 5
    fold(projection, [last])
    assert projection.oldest_open() is None
    fold(projection, journal_of([(0, arrived()), (1, ended())]))
    assert projection.oldest_open() is None


def test_of_a_recording_whose_beginning_the_journal_has_lost_there_is_a_row_of_what_is_known() -> None:
    middle = journal_of(answered_call())[4:]
    (row,) = fold(Recordings(), middle)
    assert (row["recording_id"], row["call_id"], row["caller"]) == ("recording-1", "call-1", None)
    assert row["started_at"] == datetime.fromtimestamp(START, UTC)


TALKED_TO_TWO = [
    (0, arrived()),
    (1, recording_started()),
    (1, leg_joined()),
    (3, leg_joined("1001", LegRole.AGENT, leg_id="a")),
    (3, agent_joined("2001", "a")),
    (4, leg_left("a")),
    (5, leg_joined("1002", LegRole.AGENT, leg_id="b")),
    (6, recording_completed()),
]


def of_both(entries: list[JournalEntry]) -> list[list[dict[str, Any]]]:
    """The rows of the recordings, and of who was heard in them."""
    recordings = Recordings()
    both: tuple[Projection, Projection] = (recordings, RecordingParties(recordings))
    return list(fold_all(both, entries).values())


def test_an_entry_that_cannot_be_used_costs_neither_table_any_row_nor_adds_one() -> None:
    unusable = JournalEntry(9, START + 7, "recording.completed", {})
    entries = [*journal_of(TALKED_TO_TWO), unusable, *journal_of(answered_call(), first_sequence=10)]
    recordings = Recordings()
    both: tuple[Projection, Projection] = (recordings, RecordingParties(recordings))
    rows: list[list[object]] = [[], []]
    for entry in entries:
        for projection, found in zip(both, rows, strict=True):
            if entry.topic in projection.topics:
                with suppress(KeyError):  # as the database goes on with the next
                    found += projection.apply(entry)
    entries.remove(unusable)
    assert rows == of_both(entries)
    assert [len(found) for found in rows] == [2, 3]
    assert [each.oldest_open() for each in both] == [None, None]


def test_everybody_the_customer_talked_to_has_a_row_in_order() -> None:
    rows = of_both(journal_of(TALKED_TO_TWO))[1]
    assert [(row["position"], row["role"], row["station"], row["agent"]) for row in rows] == [
        (1, "agent", "1001", "2001"),
        (2, "agent", "1002", None),
    ]
    assert rows[0]["left_at"] == datetime.fromtimestamp(START + 4, UTC)
    assert rows[1]["left_at"] is None
