"""The recognise node, and texts that a speech server says live."""

from typing import Any

import pytest

from ivr.commands import ForgetRequest, MakeSpeech, PlayToCaller, RecogniseSpeech, SilencePrompts, SpeakLive
from ivr.events import SpeechRefused, SpeechUnderstood
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of

ENDS: dict[str, Any] = {
    "bill": {"type": "branch", "ways": [{"when": "'电费' in 说的", "go": "yes"}], "next": "no"},
    "keys": {"type": "menu", "prompts": ["zh/keys"], "choices": {"1": "yes"}, "next": "no"},
    "yes": {"type": "hang_up"},
    "no": {"type": "hang_up"},
}


def caller(**keys: Any) -> ScriptedCaller:
    node = {
        "type": "recognise",
        "prompts": ["zh/ask"],
        "grammars": ["builtin:speech/transcribe"],
        "variable": "说的",
        "on_invalid": ["zh/wrong"],
        "on_timeout": ["zh/silent"],
        "next": "bill",
        "otherwise": "keys",
        **keys,
    }
    return ScriptedCaller(interpreter_of(flow_of({"ask": node, **ENDS}))).enters()


def heard(text: str, meaning: object = "") -> dict[str, object]:
    return {"text": text, "meaning": meaning, "confidence": 0.9}


def test_the_caller_is_listened_to_from_the_moment_the_question_plays() -> None:
    someone = caller(timeout_s=3, longest_s=9, pause_s=0.5, confidence=0.4)
    play, order = someone.outputs[-2:]
    assert isinstance(play, PlayToCaller)
    assert isinstance(order, RecogniseSpeech)
    assert (order.prompt_plays, order.barge_in, order.language) == (True, True, "zh")
    assert (order.no_input_s, order.longest_s, order.pause_s, order.confidence) == (3, 9, 0.5, 0.4)


def test_what_was_said_is_kept() -> None:
    someone = caller().is_told(heard("我要查电费"))
    assert someone.path == ["ask", "bill", "yes"]
    assert len(someone.all_of(SpeechUnderstood)) == 1
    assert len(someone.all_of(SilencePrompts)) == 1


def test_what_it_means_goes_before_the_words() -> None:
    assert caller().is_told(heard("我要查一下", "电费")).path[-1] == "yes"


@pytest.mark.parametrize(("reason", "first"), [("no_match", "zh/wrong"), ("no_input", "zh/silent")])
def test_who_is_not_understood_is_asked_again(reason: str, first: str) -> None:
    someone = caller().hears_it_out().is_told_nothing(reason)
    assert someone.heard[-1] == (first, "zh/ask")
    assert someone.is_told(heard("电费")).path[-1] == "yes"


def test_when_all_tries_are_spent_keys_will_do() -> None:
    someone = caller(tries=2).is_told_nothing("no_match").is_told_nothing("no_input")
    assert someone.path == ["ask", "keys"]
    assert [told.tries_left for told in someone.all_of(SpeechRefused)] == [1, 0]


def test_without_a_server_nobody_is_asked_twice() -> None:
    assert caller().is_told_nothing("no_server").path == ["ask", "keys"]


def test_a_key_is_for_the_node_that_takes_keys() -> None:
    someone = caller().presses("1")
    assert someone.path == ["ask", "keys", "yes"]
    assert [order.request_id for order in someone.all_of(ForgetRequest)] == someone.asked


def test_a_question_in_speech_is_made_before_anybody_listens() -> None:
    someone = caller(prompts=[{"say": "请讲"}])
    assert someone.all_of(RecogniseSpeech) == []
    someone.is_told("speech:1")
    assert [order.prompt_plays for order in someone.all_of(RecogniseSpeech)] == [True]


def test_a_question_that_cannot_be_heard_does_not_keep_anybody_from_answering() -> None:
    someone = caller(prompts=[{"say": "请讲"}]).is_told_nothing("engines_down")
    assert [order.prompt_plays for order in someone.all_of(RecogniseSpeech)] == [False]
    assert someone.is_told(heard("电费")).path[-1] == "yes"


def test_a_server_that_never_answers_holds_nobody_for_ever() -> None:
    assert caller().waits(3600).path[1] == "keys"


def live(**keys: Any) -> ScriptedCaller:
    say = {"type": "say", "text": "您好{caller_name}", "live": True, "next": "keys", "on_error": "no", **keys}
    return ScriptedCaller(interpreter_of(flow_of({"say": say, **ENDS, "bill": ENDS["yes"]}))).enters(
        caller_name="王"
    )


def test_a_text_is_said_live() -> None:
    someone = live(voice="soft")
    (order,) = someone.all_of(SpeakLive)
    assert (order.text, order.voice, order.barge_in) == ("您好王", "soft", True)
    assert someone.all_of(MakeSpeech) == []
    assert someone.is_told("finished").path == ["say", "keys"]


def test_a_key_that_ends_what_is_said_live_is_for_the_next_node() -> None:
    assert live().is_told("barged_in").presses("1").path == ["say", "keys", "yes"]
    assert live().presses("1").path == ["say", "keys", "yes"]
    assert live().is_told("barged_in").waits(11).path == ["say", "keys"]


def test_without_a_server_the_flow_goes_where_it_says() -> None:
    assert live().is_told_nothing("no_server").path == ["say", "no"]
