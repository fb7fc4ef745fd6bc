from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.records import journal_follower
from switch.records.journal_follower import JournalFollower
from switch.records.journal_reader import JournalReader
from switch.records.journal_tail import JournalTail
from switch.records.projection import Entry
from switch.records.segment import SegmentWriter, encode_line, encode_lines, list_segments

WALL = 1_790_000_000.0
WANTED = "call.answered"
MOST_BYTES = 10 * len(encode_line(10, WALL, WANTED, {}))


class Pen:
    """Stands in for the journal's writer: each time a segment, and the tail told what is on the disk."""

    def __init__(self, folder: Path, tail: JournalTail) -> None:
        self.folder = folder
        self.tail = tail
        self.next_sequence = 1

    def write(self, *topics: str) -> None:
        numbered = enumerate(topics, self.next_sequence)
        entries: list[Entry] = [(number, WALL, topic, {}) for number, topic in numbered]
        lines = encode_lines(entries)
        segment = SegmentWriter(self.folder, self.next_sequence, WALL)
        segment.append(lines)
        segment.close()
        self.next_sequence += len(topics)
        self.tail.add(entries, len(lines))

    def lose(self) -> None:
        """An entry that never gets to the disk."""
        self.next_sequence += 1


@pytest.fixture
def pen(tmp_path: Path) -> Pen:
    return Pen(tmp_path, JournalTail({WANTED}, MOST_BYTES))


@pytest.fixture
def follower(pen: Pen) -> Iterator[JournalFollower]:
    with closing(JournalFollower(pen.folder, pen.tail)) as follower:
        assert follower.take(10) == []
        yield follower


def take(follower: JournalFollower, limit: int = 100) -> list[int]:
    return [entry.sequence for entry in follower.take(limit)]


def forget_disk(pen: Pen) -> None:
    for segment in list_segments(pen.folder):
        segment.path.unlink()


def test_what_was_written_a_moment_ago_is_not_read_from_the_disk(pen: Pen, follower: JournalFollower) -> None:
    pen.write(WANTED, "leg.arrived", WANTED)
    pen.write(WANTED)
    forget_disk(pen)
    assert take(follower, limit=2) == [1, 3]
    assert take(follower, limit=2) == [4]
    assert take(follower) == []


def test_its_place_is_behind_what_it_does_not_want(pen: Pen, follower: JournalFollower) -> None:
    pen.write(WANTED, "leg.arrived", "leg.ended")
    assert take(follower) == [1]
    assert follower.next_sequence == 4
    pen.write("leg.arrived")
    assert take(follower) == []
    assert follower.next_sequence == 5


def test_it_begins_with_what_was_written_before_it_came(pen: Pen) -> None:
    pen.write(WANTED, WANTED, WANTED)
    with closing(JournalFollower(pen.folder, JournalTail({WANTED}), 2)) as follower:
        assert take(follower) == [2, 3]


def test_one_that_was_too_slow_for_memory_reads_the_disk(pen: Pen, follower: JournalFollower) -> None:
    for _ in range(4):
        pen.write(*[WANTED] * 4)
    assert take(follower, limit=7) == [1, 2, 3, 4, 5, 6, 7]
    assert take(follower) == [*range(8, 17)]
    assert take(follower) == []
    pen.write(WANTED)
    forget_disk(pen)
    assert take(follower) == [17]


def test_what_was_lost_is_not_looked_for_on_the_disk(pen: Pen, follower: JournalFollower) -> None:
    pen.write(WANTED)
    pen.lose()
    pen.write(WANTED)
    forget_disk(pen)
    assert take(follower) == [1, 3]


def test_what_a_fault_kept_from_being_taken_is_taken_the_next_time(
    pen: Pen, follower: JournalFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen.write(WANTED, WANTED)
    assert take(follower) == [1, 2]
    pen.write(WANTED, WANTED)
    with monkeypatch.context() as patch:
        patch.setattr(journal_follower, "as_decoded", Mock(side_effect=MemoryError))
        with pytest.raises(MemoryError):
            follower.take(10)
    assert take(follower) == [3, 4]


def test_memory_is_held_by_bytes_however_few_the_entries() -> None:
    tail = JournalTail({WANTED}, most_bytes=1000)
    for number in range(1, 6):
        tail.add([(number, WALL, WANTED, {})], 400)
    stretch = tail.take()
    assert stretch is not None
    assert (stretch.first, stretch.end, stretch.size_bytes) == (5, 6, 400)
    tail.add([(6, WALL, WANTED, {})], 900)
    stretch = tail.take()
    assert stretch is not None
    assert (stretch.first, stretch.end, stretch.size_bytes) == (6, 7, 900)


steps = st.lists(
    st.one_of(
        st.lists(st.sampled_from([WANTED, "leg.arrived"]), min_size=1, max_size=9),  # written
        st.integers(1, 12),  # taken, at most so many
        st.none(),  # lost
    ),
    max_size=25,
)


@given(steps)
def test_whatever_the_turns_all_comes_once_and_in_order(steps: list[list[str] | int | None]) -> None:
    with TemporaryDirectory() as name:
        pen = Pen(Path(name), JournalTail({WANTED}, MOST_BYTES))
        taken: list[int] = []
        with closing(JournalFollower(pen.folder, pen.tail)) as follower:
            for step in steps:
                match step:
                    case int(limit):
                        got = take(follower, limit)
                        assert len(got) <= limit
                        taken += got
                    case list(topics):
                        pen.write(*topics)
                    case None:
                        pen.lose()
            while got := take(follower):
                taken += got
        with closing(JournalReader(pen.folder, topics={WANTED})) as reader:
            assert taken == [entry.sequence for entry in reader.take(1000)]
