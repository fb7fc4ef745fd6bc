import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table
from sqlalchemy.event import listen, remove

from runtime.vocabulary import Event
from switch.archive.catalogue.projections import Recordings
from switch.events import CallAnswered, DigitReceived
from switch.records import store
from switch.records.call_records import CallRecords, Rows
from switch.records.config import RecordsConfig
from switch.records.database import Database
from switch.records.events import DatabaseFailed, DatabaseMovedAside, DatabaseRecovered, RecordRejected
from switch.records.journal import Journal
from switch.records.journal_reader import JournalReader
from switch.records.projection import JournalEntry, Projection
from switch.records.queries import RecordReader
from switch.records.recording_changes import RecordingChanges
from switch.records.segment import list_segments
from tests.switch.records.stories import START, Moment, answered_call, arrived, ended, switch_started

PATIENCE_S = 45.0
PROJECT = Path(__file__).parents[3]


def config(folder: Path, **changes: Any) -> RecordsConfig:
    defaults = {
        "journal": folder / "journal",
        "database": f"sqlite:///{folder}/data/ringmain.db",
        "flush_interval_ms": 1,
        "fsync": False,
        "retry_max_s": 0.01,
    }
    return RecordsConfig(**(defaults | changes))


class Run:
    """One life of the switch's record keepers."""

    def __init__(self, settings: RecordsConfig, projections: Iterable[Projection]) -> None:
        self.reports: SimpleQueue[Event] = SimpleQueue()
        self.journal = Journal(settings)
        self.database = Database(settings, projections, self.journal, self.reports.put)
        self.database.start()

    def tell(self, *moments: Moment) -> None:
        for at, event in moments:
            self.journal.observe(event, START + at)

    def end(self) -> None:
        self.journal.close()
        self.database.close()


@contextmanager
def running(settings: RecordsConfig, projections: Iterable[Projection] | None = None) -> Iterator[Run]:
    run = Run(settings, projections or (CallRecords(), Recordings(), RecordingChanges()))
    try:
        yield run
    finally:
        run.end()


def ids(settings: RecordsConfig) -> list[str]:
    return sorted(row["call_id"] for row in RecordReader(settings).calls())


