"""Numbers in memory, and when they are on a list."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.customers.number_list import ALWAYS, Entry, NumberList


def filled(*entries: Entry) -> NumberList:
    numbers = NumberList()
    for entry in entries:
        numbers.put(entry)
    return numbers


def test_a_number_is_found_by_itself_before_its_beginnings_and_the_longest_of_those_first() -> None:
    numbers = filled(Entry("139*", "all"), Entry("1390013*", "some"), Entry("13900139000", "one"))
    for number, remark in (("13900139000", "one"), ("13900130000", "some"), ("13911111111", "all")):
        found = numbers.find(number, 0.0)
        assert found is not None
        assert found.remark == remark
    assert numbers.find("13800139000", 0.0) is None
    assert numbers.find("13", 0.0) is None


def test_an_entry_whose_time_is_over_leaves_its_beginnings_in_force() -> None:
    numbers = filled(Entry("139*", "all"), Entry("13900139000", "one", valid_from=10.0, valid_until=20.0))
    remarks = [entry.remark for at in (9.9, 10.0, 19.9, 20.0) if (entry := numbers.find("13900139000", at))]
    assert remarks == ["all", "one", "one", "all"]


def test_a_change_takes_the_place_of_what_was_before() -> None:
    numbers = filled(Entry("1", "a", 1.0, 2.0), Entry("2"), Entry("1", "b"))
    assert len(numbers) == 2
    assert numbers.newest(10) == [Entry("1", "b"), Entry("2")]
    assert numbers.newest(1) == [Entry("1", "b")]


changes = st.lists(
    st.tuples(
        st.booleans(),
        st.text("12", min_size=1, max_size=4),
        st.booleans(),
        st.sampled_from([ALWAYS, (None, 5.0), (5.0, None), (2.0, 8.0)]),
    ),
    max_size=30,
)


@given(changes, st.text("12", min_size=1, max_size=5), st.floats(0, 10))
def test_it_answers_as_a_search_through_all_entries_would(
    steps: list[tuple[bool, str, bool, tuple[float | None, float | None]]], number: str, at: float
) -> None:
    numbers, plain = NumberList(), dict[str, Entry]()
    for adds, digits, is_beginning, validity in steps:
        key = digits + "*" * is_beginning
        if adds:
            assert numbers.put(Entry(key, "", *validity)) is (key not in plain)
            plain[key] = Entry(key, "", *validity)
        else:
            assert numbers.remove(key) is (plain.pop(key, None) is not None)
    assert len(numbers) == len(plain)
    assert {entry.number: entry for entry in numbers.newest(100)} == plain
    fitting = [e for e in plain.values() if fits(e, number) and holds(e, at)]
    best: Any = max(fitting, key=lambda e: (e.number == number, len(e.number)), default=None)
    assert numbers.find(number, at) == best


def fits(entry: Entry, number: str) -> bool:
    beginning = entry.number.removesuffix("*")
    return number.startswith(beginning) if entry.number.endswith("*") else number == entry.number


def holds(entry: Entry, at: float) -> bool:
    return (entry.valid_from or 0.0) <= at < (entry.valid_until or 1e9)


@pytest.mark.parametrize("key", ["1", "1*"])
def test_what_is_taken_off_leaves_nothing_behind(key: str) -> None:
    numbers = filled(Entry(key, "a", 1.0, 2.0))
    assert numbers.remove(key)
    assert not numbers.remove(key)
    numbers.put(Entry(key))
    assert numbers.get(key) == Entry(key)
