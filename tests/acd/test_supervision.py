"""What supervisors force, what they alone lift, and leave."""

import pytest

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.agent_events import (
    AgentMoved,
    AgentReleased,
    AgentSignedOut,
    AgentStateChanged,
    LeaveDecided,
    LeaveDecision,
    LeaveEnded,
    WrapUpExtended,
)
from acd.commands import (
    AcceptItem,
    ApproveLeave,
    AskLeave,
    ChangeCaller,
    DenyLeave,
    EndWrapUp,
    ExtendWrapUp,
    ForceNotReady,
    ForceReady,
    ForceSignOut,
    ReleaseAgent,
    ReleaseCaller,
    SignIn,
    SubmitItem,
    TakeBackLeave,
)
from acd.config import AcdConfig, NotReadyReason
from acd.events import CallerChanged, CallerJoined, OfferResult
from acd.item_events import ItemPassedOn
from acd.queue_config import Closing, QueueConfig, RonaPolicy
from acd.queue_rules import OverflowCause, OverflowRule, TagRule
from runtime.errors import UsageError
from tests.acd.centre import SERVICE, Centre, agents_of, offered_calls, one, only
from tests.acd.invariants import check_state
from tests.acd.test_snapshot import restored

BY = "9001"


def on_call(centre: Centre) -> None:
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")


def not_ready(centre: Centre, reason: str, agent: str = "1001") -> AgentStateChanged:
    outputs = centre.tell(ForceNotReady(agent_id=agent, reason=reason, by=BY))
    return only(AgentStateChanged, outputs)[-1]


def test_who_forced_a_state_is_told() -> None:
    centre = Centre()
    centre.staff("1001")
    changed = not_ready(centre, "开会")
    assert (changed.to_state, changed.reason, changed.by) == (AgentState.NOT_READY, "开会", BY)
    changed = one(AgentStateChanged, centre.tell(ForceReady(agent_id="1001", by=BY)))
    assert (changed.to_state, changed.by) == (AgentState.AVAILABLE, BY)


def test_an_agent_leaves_an_ordinary_forced_state_alone_but_not_one_of_supervisors() -> None:
    centre = Centre()
    centre.staff("1001")
    not_ready(centre, "开会")
    centre.ready("1001")
    not_ready(centre, "training")
    for ask in (centre.ready, centre.not_ready):
        with pytest.raises(UsageError, match="agent 1001 is kept for training by a supervisor"):
            ask("1001")
    centre.sign_out("1001")
    centre.seat("1001")
    assert centre.core.state.agents["1001"].reason == "training", "signing in anew is no way round it"
    with pytest.raises(UsageError, match="kept for training"):
        centre.ready("1001")
    centre.tell(ForceReady(agent_id="1001", by=BY))
    assert centre.state() is AgentState.AVAILABLE


def test_agents_cannot_give_reasons_of_supervisors_or_unknown_ones() -> None:
    config = AcdConfig(not_ready_reasons=[NotReadyReason(code="lunch", title="午休", rest=True)])
    centre = Centre(config=config)
    centre.staff("1001")
    with pytest.raises(UsageError, match="training is a reason that only supervisors set"):
        centre.not_ready("1001", "training")
    with pytest.raises(UsageError, match="午休 is no reason to be not ready here; it takes lunch"):
        centre.not_ready("1001", "午休")
    centre.not_ready("1001", "lunch")


def test_a_forced_state_waits_for_the_end_of_the_call_and_its_wrap_up() -> None:
    centre = Centre()
    on_call(centre)
    centre.tell(ForceNotReady(agent_id="1001", reason="meeting", by=BY))
    with pytest.raises(UsageError, match="kept for meeting"):
        centre.ready("1001")
    centre.hang_up("call")
    changed = one(AgentStateChanged, centre.wait(10))
    assert (changed.to_state, changed.reason, changed.by) == (AgentState.NOT_READY, "meeting", BY)


