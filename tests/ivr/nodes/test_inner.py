"""Flows within flows, variables, tags, recording, survey, errors."""

from typing import Any

import pytest

from ivr.commands import ChangeRecording, EndCall, ForgetRequest, PassOn, RecordingChange, TagCaller
from ivr.document import Flow
from ivr.events import FlowEnd, NodeFailed, SurveyAnswered
from ivr.run import DEEPEST
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of

BYE = {"type": "hang_up"}
ASK = flow_of(
    {
        "ask": {
            "type": "collect",
            "prompts": ["zh/{kind}"],
            "variable": "number",
            "max_digits": 2,
            "next": "done",
            "otherwise": "none",
        },
        "done": {"type": "return", "values": {"号码": "number", "好": "true"}},
        "none": {"type": "return", "values": {"号码": "''", "好": "false"}},
    },
    name="ask",
).model_copy(update={"variables": flow_of({"a": BYE}).variables})


def outer(**keys: Any) -> Flow:
    inner = {"type": "flow", "flow": "ask", "given": {"kind": "'card'"}, "set": {"n": "result.号码"}, **keys}
    read = {"type": "play", "prompts": [{"digits": "n"}], "next": "bye"}
    return flow_of({"inner": {"next": "read", **inner}, "read": read, "bye": BYE})


def test_a_flow_within_a_flow_has_variables_of_its_own_and_returns_some() -> None:
    someone = ScriptedCaller(interpreter_of(outer(), ASK)).enters()
    assert someone.heard == [("zh/card",)]
    someone.presses("42")
    assert someone.heard[-1] == ("zh/digits/4", "zh/digits/2")
    assert someone.path == ["inner", "ask", "done", "read"]
    assert someone.hangs_up().left.path == ("inner", "ask/ask", "ask/done", "read")


def test_a_flow_that_is_not_there_is_an_error() -> None:
    someone = ScriptedCaller(interpreter_of(outer(on_error="bye"))).enters()
    assert someone.all_of(NodeFailed)[0].reason == "there is no flow ask"
    assert someone.path == ["inner", "bye"]


def test_flows_cannot_be_endlessly_deep() -> None:
    deep = flow_of({"in": {"type": "flow", "flow": "hotline", "next": "bye"}, "bye": BYE})
    someone = ScriptedCaller(interpreter_of(deep)).enters()
    assert len(someone.path) == DEEPEST
    assert someone.left.reason is FlowEnd.FAILED


def test_an_error_inside_is_handled_outside() -> None:
    broken = flow_of({"a": {"type": "set", "values": {"x": "1 / 0"}, "next": "b"}, "b": BYE}, name="ask")
    someone = ScriptedCaller(interpreter_of(outer(on_error="bye"), broken)).enters()
    assert someone.path == ["inner", "a", "bye"]


def test_return_at_the_outermost_flow_ends_the_call() -> None:
    someone = ScriptedCaller(interpreter_of(flow_of({"r": {"type": "return"}}))).enters()
    assert someone.outputs[-1] == EndCall(call_id="call-1", cause="NORMAL_CLEARING")


def test_goto_leads_to_a_node_or_for_good_to_another_flow() -> None:
    nodes = {"a": {"type": "goto", "node": "b"}, "b": {"type": "goto", "flow": "other"}}
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters()
    assert someone.outputs[-1] == PassOn(call_id="call-1", target="flow:other", language="zh")


def failing(flow_handler: str | None = None, node_handler: str | None = None, **rules: Any) -> ScriptedCaller:
    broken = {"type": "set", "values": {"x": "1 / 0"}, "next": "bye", "on_error": node_handler}
    nodes = {"broken": broken, "own": BYE, "flows": {**broken, "on_error": None}, "bye": BYE}
    flow = flow_of(nodes).model_copy(update={"on_error": flow_handler})
    return ScriptedCaller(interpreter_of(flow, **rules)).enters()


@pytest.mark.parametrize(
    ("flow_handler", "node_handler", "path"),
    [
        (None, "own", ["broken", "own"]),
        ("own", None, ["broken", "own"]),
        ("bye", "own", ["broken", "own"]),
        (None, None, ["broken"]),
        ("flows", None, ["broken", "flows"]),  # the handler fails too, and is not its own handler
    ],
)
def test_who_handles_an_error(flow_handler: str | None, node_handler: str | None, path: list[str]) -> None:
    assert failing(flow_handler, node_handler).path == path


def test_without_a_handler_the_switch_says_where_to() -> None:
    someone = failing(on_error="queue:service")
    assert someone.outputs[-1] == PassOn(call_id="call-1", target="queue:service", language="zh")
    assert someone.left.reason is FlowEnd.FAILED
    assert failing().outputs[-1] == EndCall(call_id="call-1", cause="NORMAL_TEMPORARY_FAILURE")


