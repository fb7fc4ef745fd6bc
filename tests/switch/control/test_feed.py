from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.control.feed import BoundedFeed, Gap, covers
from switch.records.projection import JournalEntry


def entry(sequence: int) -> JournalEntry:
    return JournalEntry(sequence, float(sequence), "call.answered", {})


def take_all(feed: BoundedFeed[int]) -> list[int | Gap]:
    taken: list[int | Gap] = []
    while (item := feed.take()) is not None:
        taken.append(item)
    return taken


@pytest.mark.parametrize(
    ("pattern", "topic", "covered"),
    [
        ("*", "call.answered", True),
        ("call.*", "call.answered", True),
        ("call.*", "call.leg.answered", True),
        ("call.*", "callback.made", False),
        ("call.*", "call", False),
        ("call.answered", "call.answered", True),
        ("call.answered", "call.answered_twice", False),
    ],
)
def test_a_pattern_covers_what_it_says(pattern: str, topic: str, covered: bool) -> None:
    assert covers(pattern, topic) is covered


def test_a_reader_in_time_gets_everything_in_order() -> None:
    feed: BoundedFeed[int] = BoundedFeed(3)
    for sequence in range(1, 4):
        feed.put(entry(sequence), sequence)
    assert take_all(feed) == [1, 2, 3]
    assert len(feed) == 0


def test_a_slow_reader_gets_the_oldest_then_one_gap_then_the_present() -> None:
    feed: BoundedFeed[int] = BoundedFeed(2)
    for sequence in (10, 11, 13, 17):
        feed.put(entry(sequence), sequence)
    assert take_all(feed) == [10, 11, Gap(first=13, last=17, missed=2, time=17.0)]
    feed.put(entry(18), 18)
    assert take_all(feed) == [18]


def test_the_gap_stays_open_until_all_before_it_is_read() -> None:
    feed: BoundedFeed[int] = BoundedFeed(2)
    for sequence in (1, 2, 3):
        feed.put(entry(sequence), sequence)
    assert feed.take() == 1
    feed.put(entry(4), 4)
    assert take_all(feed) == [2, Gap(first=3, last=4, missed=2, time=4.0)]


@given(st.integers(1, 5), st.lists(st.booleans(), max_size=60))
def test_every_event_is_delivered_once_in_order_or_lies_in_exactly_one_gap(
    limit: int, steps: list[bool]
) -> None:
    feed: BoundedFeed[int] = BoundedFeed(limit)
    put = 0
    seen: list[int | Gap] = []
    for is_put in steps:
        if is_put:
            put += 1
            feed.put(entry(put), put)
        elif (item := feed.take()) is not None:
            seen.append(item)
        assert len(feed) <= limit + 1
    seen += take_all(feed)
    accounted = [
        n for item in seen for n in (range(item.first, item.last + 1) if isinstance(item, Gap) else [item])
    ]
    assert accounted == list(range(1, put + 1))
    assert all(item.missed == item.last - item.first + 1 for item in seen if isinstance(item, Gap))
    assert not any(isinstance(a, Gap) and isinstance(b, Gap) for a, b in pairwise(seen))
