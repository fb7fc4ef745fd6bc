"""Callers who do something else while they wait, and keep the place."""

import pytest
from pydantic import ValidationError

from acd.agent import AgentState
from acd.commands import (
    LendCaller,
    PassOnCaller,
    PlayAnnouncement,
    PlayMusic,
    RecallCaller,
    RequestCallback,
    RingStation,
    StopAnnouncement,
)
from acd.core import AcdCore
from acd.events import (
    CallerLeft,
    LeaveReason,
    OfferMade,
    OfferResult,
    SelfServiceBegan,
    SelfServiceEnd,
    SelfServiceEnded,
)
from acd.queue_config import QueueConfig, SelfServiceTurn
from runtime.ids import SeededIds
from tests.acd.centre import Centre, agents_of, offered_calls, one, only
from tests.acd.invariants import check_idle, check_state

BACK = "queue:service?place=call"


def centre_of(**rules: object) -> Centre:
    keys: dict[str, object] = {
        "name": "service",
        "wrap_up_s": 0,
        "music": "music",
        "self_service_keys": {"2": "flow:bill", "3": "message:service"},
        **rules,
    }
    return Centre([QueueConfig.model_validate(keys)], agents_of("service", count=2))


def test_a_key_leads_to_a_flow_and_the_place_and_the_waiting_time_are_kept() -> None:
    centre = centre_of()
    centre.join("first")
    centre.join("second")
    centre.wait(20)
    outputs = centre.press("first", "2")
    lent = one(LendCaller, outputs)
    assert (lent.target, lent.back) == ("flow:bill", "queue:service?place=first")
    assert one(SelfServiceBegan, outputs).queue == "service"
    assert only(CallerLeft, outputs) == []
    centre.wait(10)
    returned = centre.come_back("first")
    assert one(PlayMusic, returned).call_id == "first"
    ended = one(SelfServiceEnded, returned)
    assert (ended.reason, ended.lasted_ms) == (SelfServiceEnd.RETURNED, 10_000)
    centre.staff("1001")
    assert centre.offered_to("first") == "1001"
    left = one(CallerLeft, centre.talk("first"))
    assert (left.wait_ms, left.position) == (31_000, 1)
    check_state(centre.core.state)


def test_when_the_turn_comes_the_flow_ends_and_the_agent_is_rung() -> None:
    centre = centre_of()
    centre.join("call")
    centre.press("call", "2")
    check_state(centre.core.state)
    centre.staff("1001")
    assert one(RecallCaller, centre.outputs).target == BACK
    assert one(SelfServiceEnded, centre.outputs).reason is SelfServiceEnd.INTERRUPTED
    kinds = [type(o) for o in centre.outputs if isinstance(o, RecallCaller | PlayMusic | RingStation)]
    assert kinds == [PlayMusic, RecallCaller, PlayMusic, RingStation], "music again after the flow"
    assert centre.come_back("call") == []


def test_an_offer_in_vain_leaves_the_caller_with_the_queue_not_with_the_flow() -> None:
    centre = centre_of()
    centre.join("call")
    centre.press("call", "2")
    centre.staff("1001")
    outputs = centre.end_offer("call", OfferResult.REJECTED)
    assert only(LendCaller, outputs) == []
    assert one(LendCaller, centre.press("call", "2")).target == "flow:bill"


def test_a_queue_may_pass_over_who_is_in_self_service_and_serve_them_first_when_back() -> None:
    centre = centre_of(self_service_turn=SelfServiceTurn.LATER)
    centre.join("first")
    centre.join("second")
    centre.press("first", "2")
    check_state(centre.core.state)
    centre.staff("1001")
    assert offered_calls(centre.outputs) == ["second"]
    centre.talk("second")
    centre.join("third")
    centre.come_back("first")
    line = centre.core.state.queues["service"].line
    assert [entry.call_id for entry in line] == ["first", "third"]
    centre.hang_up("second")
    assert offered_calls(centre.outputs) == ["second", "first"]
    check_state(centre.core.state)


def test_who_is_back_is_offered_at_once_to_an_agent_who_stands_free() -> None:
    centre = centre_of(self_service_turn=SelfServiceTurn.LATER)
    centre.join("call")
    centre.press("call", "3")
    centre.staff("1001")
    assert only(OfferMade, centre.outputs) == []
    assert offered_calls(centre.come_back("call")) == ["call"]