def test_a_shift_ended_by_force_lets_the_conversation_end_first() -> None:
    centre = Centre(agents=agents_of("service", count=1))
    on_call(centre)
    assert only(AgentSignedOut, centre.tell(ForceSignOut(agent_id="1001", by=BY))) == []
    assert centre.state() is AgentState.ON_CALL
    centre.join("next")
    centre.hang_up("call")
    signed_out = one(AgentSignedOut, centre.wait(10))
    assert (signed_out.agent, signed_out.by) == ("1001", BY)
    assert centre.offered_to("next") is None


def test_a_shift_ended_by_force_silences_the_phone_and_the_caller_goes_to_the_next_agent() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.join("call")
    outputs = centre.tell(ForceSignOut(agent_id="1001", by=BY))
    assert one(AgentSignedOut, outputs).agent == "1001"
    assert centre.offered_to("call") == "1002"


def test_items_of_a_shift_ended_by_force_go_back_to_their_queue_with_their_wait() -> None:
    agents = [AgentConfig(id=n, queues=["service"], capacity={"chat": 1}) for n in ("1001", "1002")]
    centre = Centre(agents=agents)
    centre.staff("1001")
    for item in ("first", "second"):
        centre.tell(SubmitItem(item=item, medium="chat", contact_id="c", queues=("service",)))
        centre.wait(1)
    centre.tell(AcceptItem(item="first", agent_id="1001"))
    outputs = centre.tell(ForceSignOut(agent_id="1001", by=BY))
    assert one(AgentSignedOut, outputs).agent == "1001"
    centre.seat("1002")
    assert offered_calls(centre.ready("1002")) == ["first"], "it came before the second one"
    check_state(centre.core.state)


@pytest.mark.parametrize(
    "refusing",
    [
        {"max_waiting": 1},
        {"calendar": "office", "closing": Closing.RELEASE},
        {"overflow": [OverflowRule(when=OverflowCause.UNSTAFFED, to="flow:sorry")]},
    ],
)
def test_items_of_a_shift_ended_by_force_go_back_though_the_queue_takes_no_newcomers(
    refusing: dict[str, object],
) -> None:
    queue = QueueConfig.model_validate({"name": "service", **refusing})
    centre = Centre([queue], [AgentConfig(id="1001", queues=["service"], capacity={"voice": 1, "chat": 1})])
    centre.calendar("office", opens=True)
    centre.staff("1001")
    centre.tell(SubmitItem(item="item", medium="chat", contact_id="c", queues=("service",)))
    centre.tell(AcceptItem(item="item", agent_id="1001"))
    if queue.max_waiting:
        centre.tell(SubmitItem(item="other", medium="chat", contact_id="c", queues=("service",)))
    centre.calendar("office", opens=False)
    outputs = centre.tell(ForceSignOut(agent_id="1001", by=BY))
    assert one(CallerJoined, outputs).call_id == "item"
    assert only(ItemPassedOn, outputs) == []
    assert list(centre.core.state.entries["item"].places) == ["service"]
    check_state(centre.core.state)


def test_items_of_a_shift_ended_by_force_keep_their_priority() -> None:
    queue = SERVICE.model_copy(update={"tag_rules": [TagRule(tag="vip", priority=5)]})
    centre = Centre([queue], [AgentConfig(id="1001", queues=["service"], capacity={"chat": 1})])
    centre.staff("1001")
    vip = SubmitItem(item="item", medium="chat", contact_id="c", queues=("service",), tags=("vip",))
    assert one(CallerJoined, centre.tell(vip)).priority == 5
    centre.tell(AcceptItem(item="item", agent_id="1001"))
    assert one(CallerJoined, centre.tell(ForceSignOut(agent_id="1001", by=BY))).priority == 5
    assert one(CallerChanged, centre.tell(ChangeCaller(call_id="item", tags=()))).priority == 0


