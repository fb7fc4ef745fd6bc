"""Callbacks over a restart: what the journal tells of them puts them into their places again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from acd.callback import CallbackStage
from acd.callback_events import CallbackEnded, CallbackFailed, CallbackRequested, CallbackRestored
from acd.callback_records import Callbacks, open_callbacks
from acd.commands import AddQueue, ChangeCaller, DialCustomer, ReleaseCaller, RemoveQueue, RestoreCallback
from acd.configuration_commands import ConfigureAcd
from acd.core import AcdCore
from acd.entry import Entry, EntryState
from acd.events import CallerLeft, LeaveReason
from acd.queue_config import QueueConfig
from acd.records import QueueEntries
from acd.state import AcdState
from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.events import SwitchStarted
from switch.records.projection import JournalEntry
from switch.records.segment import decode_line
from tests.acd import random_shift
from tests.acd.centre import agents_of, one, only
from tests.acd.input_journal import CountedIds
from tests.acd.invariants import check_idle, check_state
from tests.acd.journalled import WALL, Observed
from tests.acd.operations import operations_of

NUMBER = "13800138000"


def rows_after(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """What the table holds then."""
    projection, rows = Callbacks(), dict[str, dict[str, Any]]()
    for entry in entries:
        if entry.topic in projection.topics:
            rows.update((row["callback_id"], dict(row)) for row in projection.apply(entry))
    return list(rows.values())


def restarted(centre: Observed, *, until: int | None = None, down_s: float = 0.0) -> Observed:
    """The same centre after a crash, when the journal had so many lines and the switch was down so long."""
    again = Observed(centre.queues, centre.agents)
    again.now = 7.0
    wall = WALL + centre.now + down_s
    for order in open_callbacks(rows_after(centre.entries(until)), now=again.now, wall=wall):
        again.tell(order)
    return again


def centre_of(count: int = 1, **rules: object) -> Observed:
    keys = {
        "name": "service",
        "callback_on_hang_up": True,
        "exit_keys": {"1": "callback"},
        "callback_ring_s": 20,
        "callback_retry_s": 60,
        **rules,
    }
    queues = [QueueConfig.model_validate(keys), QueueConfig(name="billing")]
    return Observed(queues, agents_of("service", "billing", count=count))


def test_a_callback_has_its_place_again_after_a_restart() -> None:
    centre = centre_of()
    centre.join("first", number="13900000001", priority=3, requirement="not trainee", preferred=["1001"])
    centre.join("other", number="13900000002")
    centre.wait(5)
    centre.hang_up("first")
    centre.wait(10)
    again = restarted(centre, down_s=30)
    restored = one(CallbackRestored, again.outputs)
    assert (restored.callback_id, restored.call_id, restored.attempts) == ("first", "first", 0)
    entry = again.core.state.entries["first"]
    assert (entry.priority, entry.requirement, entry.preferred) == (3, "not trainee", ("1001",))
    assert (entry.contact_id, entry.access_code) == ("contact-of-first", "95598")
    assert again.now - entry.joined_at == pytest.approx(45, abs=0.01)
    assert entry.callback is not None
    assert entry.callback.expires_at - again.now == pytest.approx(14400 - 40, abs=0.01)
    assert list(again.core.state.entries) == ["first"], "a caller who waits at a crash is no callback"
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == "13900000001"
    again.customer_answers("first")
    again.talk("first")
    assert one(CallbackEnded, again.outputs).reason is LeaveReason.CONNECTED


def test_callbacks_are_called_in_the_order_in_which_they_came_before_and_after() -> None:
    centre = centre_of()
    for place in range(3):
        centre.ask_back(f"callback-{place}", f"1390000000{place}")
        centre.wait(1)
    again = restarted(centre)
    again.join("live", number="13700000000")
    line = again.core.state.queues["service"].line
    assert [entry.entry_id for entry in line] == ["callback-0", "callback-1", "callback-2", "live"]


def test_what_was_changed_before_the_crash_holds_after_it() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.tell(ChangeCaller(call_id="callback", priority=9, requirement="en", tags=("vip",)))
    centre.tell(AddQueue(call_id="callback", queue="billing"))
    entry = restarted(centre).core.state.entries["callback"]
    assert (entry.priority, entry.requirement, entry.tags) == (9, "en", ("vip",))
    assert list(entry.places) == ["service", "billing"]


def test_a_queue_that_was_left_before_the_crash_is_not_joined_again() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER, queues=["service", "billing"])
    centre.tell(RemoveQueue(call_id="callback", queue="service"))
    again = restarted(centre)
    entry = again.core.state.entries["callback"]
    assert list(entry.places) == ["billing"]
    assert entry.callback is not None
    assert entry.callback.queue_name == "billing"


def test_an_attempt_that_the_crash_cut_off_was_in_vain() -> None:
    centre = centre_of(callback_attempts=1)
    centre.ask_back("callback", NUMBER, "01088888888")
    centre.staff("1001")
    assert centre.stage("callback") is CallbackStage.DIALLING
    again = restarted(centre)
    failed = one(CallbackFailed, again.outputs)
    assert (failed.attempt, failed.again_in_s) == (1, 0.0)
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == "01088888888"


def test_an_attempt_without_a_line_is_not_counted_over_a_restart_either() -> None:
    centre = centre_of(callback_attempts=1)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_fails("callback", "NORMAL_CIRCUIT_CONGESTION", no_line=True)
    again = restarted(centre)
    again.staff("1001")
    assert one(DialCustomer, again.wait(60)).number == NUMBER


def test_other_numbers_asked_for_before_the_crash_are_called_after_it() -> None:
    centre = centre_of()
    centre.join("call", number=NUMBER)
    centre.hang_up("call")
    centre.join("again", number=NUMBER, callback_number="13900000009")
    centre.hang_up("again")
    again = restarted(centre)
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == "13900000009"


def test_the_last_attempt_is_the_last_over_a_restart_too() -> None:
    centre = centre_of(callback_attempts=1)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    again = restarted(centre)
    assert one(CallbackEnded, again.outputs).reason is LeaveReason.UNREACHED
    again.wait(0)
    check_idle(again.core.state)


def test_a_pause_between_two_attempts_goes_on() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_fails("callback")
    again = restarted(centre, down_s=20)
    again.staff("1001")
    assert again.stage("callback") is CallbackStage.PAUSED
    assert only(DialCustomer, again.wait(38)) == []
    assert again.core.state.entries["callback"].callback
    assert one(DialCustomer, again.wait(2)).number == NUMBER


def test_a_customer_who_was_on_the_line_is_called_again() -> None:
    centre = centre_of(callback_attempts=1)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_answers("callback")
    again = restarted(centre)
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == NUMBER


def test_who_talked_to_an_agent_is_not_called_again() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_answers("callback")
    centre.talk("callback")
    assert restarted(centre).core.state.entries == {}


def test_a_callback_that_expired_while_the_switch_was_down_ends() -> None:
    centre = centre_of(callback_valid_s=60)
    centre.ask_back("callback", NUMBER)
    again = restarted(centre, down_s=61)
    assert [type(told) for told in again.outputs] == [CallbackEnded]
    assert one(CallbackEnded, again.outputs).reason is LeaveReason.EXPIRED
    check_idle(again.core.state)


def test_a_callback_whose_queue_is_no_more_ends() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER, queues=["billing"])
    centre.queues = centre.queues[:1]
    centre.agents = agents_of("service")
    again = restarted(centre)
    assert one(CallbackEnded, again.outputs).reason is LeaveReason.WITHDRAWN


def test_a_callback_that_is_told_of_twice_is_restored_once() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    again = restarted(centre)
    (order,) = open_callbacks(rows_after(centre.entries()), now=again.now, wall=WALL + centre.now)
    assert again.tell(order) == []


def test_a_row_that_cannot_be_read_costs_no_other_callback() -> None:
    centre = centre_of()
    for number in range(4):
        centre.ask_back(f"callback-{number}", f"1390000000{number}")
    rows = rows_after(centre.entries())
    rows[0]["kept"] = "{}"
    rows[1]["kept"] = None
    rows[2]["kept"] = rows[2]["kept"].replace('"priority": 0', '"priority": "high"')
    with capture_logs() as logs:
        orders = open_callbacks(rows, now=7.0, wall=WALL + centre.now)
    assert [order.callback_id for order in orders] == ["callback-3"]
    assert [entry["callback_id"] for entry in logs] == ["callback-0", "callback-1", "callback-2"]


def test_one_whose_requirement_cannot_be_read_is_refused_and_leaves_nothing_behind() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    (order,) = open_callbacks(rows_after(centre.entries()), now=7.0, wall=WALL + centre.now)
    again = Observed(centre.queues, centre.agents)
    with pytest.raises(UsageError):
        again.tell(replace(order, requirement="billing >="))
    check_idle(again.core.state)


# --- customers who come again before theirs is restored ---


def orders_of(centre: Observed, down_s: float = 30.0) -> list[RestoreCallback]:
    """What restores the centre's callbacks, where the clock stands at 7 after the restart."""
    return open_callbacks(rows_after(centre.entries()), now=7.0, wall=WALL + centre.now + down_s)


