"""Callers who hang up and keep the place."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from acd.agent import AgentState
from acd.callback import AskedBy, CallbackPolicy, CallbackStage, Refusal
from acd.callback_events import (
    CallbackAnswered,
    CallbackChanged,
    CallbackDialled,
    CallbackEnded,
    CallbackFailed,
    CallbackRefused,
    CallbackRequested,
    CallbackReturned,
)
from acd.commands import (
    AskForKey,
    DialCustomer,
    PassOnCaller,
    PlayConfirmation,
    ReleaseCaller,
    ReleaseStation,
    RingStation,
    StopAnnouncement,
)
from acd.events import CallerJoined, CallerLeft, LeaveReason, OfferEnded, OfferMade, OfferResult
from acd.inputs import CallerConnected, PhoneAnswered, PhoneLost
from acd.queue_config import QueueConfig
from runtime.errors import UsageError
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_idle, check_state

NUMBER = "13800138000"


def centre_of(count: int = 1, **rules: object) -> Centre:
    keys: dict[str, object] = {
        "name": "service",
        "wrap_up_s": 0,
        "callback_on_hang_up": True,
        "exit_keys": {"1": "callback"},
        "callback_ring_s": 20,
        "callback_retry_s": 60,
        **rules,
    }
    return Centre([QueueConfig.model_validate(keys)], agents_of("service", count=count))


def test_who_hangs_up_keeps_the_place_and_is_called_when_an_agent_is_there() -> None:
    centre = centre_of()
    centre.join("first", number="13900000001")
    centre.join("second", number="13900000002")
    requested = one(CallbackRequested, centre.hang_up("first"))
    assert (requested.callback_id, requested.asked_by) == ("first", AskedBy.HANG_UP)
    assert centre.core.state.queues["service"].line.position(centre.core.state.entries["first"]) == 1
    centre.staff("1001")
    dialled = one(DialCustomer, centre.outputs)
    assert (dialled.number, dialled.contact_id) == ("13900000001", "contact-of-first")
    assert dialled.shown_number == "95598"
    assert centre.state() is AgentState.OFFERED, "the agent is kept free"
    assert only(RingStation, centre.outputs) == []
    answered = centre.customer_answers("first")
    assert one(RingStation, answered).call_id == centre.call_of("first") == dialled.call_id
    left = one(CallerLeft, centre.talk("first"))
    assert (left.reason, left.call_id, left.agent) == (LeaveReason.CONNECTED, dialled.call_id, "1001")
    assert one(CallbackEnded, centre.outputs).reason is LeaveReason.CONNECTED


def test_who_was_lent_and_is_called_back_is_due_back_nowhere() -> None:
    """The flow ended with the call."""
    centre = centre_of()
    centre.join("call", back="flow:hotline?return")
    centre.hang_up("call")
    centre.staff("1001")
    centre.customer_answers("call")
    centre.talk("call")
    outputs = centre.end_offer("call")
    assert [released.reason for released in only(ReleaseCaller, outputs)] == [LeaveReason.CONNECTED]
    assert only(PassOnCaller, outputs) == []


def test_who_calls_in_again_goes_back_to_the_flow_that_led_there_now() -> None:
    centre = centre_of()
    centre.join("call", back="flow:hotline?return")
    centre.hang_up("call")
    centre.join("again", back="flow:evening?return")
    centre.staff("1001")
    centre.talk("call")
    passed_on = one(PassOnCaller, centre.end_offer("call"))
    assert (passed_on.call_id, passed_on.target) == ("again", "flow:evening?return")


def test_a_queue_that_does_not_allow_it_loses_who_hangs_up() -> None:
    centre = centre_of(callback_on_hang_up=False)
    centre.join("call")
    assert one(CallerLeft, centre.hang_up("call")).reason is LeaveReason.ABANDONED
    check_idle(centre.core.state)


def test_a_key_tells_the_caller_that_the_place_is_kept_and_ends_the_call() -> None:
    centre = centre_of(callback_on_hang_up=False, callback_prompt="kept")
    centre.join("call")
    assert one(PlayConfirmation, centre.press("call", "1")).prompt == "kept"
    assert one(ReleaseCaller, centre.hear("call")).call_id == "call"
    centre.staff("1001")
    assert centre.state() is AgentState.AVAILABLE, "the caller is still on the line"
    centre.hang_up("call")
    assert centre.stage("call") is CallbackStage.DIALLING


def test_a_confirmation_that_never_ends_is_cut_off() -> None:
    centre = centre_of(callback_prompt="kept")
    centre.join("call")
    centre.press("call", "1")
    outputs = centre.wait(60)
    assert one(ReleaseCaller, outputs).call_id == "call"
    assert centre.stage("call") is CallbackStage.WAITING


def test_an_agent_who_is_rung_for_the_caller_is_let_go_by_the_key() -> None:
    centre = centre_of()
    centre.staff("1001")
    centre.join("call")
    outputs = centre.press("call", "1")
    assert one(ReleaseStation, outputs).result is OfferResult.CANCELLED
    assert centre.state() is AgentState.AVAILABLE


def test_a_target_can_ask_for_it_at_another_number() -> None:
    centre = centre_of()
    outputs = centre.join("call", callback_number="13900000009")
    assert one(CallbackRequested, outputs).numbers == ("13900000009",)
    assert one(ReleaseCaller, outputs).reason is LeaveReason.EXITED


def test_a_number_that_cannot_be_dialled_is_refused_and_the_caller_waits_on() -> None:
    centre = centre_of()
    centre.join("call", number="")
    assert one(CallbackRefused, centre.press("call", "1")).problem.startswith("'' cannot be dialled")
    assert centre.stage("call") is None
    with pytest.raises(UsageError, match="cannot be dialled"):
        centre.ask_back("callback", "")


def test_a_callback_can_be_asked_for_without_a_call() -> None:
    centre = centre_of()
    outputs = centre.ask_back("callback", NUMBER)
    assert one(CallerJoined, outputs).position == 1
    centre.staff("1001")
    assert centre.stage("callback") is CallbackStage.DIALLING


def test_a_second_callback_for_a_number_keeps_the_first() -> None:
    centre = centre_of()
    centre.ask_back("first", NUMBER)
    assert centre.ask_back("second", NUMBER) == []
    assert list(centre.core.state.entries) == ["first"]


def test_a_full_queue_takes_no_callback() -> None:
    centre = centre_of(max_waiting=1)
    centre.join("call")
    with pytest.raises(UsageError, match="queue service is full"):
        centre.ask_back("callback", NUMBER)


def test_who_calls_in_again_gets_the_place_and_keeps_it_when_hanging_up() -> None:
    centre = centre_of()
    centre.join("first")
    centre.hang_up("first")
    centre.join("other", number="13900000002")
    returned = one(CallbackReturned, centre.join("again"))
    assert (returned.callback_id, returned.former_call_id) == ("first", "first")
    assert len(centre.core.state.queues["service"]) == 2
    centre.staff("1001")
    assert centre.offered_to("first") == "1001"
    assert one(RingStation, centre.outputs).call_id == "again"
    centre.hang_up("again")
    assert centre.call_of("first") != "again", "the agent is there: the customer is called back"


def test_who_calls_in_and_asks_for_another_number_is_called_there() -> None:
    centre = centre_of(callback_attempts=1)
    centre.join("call", number=NUMBER)
    centre.hang_up("call")
    outputs = centre.join("again", number=NUMBER, callback_number="13900000009")
    changed = one(CallbackChanged, outputs)
    assert (changed.callback_id, changed.numbers) == ("call", ("13900000009",))
    centre.hang_up("again")
    centre.staff("1001")
    assert one(DialCustomer, centre.outputs).number == "13900000009"
    check_state(centre.core.state)
    centre.customer_fails("call")
    check_idle(centre.core.state)


def test_who_calls_in_and_asks_by_the_key_is_called_at_the_same_numbers() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER, "01088888888")
    centre.join("again", number=NUMBER)
    assert only(CallbackChanged, centre.press("again", "1")) == []
    callback = centre.core.state.entries["callback"].callback
    assert callback is not None
    assert callback.numbers == (NUMBER, "01088888888")


def test_who_calls_in_cannot_ask_for_a_number_that_is_called_back_already() -> None:
    centre = centre_of()
    centre.ask_back("other", "13900000009")
    centre.ask_back("callback", NUMBER)
    outputs = centre.join("again", number=NUMBER, callback_number="13900000009")
    assert one(CallbackRefused, outputs).reason is Refusal.ASKED_ALREADY
    assert centre.stage("callback") is CallbackStage.RETURNED


def test_who_calls_in_while_being_called_is_not_called_any_more() -> None:
    centre = centre_of()
    centre.join("first")
    centre.hang_up("first")
    centre.staff("1001")
    dialled = centre.call_of("first")
    outputs = centre.join("again")
    assert one(ReleaseCaller, outputs).call_id == dialled
    assert one(RingStation, outputs).call_id == "again"


def test_an_attempt_in_vain_frees_the_agent_and_is_repeated_after_a_while() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    failed = one(CallbackFailed, centre.customer_fails("callback", "USER_BUSY"))
    assert (failed.attempt, failed.cause, failed.again_in_s) == (1, "USER_BUSY", 60.0)
    assert centre.state() is AgentState.AVAILABLE
    assert one(OfferEnded, centre.outputs).result is OfferResult.CANCELLED
    centre.wait(59)
    assert centre.stage("callback") is CallbackStage.PAUSED
    assert one(DialCustomer, centre.wait(1)).number == NUMBER


def test_the_next_number_is_called_when_the_first_was_called_in_vain() -> None:
    centre = centre_of(callback_attempts=1)
    centre.ask_back("callback", NUMBER, "01088888888")
    centre.staff("1001")
    centre.customer_fails("callback")
    assert one(DialCustomer, centre.wait(0)).number == "01088888888"
    failed = one(CallbackFailed, centre.customer_fails("callback"))
    assert failed.again_in_s is None
    assert one(CallbackEnded, centre.outputs).reason is LeaveReason.UNREACHED
    assert centre.state() is AgentState.AVAILABLE
    check_idle(centre.core.state)


def test_a_customer_to_whom_there_was_no_line_has_lost_no_attempt() -> None:
    centre = centre_of(callback_attempts=1)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    for _ in range(5):
        outputs = centre.customer_fails("callback", "NORMAL_CIRCUIT_CONGESTION", no_line=True)
        failed = one(CallbackFailed, outputs)
        assert (failed.attempt, failed.counts, failed.again_in_s) == (1, False, 60.0)
        assert centre.state() is AgentState.AVAILABLE
        assert one(DialCustomer, centre.wait(60)).number == NUMBER
    centre.customer_fails("callback")
    assert one(CallbackEnded, centre.outputs).reason is LeaveReason.UNREACHED


def test_a_callback_to_which_there_is_never_a_line_expires() -> None:
    centre = centre_of(callback_valid_s=600)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    for _ in range(9):
        centre.customer_fails("callback", "NORMAL_CIRCUIT_CONGESTION", no_line=True)
        centre.wait(60)
    centre.customer_fails("callback", "NORMAL_CIRCUIT_CONGESTION", no_line=True)
    centre.wait(60)
    assert one(CallbackEnded, centre.outputs).reason is LeaveReason.EXPIRED
    check_idle(centre.core.state)


def test_an_attempt_that_nobody_tells_the_end_of_is_over_by_itself() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    outputs = centre.wait(31)
    assert one(ReleaseCaller, outputs).reason is LeaveReason.UNREACHED
    assert one(CallbackFailed, outputs).attempt == 1
    assert centre.state() is AgentState.AVAILABLE


def test_an_agent_is_rung_only_when_who_answers_has_pressed_the_key() -> None:
    centre = centre_of(callback_confirm_key="1", callback_confirm_prompt="press_one")
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    outputs = centre.customer_answers("callback")
    assert one(AskForKey, outputs).prompt == "press_one"
    assert only(CallbackAnswered, outputs) == []
    assert only(RingStation, centre.press(centre.call_of("callback"), "7")) == []
    outputs = centre.press(centre.call_of("callback"), "1")
    assert one(CallbackAnswered, outputs).attempt == 1
    assert one(RingStation, outputs).station == "phone-1001"
    assert one(StopAnnouncement, outputs).call_id == centre.call_of("callback")


def test_an_answering_machine_takes_no_agents_time_and_the_customer_is_called_again() -> None:
    centre = centre_of(callback_confirm_key="1", callback_confirm_prompt="press_one", callback_confirm_s=10)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_answers("callback")
    machine = centre.call_of("callback")
    outputs = centre.wait(10)
    assert one(ReleaseCaller, outputs).call_id == machine
    failed = one(CallbackFailed, outputs)
    assert (failed.cause, failed.again_in_s) == ("UNCONFIRMED", 60)
    assert only(RingStation, centre.outputs) == []
    assert centre.state() is AgentState.AVAILABLE
    assert one(DialCustomer, centre.wait(60)).number == NUMBER


def test_who_answers_and_hangs_up_without_the_key_is_called_again() -> None:
    centre = centre_of(callback_confirm_key="1", callback_confirm_prompt="press_one")
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_answers("callback")
    assert one(CallbackFailed, centre.customer_fails("callback", "NORMAL_CLEARING")).again_in_s == 60
    assert centre.stage("callback") is CallbackStage.PAUSED


def test_a_key_to_confirm_needs_a_prompt_that_asks_for_it() -> None:
    with pytest.raises(ValidationError, match="a prompt that asks for callback_confirm_key"):
        centre_of(callback_confirm_key="1")


def test_an_agent_who_does_not_answer_does_not_lose_the_customer() -> None:
    centre = centre_of(count=2)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_answers("callback")
    centre.staff("1002")
    outputs = centre.end_offer("callback", OfferResult.NO_ANSWER)
    assert one(RingStation, outputs).station == "phone-1002"
    assert centre.stage("callback") is CallbackStage.ANSWERED


def test_an_agent_who_goes_while_the_customer_is_called_is_replaced() -> None:
    centre = centre_of(count=2)
    centre.ask_back("callback", NUMBER)
    centre.staff("1001", "1002")
    outputs = centre.not_ready("1001")
    assert only(ReleaseStation, outputs) == [], "no phone rings yet"
    assert one(OfferMade, outputs).agent == "1002"
    assert only(DialCustomer, outputs) == [], "the customer is being called already"
    assert one(RingStation, centre.customer_answers("callback")).station == "phone-1002"


def test_the_customer_waits_with_music_when_the_agent_has_gone() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.not_ready("1001")
    assert one(CallbackAnswered, centre.customer_answers("callback")).attempt == 1
    assert one(RingStation, centre.ready("1001")).station == "phone-1001"


def test_who_answers_and_hangs_up_while_waiting_has_left() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    centre.customer_answers("callback")
    centre.hang_up(centre.call_of("callback"))
    assert one(CallbackEnded, centre.outputs).reason is LeaveReason.ABANDONED
    centre.wait(0)
    check_idle(centre.core.state)


def test_a_callback_is_given_up_in_the_end() -> None:
    centre = centre_of(callback_valid_s=100)
    centre.join("call")
    centre.hang_up("call")
    assert only(CallbackEnded, centre.wait(99)) == []
    outputs = centre.wait(1)
    assert one(CallbackEnded, outputs).reason is LeaveReason.EXPIRED
    assert one(CallerLeft, outputs).reason is LeaveReason.EXPIRED
    check_idle(centre.core.state)


def test_limits_of_the_wait_do_not_end_a_callback() -> None:
    centre = centre_of(max_wait_s=30)
    centre.join("call")
    centre.hang_up("call")
    centre.wait(100)
    centre.staff("1001")
    assert centre.stage("call") is CallbackStage.DIALLING
    centre.customer_answers("call")
    centre.end_offer("call", OfferResult.REJECTED)
    assert centre.stage("call") is CallbackStage.ANSWERED


def test_nobody_is_called_in_quiet_hours() -> None:
    centre = centre_of(callback_calendar="office")
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    assert centre.state() is AgentState.AVAILABLE
    centre.calendar("office", opens=True)
    assert centre.stage("callback") is CallbackStage.DIALLING
    centre.customer_fails("callback")
    centre.calendar("office", opens=False)
    centre.wait(60)
    assert centre.stage("callback") is CallbackStage.PAUSED
    centre.calendar("office", opens=True)
    assert centre.stage("callback") is CallbackStage.DIALLING


def test_a_callback_can_be_called_off() -> None:
    centre = centre_of()
    centre.ask_back("callback", NUMBER)
    centre.staff("1001")
    dialled = centre.call_of("callback")
    outputs = centre.cancel_back("callback")
    assert one(ReleaseCaller, outputs).call_id == dialled
    assert one(CallbackEnded, outputs).reason is LeaveReason.WITHDRAWN
    assert centre.state() is AgentState.AVAILABLE
    with pytest.raises(UsageError, match="there is no callback"):
        centre.cancel_back("callback")


def test_two_queues_do_not_call_one_number_at_once() -> None:
    queues = [QueueConfig(name="billing"), QueueConfig(name="service")]
    centre = Centre(queues, agents_of("billing", "service", count=2))
    centre.ask_back("one", NUMBER, queues=["billing"])
    centre.ask_back("two", NUMBER, queues=["service"])
    centre.staff("1001", "1002")
    assert len(only(DialCustomer, centre.outputs)) == 1
    centre.customer_answers("one")
    centre.talk("one")
    assert only(DialCustomer, centre.wait(300)) == [], "the customer is talking"
    centre.hang_up(centre.call_of("one"))
    assert one(DialCustomer, centre.wait(60)).number == NUMBER


def test_a_queue_that_rings_everybody_keeps_one_agent_for_a_callback() -> None:
    centre = centre_of(count=3, strategy="ring_all")
    centre.staff("1001", "1002", "1003")
    centre.ask_back("callback", NUMBER)
    assert len(centre.rung_for("callback")) == 1


# --- dialled ahead ---


def test_the_customer_is_called_before_the_agent_is_there() -> None:
    centre = centre_of(callback_policy="ahead", wrap_up_s=10, callback_ahead_s=15)
    centre.staff("1001")
    centre.join("talking", number="13900000002")
    centre.talk("talking")
    centre.ask_back("callback", NUMBER)
    assert centre.stage("callback") is CallbackStage.WAITING
    centre.hang_up("talking")
    assert centre.state() is AgentState.WRAP_UP
    assert centre.stage("callback") is CallbackStage.DIALLING
    centre.customer_answers("callback")
    centre.join("later", number="13900000003")
    assert one(RingStation, centre.wait(10)).call_id == centre.call_of("callback")


def test_only_as_many_are_called_as_agents_are_expected() -> None:
    centre = centre_of(count=2, callback_policy="ahead")
    for number in range(3):
        centre.ask_back(f"callback-{number}", f"1390000000{number}")
    centre.staff("1001", "1002")
    assert [d.number for d in only(DialCustomer, centre.outputs)] == ["13900000000", "13900000001"]


def test_who_is_passed_over_is_called_for_the_next_agent() -> None:
    centre = centre_of(callback_policy="ahead")
    centre.ask_back("callback", NUMBER)
    centre.join("live", number="13900000002")
    outputs = centre.phone("1001", reachable=True)
    centre.staff("1001")
    assert outputs == []
    assert centre.offered_to("live") == "1001"
    assert centre.stage("callback") is CallbackStage.DIALLING


# --- order ---

WAYS = ["live", "hang_up", "key", "verb"]


def serve_all(centre: Centre, choices: Random) -> list[str]:
    """Let the one agent, who now and then rejects, serve everybody. Returns who talked, in order."""
    served: list[str] = []
    for _ in range(200):
        offers = list(centre.core.state.offers.values())
        if not offers:
            if not centre.core.state.entries:
                break
            centre.wait(1)
            continue
        entry_id = offers[0].entry_id
        if centre.stage(entry_id) is CallbackStage.DIALLING:
            centre.customer_answers(entry_id)
        elif choices.random() < 0.3:
            centre.tell(PhoneLost(offer_id=offers[0].offer_id, result=OfferResult.BUSY, by_agent=True))
            centre.wait(5)
        else:
            centre.tell(PhoneAnswered(offer_id=offers[0].offer_id))
            centre.tell(CallerConnected(offer_id=offers[0].offer_id))
            served.append(entry_id)
            centre.hang_up(centre.call_of(entry_id))
        check_state(centre.core.state)
    return served


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    ways=st.lists(st.sampled_from(WAYS), max_size=12),
)
def test_callbacks_and_callers_of_one_rank_are_served_in_the_order_of_coming(
    seed: int, ways: list[str]
) -> None:
    choices = Random(seed)
    centre = centre_of(refusal_delay_s=5)
    came = [f"{way}-{place}" for place, way in enumerate(ways)]
    for place, (name, way) in enumerate(zip(came, ways, strict=True)):
        number = f"139{place:08}"
        if way == "verb":
            centre.ask_back(name, number)
        else:
            centre.join(name, number=number)
        if way == "key":
            centre.press(name, "1")
        centre.wait(choices.choice([0, 1]))
    gone = [name for name, way in zip(came, ways, strict=True) if way in ("hang_up", "key")]
    choices.shuffle(gone)
    for name in gone:
        centre.hang_up(name)
    centre.staff("1001")
    assert serve_all(centre, choices) == came
    check_idle(centre.core.state)
    calls = [dialled.call_id for dialled in only(CallbackDialled, centre.outputs)]
    assert len(calls) == len(set(calls)) == len(came) - ways.count("live")


@settings(max_examples=60, deadline=None)
@given(
    policy=st.sampled_from(list(CallbackPolicy)),
    outcomes=st.lists(st.sampled_from(["answers", "fails", "silent"]), min_size=1, max_size=12),
)
def test_every_callback_ends_once_and_numbers_are_called_one_call_at_a_time(
    policy: CallbackPolicy, outcomes: list[str]
) -> None:
    centre = centre_of(callback_policy=policy, callback_valid_s=600, callback_attempts=2)
    for place in range(4):
        centre.ask_back(f"callback-{place}", f"139{place % 2:08}", f"138{place:08}")
    centre.staff("1001")
    for outcome in outcomes:
        for entry in list(centre.core.state.entries.values()):
            if centre.stage(entry.entry_id) is CallbackStage.DIALLING and outcome == "answers":
                centre.customer_answers(entry.entry_id)
                centre.hang_up(entry.call_id)
            elif centre.stage(entry.entry_id) is CallbackStage.DIALLING and outcome == "fails":
                centre.customer_fails(entry.entry_id)
        check_state(centre.core.state)
        centre.wait(45)
    centre.wait(1000)
    requested = [told.callback_id for told in only(CallbackRequested, centre.outputs)]
    ended = [told.callback_id for told in only(CallbackEnded, centre.outputs)]
    assert sorted(requested) == sorted(ended)
    check_idle(centre.core.state)
