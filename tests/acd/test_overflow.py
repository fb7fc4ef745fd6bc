"""Ways out, second queues, exit keys, priorities: what a queue's rules and those who steer do with a wait."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from acd.agent import AgentState
from acd.commands import (
    AddQueue,
    ChangeCaller,
    MoveCaller,
    PassOnCaller,
    PlayMusic,
    ReleaseCaller,
    RemoveQueue,
)
from acd.events import CallerJoined, CallerLeft, LeaveReason, OfferResult
from acd.queue_config import QueueConfig
from acd.queue_rules import Absence, OverflowCause, OverflowRule
from runtime.errors import UsageError
from tests.acd.centre import SERVICE, Centre, agents_of, offered_calls, one, only
from tests.acd.invariants import check_state


def two_queues(*rules: OverflowRule, **keys: object) -> Centre:
    """Queue first, with these rules, and service, which has two agents."""
    first = QueueConfig.model_validate({"name": "first", "overflow": list(rules), **keys})
    return Centre([first, SERVICE], [*agents_of("service", count=2)])


def test_after_a_while_the_caller_waits_in_a_second_queue_too_and_is_served_there() -> None:
    centre = two_queues(OverflowRule(when=OverflowCause.WAIT, above=30, also="service"))
    centre.staff("1001")
    centre.join("call", "first")
    centre.wait(29)
    assert centre.offered_to("call") is None
    outputs = centre.wait(2)
    assert one(CallerJoined, outputs).queue == "service"
    assert offered_calls(outputs) == ["call"]


def test_a_long_line_sends_newcomers_on_or_to_a_second_queue() -> None:
    also = OverflowRule(when=OverflowCause.LENGTH, above=1, also="service")
    away = OverflowRule(when=OverflowCause.LENGTH, above=2, to="flow:sorry")
    centre = two_queues(also, away)
    assert [j.queue for j in only(CallerJoined, centre.join("call-1", "first"))] == ["first"]
    assert [j.queue for j in only(CallerJoined, centre.join("call-2", "first"))] == ["first", "service"]
    outputs = centre.join("call-3", "first")
    assert one(PassOnCaller, outputs).target == "flow:sorry"
    assert one(CallerLeft, outputs).reason is LeaveReason.OVERFLOWED


def test_a_newcomer_whom_nobody_is_free_for_goes_at_once_where_no_wait_is_allowed() -> None:
    at_once = OverflowRule(when=OverflowCause.WAIT, above=0, to="flow:sorry")
    centre = Centre([SERVICE.model_copy(update={"overflow": [at_once]})])
    centre.staff("1001")
    centre.join("served")
    assert only(PassOnCaller, centre.wait(0)) == []
    centre.join("call")
    outputs = centre.wait(0)
    assert one(PassOnCaller, outputs) == PassOnCaller(call_id="call", target="flow:sorry")
    assert (one(CallerLeft, outputs).reason, one(CallerLeft, outputs).wait_ms) == (LeaveReason.OVERFLOWED, 0)
    centre.end_offer("served")
    assert "served" not in centre.core.state.entries, "the offer was in vain, and the wait is over"
    check_state(centre.core.state)


def test_a_newcomer_waits_in_both_queues_at_once_where_no_wait_is_allowed_in_one_alone() -> None:
    centre = two_queues(OverflowRule(when=OverflowCause.WAIT, above=0, also="service"))
    centre.join("call", "first")
    centre.wait(0)
    assert list(centre.core.state.entries["call"].places) == ["first", "service"]
    assert centre.core.next_deadline() is None


def test_queues_that_overflow_into_each_other_do_not_go_in_circles() -> None:
    rules = {
        "first": OverflowRule(when=OverflowCause.LENGTH, above=0, also="second"),
        "second": OverflowRule(when=OverflowCause.LENGTH, above=0, also="first"),
    }
    centre = Centre([QueueConfig(name=name, overflow=[rule]) for name, rule in rules.items()], [])
    assert len(only(CallerJoined, centre.join("call", "first"))) == 2


def test_nobody_waits_longer_than_allowed_where_nobody_is_signed_in() -> None:
    centre = Centre(
        [
            SERVICE.model_copy(
                update={"overflow": [OverflowRule(when=OverflowCause.UNSTAFFED, above=20, to="flow:night")]}
            )
        ]
    )
    centre.staff("1001")
    centre.not_ready("1001")
    centre.join("call")
    centre.sign_out("1001")
    assert only(PassOnCaller, centre.wait(19)) == []
    centre.join("second")
    assert [passed.call_id for passed in only(PassOnCaller, centre.wait(2))] == ["call", "second"]
    assert one(PassOnCaller, centre.join("third")).target == "flow:night"
    centre.seat("1001")
    assert one(CallerJoined, centre.join("fourth")).position == 1
    check_state(centre.core.state)


def test_whoever_waits_is_sent_on_at_once_when_the_last_agent_signs_out() -> None:
    night = OverflowRule(when=OverflowCause.UNSTAFFED, above=0, to="flow:night")
    centre = Centre([SERVICE.model_copy(update={"overflow": [night]})], agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.not_ready("1001")
    centre.not_ready("1002")
    centre.join("call")
    centre.sign_out("1001")
    assert only(PassOnCaller, centre.wait(1)) == []
    centre.sign_out("1002")
    assert one(PassOnCaller, centre.wait(0)).target == "flow:night"
    check_state(centre.core.state)


def make_not_ready(centre: Centre) -> None:
    centre.not_ready("1001")


def make_unreachable(centre: Centre) -> None:
    centre.phone("1001", reachable=False)


def ring(centre: Centre) -> None:
    centre.join("first")


def silence(centre: Centre) -> None:
    centre.join("first")
    centre.end_offer("first", OfferResult.UNREACHABLE)
    centre.hang_up("first")


def talk(centre: Centre) -> None:
    centre.join("first")
    centre.talk("first")


def wrap_up(centre: Centre) -> None:
    talk(centre)
    centre.hang_up("first")


@pytest.mark.parametrize(
    ("absence", "happens"),
    [
        (Absence.NOT_READY, make_not_ready),
        (Absence.UNREACHABLE, make_unreachable),
        (Absence.UNREACHABLE, silence),
        (Absence.RUNG, ring),
        (Absence.ON_CALL, talk),
        (Absence.WRAP_UP, wrap_up),
    ],
)
def test_who_does_not_count_leaves_a_queue_unstaffed(
    absence: Absence, happens: Callable[[Centre], None]
) -> None:
    def centre_not_counting(*absences: Absence) -> Centre:
        night = OverflowRule(
            when=OverflowCause.UNSTAFFED, above=0, to="flow:night", not_counting=list(absences)
        )
        centre = Centre([SERVICE.model_copy(update={"overflow": [night]})], agents_of("service", count=2))
        centre.staff("1001")
        happens(centre)
        return centre

    counting = centre_not_counting(*(other for other in Absence if other is not absence))
    assert only(PassOnCaller, counting.join("call")) == []
    centre = centre_not_counting(absence)
    assert one(PassOnCaller, centre.join("call")).target == "flow:night"
    centre.seat("1002")
    centre.ready("1002")
    assert only(PassOnCaller, centre.join("next")) == []
    check_state(centre.core.state)


def test_who_waits_leaves_when_nobody_has_counted_as_there_for_long_enough() -> None:
    absent = [Absence.NOT_READY, Absence.UNREACHABLE]
    rule = OverflowRule(when=OverflowCause.UNSTAFFED, above=20, to="flow:night", not_counting=absent)
    centre = Centre([SERVICE.model_copy(update={"overflow": [rule]})], agents_of("service", count=2))
    centre.staff("1001", "1002")
    for agent_id in ("1001", "1002"):
        centre.join(f"talks-to-{agent_id}")
        centre.talk(f"talks-to-{agent_id}")
    centre.join("call")
    centre.wait(60)
    centre.phone("1001", reachable=False)
    centre.not_ready("1002")
    centre.hang_up("talks-to-1002")
    assert only(PassOnCaller, centre.wait(10)) == []
    centre.phone("1001", reachable=True)
    centre.phone("1001", reachable=False)
    assert only(PassOnCaller, centre.wait(19)) == [], "somebody was there for a moment"
    assert one(PassOnCaller, centre.wait(1)).call_id == "call"


def test_only_rules_that_look_at_staff_say_who_does_not_count() -> None:
    with pytest.raises(ValidationError, match="unless when is unstaffed"):
        OverflowRule(when=OverflowCause.WAIT, to="hang_up", not_counting=[Absence.RUNG])


@pytest.mark.parametrize("uptime_s", [30.0, 1e6])
def test_a_queue_that_nobody_signs_in_to_is_without_staff_since_the_start(uptime_s: float) -> None:
    night = OverflowRule(when=OverflowCause.UNSTAFFED, above=120, to="flow:night")
    centre = Centre([SERVICE.model_copy(update={"overflow": [night]})], now=uptime_s)
    assert one(CallerJoined, centre.join("call")).position == 1
    assert only(PassOnCaller, centre.wait(119.9)) == []
    assert one(PassOnCaller, centre.wait(0.1)).target == "flow:night"


def test_whoever_waits_joins_the_other_queue_at_once_when_the_last_agent_signs_out() -> None:
    also = OverflowRule(when=OverflowCause.UNSTAFFED, above=0, also="backup")
    rules = [SERVICE.model_copy(update={"overflow": [also]}), QueueConfig(name="backup")]
    centre = Centre(rules)
    centre.seat("1001")
    centre.join("call")
    centre.sign_out("1001")
    assert one(CallerJoined, centre.wait(0)).queue == "backup"


def test_a_way_out_to_another_queue_keeps_the_wait() -> None:
    centre = two_queues(max_wait_s=30, on_timeout="queue:service")
    centre.join("call", "first")
    centre.wait(20)
    centre.join("later", "service")
    outputs = centre.wait(11)
    assert (one(CallerLeft, outputs).reason, one(CallerJoined, outputs).position) == (
        LeaveReason.TIMED_OUT,
        1,
    )
    assert only(PassOnCaller, outputs) == []
    centre.staff("1001")
    assert centre.offered_to("call") == "1001"


def test_the_way_out_of_a_second_queue_only_ends_the_wait_there() -> None:
    centre = Centre([QueueConfig(name="first"), QueueConfig(name="second", max_wait_s=10)], [])
    centre.join("call", "first", "second")
    outputs = centre.wait(11)
    assert one(CallerLeft, outputs).queue == "second"
    assert only(ReleaseCaller, outputs) == []
    assert list(centre.core.state.entries["call"].places) == ["first"]


def test_a_second_queue_without_room_is_passed_over_and_a_caller_none_has_room_for_is_turned_away() -> None:
    full = QueueConfig(name="full", max_waiting=1)
    centre = Centre([full, SERVICE], [])
    centre.join("call", "full")
    assert [j.queue for j in only(CallerJoined, centre.join("second", "full", "service"))] == ["service"]
    assert one(ReleaseCaller, centre.join("third", "full")).reason is LeaveReason.FULL


def test_an_exit_key_leads_out_even_while_a_phone_rings_and_the_agent_is_free_again() -> None:
    centre = Centre([SERVICE.model_copy(update={"exit_keys": {"0": "flow:operator"}})])
    centre.staff("1001")
    centre.join("call")
    centre.join("next")
    assert centre.press("call", "5") == []
    outputs = centre.press("call", "0")
    assert one(PassOnCaller, outputs).target == "flow:operator"
    assert one(CallerLeft, outputs).reason is LeaveReason.EXITED
    assert centre.offered_to("next") == "1001"
    assert centre.press("nobody", "0") == []


def test_a_talking_customer_can_press_exit_keys_without_leaving() -> None:
    centre = Centre([SERVICE.model_copy(update={"exit_keys": {"0": "flow:operator"}})])
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    assert centre.press("call", "0") == []


def test_priority_goes_first_and_waiting_overtakes_it() -> None:
    centre = Centre(agents=agents_of("service"))
    centre.join("old")
    centre.wait(61)
    centre.join("vip", priority=1)
    centre.join("vvip", priority=2)
    line = centre.core.state.queues["service"].line
    assert [entry.call_id for entry in line] == ["vvip", "old", "vip"]


def test_each_of_254_levels_goes_before_the_one_below_and_none_beyond_is_taken() -> None:
    centre = Centre(agents=agents_of("service"))
    for level in range(255):
        centre.join(f"level-{level}", priority=level)
    line = [entry.priority for entry in centre.core.state.queues["service"].line]
    assert line == list(range(254, -1, -1))
    with pytest.raises(UsageError, match="0 to 254"):
        centre.tell(ChangeCaller(call_id="level-0", priority=255))
    centre.staff("1001")
    assert centre.offered_to("level-254") == "1001"


def test_nobody_starves_however_many_of_higher_priority_come() -> None:
    centre = Centre(agents=[])
    centre.join("patient")
    line, served = centre.core.state.queues["service"].line, list[str]()
    for minute in range(8):
        centre.join(f"vip-{minute}", priority=3)
        centre.join(f"vip-{minute}-too", priority=3)
        centre.wait(59)
        first = line.first()
        assert first is not None
        served.append(first.call_id)
        centre.hang_up(first.call_id)
        centre.wait(1)
    assert served.index("patient") == 6, "three minutes of others go before, and they are two a minute"


def test_a_queue_gives_its_callers_a_priority_where_the_call_has_none() -> None:
    centre = Centre([SERVICE, SERVICE.model_copy(update={"name": "vip", "priority": 9})], [])
    centre.join("usual", "vip")
    centre.join("given", "vip", priority=0)
    priorities = [centre.core.state.entries[call].priority for call in ("usual", "given")]
    assert priorities == [9, 0]


def test_a_priority_given_while_waiting_moves_the_caller_in_all_lines() -> None:
    centre = two_queues()
    for call in ("one", "two", "three"):
        centre.join(call, "first", "service")
    centre.tell(ChangeCaller(call_id="three", priority=3))
    for queue in centre.core.state.queues.values():
        assert [entry.call_id for entry in queue.line] == ["three", "one", "two"]
    centre.staff("1001")
    assert centre.offered_to("three") == "1001"
    check_state(centre.core.state)


def test_a_requirement_given_up_while_waiting_finds_an_agent_at_once() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call", requirement="en")
    assert centre.offered_to("call") is None
    centre.tell(ChangeCaller(call_id="call", requirement=""))
    assert centre.offered_to("call") == "1001"


def test_queues_are_added_and_removed_while_waiting() -> None:
    centre = two_queues(music="first")
    centre.join("call", "first")
    centre.tell(AddQueue(call_id="call", queue="service"))
    outputs = centre.tell(RemoveQueue(call_id="call", queue="first"))
    assert one(CallerLeft, outputs).reason is LeaveReason.WITHDRAWN
    assert only(PlayMusic, outputs) == []
    centre.staff("1001")
    assert centre.offered_to("call") == "1001"


def test_who_is_moved_keeps_the_turn_and_leaves_all_other_queues() -> None:
    centre = two_queues(music="first")
    centre.join("early", "first")
    centre.wait(60)
    centre.join("late", "service")
    outputs = centre.tell(MoveCaller(call_id="early", queue="service"))
    assert {left.reason for left in only(CallerLeft, outputs)} == {LeaveReason.WITHDRAWN}
    assert list(centre.core.state.entries["early"].places) == ["service"]
    centre.staff("1001")
    assert centre.offered_to("early") == "1001", "the minute in the other queue counts"


def test_who_is_moved_while_a_phone_rings_is_rung_for_by_the_other_queue() -> None:
    centre = two_queues()
    centre.staff("1001")
    centre.join("call", "service")
    assert centre.offered_to("call") == "1001"
    centre.tell(MoveCaller(call_id="call", queue="first"))
    assert list(centre.core.state.entries["call"].places) == ["first"]
    assert centre.offered_to("call") is None
    assert centre.state("1001") is AgentState.AVAILABLE


def test_what_cannot_be_changed_says_why() -> None:
    centre = two_queues()
    centre.join("call", "first")
    for command, complaint in (
        (AddQueue(call_id="call", queue="first"), "waits in queue first already"),
        (AddQueue(call_id="call", queue="none"), "there is no queue none"),
        (MoveCaller(call_id="call", queue="first"), "waits in queue first already"),
        (MoveCaller(call_id="call", queue="none"), "there is no queue none"),
        (RemoveQueue(call_id="call", queue="first"), "waits in first alone"),
        (RemoveQueue(call_id="call", queue="service"), "waits in first, not in service"),
        (ChangeCaller(call_id="call", priority=255), "goes from 0 to 254"),
        (ChangeCaller(call_id="call", requirement="or"), "needs a skill or tag"),
        (ChangeCaller(call_id="nobody", priority=1), "call nobody waits in no queue"),
    ):
        before = centre.core.snapshot()
        with pytest.raises(UsageError, match=complaint):
            centre.tell(command)
        assert centre.core.snapshot() == before


def test_the_queue_of_greater_weight_and_the_agents_own_priority_go_before_rank() -> None:
    light, heavy = QueueConfig(name="light"), QueueConfig(name="heavy", weight=5)
    agents = agents_of("light", "heavy")
    centre = Centre([light, heavy], agents)
    centre.join("early", "light")
    centre.join("late", "heavy")
    centre.staff("1001")
    assert centre.offered_to("late") == "1001"
    own = [agents[0].model_copy(update={"priorities": {"heavy": 2}})]
    centre = Centre([light, heavy], own)
    centre.join("late", "heavy")
    centre.join("early", "light")
    centre.staff("1001")
    assert centre.offered_to("early") == "1001"