def started_again(**rules: Any) -> tuple[Observed, RestoreCallback]:
    """A centre after a restart, and the callback that is still to be restored."""
    centre = centre_of(**rules)
    centre.ask_back("old", NUMBER, priority=4)
    again = Observed(centre.queues, centre.agents)
    again.now = 8.0
    (order,) = orders_of(centre)
    return again, order


def test_a_caller_on_the_line_gets_the_place_of_the_callback_that_is_restored() -> None:
    again, order = started_again()
    again.join("other", number="13900000002")
    again.join("call", number=NUMBER)
    told = again.tell(order)
    assert list(again.core.state.entries) == ["other", "old"]
    assert (again.call_of("old"), again.stage("old")) == ("call", CallbackStage.RETURNED)
    left = one(CallerLeft, told)
    assert (left.call_id, left.reason) == ("call", LeaveReason.ELSEWHERE)
    again.staff("1001")
    assert only(DialCustomer, again.outputs) == []
    assert again.offered_to("old") == "1001"


def test_who_has_the_old_place_keeps_it_when_hanging_up() -> None:
    again, order = started_again(callback_on_hang_up=False)
    again.join("call", number=NUMBER)
    again.tell(order)
    again.hang_up("call")
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == NUMBER


def test_an_agent_who_is_rung_for_the_caller_is_rung_for_the_old_place() -> None:
    again, order = started_again()
    again.staff("1001")
    again.join("call", number=NUMBER)
    assert again.offered_to("call") == "1001"
    again.tell(order)
    assert again.offered_to("old") == "1001"
    again.talk("old")
    assert one(CallbackEnded, again.outputs).reason is LeaveReason.CONNECTED