def test_who_hangs_up_in_self_service_has_given_up_and_who_is_hung_up_on_has_not() -> None:
    centre = centre_of(callback_on_hang_up=True)
    centre.join("patient")
    centre.press("patient", "2")
    outputs = centre.hang_up("patient", LeaveReason.EXITED)
    assert one(SelfServiceEnded, outputs).reason is SelfServiceEnd.GONE
    assert one(CallerLeft, outputs).reason is LeaveReason.EXITED
    centre = centre_of()
    centre.join("impatient")
    centre.press("impatient", "2")
    assert one(CallerLeft, centre.hang_up("impatient")).reason is LeaveReason.ABANDONED
    check_idle(centre.core.state)


def test_who_hangs_up_in_self_service_is_called_back_where_the_queue_allows_it() -> None:
    centre = centre_of(callback_on_hang_up=True, self_service_turn=SelfServiceTurn.LATER)
    centre.join("call")
    centre.press("call", "2")
    centre.hang_up("call")
    check_state(centre.core.state)
    centre.staff("1001")
    assert centre.state() is AgentState.OFFERED


def test_keys_in_self_service_are_not_for_the_queue() -> None:
    centre = centre_of(exit_keys={"0": "flow:operator"})
    centre.join("call")
    centre.press("call", "2")
    assert [centre.press("call", key) for key in "023"] == [[], [], []]
    centre.come_back("call")
    assert one(PassOnCaller, centre.press("call", "0")).target == "flow:operator"


def test_while_an_agent_is_rung_no_key_leads_away_from_the_agent() -> None:
    centre = centre_of()
    centre.staff("1001")
    centre.join("call")
    assert centre.press("call", "2") == []
    assert centre.offered_to("call") == "1001"


def test_nothing_is_told_in_self_service_and_the_time_limit_waits_for_its_end() -> None:
    centre = centre_of(
        max_wait_s=30,
        on_timeout="flow:sorry",
        announcements={"first_after_s": 5, "every_s": 10, "wait": True, "position": "always"},
    )
    centre.join("call")
    centre.press("call", "2")
    assert centre.wait(40) == []
    outputs = centre.come_back("call")
    assert one(PassOnCaller, outputs).target == "flow:sorry"
    assert one(CallerLeft, outputs).reason is LeaveReason.TIMED_OUT
    check_idle(centre.core.state)


def test_an_announcement_ends_when_the_caller_goes_to_self_service() -> None:
    centre = centre_of(announcements={"first_after_s": 5, "every_s": 60, "position": "always"}, music="")
    centre.join("call")
    assert one(PlayAnnouncement, centre.wait(6))
    centre.press("call", "2")
    check_state(centre.core.state)
    assert one(StopAnnouncement, centre.come_back("call"))


def test_a_callback_asked_for_by_others_takes_the_caller_out_of_self_service() -> None:
    centre = centre_of(callback_prompt="kept")
    centre.join("call")
    centre.press("call", "2")
    outputs = centre.tell(RequestCallback(callback_id="", numbers=(), call_id="call"))
    kinds = [type(output).__name__ for output in outputs]
    assert kinds.index("RecallCaller") < kinds.index("PlayConfirmation")
    check_state(centre.core.state)


def test_a_core_rebuilt_from_its_snapshot_knows_who_is_in_self_service() -> None:
    centre = centre_of(self_service_turn=SelfServiceTurn.LATER)
    centre.join("call")
    centre.press("call", "2")
    again = AcdCore(centre.queues, centre.agents, SeededIds())
    again.restore(centre.core.snapshot())
    check_state(again.state)
    assert again.snapshot() == centre.core.snapshot()


@pytest.mark.parametrize(
    "rules",
    [
        {"self_service_keys": {"22": "flow:bill"}},
        {"self_service_keys": {"2": "queue:other"}},
        {"self_service_keys": {"2": "hang_up"}},
        {"self_service_keys": {"2": "flow:bill"}, "exit_keys": {"2": "flow:operator"}},
    ],
)
def test_a_key_has_one_use_and_leads_to_a_flow_or_a_box(rules: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        QueueConfig.model_validate({"name": "service", **rules})