def test_a_released_agent_wraps_up_and_the_call_is_over() -> None:
    centre = Centre()
    on_call(centre)
    outputs = centre.tell(ReleaseAgent(agent_id="1001", by=BY))
    assert one(AgentReleased, outputs) == AgentReleased(agent="1001", call_id="call", by=BY)
    assert one(ReleaseCaller, outputs).call_id == "call"
    assert centre.state() is AgentState.WRAP_UP
    with pytest.raises(UsageError, match="agent 1001 has no call"):
        centre.tell(ReleaseAgent(agent_id="1001", by=BY))


def test_a_seat_is_taken_over_from_somebody_who_forgot_to_sign_out() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001")
    outputs = centre.tell(SignIn(agent_id="1002", station="phone-1001", force=True))
    assert one(AgentSignedOut, outputs) == AgentSignedOut(agent="1001", station="phone-1001", by="1002")
    assert centre.core.state.seats == {"phone-1001": "1002"}
    centre.ready("1002")
    centre.join("call")
    with pytest.raises(UsageError, match="agent 1002 is OFFERED; sign out when call call is over"):
        centre.tell(SignIn(agent_id="1001", station="phone-1001", force=True))


def test_an_agent_goes_on_at_another_station_in_the_same_state() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.phone("9", reachable=True)
    moved = one(AgentMoved, centre.tell(SignIn(agent_id="1001", station="phone-9", force=True)))
    assert (moved.from_station, moved.to_station) == ("phone-1001", "phone-9")
    assert centre.state() is AgentState.AVAILABLE
    centre.join("call")
    with pytest.raises(UsageError, match="agent 1001 has a call at station phone-9"):
        centre.tell(SignIn(agent_id="1001", station="phone-1001", force=True))


def test_a_desktop_that_lost_its_session_goes_on_in_the_middle_of_a_call() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    assert centre.tell(SignIn(agent_id="1001", station="phone-1001", force=True)) == []
    assert centre.state() is AgentState.ON_CALL
    assert centre.core.state.seats == {"phone-1001": "1001"}


# --- leave --------------------------------------------------------------------------------------------


def ask(centre: Centre, agent: str = "1001") -> None:
    centre.tell(AskLeave(agent_id=agent, reason="如厕"))


def test_leave_begins_when_approved_and_ends_when_the_agent_is_ready() -> None:
    centre = Centre()
    centre.staff("1001")
    ask(centre)
    assert centre.state() is AgentState.AVAILABLE
    outputs = centre.tell(ApproveLeave(agent_id="1001", by=BY))
    decided = one(LeaveDecided, outputs)
    assert (decided.decision, decided.by) == (LeaveDecision.APPROVED, BY)
    changed = one(AgentStateChanged, outputs)
    assert (changed.to_state, changed.reason, changed.by) == (AgentState.NOT_READY, "如厕", BY)
    centre.wait(120)
    assert one(LeaveEnded, centre.ready("1001")).away_ms == 120_000


def test_leave_that_is_denied_taken_back_or_left_undecided_is_none() -> None:
    centre = Centre()
    centre.staff("1001")
    ask(centre)
    assert one(LeaveDecided, centre.tell(DenyLeave(agent_id="1001", by=BY))).by == BY
    ask(centre)
    taken_back = one(LeaveDecided, centre.tell(TakeBackLeave(agent_id="1001")))
    assert taken_back.decision is LeaveDecision.TAKEN_BACK
    ask(centre)
    assert one(LeaveDecided, centre.wait(600)).decision is LeaveDecision.EXPIRED
    with pytest.raises(UsageError, match="agent 1001 has no request for leave that is open"):
        centre.tell(ApproveLeave(agent_id="1001", by=BY))
    assert centre.state() is AgentState.AVAILABLE