def test_handlers_that_fail_in_turn_end_by_the_limit_of_nodes() -> None:
    broken = {"type": "set", "values": {"x": "1 / 0"}, "next": "a"}
    nodes = {"a": {**broken, "on_error": "b"}, "b": {**broken, "on_error": "a"}}
    assert ScriptedCaller(interpreter_of(flow_of(nodes))).enters().left.reason is FlowEnd.RUNAWAY


def test_the_fault_can_be_named() -> None:
    broken = {"type": "set", "values": {"x": "1 / 0"}, "next": "bye", "on_error": "tell"}
    tell = {"type": "branch", "ways": [{"when": "'division by zero' in fault", "go": "yes"}], "next": "bye"}
    someone = ScriptedCaller(
        interpreter_of(flow_of({"a": broken, "tell": tell, "yes": BYE, "bye": BYE}))
    ).enters()
    assert someone.path == ["a", "tell", "yes"]


def test_variables_begin_with_what_the_flow_says_and_are_set_in_order() -> None:
    nodes = {
        "set": {"type": "set", "values": {"a": "a + 1", "b": "a * 10"}, "next": "go"},
        "go": {"type": "branch", "ways": [{"when": "b == 60", "go": "yes"}], "next": "no"},
        "yes": BYE,
        "no": BYE,
    }
    flow = Flow.model_validate({**flow_of(nodes).model_dump(), "variables": {"a": 5}})
    assert ScriptedCaller(interpreter_of(flow)).enters().path[-1] == "yes"


def test_tags_are_for_the_visit() -> None:
    nodes = {
        "tag": {"type": "tag", "add": ["老人", "急"], "remove": ["急", "x"], "next": "go"},
        "go": {"type": "branch", "ways": [{"tag": "老人", "go": "yes"}], "next": "no"},
        "yes": BYE,
        "no": BYE,
    }
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters(tags=("x", "y"))
    assert someone.all_of(TagCaller) == [TagCaller(call_id="call-1", tags=("y", "老人", "急"))]
    assert someone.path[-1] == "yes"


@pytest.mark.parametrize("action", RecordingChange)
def test_the_recording_is_changed(action: RecordingChange) -> None:
    nodes = {"r": {"type": "record", "action": action.value, "next": "bye"}, "bye": BYE}
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters()
    assert someone.all_of(ChangeRecording) == [ChangeRecording(call_id="call-1", change=action)]


def surveyed(**keys: Any) -> ScriptedCaller:
    questions = [
        {"name": "态度", "prompts": ["zh/manner"], "keys": ["1", "2", "3"]},
        {"name": "结果", "prompts": ["zh/result"], "keys": ["1", "2"]},
    ]
    survey = {"type": "survey", "questions": questions, "next": "bye", "thanks": ["zh/thanks"], **keys}
    return ScriptedCaller(interpreter_of(flow_of({"ask": survey, "bye": BYE}))).enters(contact_id="contact-1")


def test_each_question_of_a_survey_is_answered_by_a_key() -> None:
    someone = surveyed(on_invalid=["zh/wrong"]).presses("3").presses("9").presses("2")
    told = [(answer.question, answer.answer) for answer in someone.all_of(SurveyAnswered)]
    assert told == [("态度", "3"), ("结果", "2")]
    assert someone.heard == [("zh/manner",), ("zh/result",), ("zh/wrong", "zh/result"), ("zh/thanks",)]
    assert someone.hears_it_out().path == ["ask", "bye"]


def test_a_question_without_an_answer_is_left_out() -> None:
    someone = surveyed(tries=1).hears_it_out().waits(5).presses("1")
    assert [answer.question for answer in someone.all_of(SurveyAnswered)] == ["结果"]


def test_a_key_that_stops_the_thanks_leads_on() -> None:
    someone = surveyed().presses("3").presses("2").holds_a_key_down().presses("1")
    assert someone.path == ["ask", "bye"]


def test_a_key_before_a_question_is_speech_does_not_hold_the_next_one_up() -> None:
    questions = [
        {"name": "态度", "prompts": [{"say": "请评价"}], "keys": ["1"]},
        {"name": "结果", "prompts": ["zh/result"], "keys": ["1"]},
    ]
    someone = surveyed(questions=questions).presses("1")
    assert someone.all_of(ForgetRequest) == [ForgetRequest(call_id="call-1", request_id=someone.asked[0])]
    someone.is_told("say/late").waits(60)
    assert someone.heard == [("zh/result",)]
