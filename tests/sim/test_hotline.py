"""A customer's whole way through the house, message by message, and what a call given up leaves behind."""

from collections.abc import Callable

import pytest

from switch.causes import Cause
from switch.events import CallConnected, CallEnded, OfferEnded
from switch.sip.messages.message import Request
from tests.helpers.hotline import CALLER, PHONE, Hotline

LONGEST_TIMER_S = 64 * 0.5
"""Timers B, F, H, J and L of RFC 3261 are all 64 × T1."""


def test_a_customer_reaches_an_agent_and_both_are_free_afterwards() -> None:
    hotline = Hotline()
    hotline.seat("1001")
    hotline.call()
    hotline.press("1")
    hotline.phone_says(180)
    assert hotline.agent_state("1001") == "OFFERED"
    hotline.phone_answers()
    assert hotline.last(CallConnected).station == "1001"
    assert hotline.agent_state("1001") == "ON_CALL"
    hotline.hang_up()
    assert hotline.last(CallEnded).by_caller
    assert hotline.agent_state("1001") == "WRAP_UP"
    hotline.pass_time(10)
    assert hotline.agent_state("1001") == "AVAILABLE"


def _before_the_ack(hotline: Hotline) -> None:
    hotline.dial()


def _in_a_prompt(hotline: Hotline) -> None:
    hotline.call()


def _in_the_queue(hotline: Hotline) -> None:
    hotline.verb("agent.not_ready", agent="1001", reason="午休")
    hotline.call()
    hotline.press("1")


def _offered(hotline: Hotline) -> None:
    hotline.call()
    hotline.press("1")


def _ringing(hotline: Hotline) -> None:
    _offered(hotline)
    hotline.phone_says(180)


def _talking(hotline: Hotline) -> None:
    _ringing(hotline)
    hotline.phone_answers()


STEPS: list[Callable[[Hotline], None]] = [
    _before_the_ack,
    _in_a_prompt,
    _in_the_queue,
    _offered,
    _ringing,
    _talking,
]


@pytest.mark.parametrize("step", STEPS)
def test_a_caller_who_hangs_up_at_any_step_leaves_nothing_behind(step: Callable[[Hotline], None]) -> None:
    hotline = Hotline()
    hotline.seat("1001")
    step(hotline)
    assert hotline.open_things()["calls"] == 1
    hotline.hang_up()
    _phone_settles(hotline)
    hotline.pass_time(LONGEST_TIMER_S)
    assert not any(hotline.open_things().values()), hotline.open_things()
    expected = "NOT_READY" if step is _in_the_queue else "AVAILABLE"
    assert hotline.agent_state("1001") == expected


def test_a_caller_who_cancels_while_it_rings_leaves_nothing_behind() -> None:
    hotline = Hotline(ring_s=3)
    hotline.dial()
    hotline.pass_time(1)
    assert hotline.answer_to(CALLER, 180)
    hotline.cancel()
    assert hotline.answer_to(CALLER, 487)
    assert hotline.last(CallEnded).cause is Cause.ORIGINATOR_CANCEL
    hotline.acknowledge_refusal()
    hotline.pass_time(LONGEST_TIMER_S)
    assert not any(hotline.open_things().values()), hotline.open_things()


def test_a_cancel_that_comes_too_late_changes_nothing_and_the_bye_ends_the_call() -> None:
    hotline = Hotline()
    hotline.dial()
    hotline.cancel()
    assert hotline.exchange.open_calls == 1
    hotline.hang_up()
    hotline.pass_time(LONGEST_TIMER_S)
    assert not any(hotline.open_things().values()), hotline.open_things()


def test_a_caller_who_vanishes_before_the_ack_is_given_up_in_time() -> None:
    hotline = Hotline()
    hotline.dial()
    hotline.pass_time(2 * LONGEST_TIMER_S)
    assert hotline.last(CallEnded).by_caller is False
    assert not any(hotline.open_things().values()), hotline.open_things()


def test_when_an_agent_does_not_answer_the_next_one_is_rung_and_the_caller_stays() -> None:
    hotline = Hotline(ring_timeout_s=15)
    hotline.seat("1001")
    hotline.call()
    hotline.press("1")
    hotline.phone_says(180)
    hotline.seat("1002")
    hotline.pass_time(15)
    assert hotline.last(OfferEnded).cause is Cause.NO_ANSWER
    assert hotline.agent_state("1001") == "NOT_READY"
    assert (hotline.request_to(PHONE, "INVITE").uri).startswith("sip:")
    assert hotline.agent_state("1002") == "OFFERED"
    hotline.phone_answers()
    assert hotline.last(CallConnected).station == "1002"


@pytest.mark.parametrize("status", [486, 603, 480, 500])
def test_an_agent_whose_phone_refuses_does_not_cost_the_caller_the_place(status: int) -> None:
    hotline = Hotline()
    hotline.seat("1001")
    hotline.call()
    hotline.press("1")
    hotline.phone_says(status)
    assert hotline.exchange.open_calls == 1
    hotline.seat("1002")
    assert hotline.agent_state("1002") == "OFFERED"


def test_when_the_agent_hangs_up_the_caller_is_released() -> None:
    hotline = Hotline()
    hotline.seat("1001")
    _talking(hotline)
    hotline.phone_hangs_up()
    assert hotline.last(CallEnded).by_caller is False
    assert hotline.request_to(CALLER, "BYE")
    assert hotline.agent_state("1001") == "WRAP_UP"


def test_wrong_keys_and_silence_lead_out_of_the_menu_and_end_the_call() -> None:
    hotline = Hotline()
    hotline.call()
    hotline.press("7")
    assert hotline.media.playing, "the menu is played again"
    hotline.finish_prompt()
    hotline.pass_time(4.9)
    assert hotline.exchange.open_calls == 1
    hotline.pass_time(0.2)
    assert hotline.last(CallEnded).cause is Cause.NORMAL_CLEARING
    assert hotline.request_to(CALLER, "BYE")


def _phone_settles(hotline: Hotline) -> None:
    """A phone that was rung in vain ends its INVITE with 487 (RFC 3261 §9.2)."""
    cancelled = [m for _, m in hotline.sent if isinstance(m, Request) and m.method == "CANCEL"]
    if cancelled:
        hotline.phone_says(487)
