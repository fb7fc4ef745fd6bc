from acd.queue import Entry, EntryState, Queue
from acd.strategy import LongestIdle
from tests.acd.centre import SERVICE


def line_of(count: int) -> tuple[Queue, list[Entry]]:
    queue = Queue(SERVICE, LongestIdle(), ())
    entries = [Entry(f"call-{n}", "", "service", n, joined_at=float(n)) for n in range(1, count + 1)]
    for entry in entries:
        queue.join(entry)
    return queue, entries


def test_whoever_is_offered_keeps_the_place_in_the_line() -> None:
    queue, (first, second, third) = line_of(3)
    queue.offer(first)
    assert queue.first_waiting() is second
    assert [queue.position(entry) for entry in (first, second, third)] == [1, 2, 3]
    assert len(queue) == 3


def test_whoever_waits_again_stands_before_those_who_came_later() -> None:
    queue, (first, second, third) = line_of(3)
    queue.offer(first)
    queue.offer(second)
    queue.wait(second)
    assert queue.first_waiting() is second
    queue.wait(first)
    assert queue.first_waiting() is first
    assert third.state is EntryState.WAITING


def test_leaving_from_the_middle_moves_the_others_up() -> None:
    queue, (first, second, third) = line_of(3)
    queue.leave(second)
    assert (queue.position(first), queue.position(third)) == (1, 2)
    queue.offer(first)
    queue.leave(first)
    assert queue.first_waiting() is third
    queue.leave(third)
    assert (len(queue), queue.first_waiting()) == (0, None)


def test_the_longest_wait_is_that_of_the_first_in_line() -> None:
    queue, (first, _) = line_of(2)
    queue.offer(first)
    assert queue.longest_wait_s(now=31.0) == 30.0
    assert Queue(SERVICE, LongestIdle(), ()).longest_wait_s(now=31.0) == 0.0
