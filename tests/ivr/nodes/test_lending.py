"""Nodes that lend the call and go on when it is back: queue with next, dial, voice_message."""

from typing import Any

import pytest

from ivr.commands import EndCall, PassOn
from ivr.editions import FlowSet
from ivr.events import FlowEnd, FlowEntered, FlowLeft, FlowLent, FlowResumed
from ivr.inputs import CallMoved
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of, world_of

BACK = "flow:hotline?return"
BYE = {"bye": {"type": "hang_up"}, "other": {"type": "hang_up"}, "busy": {"type": "hang_up"}}


def caller(node: dict[str, Any], **world: Any) -> ScriptedCaller:
    return ScriptedCaller(interpreter_of(flow_of({"out": node, **BYE}), world=world_of(**world))).enters()


def lent_to(someone: ScriptedCaller) -> PassOn:
    (pass_on,) = someone.all_of(PassOn)
    return pass_on  # type: ignore[no-any-return]


def test_a_queue_with_a_next_node_gives_the_caller_back_after_the_conversation() -> None:
    someone = caller({"type": "queue", "queue": "service", "next": "bye"})
    assert lent_to(someone) == PassOn(call_id="call-1", target="queue:service", language="zh", back=BACK)
    assert someone.all_of(FlowLeft) == []
    assert [told.target for told in someone.all_of(FlowLent)] == ["queue:service"]
    someone.is_taken().comes_back("connected")
    assert someone.path == ["out", "bye"]
    assert [told.outcome for told in someone.all_of(FlowResumed)] == ["connected"]
    assert someone.left.reason is FlowEnd.HUNG_UP


def test_keys_of_a_lent_call_are_not_the_flows() -> None:
    someone = caller({"type": "queue", "queue": "service", "next": "bye"})
    before = len(someone.outputs)
    assert someone.presses("1").waits(100).outputs[before:] == []


def test_a_lent_call_that_ends_leaves_nothing_behind() -> None:
    someone = caller({"type": "queue", "queue": "service", "next": "bye"}).hangs_up()
    assert someone.left.reason is FlowEnd.CALLER_HUNG_UP
    assert someone.interpreter.snapshot() == {"runs": [], "lent": [], "waiting": []}
    assert someone.interpreter.calls_in("hotline") == 0


def test_a_flow_entered_while_waiting_does_not_end_the_one_that_lent() -> None:
    waiting = flow_of({"out": {"type": "queue", "queue": "service", "next": "bye"}, **BYE})
    bill = flow_of({"end": {"type": "back"}}, name="bill")
    someone = ScriptedCaller(interpreter_of(waiting, bill)).enters()
    someone.enters("bill", back="queue:service?place=1").comes_back("connected")
    assert someone.path == ["out", "end", "bye"]
    assert len(someone.all_of(FlowEntered)) == len(someone.all_of(FlowLeft)) == 2


def moved(call_id: str = "call-2") -> CallMoved:
    return CallMoved(call_id=call_id, from_call_id="call-1", back=BACK)


def test_a_caller_who_was_lent_comes_back_in_the_call_that_they_went_on_in() -> None:
    first = caller({"type": "queue", "queue": "service", "next": "bye"})
    there = ScriptedCaller(first.interpreter, "call-2")
    assert first.interpreter.handle(moved(), now=100.0) == []
    first.hangs_up()
    assert first.all_of(FlowLeft) == []
    there.comes_back("connected")
    assert (there.path, there.left.call_id) == (["bye"], "call-2")
    assert there.all_of(EndCall)
    assert first.interpreter.snapshot() == {"runs": [], "lent": [], "waiting": []}


@pytest.mark.parametrize("lends", [True, False], ids=["which lent it on", "which has it"])
def test_a_flow_of_the_other_call_gives_the_caller_back_in_place_of_ending_it(lends: bool) -> None:
    waiting = flow_of({"out": {"type": "queue", "queue": "service", "next": "bye"}, **BYE})
    nodes: dict[str, Any] = {
        "queue": {"type": "queue", "queue": "experts", "next": "end"},
        "end": {"type": "back"},
    }
    nodes["menu"] = {"type": "menu", "prompts": ["menu"], "choices": {"1": "end"}, "next": "end"}
    other = flow_of(nodes, name="other", start="queue" if lends else "menu")
    first = ScriptedCaller(interpreter_of(waiting, other)).enters()
    there = ScriptedCaller(first.interpreter, "call-2").enters("other")
    there.interpreter.handle(moved(), now=100.0)
    first.hangs_up()
    there.comes_back() if lends else there.presses("1")
    assert there.all_of(PassOn)[-1].target == BACK
    assert there.comes_back("connected").path[-1] == "bye"
    assert there.interpreter.snapshot() == {"runs": [], "lent": [], "waiting": []}