def test_a_callback_asked_for_since_and_the_old_one_are_one() -> None:
    again, order = started_again()
    again.ask_back("new", NUMBER)
    told = again.tell(order)
    assert list(again.core.state.entries) == ["old"]
    ended = one(CallbackEnded, told)
    assert (ended.callback_id, ended.reason) == ("new", LeaveReason.ELSEWHERE)
    entry = again.core.state.entries["old"]
    assert (entry.priority, again.now - entry.joined_at > 30) == (4, True)


def test_the_number_asked_for_last_is_called() -> None:
    again, order = started_again()
    again.join("call", number=NUMBER, callback_number="13900000009")
    again.hang_up("call")
    again.tell(order)
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == "13900000009"


def test_who_is_told_that_the_place_is_kept_is_told_so_of_the_old_one() -> None:
    again, order = started_again(callback_prompt="kept")
    again.join("call", number=NUMBER)
    again.press("call", "1")
    assert again.stage("call") is CallbackStage.CONFIRMING
    again.tell(order)
    assert again.stage("old") is CallbackStage.CONFIRMING
    assert one(ReleaseCaller, again.hear("call")).call_id == "call"
    again.hang_up("call")
    assert again.stage("old") is CallbackStage.WAITING


@pytest.mark.parametrize("talks", [True, False])
def test_the_old_callback_ends_when_the_customer_talks_or_is_being_called(talks: bool) -> None:
    again, order = started_again()
    again.staff("1001")
    if talks:
        again.join("new", number=NUMBER)
        again.talk("new")
    else:
        again.ask_back("new", NUMBER)
        assert again.stage("new") is CallbackStage.DIALLING
    ended = one(CallbackEnded, again.tell(order))
    assert (ended.callback_id, ended.reason) == ("old", LeaveReason.ELSEWHERE)
    assert list(again.core.state.entries) == ["new"]


def test_who_asked_anew_is_called_though_the_last_attempt_for_the_old_one_was_cut_off() -> None:
    again, order = started_again(callback_attempts=1)
    again.ask_back("new", NUMBER)
    again.tell(replace(order, attempts=1, being_called=True))
    assert list(again.core.state.entries) == ["new"]
    again.staff("1001")
    assert one(DialCustomer, again.outputs).number == NUMBER


def test_a_customer_without_a_number_to_see_is_known_by_the_number_asked_for() -> None:
    again, order = started_again()
    again.join("call", number="", callback_number=NUMBER)
    again.join("later", number="", place="call")
    again.tell(order)
    assert again.call_of("old") == "later"
    assert again.core.state.engaged == {}


