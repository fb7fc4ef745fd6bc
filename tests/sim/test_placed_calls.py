"""Calls that the switch makes, in a whole house in memory: flow, queue, agents, phones that speak SIP."""

import pytest

from switch.causes import Cause
from switch.commands import HangUpCall, PlaceCall
from switch.events import CallConnected, CallEnded, CallHandedOff, CallRinging
from tests.helpers.hotline import PHONE, Hotline


@pytest.fixture
def hotline() -> Hotline:
    """Agent 1001 is ready; 1002 is the phone of somebody who is called."""
    house = Hotline()
    house.seat("1001")
    house.register("1002")
    return house


def place(hotline: Hotline, target: str = "flow:hotline", ring_s: float = 20) -> None:
    order = PlaceCall(
        call_id="placed",
        contact_id="contact",
        whom="station:1002",
        target=target,
        ring_s=ring_s,
        caller_number="13900139000",
        shown_number="95598",
    )
    hotline.driver.submit(order)


def ends(hotline: Hotline) -> list[tuple[Cause, bool]]:
    return [(event.cause, event.by_caller) for event in hotline.events if isinstance(event, CallEnded)]


def assert_idle(hotline: Hotline) -> None:
    hotline.pass_time(200)
    assert not any(hotline.open_things().values())


def test_who_is_called_goes_through_the_flow_to_an_agent(hotline: Hotline) -> None:
    place(hotline)
    assert "sip:95598@" in (hotline.request_to(PHONE, "INVITE").headers.get("from") or "")
    hotline.phone_says(180)
    assert hotline.last(CallRinging).call_id == "placed"
    hotline.phone_answers()
    hotline.press("1")
    assert "sip:13900139000@" in (hotline.request_to(PHONE, "INVITE").headers.get("from") or "")
    hotline.phone_answers()
    assert hotline.last(CallConnected).station == "1001"
    hotline.phone_hangs_up()
    assert len(ends(hotline)) == 1
    assert_idle(hotline)


def test_who_is_called_waits_in_a_queue_at_once(hotline: Hotline) -> None:
    place(hotline, "queue:service")
    assert hotline.agent_state("1001") == "AVAILABLE"
    hotline.phone_answers()
    assert hotline.agent_state("1001") == "OFFERED"
    hotline.phone_answers()
    assert hotline.agent_state("1001") == "ON_CALL"
    hotline.driver.submit(HangUpCall(call_id="placed", cause=Cause.NORMAL_CLEARING))
    assert hotline.agent_state("1001") == "WRAP_UP"
    assert_idle(hotline)


@pytest.mark.parametrize(
    ("status", "cause"),
    [(486, Cause.USER_BUSY), (603, Cause.CALL_REJECTED), (404, Cause.UNALLOCATED_NUMBER)],
)
def test_a_phone_that_refuses_ends_the_call_with_its_cause(
    hotline: Hotline, status: int, cause: Cause
) -> None:
    place(hotline)
    hotline.phone_says(status)
    assert ends(hotline) == [(cause, True)]
    assert_idle(hotline)


def test_a_phone_that_nobody_answers_is_rung_as_long_as_ordered(hotline: Hotline) -> None:
    place(hotline, ring_s=20)
    hotline.phone_says(180)
    hotline.pass_time(19)
    assert ends(hotline) == []
    hotline.pass_time(2)
    assert hotline.request_to(PHONE, "CANCEL")
    assert ends(hotline) == [(Cause.NO_ANSWER, False)]
    hotline.phone_says(487)
    assert_idle(hotline)


def test_a_station_without_a_phone_cannot_be_called() -> None:
    hotline = Hotline()
    place(hotline)
    assert ends(hotline) == [(Cause.USER_NOT_REGISTERED, False)]
    assert not any(isinstance(event, CallHandedOff) for event in hotline.events)
    assert_idle(hotline)


@pytest.mark.parametrize("steps", range(4))
def test_who_was_called_may_hang_up_at_every_step(hotline: Hotline, steps: int) -> None:
    place(hotline)
    hotline.phone_answers()
    invite = hotline.request_to(PHONE, "INVITE")
    if steps > 0:
        hotline.press("1")
    if steps > 1:
        hotline.phone_says(180)
    if steps > 2:
        hotline.phone_answers()
    hotline.phone_hangs_up(invite)
    assert ends(hotline) == [(Cause.NORMAL_CLEARING, True)]
    assert_idle(hotline)
