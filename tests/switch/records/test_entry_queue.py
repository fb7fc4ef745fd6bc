"""What waits for the thread that writes the journal."""

import gc
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from media._core import EntryQueue


@dataclass(frozen=True)
class _Told:
    topic: ClassVar[str] = "call.arrived"
    call_id: str = "call-1"


def _filled(count: int, most: int = 10) -> EntryQueue:
    queue = EntryQueue(1, most, lambda: None)
    for number in range(count):
        queue.put(number, 0.5, "noted")
    return queue


def _numbers(entries: list[tuple[int, float, str, Any]]) -> list[int]:
    return [number for number, *_ in entries]


def test_entries_are_numbered_in_their_order_and_keep_what_they_tell() -> None:
    queue, told = EntryQueue(41, 10, lambda: None), _Told()
    queue.put(told, 7.5)
    queue.put({"seed": 1}, 8.5, "inputs.began")
    assert queue.newest == (42, 8.5, "inputs.began", {"seed": 1})
    first, second = queue.take(10)
    assert first == (41, 7.5, "call.arrived", told)
    assert first[3] is told
    assert second == queue.newest
    assert len(queue) == 0


def test_the_oldest_are_taken_first_and_given_back_before_all_others() -> None:
    queue = _filled(5)
    batch = queue.take(2)
    assert _numbers(batch) == [1, 2]
    queue.give_back(batch)
    assert _numbers(queue.take(3)) == [1, 2, 3]
    assert _numbers(queue.take(3)) == [4, 5]
    assert queue.take(3) == []


def test_it_wakes_for_an_entry_that_is_behind_no_other() -> None:
    woken: list[int] = []
    queue = EntryQueue(1, 10, lambda: woken.append(len(queue)))
    for _ in range(3):
        queue.put("told", 0.5, "noted")
    assert woken == [1]
    queue.take(10)
    queue.put("told", 0.5, "noted")
    assert woken == [1, 1]


def test_who_is_woken_may_take_the_entry_at_once() -> None:
    taken: list[int] = []
    queue = EntryQueue(1, 10, lambda: taken.extend(_numbers(queue.take(10))))
    queue.put("told", 0.5, "noted")
    assert taken == [1]


def test_what_comes_to_a_full_queue_is_lost_and_told_once() -> None:
    queue = _filled(5, most=3)
    assert queue.newest is not None
    assert queue.newest[0] == 5, "what follows is numbered as if it were kept"
    assert queue.take_lost() == (2, 4, 5)
    assert queue.take_lost() is None
    assert _numbers(queue.take(10)) == [1, 2, 3]
    queue.put("told", 0.5, "noted")
    queue.lose(6)
    assert queue.take_lost() == (1, 6, 6)


def test_what_has_no_topic_gets_no_number() -> None:
    queue = _filled(1)
    with pytest.raises(AttributeError, match="topic"):
        queue.put(object(), 0.5)
    queue.put("told", 0.5, "noted")
    assert _numbers(queue.take(10)) == [1, 2]


def test_whatever_runs_while_entries_are_handed_over_may_put_another() -> None:
    queue, threshold = _filled(3), gc.get_threshold()
    lists = [[None] for _ in range(200)]  # those that Python keeps for new lists are used up

    def collecting(phase: str, _: dict[str, int]) -> None:
        queue.put("told", 0.5, "noted")

    gc.callbacks.append(collecting)
    gc.set_threshold(1)
    try:
        taken = queue.take(10)
        queue.give_back(taken)
        queue.take_lost()
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collecting)
    assert len(lists) == 200
    assert _numbers(queue.take(3)) == [1, 2, 3]
    assert len(queue) > 0
