"""Items over a restart: what the journal tells of them lets them wait again."""

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from acd.agent_config import AgentConfig
from acd.commands import (
    AcceptItem,
    FinishItem,
    ForceSignOut,
    RemoveQueue,
    RestoreItem,
    SubmitItem,
    WithdrawItem,
)
from acd.entry import Entry, EntryState
from acd.events import CallerLeft, LeaveReason
from acd.item_events import ItemCame, ItemPassedOn, ItemRestored
from acd.item_records import Items, open_items
from acd.queue_config import QueueConfig
from acd.state import AcdState
from runtime.errors import UsageError
from switch.records.projection import JournalEntry
from tests.acd import random_shift
from tests.acd.centre import one, only
from tests.acd.invariants import check_state
from tests.acd.journalled import WALL, Observed

QUEUES = [QueueConfig(name="service"), QueueConfig(name="billing")]
CLERK = AgentConfig(id="1001", queues=["service"], capacity={"mail": 1, "chat": 3})
COLLEAGUE = AgentConfig(id="1002", queues=["service", "billing"], capacity={"mail": 1, "chat": 3})


def rows_after(entries: Iterable[JournalEntry]) -> dict[str, dict[str, Any]]:
    """What the table holds then, by item."""
    projection, rows = Items(), dict[str, dict[str, Any]]()
    for entry in entries:
        if entry.topic in projection.topics:
            rows.update((row["item"], dict(row)) for row in projection.apply(entry))
    return rows


def centre_of(*agents: AgentConfig, **rules: object) -> Observed:
    service = QueueConfig.model_validate({"name": "service", **rules})
    return Observed([service, QUEUES[1]], agents or [CLERK, COLLEAGUE])


def submit(centre: Observed, item: str, *queues: str, medium: str = "mail", **keys: Any) -> None:
    names = queues or ("service",)
    centre.tell(SubmitItem(item=item, medium=medium, contact_id=f"contact-{item}", queues=names, **keys))


def restarted(centre: Observed, down_s: float = 60.0, until: int | None = None) -> Observed:
    """After a crash, and so long without a switch."""
    again = Observed(centre.queues, centre.agents, now=7.0)
    wall = WALL + centre.now + down_s
    rows = rows_after(centre.entries(until)).values()
    for order in open_items(rows, now=again.now, wall=wall):
        again.tell(order)
    return again


def order_in(centre: Observed) -> list[str]:
    return [entry.entry_id for entry in centre.core.state.queues["service"].line]


def test_what_waited_waits_again_with_all_that_was_brought_since_when_it_came() -> None:
    centre = centre_of()
    keys: dict[str, Any] = {"priority": 3, "requirement": "not trainee"}
    keys |= {"tags": ("老人",), "data": (("text", "停电了"),)}
    submit(centre, "mail", "service", "billing", customer="wang@example.com", preferred=("1002",), **keys)
    centre.wait(30)
    again = restarted(centre, down_s=60)
    told = one(ItemRestored, again.outputs)
    assert (told.item, told.medium, told.customer, told.agent) == ("mail", "mail", "wang@example.com", "")
    entry = again.core.state.entries["mail"]
    assert list(entry.places) == ["service", "billing"]
    assert again.now - entry.joined_at == pytest.approx(90, abs=0.01)
    assert (entry.priority, entry.requirement, entry.tags) == (3, "not trainee", ("老人",))
    assert (entry.data, entry.preferred) == ((("text", "停电了"),), ("1002",))


def test_items_are_served_in_the_order_of_coming_and_before_those_who_come_after_the_restart() -> None:
    centre = centre_of()
    for item in ("first", "second", "third"):
        submit(centre, item)
    again = restarted(centre)
    submit(again, "later")
    assert order_in(again) == ["first", "second", "third", "later"]


def test_of_an_item_that_was_restored_nothing_older_is_read_again() -> None:
    centre = centre_of()
    submit(centre, "mail", data=(("text", "停电了"),))
    again = restarted(restarted(centre), down_s=30)
    entry = again.core.state.entries["mail"]
    assert entry.data == (("text", "停电了"),)
    assert again.now - entry.joined_at == pytest.approx(90, abs=0.01)
    (row,) = rows_after(again.entries()).values()
    assert row["came_at"].timestamp() == pytest.approx(WALL + entry.joined_at, abs=0.01)


def test_limits_of_the_wait_count_from_the_restart() -> None:
    """Nobody could look after it while the switch was down."""
    centre = centre_of(max_wait_s=40)
    submit(centre, "mail")
    centre.wait(30)
    again = restarted(centre, down_s=3600)
    assert only(CallerLeft, again.wait(39)) == []
    assert one(CallerLeft, again.wait(2)).reason is LeaveReason.TIMED_OUT


def test_what_an_agent_had_in_hand_goes_to_that_agent_again_if_the_agent_is_free() -> None:
    centre = centre_of()
    centre.staff("1001", "1002")
    submit(centre, "mail")
    centre.tell(AcceptItem(item="mail", agent_id="1001"))
    again = Observed(centre.queues, centre.agents, now=7.0)
    again.staff("1002", "1001")
    (order,) = open_items(rows_after(centre.entries()).values(), now=7.0, wall=WALL + centre.now)
    told = one(ItemRestored, again.tell(order))
    assert (told.agent, again.offered_to("mail")) == ("1001", "1001")


