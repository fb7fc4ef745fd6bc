"""Queues that close: who comes is sent on, and who waits is served still or sent on too."""

import pytest
from pydantic import ValidationError

from acd.commands import PassOnCaller, ReleaseCaller
from acd.config_problems import find_problems
from acd.events import CallerJoined, CallerLeft, LeaveReason
from acd.queue_config import Closing, QueueConfig
from acd.queue_rules import OverflowCause, OverflowRule
from tests.acd.centre import Centre, agents_of, offered_calls, one, only
from tests.acd.invariants import check_state

AWAY = OverflowRule(when=OverflowCause.CLOSED, to="flow:closed")
ASKED = QueueConfig(name="service", calendar="office", overflow=[AWAY])
STRICT = ASKED.model_copy(update={"closing": Closing.RELEASE})


def test_who_comes_to_a_closed_queue_goes_the_way_out_and_who_comes_later_waits() -> None:
    centre = Centre([ASKED])
    centre.calendar("office", opens=False)
    outputs = centre.join("call")
    assert one(PassOnCaller, outputs).target == "flow:closed"
    left = one(CallerLeft, outputs)
    assert (left.reason, left.position) == (LeaveReason.CLOSED, 0)
    centre.calendar("office", opens=True)
    assert one(CallerJoined, centre.join("later")).queue == "service"


def test_without_a_way_out_the_caller_is_released() -> None:
    centre = Centre([QueueConfig(name="service", calendar="office")])
    centre.calendar("office", opens=False)
    assert one(ReleaseCaller, centre.join("call")).reason is LeaveReason.CLOSED


def test_other_calendars_are_nothing_to_a_queue() -> None:
    centre = Centre([ASKED])
    centre.calendar("counter", opens=False)
    assert one(CallerJoined, centre.join("call")).queue == "service"


def test_who_waits_when_the_queue_closes_is_served_still() -> None:
    centre = Centre([ASKED])
    centre.seat("1001")
    centre.join("call")
    assert centre.calendar("office", opens=False) == []
    assert offered_calls(centre.ready("1001")) == ["call"]


def test_or_all_go_the_way_out_at_once_but_for_those_an_agent_is_rung_for() -> None:
    centre = Centre([STRICT])
    centre.staff("1001")
    for call_id in ("offered", "second", "third"):
        centre.join(call_id)
    outputs = centre.calendar("office", opens=False)
    assert [passed.call_id for passed in only(PassOnCaller, outputs)] == ["second", "third"]
    assert one(PassOnCaller, centre.end_offer("offered")).call_id == "offered"
    check_state(centre.core.state)


def test_who_waits_in_a_second_queue_too_merely_leaves_the_one_that_closes() -> None:
    centre = Centre([QueueConfig(name="first"), STRICT], agents_of("first"))
    centre.join("call", "first", "service")
    outputs = centre.calendar("office", opens=False)
    assert only(PassOnCaller, outputs) == []
    assert list(centre.core.state.entries["call"].places) == ["first"]


def test_a_closed_queue_leads_to_an_open_one_with_nothing_of_the_wait_lost() -> None:
    to_night = [OverflowRule(when=OverflowCause.CLOSED, to="queue:night")]
    day = STRICT.model_copy(update={"overflow": to_night})
    centre = Centre([day, QueueConfig(name="night")], agents_of("night"))
    centre.join("call")
    joined_at = centre.core.state.entries["call"].joined_at
    centre.wait(30)
    centre.calendar("office", opens=False)
    entry = centre.core.state.entries["call"]
    assert (list(entry.places), entry.joined_at) == (["night"], joined_at)


def test_it_is_still_closed_after_a_restart_from_a_snapshot() -> None:
    centre = Centre([ASKED])
    centre.calendar("office", opens=False)
    other = Centre([ASKED])
    other.core.restore(centre.core.snapshot())
    assert one(CallerLeft, other.join("call")).reason is LeaveReason.CLOSED


def test_rules_that_cannot_work_are_found() -> None:
    (finding,) = find_problems([QueueConfig(name="service", overflow=[AWAY])], [])
    assert finding.path == ("queues", 0, "overflow", 0, "when")
    round_about = [OverflowRule(when=OverflowCause.CLOSED, to="queue:service")]
    (finding,) = find_problems([ASKED.model_copy(update={"overflow": round_about})], [])
    assert "does not lead back" in finding.expected
    with pytest.raises(ValidationError, match="nobody begins to wait"):
        OverflowRule(when=OverflowCause.CLOSED, also="service")
