"""Subscribers in time, slow, cut off, back again: each gets what happened, or is told where a gap lies."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agent import AgentState
from acd.agent_events import AgentStateChanged
from runtime.errors import UsageError
from switch.control.feed import MAX_PATTERNS, Gap
from switch.control.following import Feed, Follower
from switch.control.ring import Ring
from switch.control.stream import MSGPACK
from switch.control.wires import Told
from switch.records.projection import FreshEntry, JournalEntry

STATE = AgentStateChanged.topic
TOPICS = ("call.ended", "call.answered", "queue.caller_left", STATE)


@dataclass
class Switch:
    """A feed, and all that ever happened."""

    max_events: int = 1000
    max_bytes: int = 1_000_000
    run: str = "run-1"
    happened: list[JournalEntry] = field(default_factory=list)
    first: int = 1

    def __post_init__(self) -> None:
        self.ring = Ring(MSGPACK, max_events=self.max_events, max_bytes=self.max_bytes)
        self.feed = Feed(self.ring, self.run, lambda: self.first + len(self.happened) - 1)

    def happen(self, topic: str, **fields: object) -> int:
        sequence = self.first + len(self.happened)
        entry = JournalEntry(sequence, float(sequence), topic, fields)
        self.happened.append(entry)
        self.feed.put(entry)
        return sequence

    def tell(self, topic: str) -> None:
        """What is in no journal."""
        newest = self.feed.newest()
        self.feed.put(JournalEntry(newest, float(newest), topic, {}), journaled=False)

    def follower(self, *patterns: str, coalesce: bool = False) -> Follower:
        self.feed.begin()
        follower = Follower(self.feed)
        follower.follow(patterns, coalesce=coalesce)
        return follower


def take_all(follower: Follower, most: int = 1000) -> list[int | Gap]:
    taken: list[Told | Gap] = []
    while follower.is_behind:
        taken += follower.take(most)
    return [item if isinstance(item, Gap) else item.entry.sequence for item in taken]


def test_who_is_in_time_gets_its_topics_in_order_and_once() -> None:
    switch = Switch()
    follower = switch.follower("call.*")
    for topic in TOPICS * 2:
        switch.happen(topic)
    assert take_all(follower, most=3) == [1, 2, 5, 6]
    switch.happen("call.ended")
    assert take_all(follower) == [9]


def test_what_happened_before_is_not_told() -> None:
    switch = Switch()
    slow = switch.follower("queue.*")
    switch.happen("call.ended")
    switch.happen("queue.caller_left")
    slow.follow(["call.*"])
    switch.happen("call.ended")
    assert take_all(slow) == [2, 3]


def test_a_slow_one_is_told_a_gap_and_then_what_is_still_kept() -> None:
    switch = Switch(max_events=3)
    follower = switch.follower("*")
    for _ in range(10):
        switch.happen("call.ended")
    assert take_all(follower) == [Gap(first=1, last=7, missed=7, time=7.0), 8, 9, 10]


def test_events_that_are_kept_are_nothing_the_collector_of_dead_cycles_looks_through() -> None:
    switch = Switch(max_events=50_000)
    follower = switch.follower("*")

    def happen(times: int) -> int:
        for n in range(times):
            event = AgentStateChanged(
                agent=str(n),
                from_state=AgentState.AVAILABLE,
                to_state=AgentState.OFFERED,
                reason="",
                lasted_ms=n,
                call_id=None,
            )
            sequence = switch.feed.newest() + 1
            switch.first += 1
            switch.feed.put(FreshEntry(sequence, 0.0, event.topic, event))
            take_all(follower)
        gc.collect()
        return len(gc.get_objects())

    before = happen(1000)
    assert happen(10_000) - before < 1000


def test_who_was_away_gets_the_same_as_who_reads() -> None:
    switch = Switch(max_events=5000)
    reading, away = switch.follower("*"), switch.follower("*")
    read: list[Told | Gap] = []
    for n in range(4000):
        switch.happen(TOPICS[n % 4], agent=str(n), names=["张三", "李四"])
        read += reading.take(5)
    waited: list[Told | Gap] = []
    while away.is_behind:
        waited += away.take(100)

    def seen(items: list[Told | Gap]) -> list[tuple[object, ...]]:
        told = [item for item in items if isinstance(item, Told)]
        return [(item.sequence, item.topic, item.time, item.entry, item.frame(MSGPACK)) for item in told]

    assert seen(waited) == seen(read)
    assert len(waited) == 4000


def test_bytes_bound_the_ring_as_the_count_does() -> None:
    switch = Switch(max_bytes=2000)
    follower = switch.follower("*")
    for _ in range(50):
        switch.happen("call.ended", text="x" * 500)
    assert switch.ring.held_bytes <= 2000
    assert take_all(follower)[1:] == [48, 49, 50]


def test_an_event_larger_than_the_ring_is_a_gap_and_no_more() -> None:
    switch = Switch(max_bytes=1000)
    follower = switch.follower("*")
    switch.happen("call.ended", text="x" * 5000)
    switch.happen("call.ended")
    assert take_all(follower) == [Gap(first=1, last=1, missed=1, time=1.0), 2]


def test_no_gap_is_told_when_only_others_topics_were_let_go_of() -> None:
    switch = Switch(max_events=3)
    follower = switch.follower("queue.*")
    for _ in range(10):
        switch.happen("call.ended")
    assert switch.happen("queue.caller_left") == 11
    assert take_all(follower) == [11]


def test_who_comes_back_gets_what_it_missed_and_then_the_present() -> None:
    switch = Switch()
    before = switch.follower("call.*")
    switch.happen("call.ended")
    assert take_all(before) == [1]
    for topic in TOPICS:
        switch.happen(topic)
    back = Follower(switch.feed)
    back.resume(["call.*"], after=1, run="run-1")
    switch.happen("call.ended")
    assert take_all(back) == [2, 3, 6]


def test_who_comes_back_too_late_is_told_a_gap_and_what_is_still_kept() -> None:
    switch = Switch(max_events=2)
    switch.follower("*")
    for _ in range(6):
        switch.happen("call.ended")
    back = Follower(switch.feed)
    back.resume(["*"], after=1, run="run-1")
    assert take_all(back) == [Gap(first=2, last=4, missed=3, time=4.0), 5, 6]


def test_a_gap_that_is_not_told_yet_widens() -> None:
    switch = Switch(max_events=1)
    switch.follower("*")
    switch.happen("call.ended")
    switch.happen("call.ended")
    back = Follower(switch.feed)
    back.resume(["*"], after=0, run="run-1")
    switch.happen("call.ended")
    assert take_all(back) == [Gap(first=1, last=2, missed=2, time=2.0), 3]


def test_who_comes_back_to_another_run_is_told_a_gap_up_to_now() -> None:
    switch = Switch(run="run-2", first=100)
    switch.follower("*")
    switch.happen("call.ended")
    back = Follower(switch.feed)
    back.resume(["*"], after=90, run="run-1")
    switch.happen("call.ended")
    assert take_all(back) == [Gap(first=91, last=100, missed=10, time=0.0), 101]


def test_who_was_never_told_cannot_have_missed_before_anybody_followed() -> None:
    switch = Switch()
    for _ in range(5):
        switch.happen("call.ended")
    switch.feed.begin()
    back = Follower(switch.feed)
    back.resume(["*"], after=2, run="run-1")
    switch.happen("call.ended")
    assert take_all(back) == [Gap(first=3, last=5, missed=3, time=0.0), 6]


def test_an_event_to_come_cannot_be_resumed_from() -> None:
    switch = Switch()
    switch.follower("*")
    switch.happen("call.ended")
    back = Follower(switch.feed)
    with pytest.raises(UsageError, match="event 7 is still to come; the last one was 1"):
        back.resume(["*"], after=7, run="run-1")
    assert not back.patterns


def test_resuming_more_topics_tells_nothing_twice_of_those_that_are_followed() -> None:
    switch = Switch()
    follower = switch.follower("call.*")
    for topic in TOPICS:
        switch.happen(topic)
    assert take_all(follower) == [1, 2]
    follower.resume(["queue.*"], after=0, run="run-1")
    switch.happen("call.ended")
    assert take_all(follower) == [3, 5]


def test_what_is_in_no_journal_is_told_in_its_place_but_not_again() -> None:
    switch = Switch()
    listening = switch.follower("*", "hook.asked")
    switch.happen("call.ended")
    switch.tell("hook.asked")
    switch.happen("call.ended")
    assert take_all(listening) == [1, 1, 2]
    back = Follower(switch.feed)
    back.resume(["*", "hook.asked"], after=0, run="run-1")
    switch.tell("hook.asked")
    assert take_all(back) == [1, 2, 2]


def test_forgotten_topics_are_not_told_even_if_they_waited() -> None:
    switch = Switch()
    follower = switch.follower("call.*", "queue.*")
    for topic in TOPICS:
        switch.happen(topic)
    follower.forget(["call.*", "never.asked"])
    assert take_all(follower) == [3]
    assert follower.patterns == ["queue.*"]


def test_too_many_patterns_are_refused_and_none_of_them_is_taken() -> None:
    follower = Switch().follower()
    with pytest.raises(UsageError, match=str(MAX_PATTERNS)):
        follower.follow([f"call.t{n}" for n in range(MAX_PATTERNS + 1)])
    assert not follower.wants("call.t0")


def test_of_states_a_slow_one_gets_the_latest_of_each_and_of_all_else_everything() -> None:
    switch = Switch()
    follower = switch.follower("*", coalesce=True)
    for agent in ("1001", "1002", "1001", "1001"):
        switch.happen(STATE, agent=agent)
        switch.happen("call.ended", agent=agent)
    assert take_all(follower, most=2) == [2, 3, 4, 6, 7, 8]
    switch.happen(STATE, agent="1001")
    assert take_all(follower) == [9]


def test_who_is_far_behind_holds_up_the_others_for_a_thousand_events_at_a_time() -> None:
    switch = Switch(max_events=5000)
    follower = switch.follower("*", coalesce=True)
    for _ in range(3000):
        switch.happen(STATE, agent="1001")
    assert take_all(follower) == [1024, 2048, 3000]


def test_states_are_not_coalesced_for_topics_that_were_asked_for_whole() -> None:
    switch = Switch()
    follower = switch.follower("*", coalesce=True)
    follower.follow([STATE])
    for _ in range(3):
        switch.happen(STATE, agent="1001")
    assert take_all(follower) == [1, 2, 3]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happen"), st.sampled_from(TOPICS), st.integers(0, 3)),
        st.tuples(st.just("read"), st.integers(1, 5), st.none()),
        st.tuples(st.just("cut"), st.none(), st.none()),
    ),
    max_size=80,
)
PATTERNS = st.sampled_from([("*",), ("call.*",), ("queue.*", STATE), ("call.ended",)])


Steps = list[tuple[str, object, object]]


@dataclass
class Client:
    """What a program keeps: what it was told, and where it would go on from."""

    told: list[int] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    after: int = 0

    def receive(self, items: list[Told | Gap]) -> None:
        for item in items:
            if isinstance(item, Gap):
                assert item.first > self.after
                self.gaps.append(item)
                self.after = item.last
            else:
                assert item.entry.sequence > self.after
                self.told.append(item.entry.sequence)
                self.after = item.entry.sequence

    def lies_in_a_gap(self, sequence: int) -> bool:
        return any(gap.first <= sequence <= gap.last for gap in self.gaps)


def walk(switch: Switch, patterns: tuple[str, ...], steps: Steps, *, coalesce: bool) -> Client:
    client = Client()
    follower = switch.follower(*patterns, coalesce=coalesce)
    for step, what, which in steps:
        if step == "happen":
            switch.happen(str(what), agent=str(which))
        elif step == "read":
            client.receive(follower.take(int(str(what))))
        else:
            follower = Follower(switch.feed)
            follower.resume(patterns, client.after, "run-1", coalesce=coalesce)
    while follower.is_behind:
        client.receive(follower.take(3))
    return client


@given(st.integers(1, 20), PATTERNS, STEPS)
def test_what_a_client_has_is_what_happened_or_lies_in_a_told_gap(
    max_events: int, patterns: tuple[str, ...], steps: Steps
) -> None:
    switch = Switch(max_events=max_events)
    client = walk(switch, patterns, steps, coalesce=False)
    wanted = [entry.sequence for entry in switch.happened if wants(patterns)(entry.topic)]
    assert client.told == [sequence for sequence in wanted if not client.lies_in_a_gap(sequence)]


@given(st.integers(1, 20), PATTERNS, STEPS)
def test_with_coalescing_only_states_that_a_later_one_replaces_may_be_missing(
    max_events: int, patterns: tuple[str, ...], steps: Steps
) -> None:
    switch = Switch(max_events=max_events)
    client = walk(switch, patterns, steps, coalesce=True)
    for entry in switch.happened:
        if not wants(patterns)(entry.topic) or entry.sequence in client.told:
            continue
        assert client.lies_in_a_gap(entry.sequence) or is_replaced(entry, switch, client)


def wants(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    follower = Switch().follower(*patterns)
    return follower.wants


def is_replaced(entry: JournalEntry, switch: Switch, client: Client) -> bool:
    """Whether the client has a later state of the same agent, or was told that one is missing."""
    later = [
        other.sequence
        for other in switch.happened
        if (other.topic, other.fields) == (STATE, entry.fields) and other.sequence > entry.sequence
    ]
    return any(sequence in client.told or client.lies_in_a_gap(sequence) for sequence in later)


def test_a_ring_goes_on_for_long_without_growing() -> None:
    switch = Switch(max_events=100)
    follower = switch.follower("call.*")
    for n in range(30_000):
        switch.happen("call.ended")
        if n % 70 == 0:
            take_all(follower)
    assert take_all(follower)[-1] == 30_000
    assert switch.ring.end - switch.ring.first == 100
