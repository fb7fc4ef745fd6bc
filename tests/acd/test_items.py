"""Chats, mails and video calls of other systems wait in the queues beside callers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.commands import (
    AcceptItem,
    ConnectCaller,
    FinishItem,
    PlayMusic,
    RejectItem,
    RingStation,
    SubmitItem,
    WithdrawItem,
)
from acd.config import AcdConfig
from acd.events import CallCompleted, LeaveReason, OfferEnded, OfferResult
from acd.item_events import ItemOffered, ItemPassedOn
from acd.queue_config import QueueConfig, StrategyName
from acd.queue_rules import RingRule
from runtime.errors import UsageError
from runtime.vocabulary import Output
from tests.acd.centre import Centre, offered_calls, one, only
from tests.acd.invariants import check_idle, check_state

QUEUE = QueueConfig(name="service", ring_timeout_s=15, wrap_up_s=10, refusal_delay_s=5, music="music")
DATA = (("text", "表计坏了"),)


def centre_of(
    *capacities: dict[str, int], queue: QueueConfig = QUEUE, parallel_during_calls: bool = False
) -> Centre:
    """Agents 1001, 1002 … who are ready, with a capacity each."""
    agents = [
        AgentConfig(id=str(1001 + number), queues=["service"], capacity=capacity)
        for number, capacity in enumerate(capacities)
    ]
    centre = Centre([queue], agents, AcdConfig(parallel_during_calls=parallel_during_calls))
    centre.staff(*(agent.id for agent in agents))
    return centre


def submit(centre: Centre, item: str, medium: str = "chat", priority: int | None = None) -> list[Output]:
    command = SubmitItem(
        item=item, medium=medium, contact_id="contact", queues=("service",), priority=priority, data=DATA
    )
    return centre.tell(command)


def accept(centre: Centre, item: str, agent: str = "1001") -> list[Output]:
    return centre.tell(AcceptItem(item=item, agent_id=agent))


def finish(centre: Centre, item: str, agent: str = "1001") -> list[Output]:
    return centre.tell(FinishItem(item=item, agent_id=agent))


CHATTER = {"voice": 1, "chat": 2}


def test_a_chat_is_offered_to_a_desktop_and_no_phone_rings() -> None:
    centre = centre_of(CHATTER)
    outputs = submit(centre, "chat-1")
    offered = one(ItemOffered, outputs)
    assert (offered.item, offered.agent, offered.limit_s, offered.data) == ("chat-1", "1001", 15, DATA)
    assert [*only(RingStation, outputs), *only(PlayMusic, outputs)] == []
    assert centre.state() is AgentState.AVAILABLE
    assert only(ConnectCaller, accept(centre, "chat-1")) == []
    centre.wait(60)
    completed = one(CallCompleted, finish(centre, "chat-1"))
    assert (completed.call_id, completed.talk_ms, completed.medium) == ("chat-1", 60_000, "chat")
    check_idle(centre.core.state)


def test_an_offered_item_tells_all_that_was_brought_with_it_and_what_is_asked() -> None:
    centre = centre_of(CHATTER)
    command = SubmitItem(
        item="a",
        medium="chat",
        contact_id="contact",
        queues=("service",),
        priority=7,
        requirement="agent:1001",
        tags=("老人",),
        data=DATA,
    )
    offered = one(ItemOffered, centre.tell(command))
    assert (offered.priority, offered.tags, offered.data) == (7, ("老人",), DATA)
    assert offered.requirement == "agent:1001"


def test_an_agent_has_as_many_chats_in_hand_as_the_capacity_allows() -> None:
    centre = centre_of(CHATTER)
    for item in ("a", "b", "c"):
        submit(centre, item)
    assert [centre.rung_for(item) for item in ("a", "b", "c")] == [["1001"], ["1001"], []]
    accept(centre, "a")
    accept(centre, "b")
    assert centre.rung_for("c") == []
    assert offered_calls(finish(centre, "a")) == ["c"]


def test_items_of_a_medium_the_agent_has_no_capacity_for_are_for_others() -> None:
    centre = centre_of({"voice": 1}, {"chat": 1})
    submit(centre, "chat-1")
    assert centre.rung_for("chat-1") == ["1002"]
    centre.join("call")
    assert centre.offered_to("call") == "1001"
    centre.join("second")
    assert centre.offered_to("second") is None, "agent 1002 takes no calls"


def test_a_call_rings_beside_chats_in_hand_but_no_chat_is_offered_during_the_call() -> None:
    centre = centre_of(CHATTER)
    submit(centre, "a")
    accept(centre, "a")
    centre.join("call")
    assert centre.offered_to("call") == "1001"
    centre.talk("call")
    submit(centre, "b")
    assert centre.rung_for("b") == []
    finish(centre, "a")
    assert centre.state() is AgentState.ON_CALL
    centre.hang_up("call")
    assert centre.rung_for("b") == [], "wrap-up belongs to the call"
    centre.wait(10)
    assert centre.rung_for("b") == ["1001"]


def test_chats_are_offered_during_a_call_where_that_is_configured() -> None:
    centre = centre_of(CHATTER, parallel_during_calls=True)
    centre.join("call")
    centre.talk("call")
    submit(centre, "a")
    submit(centre, "b")
    submit(centre, "c")
    assert [centre.rung_for(item) for item in ("a", "b", "c")] == [["1001"], ["1001"], []]
    centre.not_ready("1001")
    assert centre.rung_for("a") == [], "a not-ready request waits: nothing new comes"
    check_state(centre.core.state)


def test_a_video_call_takes_the_agent_whole() -> None:
    centre = centre_of({"voice": 1, "video": 1, "chat": 1})
    submit(centre, "video-1", "video")
    centre.join("call")
    assert centre.state() is AgentState.OFFERED
    assert centre.offered_to("call") is None
    accept(centre, "video-1")
    assert centre.state() is AgentState.ON_CALL
    finish(centre, "video-1")
    assert centre.state() is AgentState.WRAP_UP
    centre.wait(10)
    assert centre.offered_to("call") == "1001"


def test_items_and_callers_are_ordered_by_the_same_rank() -> None:
    centre = centre_of({"voice": 1, "chat": 1})
    centre.not_ready("1001")
    centre.join("call")
    submit(centre, "chat-1", priority=5)
    outputs = centre.ready("1001")
    assert offered_calls(outputs) == ["chat-1", "call"]


def test_an_item_nobody_takes_in_time_makes_the_agent_not_ready_and_keeps_its_place() -> None:
    centre = centre_of(CHATTER)
    submit(centre, "a")
    assert one(OfferEnded, centre.wait(15)).result is OfferResult.NO_ANSWER
    assert centre.state() is AgentState.NOT_READY
    submit(centre, "b")
    assert offered_calls(centre.ready("1001")) == ["a", "b"]


def test_an_agent_on_a_call_who_leaves_a_chat_untaken_is_not_ready_afterwards() -> None:
    centre = centre_of(CHATTER, parallel_during_calls=True)
    centre.join("call")
    centre.talk("call")
    submit(centre, "a")
    centre.wait(15)
    assert centre.state() is AgentState.ON_CALL
    centre.hang_up("call")
    centre.wait(10)
    assert centre.state() is AgentState.NOT_READY


def test_a_rejected_item_goes_to_the_next_agent() -> None:
    centre = centre_of(CHATTER, CHATTER)
    submit(centre, "a")
    first = centre.offered_to("a")
    assert first is not None
    centre.tell(RejectItem(item="a", agent_id=first))
    assert centre.offered_to("a") not in (None, first)


def test_a_customer_who_leaves_ends_an_item_in_any_state() -> None:
    centre = centre_of(CHATTER)
    for item in ("talking", "offered", "waiting"):
        submit(centre, item)
    accept(centre, "talking")
    for item in ("talking", "offered", "waiting"):
        centre.tell(WithdrawItem(item=item))
    check_idle(centre.core.state)
    assert centre.state() is AgentState.AVAILABLE


def test_an_item_leaves_a_queue_by_its_way_out_and_whoever_brought_it_is_told() -> None:
    queue = QUEUE.model_copy(update={"max_wait_s": 30.0, "on_timeout": "flow:message"})
    centre = centre_of({"voice": 1}, queue=queue)
    submit(centre, "a")
    passed_on = one(ItemPassedOn, centre.wait(30))
    assert (passed_on.item, passed_on.reason, passed_on.target) == (
        "a",
        LeaveReason.TIMED_OUT,
        "flow:message",
    )
    assert passed_on.data == DATA
    check_idle(centre.core.state)


def test_an_item_is_offered_to_all_who_have_room_where_all_are_rung_once_each() -> None:
    queue = QUEUE.model_copy(update={"strategy": StrategyName.RING_ALL})
    centre = centre_of(CHATTER, CHATTER, queue=queue)
    submit(centre, "a")
    submit(centre, "b")
    assert centre.rung_for("a") == centre.rung_for("b") == ["1001", "1002"]
    ended = only(OfferEnded, accept(centre, "a", "1002"))
    assert [(e.agent, e.result) for e in ended] == [
        ("1001", OfferResult.ELSEWHERE),
        ("1002", OfferResult.ACCEPTED),
    ]


def test_the_shift_cannot_end_with_items_in_hand() -> None:
    centre = centre_of(CHATTER)
    submit(centre, "a")
    accept(centre, "a")
    with pytest.raises(UsageError, match="agent 1001 has 1 items in hand"):
        centre.sign_out("1001")
    finish(centre, "a")
    centre.sign_out("1001")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (AcceptItem(item="b", agent_id="1001"), "there is no item b"),
        (AcceptItem(item="call", agent_id="1001"), "there is no item call"),
        (AcceptItem(item="a", agent_id="1002"), "item a is not offered to agent 1002"),
        (FinishItem(item="a", agent_id="1001"), "accept it first"),
        (
            SubmitItem(item="a", medium="chat", contact_id="c", queues=("service",)),
            "item a is in a queue",
        ),
        (SubmitItem(item="c", medium="chat", contact_id="c", queues=("none",)), "there is no queue none"),
    ],
)
def test_what_cannot_be_done_with_an_item_is_refused_by_name(command: SubmitItem, said: str) -> None:
    centre = centre_of(CHATTER)
    submit(centre, "a")
    centre.join("call")
    with pytest.raises(UsageError, match=said):
        centre.tell(command)


def nested(levels: int) -> str:
    """A requirement whose innermost factor is so many levels deep."""
    return "(" * (levels - 1) + "billing" + ")" * (levels - 1)


@given(own=st.integers(1, 40), of_ring=st.integers(1, 32))
def test_what_is_asked_in_too_many_brackets_is_refused_and_changes_nothing(own: int, of_ring: int) -> None:
    """What a ring asks comes on top and never refuses what was taken."""
    rings = [RingRule(after_s=0, require=f"vip or {nested(of_ring)}")]
    centre = Centre([QUEUE.model_copy(update={"rings": rings})])
    before = centre.core.snapshot()
    command = SubmitItem(
        item="a", medium="chat", contact_id="contact", queues=("service",), requirement=nested(own)
    )
    if own > 32:
        with pytest.raises(UsageError, match="at most 32 levels"):
            centre.tell(command)
        assert centre.core.snapshot() == before
    else:
        centre.tell(command)
        centre.tell(WithdrawItem(item="a"))
        check_idle(centre.core.state)