def test_a_call_that_is_over_is_in_the_database_when_the_switch_has_stopped(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell(*answered_call())
    row = RecordReader(settings).call("call-1")
    assert (row["station"], row["queue"], row["digits"], row["talk_ms"]) == ("1002", "客户服务", "91", 8000)
    assert row["start_stamp"].timestamp() == START
    assert RecordReader(settings).recording("recording-1")["sha256"] == row["recording_sha256"] == "ab" * 32
    assert run.database.caught_up_to == len(answered_call())
    assert run.reports.empty()


def test_a_call_that_spans_a_clean_restart_is_recorded_once_as_cut_off(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell(*answered_call("done", "r1"), (40, arrived("open")), (41, CallAnswered(call_id="open")))
    assert ids(settings) == ["done"]
    with running(settings) as run:
        run.tell((100, switch_started()), *answered_call("new", "r2"))
    assert ids(settings) == ["done", "new", "open"]
    assert RecordReader(settings).call("open")["hung_up_by"] == "restart"


def test_what_the_journal_kept_while_nobody_read_it_is_read_by_the_next_run(tmp_path: Path) -> None:
    settings = config(tmp_path)
    journal = Journal(settings)
    for at, event in answered_call():
        journal.observe(event, START + at)
    journal.close()  # killed before the database saw anything
    with running(settings):
        pass
    assert ids(settings) == ["call-1"]


def test_reading_everything_twice_writes_everything_once(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell(*answered_call("a", "r1"), *answered_call("b", "r2"))
    before = RecordReader(settings).calls()
    execute(settings, "UPDATE journal_cursor SET next_sequence = 1")
    with running(settings):
        pass
    assert RecordReader(settings).calls() == before


def test_the_place_kept_is_that_of_the_oldest_open_call(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell((0, arrived("long")), *answered_call("short", "r1"))
    assert execute(settings, "SELECT next_sequence FROM journal_cursor") == [(1,)]
    with running(settings) as run:
        run.tell((90, ended("long")))
    assert RecordReader(settings).call("long")["duration"] == 90
    assert execute(settings, "SELECT next_sequence FROM journal_cursor") == [(len(answered_call()) + 3,)]


def test_a_journal_that_lost_its_end_to_a_power_cut_is_followed_from_there(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell(*answered_call("first", "r1"))
    (segment,) = list_segments(settings.journal)
    segment.path.unlink()
    with running(settings) as run:
        assert run.journal.first_sequence == 1
        run.tell(*answered_call("second", "r2"))
    assert ids(settings) == ["first", "second"]


def test_a_database_that_cannot_be_opened_is_tried_until_it_can(tmp_path: Path) -> None:
    settings = config(tmp_path)
    in_the_way = tmp_path / "data"
    in_the_way.write_text("a file where the folder should be")
    with running(settings) as run:
        run.tell(*answered_call())
        assert isinstance(run.reports.get(timeout=PATIENCE_S), DatabaseFailed)
        in_the_way.unlink()
        assert run.reports.get(timeout=PATIENCE_S) == DatabaseRecovered()
    assert ids(settings) == ["call-1"]
    assert run.reports.empty()


def test_a_locked_database_delays_records_and_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_LOCK_PATIENCE_S", 0.01)
    settings = config(tmp_path)
    with running(settings):
        pass
    other = sqlite3.connect(tmp_path / "data" / "ringmain.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with running(settings) as run:
        run.tell(*answered_call())
        failed = run.reports.get(timeout=PATIENCE_S)
        assert failed == DatabaseFailed(reason="database is locked")
        assert run.database.caught_up_to == 0
        other.execute("ROLLBACK")
        assert run.reports.get(timeout=PATIENCE_S) == DatabaseRecovered()
    other.close()
    assert ids(settings) == ["call-1"]


class SignallingCallRecords(CallRecords):
    """Tells when it got its first entry: then the database is open."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = Signal()

    def apply(self, entry: JournalEntry) -> Rows:
        self.reached.set()
        return super().apply(entry)


def test_a_database_file_that_was_removed_is_made_again(tmp_path: Path) -> None:
    settings = config(tmp_path)
    projection = SignallingCallRecords()
    first, *others = answered_call()
    with running(settings, [projection]) as run:
        run.tell(first)
        assert projection.reached.wait(PATIENCE_S)
        (tmp_path / "data" / "ringmain.db").unlink()
        run.tell(*others)
        assert isinstance(run.reports.get(timeout=PATIENCE_S), DatabaseFailed)
        assert run.reports.get(timeout=PATIENCE_S) == DatabaseRecovered()
    assert ids(settings) == ["call-1"]


def test_closing_with_the_database_down_ends_within_its_time_and_the_next_run_catches_up(
    tmp_path: Path,
) -> None:
    settings = config(tmp_path)
    in_the_way = tmp_path / "data"
    in_the_way.write_text("")
    with running(settings) as run:
        run.tell(*answered_call())
    assert run.database.caught_up_to == 0
    in_the_way.unlink()
    with running(settings):
        pass
    assert ids(settings) == ["call-1"]


KILLED_WHILE_WRITING = """
import sys
from itertools import count
from pathlib import Path
from threading import Event

from tests.switch.records.stories import answered_call
from tests.switch.records.test_database import Run, config
from switch.records.call_records import CallRecords

run = Run(config(Path(sys.argv[1])), [CallRecords()])
flushed = Event()
run.journal.listen(flushed.set)
for n in count():
    run.tell(*answered_call(f"call-{n}", f"recording-{n}"))
    flushed.wait()
    flushed.clear()
    print(run.database.caught_up_to, flush=True)
"""


def test_a_switch_killed_while_it_wrote_leaves_every_finished_call_recorded_once(tmp_path: Path) -> None:
    settings = config(tmp_path)
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        assert any(int(caught_up_to) > 100 for caught_up_to in killed.stdout)
        killed.kill()
    with running(settings) as run:
        finished = {e.fields["call_id"] for e in run.journal.read() if e.topic == "recording.completed"}
    recorded = [row["call_id"] for row in RecordReader(settings).calls(limit=1_000_000)]
    assert len(recorded) == len(set(recorded))
    assert set(recorded) == finished


class Notes:
    """A projection with a column that may not be empty, and one that cannot be understood."""

    table = Table(
        "notes",
        MetaData(),
        Column("note_id", Integer, primary_key=True),
        Column("text", String(5), nullable=False),
    )
    topics = frozenset({"call.digit_received"})

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        digit = entry.fields.get("digit")
        if digit == "#":
            raise ValueError("not understood")
        return [{"note_id": entry.sequence, "text": digit}] if "digit" in entry.fields else []

    def oldest_open(self) -> int | None:
        return None


def pressed(*digits: object) -> list[Moment]:
    return [(1.0, DigitReceived(call_id="c", digit=digit, duration_ms=1)) for digit in digits]  # type: ignore[arg-type]


def test_a_row_the_database_objects_to_is_reported_and_the_others_are_written(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings, [Notes()]) as run:
        run.tell(*pressed("1", None, "3"))
        rejected = run.reports.get(timeout=PATIENCE_S)
        assert isinstance(rejected, RecordRejected)
        assert (rejected.table, rejected.key) == ("notes", "2")
    assert execute(settings, "SELECT note_id, text FROM notes ORDER BY 1") == [(1, "1"), (3, "3")]


def test_an_entry_a_projection_cannot_use_stops_neither_it_nor_the_others(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings, [Notes(), CallRecords()]) as run:
        run.tell(*pressed("1", "#", "3"), *answered_call())
    assert execute(settings, "SELECT count(*) FROM notes") == [(4,)]
    assert ids(settings) == ["call-1"]


class Stumbling(CallRecords):
    """Cannot tell, at first, from where it needs the journal."""

    faults = 1

    def oldest_open(self) -> int | None:
        if self.faults:
            self.faults -= 1
            raise KeyError("oldest")
        return super().oldest_open()


def test_a_fault_of_ours_is_reported_like_one_of_the_database_and_loses_nothing(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings, [Stumbling()]) as run:
        run.tell(*answered_call())
        assert run.reports.get(timeout=PATIENCE_S) == DatabaseFailed(reason="KeyError: 'oldest'")
        assert run.reports.get(timeout=PATIENCE_S) == DatabaseRecovered()
    assert ids(settings) == ["call-1"]


def test_a_fault_that_ends_the_thread_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(JournalReader, "__init__", fail)
    with running(config(tmp_path)) as run:
        failed = run.reports.get(timeout=PATIENCE_S)
    assert failed == DatabaseFailed(
        reason="RuntimeError: nobody thought of this; restart the switch, nothing is lost"
    )


def test_a_database_of_another_version_is_kept_and_a_new_one_filled_from_the_journal(tmp_path: Path) -> None:
    settings = config(tmp_path)
    file = tmp_path / "data" / "ringmain.db"
    with running(settings) as run:
        run.tell(*answered_call("first", "r1"))
    execute(settings, "ALTER TABLE call_records DROP COLUMN talk_ms")
    execute(settings, "PRAGMA user_version = 7")
    with running(settings) as run:
        run.tell(*answered_call("second", "r2"))
        moved = run.reports.get(timeout=PATIENCE_S)
    assert moved == DatabaseMovedAside(path=str(file), moved_to=f"{file}.1")
    assert ids(settings) == ["first", "second"]
    assert RecordReader(settings).call("first")["talk_ms"] == 8000
    with sqlite3.connect(f"{file}.1") as kept:
        assert kept.execute("SELECT call_id FROM call_records").fetchall() == [("first",)]
    kept.close()


def test_an_index_that_nobody_asks_any_more_goes_from_a_database_that_has_it(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell(*answered_call("first", "r1"))
    execute(settings, "CREATE INDEX ix_call_records_sip_call_id ON call_records (sip_call_id)")
    with running(settings) as run:
        run.tell(*answered_call("second", "r2"))
    assert ids(settings) == ["first", "second"]
    of_calls = (
        "SELECT name FROM sqlite_master WHERE tbl_name = 'call_records' AND name LIKE 'ix%' ORDER BY name"
    )
    assert execute(settings, of_calls) == [
        ("ix_call_records_contact_id",),
        ("ix_call_records_src",),
        ("ix_call_records_start_stamp",),
    ]


def test_who_may_not_drop_that_index_has_records_all_the_same(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings) as run:
        run.tell(*answered_call("first", "r1"))
    execute(settings, "CREATE INDEX ix_call_records_sip_call_id ON call_records (sip_call_id)")

    def forbid(connection: sqlite3.Connection, _: object) -> None:
        connection.set_authorizer(
            lambda action, *_: (
                sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DROP_INDEX else sqlite3.SQLITE_OK
            )
        )

    listen(Engine, "connect", forbid)
    try:
        with running(settings) as run:
            run.tell(*answered_call("second", "r2"))
    finally:
        remove(Engine, "connect", forbid)
    assert ids(settings) == ["first", "second"]


def test_the_next_one_moved_aside_overwrites_none(tmp_path: Path) -> None:
    settings = config(tmp_path)
    for _ in range(3):
        with running(settings):
            pass
        execute(settings, "PRAGMA user_version = 7")
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "ringmain.db",
        "ringmain.db.1",
        "ringmain.db.2",
    ]


def test_a_table_that_lacks_a_column_is_told_with_what_to_do(tmp_path: Path) -> None:
    settings = config(tmp_path)
    (tmp_path / "data").mkdir()
    execute(settings, "CREATE TABLE recordings (recording_id VARCHAR PRIMARY KEY, call_id VARCHAR)")
    with running(settings, [Recordings(), RecordingChanges()]) as run:
        failed = run.reports.get(timeout=PATIENCE_S)
        assert isinstance(failed, DatabaseFailed)
        assert failed.reason.startswith("table recordings has no column contact_id, path, started_at, ")
        assert failed.reason.endswith("move the database aside; it is filled again from the journal")
        run.tell(*answered_call())
        execute(settings, "DROP TABLE recordings")
        assert run.reports.get(timeout=PATIENCE_S) == DatabaseRecovered()
    assert RecordReader(settings).recording("recording-1")["state"] == "completed"


def test_texts_are_made_to_fit_their_columns(tmp_path: Path) -> None:
    settings = config(tmp_path)
    with running(settings, [Notes()]) as run:
        run.tell(*pressed("1234567", "a\udcffb", "a\0b"))
    assert execute(settings, "SELECT text FROM notes ORDER BY note_id") == [("12345",), ("a\\udc",), ("ab",)]


def execute(settings: RecordsConfig, statement: str) -> list[Any]:
    connection = sqlite3.connect(settings.database.removeprefix("sqlite:///"))
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()
