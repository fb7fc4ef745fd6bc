import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Signal
from typing import Any, ClassVar

import pytest

from runtime.vocabulary import Event, plain_data
from switch.records.config import RecordsConfig
from switch.records.errors import JournalUnusable
from switch.records.events import (
    JournalEntriesLost,
    JournalTailCut,
    JournalWriteFailed,
    JournalWriteRecovered,
)
from switch.records.journal import Journal
from switch.records.journal_follower import JournalFollower
from switch.records.journal_reader import JournalReader
from switch.records.journal_tail import JournalTail
from switch.records.projection import Entry, FreshEntry, JournalEntry
from switch.records.segment import SegmentWriter, encode_lines, list_segments

WALL = 1_790_000_000.0
PATIENCE_S = 45.0


@plain_data
class Happened(Event):
    topic: ClassVar[str] = "test.happened"
    n: int
    text: str = ""


def config(folder: Path, **changes: Any) -> RecordsConfig:
    defaults = {"flush_interval_ms": 1, "fsync": False, "retry_max_s": 0.01}
    return RecordsConfig(journal=folder, **(defaults | changes))


@contextmanager
def opened(settings: RecordsConfig) -> Iterator[tuple[Journal, "SimpleQueue[Event]"]]:
    reports: SimpleQueue[Event] = SimpleQueue()
    journal = Journal(settings, reports.put)
    try:
        yield journal, reports
    finally:
        journal.close()


def taken(journal: Journal, event: Event, wall: float) -> FreshEntry:
    journal.observe(event, wall)
    assert journal.newest is not None
    return journal.newest


def flushed(journal: Journal) -> Signal:
    signal = Signal()
    journal.listen(signal.set)
    return signal


def numbers(journal: Journal, from_sequence: int = 1) -> list[int]:
    return [entry.sequence for entry in journal.read(from_sequence)]


def test_events_are_numbered_and_kept_in_order(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, _):
        fresh = [taken(journal, Happened(n=n, text="事件"), WALL + n) for n in range(1000)]
    entries = [JournalEntry(entry.sequence, entry.time, entry.topic, entry.fields) for entry in fresh]
    assert entries[0] == JournalEntry(1, WALL, "test.happened", {"n": 0, "text": "事件"})
    assert list(journal.read()) == entries
    assert list(journal.read(900)) == entries[899:]
    assert list(journal.read(5000)) == []


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for run in range(3):
        with opened(config(tmp_path)) as (journal, reports):
            assert journal.first_sequence == 2 * run + 1
            journal.observe(Happened(n=1), WALL)
            journal.observe(Happened(n=2), WALL)
    assert numbers(journal) == [1, 2, 3, 4, 5, 6]
    assert reports.empty()


