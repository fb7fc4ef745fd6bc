"""Nodes that ask somebody outside: lookup and hook; and texts that are made to speech."""

from typing import Any

import pytest

from ivr.commands import AskApplication, ForgetRequest, LookUp, MakeSpeech, RequestText, SilencePrompts
from ivr.events import FlowEnd, NodeFailed
from ivr.inputs import AnswerCame, NoAnswerCame
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of

READ = {"type": "play", "prompts": [{"number": "余额"}], "next": "bye"}
NODES = {
    "read": READ,
    "wrong": {"type": "play", "prompts": ["zh/wrong"], "next": "bye"},
    "bye": {"type": "hang_up"},
}


def looking(**lookup: Any) -> ScriptedCaller:
    node = {
        "type": "lookup",
        "service": "billing",
        "path": "accounts/{caller_number}",
        "query": {"month": "today[0:7]"},
        "set": {"余额": "answer.data.balance"},
        "next": "read",
        "on_error": "wrong",
        **lookup,
    }
    return ScriptedCaller(interpreter_of(flow_of({"ask": node, **NODES}))).enters(caller_number="138")


def test_a_service_is_asked_with_values_of_the_call() -> None:
    (order,) = looking().all_of(LookUp)
    assert (order.service, order.method, order.path) == ("billing", "GET", "accounts/138")
    assert (order.query, order.body, order.timeout_s) == ({"month": "2026-11"}, {}, 5.0)


def test_the_answer_is_kept_as_variables() -> None:
    someone = looking().is_told({"data": {"balance": 12}})
    assert someone.path == ["ask", "read"]
    assert someone.heard[-1] == ("zh/numbers/12",) or someone.heard[-1][0].startswith("zh/numbers")


def test_an_answer_of_another_shape_is_an_error() -> None:
    someone = looking().is_told(["no mapping"])
    assert someone.path == ["ask", "wrong"]
    assert "there is no data in answer" in someone.all_of(NodeFailed)[-1].reason


def test_without_an_answer_the_defaults_hold() -> None:
    assert looking(default={"余额": 0}).is_told_nothing().path == ["ask", "read"]


def test_without_an_answer_the_caller_goes_elsewhere() -> None:
    assert looking(otherwise="bye").is_told_nothing("circuit_open").path == ["ask", "bye"]


def test_without_either_that_is_an_error() -> None:
    someone = looking().is_told_nothing("status_500")
    assert (someone.path, someone.all_of(NodeFailed)[-1].reason) == (["ask", "wrong"], "status_500")


def test_a_service_that_never_answers_holds_nobody_up() -> None:
    assert looking(timeout_s=3).waits(5.1).path == ["ask", "wrong"]


def test_what_is_played_meanwhile_is_cut_off_by_the_answer() -> None:
    someone = looking(prompts=["zh/wait"])
    assert someone.heard == [("zh/wait",)]
    someone.is_told({"data": {"balance": 1}})
    assert len(someone.all_of(SilencePrompts)) == 1
    assert someone.hears_it_out().path == ["ask", "read", "bye"]


def test_what_is_played_meanwhile_may_end_before_the_answer() -> None:
    someone = looking(prompts=["zh/wait"]).hears_it_out()
    assert someone.path == ["ask"]
    assert someone.is_told({"data": {"balance": 1}}).path == ["ask", "read"]


def test_keys_pressed_meanwhile_are_for_the_next_node() -> None:
    menu = {"type": "menu", "prompts": ["zh/menu"], "choices": {"1": "bye"}, "next": "wrong"}
    node = {"type": "lookup", "service": "billing", "next": "menu", "on_error": "wrong"}
    someone = ScriptedCaller(interpreter_of(flow_of({"ask": node, **NODES, "menu": menu}))).enters()
    assert someone.presses("1").path == ["ask"]
    assert someone.is_told({}).path == ["ask", "menu", "bye"]


def test_an_answer_too_late_changes_nothing() -> None:
    someone = looking(otherwise="wrong").waits(8)
    before = list(someone.path)
    assert someone.is_told({"data": {"balance": 1}}).path == before


def test_who_hangs_up_waits_for_nothing() -> None:
    someone = looking().hangs_up()
    assert [order.request_id for order in someone.all_of(ForgetRequest)] == someone.asked


def test_a_value_cannot_lead_to_another_path() -> None:
    node = {
        "type": "lookup",
        "service": "billing",
        "path": "a/{caller_name}",
        "next": "bye",
        "on_error": "wrong",
    }
    someone = ScriptedCaller(interpreter_of(flow_of({"ask": node, **NODES}))).enters(caller_name="../b")
    assert someone.path == ["ask", "wrong"]


