"""The menu node."""

from typing import Any

import pytest

from ivr.commands import PlayToCaller, SilencePrompts
from ivr.events import DigitAccepted, DigitRefused, MenuTimedOut
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of


def caller(**menu: Any) -> ScriptedCaller:
    nodes = {
        "menu": {
            "type": "menu",
            "prompts": ["zh/menu"],
            "choices": {"1": "sales", "9": "menu", "*": "bye"},
            "timeout_s": 4,
            "tries": 3,
            "on_invalid": ["zh/invalid"],
            "on_timeout": ["zh/silent"],
            "next": "bye",
            **menu,
        },
        "sales": {"type": "queue", "queue": "sales"},
        "bye": {"type": "hang_up"},
    }
    return ScriptedCaller(interpreter_of(flow_of(nodes))).enters()


@pytest.mark.parametrize(("digit", "node"), [("1", "sales"), ("*", "bye")])
def test_each_key_leads_to_its_node(digit: str, node: str) -> None:
    someone = caller().hears_it_out().presses(digit)
    assert someone.path == ["menu", node]
    assert someone.all_of(DigitAccepted) == [
        DigitAccepted(call_id="call-1", flow="hotline", node="menu", digit=digit, choice=node)
    ]


def test_a_key_stops_the_prompt_before_anything_else() -> None:
    someone = caller().presses("7")
    kinds = [type(output) for output in someone.outputs[-3:]]
    assert kinds == [SilencePrompts, DigitRefused, PlayToCaller]


def test_a_key_after_the_prompt_stops_nothing() -> None:
    assert caller().hears_it_out().presses("7").all_of(SilencePrompts) == []


def test_without_barge_in_a_key_counts_only_after_the_prompt() -> None:
    someone = caller(barge_in=False).presses("17")
    assert someone.path == ["menu"]
    assert someone.hears_it_out().presses("1").path == ["menu", "sales"]


def test_time_runs_from_the_end_of_the_prompt() -> None:
    someone = caller().waits(60)
    assert someone.all_of(MenuTimedOut) == []
    someone.hears_it_out().waits(3.9)
    assert someone.all_of(MenuTimedOut) == []
    someone.waits(0.1)
    assert someone.all_of(MenuTimedOut) == [
        MenuTimedOut(call_id="call-1", flow="hotline", node="menu", tries_left=2)
    ]


def test_a_silent_caller_is_reminded_and_asked_again() -> None:
    assert caller().hears_it_out().waits(4).heard[-1] == ("zh/silent", "zh/menu")


def test_a_wrong_key_is_told_and_the_caller_asked_again() -> None:
    someone = caller().hears_it_out().presses("7")
    assert someone.heard[-1] == ("zh/invalid", "zh/menu")
    assert someone.all_of(DigitRefused) == [
        DigitRefused(call_id="call-1", flow="hotline", node="menu", digit="7", tries_left=2)
    ]


def test_a_key_stops_the_clock() -> None:
    someone = caller().hears_it_out().waits(3).presses("7").waits(60)
    assert someone.all_of(MenuTimedOut) == []


def test_wrong_keys_and_time_outs_share_the_tries_and_then_next_follows() -> None:
    someone = caller().presses("7").hears_it_out().waits(4).presses("8")
    assert someone.path == ["menu", "bye"]
    assert [refused.tries_left for refused in someone.all_of(DigitRefused)] == [2, 0]


def test_choosing_the_menu_itself_gives_all_tries_back() -> None:
    someone = caller().presses("7").presses("7").presses("9").presses("7")
    assert someone.path == ["menu", "menu"]
    assert someone.all_of(DigitRefused)[-1].tries_left == 2