def test_a_run_without_events_leaves_no_trace(tmp_path: Path) -> None:
    with opened(config(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_torn_last_line_is_cut_off_and_reported(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, _):
        journal.observe(Happened(n=1), WALL)
        journal.observe(Happened(n=2), WALL)
    (segment,) = list_segments(tmp_path)
    segment.path.write_bytes(segment.path.read_bytes()[:-5])
    with opened(config(tmp_path)) as (journal, reports):
        report = reports.get(timeout=PATIENCE_S)
        assert isinstance(report, JournalTailCut)
        assert report.path == str(segment.path)
        assert journal.first_sequence == 2
        journal.observe(Happened(n=3), WALL)
    assert [entry.fields["n"] for entry in journal.read()] == [1, 3]


def test_a_new_day_and_a_full_segment_begin_a_new_file(tmp_path: Path) -> None:
    with opened(config(tmp_path, segment_max_mb=1)) as (journal, _):
        written = flushed(journal)
        for wall in (WALL, WALL + 86_400):
            written.clear()
            journal.observe(Happened(n=0, text="x" * 2**20), wall)
            assert written.wait(PATIENCE_S)
        journal.observe(Happened(n=0), WALL + 86_400)
    names = [segment.path.name for segment in list_segments(tmp_path)]
    assert names == [f"00000000000{n}_2026-09-{day}.jsonl" for n, day in ((1, 21), (2, 22), (3, 22))]
    assert numbers(journal) == [1, 2, 3]
    assert numbers(journal, 2) == [2, 3]


def test_two_switches_cannot_write_one_journal(tmp_path: Path) -> None:
    with opened(config(tmp_path)), pytest.raises(JournalUnusable, match="another switch"):
        Journal(config(tmp_path))
    with opened(config(tmp_path)):
        pass  # free again


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalUnusable, match="cannot use the journal folder"):
        Journal(config(tmp_path / "file"))


class Disk:
    """Stands in for os.write of segments: refuses, or holds up, until it is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broken: Exception | None = None
        self.free = Signal()
        self.free.set()
        self.asked = Signal()
        self._append = SegmentWriter.append
        monkeypatch.setattr(SegmentWriter, "append", lambda segment, lines: self.append(segment, lines))

    def append(self, segment: SegmentWriter, lines: bytes) -> None:
        self.asked.set()
        assert self.free.wait(PATIENCE_S)
        if self.broken:
            os.write(segment._fd, lines[: len(lines) // 2])  # a full disk takes half
            raise self.broken
        self._append(segment, lines)


def test_a_full_disk_is_reported_once_and_nothing_is_lost_when_it_has_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    with opened(config(tmp_path)) as (journal, reports):
        written = flushed(journal)
        journal.observe(Happened(n=1), WALL)
        assert written.wait(PATIENCE_S)
        disk.broken = OSError(28, "No space left on device")
        for n in range(2, 500):
            journal.observe(Happened(n=n), WALL)
        failed = reports.get(timeout=PATIENCE_S)
        assert failed == JournalWriteFailed(path=str(tmp_path), reason="No space left on device")
        disk.broken = None
        assert reports.get(timeout=PATIENCE_S) == JournalWriteRecovered(path=str(tmp_path))
    assert numbers(journal) == list(range(1, 500))
    assert reports.empty()


def test_a_fault_of_ours_is_reported_like_one_of_the_disk_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    disk.broken = RuntimeError("nobody thought of this")
    with opened(config(tmp_path)) as (journal, reports):
        journal.observe(Happened(n=1), WALL)
        failed = reports.get(timeout=PATIENCE_S)
        assert failed == JournalWriteFailed(path=str(tmp_path), reason="RuntimeError: nobody thought of this")
        disk.broken = None
        assert reports.get(timeout=PATIENCE_S) == JournalWriteRecovered(path=str(tmp_path))
    assert numbers(journal) == [1]


def test_a_fault_of_one_who_listens_is_reported_and_the_journal_goes_on(tmp_path: Path) -> None:
    faults = iter([KeyError("listener")])

    def listener() -> None:
        for fault in faults:
            raise fault

    with opened(config(tmp_path)) as (journal, reports):
        journal.listen(listener)
        journal.observe(Happened(n=1), WALL)
        failed = reports.get(timeout=PATIENCE_S)
        assert failed == JournalWriteFailed(path=str(tmp_path), reason="KeyError: 'listener'")
        journal.observe(Happened(n=2), WALL)
        assert reports.get(timeout=PATIENCE_S) == JournalWriteRecovered(path=str(tmp_path))
    assert numbers(journal) == [1, 2]


def test_a_fault_of_one_who_is_told_of_the_disk_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, told = Disk(monkeypatch), []
    disk.broken = OSError(28, "No space left on device")

    def report(event: Event) -> None:
        told.append(type(event))
        disk.broken = None
        raise RuntimeError("the loop is closed")

    journal = Journal(config(tmp_path), report)
    journal.observe(Happened(n=1), WALL)
    journal.close()
    assert numbers(journal) == [1]
    assert told == [JournalWriteFailed, JournalWriteRecovered]


def test_what_waits_behind_a_fault_is_written_though_nothing_more_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encode(entries: Sequence[Entry]) -> bytes:
        return None if entries[0][0] == 2 else encode_lines(entries)  # type: ignore[return-value]

    disk = Disk(monkeypatch)
    disk.free.clear()
    with closing(Journal(config(tmp_path), encode=encode)) as journal:
        written = flushed(journal)
        journal.observe(Happened(n=1), WALL)
        assert disk.asked.wait(PATIENCE_S)
        for n in range(2, 5001):
            journal.observe(Happened(n=n), WALL)
        disk.free.set()
        assert written.wait(PATIENCE_S)
        assert numbers(journal)[-1] == 5000


def test_one_who_follows_reads_from_the_disk_what_a_fault_kept_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = JournalTail.add

    def add_all_but_two(tail: JournalTail, entries: Sequence[Entry], size_bytes: int) -> None:
        if entries[0][0] == 2:
            raise RuntimeError("nobody thought of this")
        add(tail, entries, size_bytes)

    monkeypatch.setattr(JournalTail, "add", add_all_but_two)
    flushes: SimpleQueue[None] = SimpleQueue()
    with closing(Journal(config(tmp_path))) as journal:
        tails = [
            journal.follow({Happened.topic}, lambda: None),
            journal.follow({Happened.topic}, lambda: None),
        ]
        journal.listen(lambda: flushes.put(None))
        followers = [JournalFollower(journal.folder, tail) for tail in tails]
        for n in (1, 2, 3):
            journal.observe(Happened(n=n), WALL)
            flushes.get(timeout=PATIENCE_S)
            if n == 1:
                assert [taken_by(follower) for follower in followers] == [[1], [1]]
        assert [taken_by(follower) for follower in followers] == [[2, 3], [2, 3]]


def taken_by(follower: JournalFollower) -> list[int]:
    """All there is."""
    entries = []
    while some := follower.take(10):
        entries += some
    return [entry.sequence for entry in entries]


class Unspeakable:
    def __str__(self) -> str:
        raise ValueError("no words for it")


def test_an_event_that_cannot_be_written_is_a_loss_and_costs_no_other(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, reports):
        for text in ("one", Unspeakable(), "three"):
            journal.observe(Happened(n=1, text=text), WALL)  # type: ignore[arg-type]
        lost = reports.get(timeout=PATIENCE_S)
        assert lost == JournalEntriesLost(count=1, first_sequence=2, last_sequence=2)
    assert numbers(journal) == [1, 3]


def test_one_who_follows_is_not_handed_what_could_not_be_written(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, reports):
        follower = JournalFollower(journal.folder, journal.follow({Happened.topic}, lambda: None))
        assert taken_by(follower) == []
        losses = []
        for texts in ((Unspeakable(),), ("two", Unspeakable())):
            for text in texts:
                journal.observe(Happened(n=1, text=text), WALL)  # type: ignore[arg-type]
            losses.append(reports.get(timeout=PATIENCE_S))
        journal.observe(Happened(n=1, text="four"), WALL)
    for segment in list_segments(tmp_path):
        segment.path.unlink()
    assert taken_by(follower) == [2, 4]
    assert losses == [JournalEntriesLost(count=1, first_sequence=n, last_sequence=n) for n in (1, 3)]
    assert reports.empty()


def test_the_device_that_is_always_full_hurts_nobody_and_closing_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open
    monkeypatch.setattr(
        os,
        "open",
        lambda path, flags, *rest: real_open(
            "/dev/full" if str(path).endswith("jsonl") else path, flags, *rest
        ),
    )
    with opened(config(tmp_path)) as (journal, reports):
        journal.observe(Happened(n=1), WALL)
        failed = reports.get(timeout=PATIENCE_S)
        assert isinstance(failed, JournalWriteFailed)
        assert failed.reason == "No space left on device"
    assert numbers(journal) == []


def test_a_disk_that_hangs_costs_bounded_memory_and_the_loss_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    with opened(config(tmp_path, buffer_entries=100)) as (journal, reports):
        disk.free.clear()
        journal.observe(Happened(n=1), WALL)
        assert disk.asked.wait(PATIENCE_S)
        entries = [taken(journal, Happened(n=n), WALL) for n in range(2, 152)]
        assert [entry.sequence for entry in entries] == list(range(2, 152))
        disk.free.set()
        lost = reports.get(timeout=PATIENCE_S)
        assert lost == JournalEntriesLost(count=50, first_sequence=102, last_sequence=151)
        journal.observe(Happened(n=152), WALL)
    assert numbers(journal) == [*range(1, 102), 152]


def test_what_could_not_be_written_at_closing_ends_within_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    disk.free.clear()
    journal = Journal(config(tmp_path, close_timeout_s=0.05))
    journal.observe(Happened(n=1), WALL)
    assert disk.asked.wait(PATIENCE_S)
    journal.close()
    disk.free.set()


def test_a_reader_follows_the_writer_over_segments_and_keeps_its_place(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, _):
        reader = JournalReader(tmp_path, 2)
        assert reader.take(10) == []
        written = flushed(journal)
        seen: list[int] = []
        for n in range(1, 30):
            written.clear()
            journal.observe(Happened(n=n), WALL + n * 20_000)
            assert written.wait(PATIENCE_S)
            seen += [entry.sequence for entry in reader.take(10)]
        assert seen == list(range(2, 30))
        reader.close()


def test_a_reader_leaves_a_line_that_is_not_finished_for_later(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, _):
        journal.observe(Happened(n=1), WALL)
    (segment,) = list_segments(tmp_path)
    whole = segment.path.read_bytes()
    segment.path.write_bytes(whole[:20])
    reader = JournalReader(tmp_path)
    assert reader.take(10) == []
    with segment.path.open("ab") as file:
        file.write(whole[20:])
    assert [entry.sequence for entry in reader.take(10)] == [1]
    reader.close()


def test_a_damaged_line_costs_itself_only(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as (journal, _):
        for n in range(3):
            journal.observe(Happened(n=n), WALL)
    (segment,) = list_segments(tmp_path)
    lines = segment.path.read_bytes().splitlines(keepends=True)
    segment.path.write_bytes(lines[0] + b"\xff damaged\n" + lines[2])
    assert numbers(journal) == [1, 3]
