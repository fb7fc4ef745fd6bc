"""Whom a queue calls back: rights to dial, and how many callbacks a number may have."""

from dataclasses import replace

import pytest

from acd.callback import CallbackStage, Refusal
from acd.callback_events import CallbackFailed, CallbackRefused, CallbackRequested, CallbackReturned
from acd.commands import DialCustomer, MakeReady, RequestCallback, SignIn
from acd.core import AcdCore
from acd.events import CallerLeft, LeaveReason
from acd.inputs import StationChanged
from acd.queue_config import QueueConfig
from acd.service import build
from runtime.clock import ManualClock
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.causes import Cause
from switch.events import CallEnded
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_idle, check_state

LOCAL = "13800138000"
ABROAD = "0088213700001"
LEVELS = {LOCAL: 0, ABROAD: 5}


def can_dial(number: str, level: int | None, queue_name: str) -> bool:
    """Routes lead to these two alone."""
    assert queue_name == "service"
    return number in LEVELS and (level is None or LEVELS[number] <= level)


def centre_of(count: int = 1, **rules: object) -> Centre:
    keys = {"name": "service", "callback_on_hang_up": True, "exit_keys": {"1": "callback"}, **rules}
    return Centre([QueueConfig.model_validate(keys)], agents_of("service", count=count), can_dial=can_dial)


# --- rights ---


def test_a_caller_who_shows_a_costly_number_is_told_no_and_waits_on() -> None:
    centre = centre_of()
    centre.join("call", number=ABROAD)
    refused = one(CallbackRefused, centre.press("call", "1"))
    assert (refused.reason, refused.number, refused.queue) == (Refusal.LEVEL, ABROAD, "service")
    assert centre.stage("call") is None
    assert len(centre.core.state.queues["service"]) == 1


def test_a_caller_who_shows_a_costly_number_and_hangs_up_has_left() -> None:
    centre = centre_of()
    centre.join("call", number=ABROAD)
    outputs = centre.hang_up("call")
    assert one(CallbackRefused, outputs).reason is Refusal.LEVEL
    assert one(CallerLeft, outputs).reason is LeaveReason.ABANDONED
    check_idle(centre.core.state)


def test_a_target_leads_to_no_costly_number_either() -> None:
    centre = centre_of()
    outputs = centre.join("call", number=LOCAL, callback_number=ABROAD)
    assert one(CallbackRefused, outputs).reason is Refusal.LEVEL


def test_a_queue_may_call_back_by_routes_of_a_higher_level() -> None:
    centre = centre_of(callback_level=5)
    centre.join("call", number=ABROAD)
    assert one(CallbackRequested, centre.press("call", "1")).numbers == (ABROAD,)


def test_a_number_that_no_route_leads_to_is_told_apart() -> None:
    centre = centre_of(callback_level=9)
    centre.join("call", number="999")
    assert one(CallbackRefused, centre.press("call", "1")).reason is Refusal.NO_ROUTE


def test_a_verb_that_gives_no_number_has_the_rights_of_the_caller() -> None:
    centre = centre_of()
    centre.join("call", number=ABROAD)
    with pytest.raises(UsageError, match="level is above 0"):
        centre.tell(RequestCallback(callback_id="", call_id="call", numbers=()))


def test_a_verb_that_gives_numbers_has_the_rights_of_who_gives_them() -> None:
    centre = centre_of()
    with pytest.raises(UsageError, match="level is above 4"):
        centre.ask_back("callback", LOCAL, ABROAD, level=4)
    assert only(CallbackRequested, centre.ask_back("callback", LOCAL, ABROAD, level=5))
    centre.cancel_back("callback")
    centre.join("call", number=LOCAL)
    assert centre.tell(RequestCallback(callback_id="", call_id="call", numbers=(ABROAD,)))
    assert centre.stage("call") is CallbackStage.CONFIRMING


# --- callbacks of a number ---


def test_callers_behind_one_company_number_have_a_callback_each() -> None:
    centre = centre_of(count=2, callbacks_per_number=2)
    for call_id in ("one", "two", "three"):
        centre.join(call_id, number=LOCAL)
        centre.hang_up(call_id)
    refused = one(CallbackRefused, centre.outputs)
    assert (refused.call_id, refused.reason) == ("three", Refusal.ASKED_ALREADY)
    centre.staff("1001", "1002")
    dialled = only(DialCustomer, centre.outputs)
    assert [dialled.call_id for dialled in dialled] == [centre.call_of("one"), centre.call_of("two")]
    check_state(centre.core.state)