def hook(**keys: Any) -> ScriptedCaller:
    node = {"type": "hook", "hook": "order.new", "data": {"who": "caller_number"}, "next": "bye", **keys}
    return ScriptedCaller(interpreter_of(flow_of({"ask": node, **NODES}))).enters(caller_number="138")


def test_an_application_is_asked_and_waited_for() -> None:
    someone = hook(set={"余额": "answer.balance"}, next="read", otherwise="wrong", timeout_s=60)
    (order,) = someone.all_of(AskApplication)
    assert (order.hook, order.data, order.timeout_s) == ("order.new", {"who": "138"}, 60)
    assert someone.is_told({"balance": 3}).path == ["ask", "read"]


def test_an_application_that_is_gone_is_not_waited_for() -> None:
    assert hook(otherwise="wrong").is_told_nothing("nobody").path == ["ask", "wrong"]


def test_an_application_may_be_told_only() -> None:
    someone = hook(wait=False)
    (order,) = someone.all_of(AskApplication)
    assert (order.timeout_s, someone.path) == (0, ["ask", "bye"])


def saying(**keys: Any) -> ScriptedCaller:
    nodes = {"say": {"type": "say", "text": "您好，{caller_name}", "next": "bye", **keys}, **NODES}
    return ScriptedCaller(interpreter_of(flow_of(nodes))).enters(caller_name="王")


def test_a_text_is_made_to_speech_and_played() -> None:
    someone = saying(voice="soft")
    (order,) = someone.all_of(MakeSpeech)
    assert (order.text, order.language, order.voice) == ("您好，王", "zh", "soft")
    assert someone.is_told("speech:1").heard == [("speech:1",)]
    assert someone.hears_it_out().path == ["say", "bye"]


def test_without_speech_the_flow_goes_where_it_says() -> None:
    assert saying(on_error="wrong").is_told_nothing("engines_down").path == ["say", "wrong"]


def test_without_speech_and_handler_the_flow_goes_on_in_silence() -> None:
    someone = saying().is_told_nothing("engines_down")
    assert (someone.path, someone.heard) == (["say", "bye"], [])
    assert someone.left.reason is FlowEnd.HUNG_UP


def test_texts_and_prompts_are_played_in_their_order() -> None:
    pieces = ["zh/a", {"say": "一"}, {"number": 2}, {"say": "三", "language": "en"}]
    nodes = {"all": {"type": "play", "prompts": pieces, "next": "bye"}, **NODES}
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters()
    assert someone.heard == []
    someone.is_told("speech:1").is_told("speech:3")
    assert someone.heard == [("zh/a", "speech:1", "zh/digits/2", "speech:3")]
    assert [order.language for order in someone.all_of(MakeSpeech)] == ["zh", "en"]


def test_a_key_while_speech_is_made_is_typed_ahead() -> None:
    someone = saying().presses("1")
    assert (someone.path, len(someone.all_of(ForgetRequest))) == (["say", "bye"], 1)


def test_a_text_message_is_asked_for() -> None:
    node = {"type": "text_message", "to": "{caller_number}", "text": "您的工单{call_id}", "next": "bye"}
    someone = ScriptedCaller(interpreter_of(flow_of({"sms": node, **NODES}))).enters(caller_number="138")
    assert someone.all_of(RequestText) == [RequestText(call_id="call-1", to="138", text="您的工单call-1")]


@pytest.mark.parametrize("kind", ["number", "money", "date", "time", "duration", "telephone"])
def test_a_value_that_cannot_be_spoken_so_is_an_error(kind: str) -> None:
    nodes = {
        "p": {"type": "play", "prompts": [{kind: "[1, none]"}], "next": "bye", "on_error": "wrong"},
        **NODES,
    }
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters()
    assert someone.path == ["p", "wrong"] or kind == "digits"


def test_an_answer_is_awaited_also_where_what_is_said_meanwhile_cannot_be_made() -> None:
    someone = looking(prompts=[{"say": "请稍候"}])
    lookup, speech = someone.asked
    someone._give(NoAnswerCame(call_id="call-1", request_id=speech, reason="engines_down"))
    assert someone.path == ["ask"]
    someone._give(AnswerCame(call_id="call-1", request_id=lookup, answer={"data": {"balance": 1}}))
    assert someone.path == ["ask", "read"]
