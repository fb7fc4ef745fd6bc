"""The collect node."""

from typing import Any

import pytest

from ivr.commands import HideKeys, ShowKeys
from ivr.events import DigitsCollected, DigitsRefused, NodeFailed, RefusalReason
from ivr.inputs import MaskedKeysPressed
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of, world_of


def caller(**collect: Any) -> ScriptedCaller:
    nodes = {
        "ask": {
            "type": "collect",
            "prompts": ["zh/ask"],
            "variable": "户号",
            "min_digits": 3,
            "max_digits": 5,
            "on_invalid": ["zh/wrong"],
            "on_timeout": ["zh/silent"],
            "next": "read",
            "otherwise": "bye",
            **collect,
        },
        "read": {"type": "play", "prompts": [{"digits": "户号"}], "next": "bye"},
        "bye": {"type": "hang_up"},
    }
    return ScriptedCaller(interpreter_of(flow_of(nodes))).enters()


def said(digits: str) -> tuple[str, ...]:
    return tuple(f"zh/digits/{digit}" for digit in digits)


@pytest.mark.parametrize("keys", ["12345", "123#", "1234#"])
def test_a_number_is_complete_by_its_length_or_the_terminator(keys: str) -> None:
    someone = caller().presses(keys)
    assert someone.heard[-1] == said(keys.strip("#"))
    assert [told.digits for told in someone.all_of(DigitsCollected)] == [keys.strip("#")]


def test_a_number_is_complete_when_no_further_key_comes() -> None:
    someone = caller().presses("1234").waits(2.9)
    assert someone.path == ["ask"]
    assert someone.waits(0.2).heard[-1] == said("1234")


def test_each_key_gives_time_for_the_next() -> None:
    someone = caller(between_s=2).presses("1").waits(1.9).presses("2").waits(1.9).presses("3").waits(1.9)
    assert someone.path == ["ask"]
    assert someone.waits(0.2).path == ["ask", "read"]


def test_a_number_too_short_is_asked_for_again() -> None:
    someone = caller().presses("12#")
    assert someone.heard[-1] == ("zh/wrong", "zh/ask")
    assert someone.all_of(DigitsRefused)[-1].reason is RefusalReason.TOO_SHORT
    assert someone.presses("123#").heard[-1] == said("123")


def test_a_number_must_pass_the_check() -> None:
    someone = caller(check="starts_with(digits, '31') and len(digits) == 4").presses("3210#")
    assert someone.all_of(DigitsRefused)[-1].reason is RefusalReason.CHECK
    assert someone.presses("3110#").heard[-1] == said("3110")


def test_who_presses_nothing_is_asked_until_the_tries_are_spent() -> None:
    someone = caller(tries=2).hears_it_out().waits(5)
    assert someone.heard[-1] == ("zh/silent", "zh/ask")
    assert someone.hears_it_out().waits(5).path == ["ask", "bye"]


def test_keys_typed_ahead_count_and_the_rest_waits_for_the_next_node() -> None:
    nodes = {
        "hello": {"type": "play", "prompts": ["zh/hello"], "next": "ask"},
        "ask": {
            "type": "collect",
            "prompts": ["zh/ask"],
            "variable": "n",
            "max_digits": 3,
            "next": "menu",
            "otherwise": "bye",
        },
        "menu": {"type": "menu", "prompts": ["zh/menu"], "choices": {"7": "bye"}, "next": "ask"},
        "bye": {"type": "hang_up"},
    }
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters().presses("1234")
    assert someone.path == ["hello", "ask", "menu"]


def test_without_barge_in_keys_count_after_the_prompts() -> None:
    someone = caller(barge_in=False).presses("123#")
    assert someone.path == ["ask"]
    assert someone.hears_it_out().presses("123#").path == ["ask", "read"]


def masked_keys(someone: ScriptedCaller, digits: str) -> ScriptedCaller:
    (hide,) = someone.all_of(HideKeys)
    return someone._give(MaskedKeysPressed(call_id="call-1", mask_id=hide.mask_id, digits=digits))


def test_masked_keys_are_known_to_the_flow_alone() -> None:
    someone = masked_keys(masked_keys(caller(masked=True), "1"), "123#")
    (hide,), (show,) = someone.all_of(HideKeys), someone.all_of(ShowKeys)
    assert show.mask_id == hide.mask_id
    (told,) = someone.all_of(DigitsCollected)
    assert (told.digits, told.count, told.masked) == ("", 3, True)
    assert someone.heard[-1] == said("123")
    assert someone.hangs_up().left.keys == "***"
    assert not any("123" in str(output) for output in someone.outputs if output not in someone.plays)


def test_the_mask_is_lifted_whoever_takes_the_call() -> None:
    someone = caller(masked=True).is_taken()
    assert len(someone.all_of(ShowKeys)) == 1


def test_all_masked_keys_told_at_once_are_taken_each() -> None:
    assert masked_keys(caller(masked=True), "12345").path == ["ask", "read"]


SECRET = "19*35"


@pytest.mark.parametrize(
    "use",
    [
        {"type": "set", "values": {"n": "number(卡号)"}, "next": "bye"},
        {"type": "play", "prompts": [{"money": "卡号"}], "next": "bye"},
        {"type": "transfer", "to": "number:{卡号}"},
        {"type": "queue", "queue": "q{卡号}"},
    ],
)
def test_a_masked_number_that_cannot_be_used_is_not_told(use: dict[str, Any]) -> None:
    collect = {
        "type": "collect",
        "prompts": ["zh/card"],
        "variable": "卡号",
        "masked": True,
        "next": "use",
        "otherwise": "bye",
    }
    flow = flow_of({"collect": collect, "use": use, "bye": {"type": "hang_up"}})
    world = world_of(knows_target=lambda target: False)
    someone = ScriptedCaller(interpreter_of(flow, world=world)).enters().presses(f"{SECRET}#")
    (failed,) = someone.all_of(NodeFailed)
    assert failed.node == "use"
    assert SECRET not in failed.reason


def test_a_mask_lasts_as_long_as_anybody_can_type() -> None:
    someone = caller(masked=True, tries=3, timeout_s=60, between_s=60, max_digits=5)
    (hide,) = someone.all_of(HideKeys)
    assert hide.max_s >= 3 * (60 + 5 * 60)