def test_only_so_many_of_a_queue_are_on_leave_at_once() -> None:
    queue = SERVICE.model_copy(update={"max_on_leave": 1})
    centre = Centre([queue], agents_of("service", count=2))
    centre.staff("1001", "1002")
    for agent in ("1001", "1002"):
        ask(centre, agent)
    centre.tell(ApproveLeave(agent_id="1001", by=BY))
    with pytest.raises(UsageError, match="1 of queue service are on leave already"):
        centre.tell(ApproveLeave(agent_id="1002", by=BY))
    centre.sign_out("1001")
    centre.tell(ApproveLeave(agent_id="1002", by=BY))


def test_a_snapshot_knows_of_leave_and_of_what_supervisors_set() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    ask(centre)
    not_ready(centre, "training", "1002")
    twin = restored(centre)
    twin.tell(ApproveLeave(agent_id="1001", by=BY))
    with pytest.raises(UsageError, match="kept for training"):
        twin.ready("1002")


# --- wrap-up, delays, RONA ----------------------------------------------------------------------------


def test_wrap_up_is_extended_within_bounds_and_ended_by_verb() -> None:
    centre = Centre(config=AcdConfig(max_wrap_up_s=25))
    on_call(centre)
    centre.hang_up("call")
    centre.wait(5)
    extend = ExtendWrapUp(agent_id="1001", extend_s=10)
    assert one(WrapUpExtended, centre.tell(extend)).limit_s == 20
    assert one(WrapUpExtended, centre.tell(extend)).limit_s == 25
    with pytest.raises(UsageError, match="all the 25 s that wrap-up may take"):
        centre.tell(extend)
    centre.wait(19.9)
    assert centre.state() is AgentState.WRAP_UP
    centre.wait(0.1)
    assert centre.state() is AgentState.AVAILABLE
    centre.join("call")
    centre.talk("call")
    centre.not_ready("1001")
    centre.hang_up("call")
    centre.tell(EndWrapUp(agent_id="1001"))
    assert centre.state() is AgentState.NOT_READY


@pytest.mark.parametrize(
    ("result", "delay_s"), [(OfferResult.REJECTED, 2), (OfferResult.BUSY, 3), (OfferResult.FAILED, 4)]
)
def test_each_kind_of_refusal_has_a_delay_of_its_own(result: OfferResult, delay_s: int) -> None:
    queue = QueueConfig(name="service", reject_delay_s=2, busy_delay_s=3, failure_delay_s=4)
    centre = Centre([queue])
    centre.staff("1001")
    centre.join("call")
    centre.end_offer("call", result)
    centre.wait(delay_s - 0.1)
    assert centre.offered_to("call") is None
    centre.wait(0.1)
    assert centre.offered_to("call") == "1001"


def miss(centre: Centre) -> None:
    centre.ring("call")
    centre.wait(15)


def test_an_agent_is_not_ready_only_after_so_many_offers_missed_in_a_row() -> None:
    centre = Centre([SERVICE.model_copy(update={"rona_after": 2})])
    centre.staff("1001")
    centre.join("call")
    miss(centre)
    assert centre.state() is AgentState.AVAILABLE
    centre.wait(5)
    miss(centre)
    assert centre.state() is AgentState.NOT_READY


def test_an_agent_who_misses_an_offer_is_signed_out_where_that_is_the_policy() -> None:
    centre = Centre([SERVICE.model_copy(update={"rona": RonaPolicy.SIGN_OUT})])
    centre.staff("1001")
    centre.join("call")
    miss(centre)
    assert centre.state() is AgentState.LOGGED_OUT
    check_state(centre.core.state)


def test_an_agent_who_misses_offers_gets_them_again_after_a_delay_where_that_is_the_policy() -> None:
    centre = Centre([SERVICE.model_copy(update={"rona": RonaPolicy.DELAY})])
    centre.staff("1001")
    centre.join("call")
    for _ in range(3):
        miss(centre)
        assert centre.state() is AgentState.AVAILABLE
        centre.wait(5)
        assert centre.offered_to("call") == "1001"