@pytest.mark.parametrize("end", ["finished", "withdrawn", "withdrawn in hand", "timed out"])
def test_what_is_over_is_not_there_again(end: str) -> None:
    centre = centre_of(max_wait_s=40)
    submit(centre, "mail", "service", "billing")
    if end != "timed out":
        centre.staff("1001")
    if end in ("finished", "withdrawn in hand"):
        centre.tell(AcceptItem(item="mail", agent_id="1001"))
    if end == "finished":
        centre.tell(FinishItem(item="mail", agent_id="1001"))
    elif end == "timed out":
        centre.wait(41)
    else:
        centre.tell(WithdrawItem(item="mail"))
    (row,) = rows_after(centre.entries()).values()
    in_hand = end in ("finished", "withdrawn in hand")
    assert row["outcome"] == ("completed" if in_hand else "abandoned" if end == "withdrawn" else "timed_out")
    assert (row["kept"], row["ended_at"] is None) == (None, False)
    assert restarted(centre).core.state.entries == {}


def test_what_an_agent_gave_back_waits_as_it_did() -> None:
    centre = centre_of(CLERK)
    centre.staff("1001")
    submit(centre, "mail", priority=5)
    centre.tell(AcceptItem(item="mail", agent_id="1001"))
    centre.wait(20)
    centre.tell(ForceSignOut(agent_id="1001", by="9001"))
    assert [told.waited_ms for told in only(ItemCame, centre.outputs)] == [0, 20_000]
    again = restarted(centre, down_s=9)
    entry = again.core.state.entries["mail"]
    assert entry.priority == 5
    assert again.now - entry.joined_at == pytest.approx(29, abs=0.01)


def test_a_queue_it_was_taken_out_of_or_that_is_gone_is_not_waited_in() -> None:
    centre = centre_of()
    submit(centre, "mail", "service", "billing")
    centre.tell(RemoveQueue(call_id="mail", queue="service"))
    assert list(restarted(centre).core.state.entries["mail"].places) == ["billing"]
    centre.queues = [QUEUES[0]]
    centre.agents = [CLERK]
    again = restarted(centre)
    passed_on = one(ItemPassedOn, again.outputs)
    assert (passed_on.item, passed_on.target) == ("mail", "hang_up")
    assert passed_on.reason is LeaveReason.WITHDRAWN
    assert again.core.state.entries == {}


def test_what_was_brought_again_before_it_was_restored_is_left_alone() -> None:
    centre = centre_of()
    submit(centre, "mail")
    again = Observed(centre.queues, centre.agents, now=7.0)
    submit(again, "mail", "billing")
    for order in open_items(rows_after(centre.entries()).values(), now=7.0, wall=WALL + centre.now):
        assert again.tell(order) == []
    assert list(again.core.state.entries["mail"].places) == ["billing"]


def test_what_is_there_already_is_refused() -> None:
    centre = centre_of()
    submit(centre, "mail")
    with pytest.raises(UsageError, match="item mail is in a queue, or with an agent, already"):
        submit(centre, "mail")


def test_a_row_that_cannot_be_read_is_logged_and_costs_no_other() -> None:
    centre = centre_of()
    submit(centre, "strange")
    submit(centre, "mail")
    rows = rows_after(centre.entries())
    rows["strange"]["kept"] = "{}"
    with capture_logs() as logs:
        orders = open_items(rows.values(), now=7.0, wall=WALL)
    assert [order.item for order in orders] == ["mail"]
    assert [line["item"] for line in logs] == ["strange"]


def items_in(state: AcdState) -> dict[str, Entry]:
    return {entry.entry_id: entry for entry in state.entries.values() if entry.is_item}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), deeds=st.integers(20, 150))
def test_after_any_shift_the_items_that_were_there_are_there_again(seed: int, deeds: int) -> None:
    """Those that a queue sent into another one are on their way there, which the core alone does not go."""
    choices = Random(seed)
    centre = Observed(random_shift.QUEUES, random_shift.AGENTS)
    for agent in centre.agents:
        centre.staff(agent.id)
    for _ in range(deeds):
        choices.choice(DEEDS)(centre, choices)
    before = items_in(centre.core.state)
    on_their_way = {
        told.item for told in only(ItemPassedOn, centre.outputs) if told.target.startswith("queue:")
    }
    again = Observed(random_shift.QUEUES, random_shift.AGENTS, now=7.0)
    orders = open_items(rows_after(centre.entries()).values(), now=7.0, wall=WALL + centre.now)
    assert before.keys() <= {order.item for order in orders} <= before.keys() | on_their_way
    for order in orders:
        check_restored(again, order, before.get(order.item))
        check_state(again.core.state)


DEEDS = [
    *[random_shift.item_comes] * 3,
    *[random_shift.item_moves] * 3,
    random_shift.agent_asks,
    random_shift.supervisor_acts,
    random_shift.agent_is_moved,
    random_shift.caller_comes,
    random_shift.offer_moves,
    random_shift.time_passes,
    random_shift.calendar_changes,
]


def check_restored(again: Observed, order: RestoreItem, before: Entry | None) -> None:
    again.tell(order)
    after = again.core.state.entries[order.item]
    if before is not None:
        assert (after.data, after.medium, after.tags) == (before.data, before.medium, before.tags)
        assert (after.requirement, after.priority) == (before.requirement, before.priority)
        assert before.places.keys() <= after.places.keys()
        assert bool(order.agent_id) == (before.state is EntryState.TALKING)
