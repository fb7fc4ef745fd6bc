"""The play node."""

from typing import Any

from ivr.commands import SilencePrompts
from ivr.events import DigitAccepted, DigitRefused
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of


def caller(**greeting: Any) -> ScriptedCaller:
    """One who stands before: greeting, notice, then a menu where 1 leads out."""
    return ScriptedCaller(
        interpreter_of(
            flow_of(
                {
                    "greeting": {"type": "play", "prompts": ["zh/a", "zh/b"], "next": "notice", **greeting},
                    "notice": {"type": "play", "prompts": ["zh/notice"], "next": "menu"},
                    "menu": {"type": "menu", "prompts": ["zh/menu"], "choices": {"1": "out"}, "next": "out"},
                    "out": {"type": "hang_up"},
                }
            )
        )
    ).enters()


def test_its_prompts_are_played_in_one_go_and_the_next_node_follows() -> None:
    someone = caller()
    assert someone.heard == [("zh/a", "zh/b")]
    assert someone.hears_it_out().path == ["greeting", "notice"]


def test_it_never_times_out() -> None:
    assert caller().waits(3600).path == ["greeting"]


def test_a_key_silences_it_and_answers_the_menu_behind_it() -> None:
    someone = caller().presses("1")
    assert someone.all_of(SilencePrompts) == [SilencePrompts(call_id="call-1")]
    assert someone.path == ["greeting", "notice", "menu", "out"]
    assert someone.heard == [("zh/a", "zh/b")]
    assert someone.all_of(DigitAccepted)[0].digit == "1"


def test_prompts_end_when_a_key_goes_down_and_the_flow_goes_on_when_it_comes_up() -> None:
    someone = caller()
    assert [play.barge_in for play in someone.plays] == [True]
    assert someone.holds_a_key_down().waits(1).path == ["greeting"]
    assert someone.presses("1").path == ["greeting", "notice", "menu", "out"]


def test_a_key_that_never_comes_up_does_not_keep_the_caller_for_ever() -> None:
    assert caller().holds_a_key_down().waits(11).path == ["greeting", "notice"]


def test_a_wrong_key_typed_ahead_costs_a_try_of_the_menu() -> None:
    someone = caller().presses("5")
    assert someone.all_of(DigitRefused)[0].tries_left == 2
    assert someone.heard[-1] == ("zh/menu",)


def test_without_barge_in_a_key_is_not_heard() -> None:
    someone = caller(barge_in=False).presses("1")
    assert not someone.plays[0].barge_in
    assert someone.path == ["greeting"]
    assert someone.hears_it_out().hears_it_out().path == ["greeting", "notice", "menu"]


def test_a_key_typed_ahead_is_forgotten_at_prompts_that_must_be_heard() -> None:
    someone = ScriptedCaller(
        interpreter_of(
            flow_of(
                {
                    "greeting": {"type": "play", "prompts": ["zh/a"], "next": "law"},
                    "law": {"type": "play", "prompts": ["zh/law"], "next": "menu", "barge_in": False},
                    "menu": {"type": "menu", "prompts": ["zh/menu"], "choices": {"1": "out"}, "next": "out"},
                    "out": {"type": "hang_up"},
                }
            )
        )
    ).enters()
    someone.presses("1")
    assert someone.heard == [("zh/a",), ("zh/law",)]
    assert someone.hears_it_out().heard[-1] == ("zh/menu",)
