from pathlib import Path

import pytest

from switch.archive.catalogue.projections import RecordingParties, Recordings
from switch.records.call_records import CallRecords
from switch.records.config import RecordsConfig
from switch.records.errors import NoRecords, RecordNotFound
from switch.records.queries import RecordReader
from switch.records.recording_changes import RecordingChanges
from switch.records.recording_search import RecordingSearch
from switch.records.store import RecordStore
from tests.switch.records.stories import Moment, answered_call, fold_all, journal_of


@pytest.fixture
def reader(tmp_path: Path) -> RecordReader:
    """Three calls, ``call-1``, ``call-12`` and ``call_3``, an hour apart."""
    config = RecordsConfig(database=f"sqlite:///{tmp_path}/records of today.db")
    moments: list[Moment] = []
    for hour, name in enumerate(("1", "12", "3")):
        call_id = f"call_{name}" if name == "3" else f"call-{name}"
        moments += [(3600 * hour + at, event) for at, event in answered_call(call_id, f"recording-{name}")]
    recordings = Recordings()
    projections = (CallRecords(), recordings, RecordingParties(recordings), RecordingChanges())
    store = RecordStore(config.database, [projection.table for projection in projections])
    store.open()
    rows = fold_all(projections, journal_of(moments))
    assert store.write({table: list(some) for table, some in rows.items() if some}, 1) == []
    store.close()
    return RecordReader(config)


def test_the_latest_come_first(reader: RecordReader) -> None:
    assert [row["call_id"] for row in reader.calls()] == ["call_3", "call-12", "call-1"]
    assert [row["call_id"] for row in reader.calls(limit=1)] == ["call_3"]
    assert [row["recording_id"] for row in reader.recordings(RecordingSearch(limit=2))] == [
        "recording-3",
        "recording-12",
    ]


def test_stamps_come_back_in_utc(reader: RecordReader) -> None:
    offset = reader.call("call-12")["start_stamp"].utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0


@pytest.mark.parametrize(
    ("asked", "found"), [("call-12", "call-12"), ("call-1", "call-1"), ("call_", "call_3")]
)
def test_a_record_is_found_by_its_id_or_an_unambiguous_beginning(
    reader: RecordReader, asked: str, found: str
) -> None:
    assert reader.call(asked)["call_id"] == found


def test_a_recording_is_found_by_the_beginning_of_its_id(reader: RecordReader) -> None:
    assert reader.recording("recording-3")["call_id"] == "call_3"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("call-", "several begin with 'call-'.*: call-1, call-12"),
        ("nobody", "no call begins with 'nobody'"),
        ("call%", "no call begins with 'call%'"),
    ],
)
def test_what_is_not_found_is_told(reader: RecordReader, asked: str, message: str) -> None:
    with pytest.raises(RecordNotFound, match=message):
        reader.call(asked)


def test_calls_of_a_time_are_told_by_what_recordings_are_held_against(reader: RecordReader) -> None:
    began, until = (reader.call(call_id)["start_stamp"] for call_id in ("call-12", "call_3"))
    (call,) = reader.recorded_calls_between(began, until)
    assert (call["call_id"], call["recording_id"]) == ("call-12", "recording-12")
    assert call["end_stamp"] > call["start_stamp"]
    assert call["recording_path"].endswith(".wav")


def test_no_database_is_told_with_what_to_do_and_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    with pytest.raises(NoRecords, match=r"none\.db .*`ringmain serve` makes"):
        RecordReader(RecordsConfig(database=f"sqlite:///{file}")).calls()
    assert not file.exists()