def test_several_customers_of_one_number_each_keep_their_own() -> None:
    again, order = started_again(callbacks_per_number=2)
    again.join("call", number=NUMBER)
    again.tell(order)
    assert list(again.core.state.entries) == ["call", "old"]


def test_a_customer_who_came_again_has_one_visit_that_is_still_open() -> None:
    centre = centre_of()
    centre.ask_back("old", NUMBER)
    centre.journal([SwitchStarted(version="1")])
    again = Observed(centre.queues, centre.agents)
    again.now = 8.0
    again.join("call", number=NUMBER)
    for order in orders_of(centre):
        again.tell(order)
    again.staff("1001")
    again.talk("old")
    again.lines = [*centre.lines, *again.lines]
    projection = QueueEntries()
    again.hang_up("call")
    rows = [dict(row) for e in again.entries() if e.topic in projection.topics for row in projection.apply(e)]
    assert [row["outcome"] for row in rows] == ["elsewhere", "connected"]
    assert [row["outcome"] for row in rows_after(again.entries())] == ["connected"]
    assert projection.oldest_open() is None


def test_one_visit_stays_one_row_over_a_restart() -> None:
    centre = centre_of()
    centre.join("waits", number="13900000002")
    centre.join("call")
    centre.hang_up("call")
    centre.journal([SwitchStarted(version="1")])
    again = restarted(centre, down_s=10)
    again.lines = [*centre.lines, *again.lines]
    again.staff("1001")
    again.customer_answers("call")
    again.talk("call")
    again.hang_up(again.call_of("call"))
    projection = QueueEntries()
    entries = [entry for entry in again.entries() if entry.topic in projection.topics]
    rows = [dict(row) for entry in entries for row in projection.apply(entry)]
    outcomes = [(row["outcome"], row["callback_attempts"]) for row in rows]
    assert outcomes == [("restart", None), ("connected", 1)]
    assert rows[1]["wait_ms"] > 10_000
    assert projection.oldest_open() is None


def test_a_visit_whose_callback_cannot_go_on_is_over_too() -> None:
    centre = centre_of(callback_valid_s=60)
    centre.join("call")
    centre.hang_up("call")
    centre.journal([SwitchStarted(version="1")])
    again = restarted(centre, down_s=100)
    projection = QueueEntries()
    again.lines = [*centre.lines, *again.lines]
    rows = [dict(row) for entry in again.entries() for row in projection.apply(entry)]
    assert [row["outcome"] for row in rows] == ["expired"]
    assert projection.oldest_open() is None


# --- a journal cut anywhere ---


def as_known(entry: Entry) -> dict[str, Any]:
    """What has to outlive a restart, with moments by the clock of the tests."""
    callback = entry.callback
    assert callback is not None
    return {
        "numbers": callback.numbers,
        "attempts": callback.attempts,
        "caller": (entry.caller_number, entry.contact_id, entry.access_code, entry.language, entry.tags),
        "asks": (entry.priority, entry.requirement),
        "queues": sorted(entry.places),
        "waits since": pytest.approx(entry.joined_at, abs=0.01),
        "until": pytest.approx(callback.expires_at, abs=0.01),
    }


def kept_of(number: int) -> RestoreCallback:
    """One of many of the run before, who came a second after the one before."""
    name, customer, came = f"callback-{number}", f"139{number:08}", number - 1e6
    return RestoreCallback(
        callback_id=name,
        call_id=f"call-of-{name}",
        contact_id=f"contact-of-{name}",
        caller_number=customer,
        numbers=(customer,),
        queue="service",
        places=(("service", came),),
        asked_by="key",
        joined_at=came,
        asked_at=came,
        expires_at=1e6,
        attempts=0,
        being_called=False,
        again_at=None,
        priority=0,
        requirement="",
        preferred=(),
        tags=(),
        language="",
        access_code="95598",
    )


def test_to_restore_a_callback_costs_the_same_however_many_have_been_restored() -> None:
    centre, costs = centre_of(), dict[int, int]()
    for number in range(1001):
        if number in (100, 1000):
            costs[number] = operations_of(lambda: centre.tell(kept_of(number)))  # noqa: B023
        else:
            centre.tell(kept_of(number))
    assert len(open_in(centre.core.state)) == 1001
    assert costs[1000] < costs[100] * 1.1


def open_in(state: AcdState) -> dict[str, dict[str, Any]]:
    return {
        entry.entry_id: as_known(entry)
        for entry in state.entries.values()
        if entry.callback is not None and entry.state is not EntryState.TALKING
    }


def shifted(known: dict[str, Any], by_s: float) -> dict[str, Any]:
    return {**known, **{name: known[name].expected + by_s for name in ("waits since", "until")}}