def test_a_lent_call_goes_on_after_the_flow_was_removed() -> None:
    someone = caller({"type": "queue", "queue": "service", "next": "bye"})
    someone.interpreter.configure(FlowSet.of({}))
    assert someone.interpreter.knows("hotline?return")
    assert someone.comes_back().path == ["out", "bye"]
    assert not someone.interpreter.knows("hotline?return")


@pytest.mark.parametrize(
    ("outcome", "node"),
    [("talked", "bye"), ("USER_BUSY", "busy"), ("NO_ANSWER", "other"), ("NO_ROUTE_DESTINATION", "other")],
)
def test_dialling_goes_on_by_how_it_went(outcome: str, node: str) -> None:
    dial = {
        "type": "dial",
        "to": "number:{caller_number}",
        "next": "bye",
        "busy": "busy",
        "otherwise": "other",
    }
    nodes = flow_of({"out": dial, **BYE})
    someone = ScriptedCaller(interpreter_of(nodes)).enters(caller_number="13800138000")
    assert lent_to(someone).target == "number:13800138000"
    assert someone.comes_back(outcome).path == ["out", node]


def test_whom_nobody_takes_is_an_error() -> None:
    dial = {"type": "dial", "to": "number:1", "next": "bye", "otherwise": "bye", "on_error": "other"}
    assert caller(dial, knows_target=lambda target: False).path == ["out", "other"]


def test_a_voice_message_is_left_in_its_box() -> None:
    someone = caller({"type": "voice_message", "box": "complaints", "next": "bye"})
    assert lent_to(someone).target == "message:complaints"
    assert someone.comes_back().path == ["out", "bye"]


def test_an_agent_is_asked_for_by_way_of_a_queue() -> None:
    agent = {"type": "agent", "agent": "{tags[0]}", "queue": "service?priority=9", "wait_s": 30}
    someone = ScriptedCaller(interpreter_of(flow_of({"out": agent}))).enters(tags=("1001",))
    assert lent_to(someone).target == "queue:service?priority=9&agent=1001&agent_wait_s=30"
    assert someone.left.reason is FlowEnd.QUEUED


def test_a_value_in_a_queues_target_stays_a_value() -> None:
    node = {"type": "queue", "queue": "service?tag={tags[0]}"}
    someone = ScriptedCaller(interpreter_of(flow_of({"out": node}))).enters(tags=("a&priority=254",))
    assert lent_to(someone).target == "queue:service?tag=a%26priority%3D254"


@pytest.mark.parametrize(("number", "asked"), [(None, "own"), ("caller_number", "13800138000")])
def test_a_callback_is_a_way_into_the_queue(number: str | None, asked: str) -> None:
    node = {"type": "callback", "queue": "service", **({"number": number} if number else {})}
    someone = ScriptedCaller(interpreter_of(flow_of({"out": node}))).enters(caller_number="13800138000")
    assert lent_to(someone).target == f"queue:service?callback={asked}"


def test_a_transfer_is_for_good() -> None:
    someone = caller({"type": "transfer", "to": "station:1001"})
    assert lent_to(someone).target == "station:1001"
    assert someone.left.reason is FlowEnd.PASSED_ON


def test_nobody_is_sent_to_where_lent_calls_come_back() -> None:
    transfer = {"type": "transfer", "to": "flow:hotline?return", "on_error": "other"}
    assert caller(transfer).path == ["out", "other"]


def test_a_call_that_comes_back_to_nobody_is_ended() -> None:
    interpreter = interpreter_of(flow_of(BYE))
    someone = ScriptedCaller(interpreter).comes_back()
    assert someone.outputs == [EndCall(call_id="call-1", cause="NORMAL_TEMPORARY_FAILURE")]
