from hypothesis import given
from hypothesis import strategies as st

from acd.entry import Entry, Place
from acd.line import Line
from acd.queue import Queue
from acd.queue_config import QueueConfig


def entry(sequence: int, forward: float = 0.0) -> Entry:
    return Entry(f"call-{sequence}", f"call-{sequence}", "", "", sequence, 0.0, 0, (forward, sequence))


def test_whoever_comes_back_stands_before_those_who_came_later() -> None:
    line, first, second, third = Line(), entry(1), entry(2), entry(3)
    for each in (third, first, second):
        line.add(each)
    line.remove(first)
    assert line.first() is second
    line.add(first)
    assert [line.position(each) for each in (first, second, third)] == [1, 2, 3]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-3, 3)), unique_by=lambda pair: pair[0]))
def test_is_sorted_by_rank_however_entries_come(ranks: list[tuple[int, int]]) -> None:
    line, entries = Line(), [entry(sequence, float(forward)) for sequence, forward in ranks]
    for each in entries:
        line.add(each)
    in_order = sorted(entries, key=lambda each: each.rank)
    assert list(line) == in_order
    assert line.first() is (in_order[0] if in_order else None)
    for each in entries:
        line.remove(each)
    assert len(line) == 0


def test_the_longest_wait_is_that_of_whoever_joined_first_wherever_priority_put_them() -> None:
    queue, long, short = Queue(QueueConfig(name="q")), entry(1), entry(2, forward=-600.0)
    long.places["q"], short.places["q"] = Place("q", joined_at=1.0), Place("q", joined_at=20.0)
    assert queue.longest_wait_s(now=31.0) == 0.0
    queue.line.add(long)
    queue.line.add(short)
    assert queue.line.first() is short
    assert queue.longest_wait_s(now=31.0) == 30.0