def order_in(state: AcdState) -> list[str]:
    entries = [e for e in state.entries.values() if e.callback and e.state is not EntryState.TALKING]
    return [entry.entry_id for entry in sorted(entries, key=lambda entry: entry.rank)]


DEEDS = [deed for deed in random_shift.DEEDS if deed is not random_shift.callback_is_restored]
DEEDS += [random_shift.callback_moves] * 8


def moments(centre: Observed, choices: Random, deeds: int) -> list[tuple[int, float, Any, list[str]]]:
    """A random shift; after each deed the journal's length, the time, the open callbacks and their order."""
    for agent in centre.agents:
        centre.staff(agent.id)
    seen = []
    for _ in range(deeds):
        choices.choice(DEEDS)(centre, choices)
        state = centre.core.state
        seen.append((len(centre.lines), centre.now, open_in(state), order_in(state)))
    return seen


@settings(max_examples=25, deadline=None)
@given(choices=st.randoms(use_true_random=False), deeds=st.integers(20, 120))
def test_a_journal_cut_between_steps_gives_the_callbacks_that_were_open(choices: Random, deeds: int) -> None:
    """The switch starts again by the configuration at the end of the shift, not by that of the cut."""
    centre = Observed(random_shift.QUEUES, random_shift.AGENTS)
    length, now, known, order = choices.choice(moments(centre, choices, deeds))
    again = Observed(centre.queues, centre.agents)
    offset_s = again.now - now
    orders = open_callbacks(rows_after(centre.entries(length)), now=again.now, wall=WALL + now)
    assert {kept.callback_id for kept in orders} == known.keys()
    for kept in orders:
        again.tell(kept)
        check_state(again.core.state)
    check_restored(again, {name: shifted(kept, offset_s) for name, kept in known.items()})
    restored = again.core.state.entries
    if not any(isinstance(given, ConfigureAcd) and given.rules for _, given in centre.inputs):
        # Another worth of priorities counts for who comes from then on, and at a restart for all.
        assert order_in(again.core.state) == [name for name in order if name in restored]


def check_restored(again: Observed, known: dict[str, dict[str, Any]]) -> None:
    """All are there, in those of their queues that there are now, or ended for a reason."""
    restored, configured = open_in(again.core.state), {queue.name for queue in again.queues}
    ended = {ended.callback_id: ended.reason for ended in only(CallbackEnded, again.outputs)}
    assert restored.keys() | ended.keys() == known.keys()
    for callback_id, reason in ended.items():
        has_queue = not configured.isdisjoint(known[callback_id]["queues"])
        assert reason is (LeaveReason.UNREACHED if has_queue else LeaveReason.WITHDRAWN)
    for callback_id, found in restored.items():
        kept = known[callback_id]
        assert found == {**kept, "queues": [name for name in kept["queues"] if name in configured]}


@settings(max_examples=25, deadline=None)
@given(choices=st.randoms(use_true_random=False), cuts=st.integers(1, 3))
def test_every_callback_ends_exactly_once_however_often_the_switch_is_killed(
    choices: Random, cuts: int
) -> None:
    """The journal may end in the middle of a step, since lines are written one after the other."""
    centre = Observed(random_shift.QUEUES, random_shift.AGENTS)
    lines: list[bytes] = []
    for _ in range(cuts):
        moments(centre, choices, 40)
        lines += centre.lines[: choices.randint(0, len(centre.lines))]
        centre = _started_again(centre, lines)
    centre.wait(20_000)
    for call_id in list(centre.core.state.calls):
        centre.hang_up(call_id, LeaveReason.WITHDRAWN)
    lines += centre.lines
    told = [entry for line in lines if (entry := decode_line(line)) is not None]
    assert sorted(named(told, CallbackRequested)) == sorted(named(told, CallbackEnded))


def _started_again(centre: Observed, lines: Sequence[bytes]) -> Observed:
    again = Observed(centre.queues, centre.agents)
    again.now, again.named = centre.now + 1, centre.named
    again.core = AcdCore(centre.queues, centre.agents, CountedIds(10_000 * len(lines)), now=again.now)
    entries = [entry for line in lines if (entry := decode_line(line)) is not None]
    for order in open_callbacks(rows_after(entries), now=again.now, wall=WALL + again.now):
        again.tell(order)
    return again


def named(entries: Iterable[JournalEntry], kind: type[Event]) -> list[str]:
    return [entry.fields["callback_id"] for entry in entries if entry.topic == kind.topic]