def test_a_queue_may_give_a_number_any_number_of_callbacks() -> None:
    centre = centre_of(callbacks_per_number=0)
    for place in range(5):
        centre.ask_back(f"callback-{place}", LOCAL)
    assert len(only(CallbackRequested, centre.outputs)) == 5


def test_who_calls_in_from_a_company_number_takes_nobodys_place() -> None:
    centre = centre_of(callbacks_per_number=0)
    centre.join("first", number=LOCAL)
    centre.hang_up("first")
    assert only(CallbackReturned, centre.join("second", number=LOCAL)) == []
    assert centre.core.state.queues["service"].line.position(centre.core.state.entries["second"]) == 2


def test_a_caller_gets_the_place_of_the_callback_that_is_named() -> None:
    centre = centre_of(callbacks_per_number=0)
    for call_id in ("first", "second"):
        centre.join(call_id, number=LOCAL)
        centre.hang_up(call_id)
    returned = one(CallbackReturned, centre.join("again", number="", place="second"))
    assert (returned.callback_id, returned.call_id) == ("second", "again")
    assert centre.stage("first") is CallbackStage.WAITING
    check_state(centre.core.state)


def test_a_place_that_is_gone_is_no_hindrance() -> None:
    centre = centre_of()
    centre.join("call", number=LOCAL, place="callback-of-yesterday")
    assert len(centre.core.state.queues["service"]) == 1


def test_a_place_in_another_queue_cannot_be_taken() -> None:
    keys = {"name": "service", "callback_on_hang_up": True}
    acme, globex = (
        QueueConfig.model_validate(keys).model_copy(update={"name": f"{tenant}/billing"})
        for tenant in ("acme", "globex")
    )
    centre = Centre([acme, globex], [])
    centre.join("call-acme-1", acme.name, number=LOCAL)
    centre.hang_up("call-acme-1")
    centre.join("call-globex-1", globex.name, number="13900139000", place="call-acme-1")
    assert centre.stage("call-acme-1") is CallbackStage.WAITING
    assert list(centre.core.state.entries["call-globex-1"].places) == [globex.name]
    check_state(centre.core.state)


def test_a_tenants_queue_calls_back_by_the_tenants_own_ways() -> None:
    """A number may be a phone of one call centre, and an outside one for all others."""
    asked: list[tuple[str, int | None, str]] = []

    def whom(number: str, level: int | None, tenant: str) -> str | None:
        asked.append((number, level, tenant))
        return "station:acme/2001" if tenant == "acme" else None

    clock, submitted = ManualClock(), list[Command]()
    own = QueueConfig(name="service")
    queues = [own, own.model_copy(update={"name": "acme/service"})]
    application = build(queues, [], {}, SeededIds(), submitted.append, clock, whom=whom)
    core = application.cores[0]
    assert isinstance(core, AcdCore)
    ask = RequestCallback(callback_id="callback", numbers=("2001",), queues=("acme/service",), level=3)
    assert core.handle(ask, now=clock.now())
    assert asked == [("2001", None, "acme"), ("2001", 3, "acme")]
    with pytest.raises(UsageError, match="no route leads there"):
        core.handle(replace(ask, callback_id="another", queues=("service",)), now=clock.now())


@pytest.mark.parametrize(
    ("cause", "counts"),
    [
        (Cause.NORMAL_CIRCUIT_CONGESTION, False),
        (Cause.NORMAL_TEMPORARY_FAILURE, False),
        (Cause.DESTINATION_OUT_OF_ORDER, False),
        (Cause.USER_BUSY, True),
        (Cause.NO_ANSWER, True),
        (Cause.UNALLOCATED_NUMBER, True),
    ],
)
def test_the_cause_tells_whether_there_was_a_line_to_the_customer(cause: Cause, counts: bool) -> None:
    clock, submitted = ManualClock(), list[Command]()
    queue = QueueConfig(name="service")
    application = build(
        [queue], agents_of("service"), {}, SeededIds(), submitted.append, clock, whom=lambda *_: "number:1"
    )
    core = application.cores[0]
    assert isinstance(core, AcdCore)
    for given in (
        StationChanged(station="phone", reachable=True),
        SignIn(agent_id="1001", station="phone"),
        MakeReady(agent_id="1001"),
    ):
        core.handle(given, now=clock.now())
    ask = RequestCallback(callback_id="callback", numbers=(LOCAL,), queues=("service",))
    dialled = one(DialCustomer, core.handle(ask, now=clock.now()))
    ended = CallEnded(call_id=dialled.call_id, contact_id="contact", cause=cause, by_caller=True)
    assert one(CallbackFailed, application.routes[CallEnded](ended, clock.now())).counts is counts
