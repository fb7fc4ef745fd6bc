import pytest

from acd.agent_config import AgentConfig
from acd.commands import PassOnCaller, PlayMusic, ReleaseCaller, RingStation
from acd.events import CallerJoined, CallerLeft, LeaveReason, OfferMade
from acd.inputs import CallerCame
from acd.queue_config import QueueConfig
from runtime.errors import UsageError
from tests.acd.centre import Centre, offered_calls, one, only
from tests.acd.invariants import check_idle, check_state


def centre_with(**rules: object) -> Centre:
    return Centre([QueueConfig.model_validate({"name": "service", **rules})])


def test_a_caller_hears_music_and_is_told_the_position() -> None:
    centre = centre_with(music="music/waiting")
    outputs = centre.join("first")
    assert one(CallerJoined, outputs) == CallerJoined(
        call_id="first",
        contact_id="contact-of-first",
        queue="service",
        caller_number="13800138000",
        position=1,
    )
    assert one(PlayMusic, outputs) == PlayMusic(call_id="first", prompt="music/waiting")
    assert one(CallerJoined, centre.join("second")).position == 2


def test_the_tags_of_a_caller_are_told_with_the_wait_and_with_the_offer() -> None:
    centre = Centre()
    centre.staff("1001")
    came = CallerCame(
        call_id="call", contact_id="contact", caller_number="13800138000", queues=("service",), tags=("老人",)
    )
    outputs = centre.tell(came)
    assert one(CallerJoined, outputs).tags == one(OfferMade, outputs).tags == ("老人",)


def test_without_music_nothing_is_played() -> None:
    assert only(PlayMusic, centre_with().join("call")) == []


def test_a_free_agent_is_rung_in_the_same_step() -> None:
    centre = Centre()
    centre.staff("1001")
    outputs = centre.join("call")
    made = one(OfferMade, outputs)
    assert (made.call_id, made.agent, made.station) == ("call", "1001", "phone-1001")
    assert one(RingStation, outputs).offer_id == made.offer_id


def test_first_come_first_served() -> None:
    centre = Centre()
    for call in ("first", "second", "third"):
        centre.join(call)
    centre.staff("1001")
    for call in ("first", "second", "third"):
        centre.talk(call)
        centre.hang_up(call)
        centre.wait(10)
    assert offered_calls(centre.outputs) == ["first", "second", "third"]
    check_idle(centre.core.state)


@pytest.mark.parametrize(
    ("way_out", "command"),
    [
        ("hang_up", ReleaseCaller(call_id="third", reason=LeaveReason.FULL)),
        ("flow:夜间", PassOnCaller(call_id="third", target="flow:夜间")),
    ],
)
def test_a_full_queue_turns_away_who_comes_next(way_out: str, command: object) -> None:
    centre = centre_with(max_waiting=2, on_full=way_out)
    centre.join("first")
    centre.join("second")
    outputs = centre.join("third")
    left = one(CallerLeft, outputs)
    assert (left.reason, left.position, left.wait_ms) == (LeaveReason.FULL, 0, 0)
    assert outputs == [left, command]
    assert "third" not in centre.core.state.entries
    centre.hang_up("first")
    assert one(CallerJoined, centre.join("fourth")).position == 2


@pytest.mark.parametrize(
    ("way_out", "command"),
    [
        ("hang_up", ReleaseCaller(call_id="call", reason=LeaveReason.TIMED_OUT)),
        ("flow:closed", PassOnCaller(call_id="call", target="flow:closed")),
    ],
)
def test_who_has_waited_long_enough_is_shown_out(way_out: str, command: object) -> None:
    centre = centre_with(max_wait_s=60, on_timeout=way_out)
    centre.join("call")
    assert centre.wait(59.9) == []
    outputs = centre.wait(0.1)
    left = one(CallerLeft, outputs)
    assert (left.reason, left.position, left.wait_ms) == (LeaveReason.TIMED_OUT, 1, 60_000)
    assert outputs == [left, command]
    check_idle(centre.core.state)


def test_the_time_limit_lets_a_running_offer_finish() -> None:
    centre = centre_with(max_wait_s=60)
    centre.join("call")
    centre.wait(55)
    centre.staff("1001")
    centre.ring("call")
    assert only(CallerLeft, centre.wait(10)) == []
    centre.talk("call")
    assert one(CallerLeft, centre.outputs).reason is LeaveReason.CONNECTED


def test_the_time_limit_takes_effect_when_the_running_offer_fails() -> None:
    centre = centre_with(max_wait_s=60, ring_timeout_s=15)
    centre.join("call")
    centre.wait(55)
    centre.staff("1001")
    centre.ring("call")
    left = one(CallerLeft, centre.wait(15))
    assert (left.reason, left.wait_ms, left.offers) == (LeaveReason.TIMED_OUT, 70_000, 1)
    check_idle(centre.core.state)


def test_limit_and_ring_time_that_end_together_end_the_wait_once() -> None:
    centre = centre_with(max_wait_s=60, ring_timeout_s=15)
    centre.join("call")
    centre.wait(45)
    centre.seat("1001")
    centre.ready("1001")
    centre.ring("call")
    assert one(CallerLeft, centre.wait(15)).reason is LeaveReason.TIMED_OUT
    check_idle(centre.core.state)


def test_an_agent_of_several_queues_serves_the_longest_waiting_of_all() -> None:
    queues = [QueueConfig(name=name, wrap_up_s=0) for name in ("sales", "service")]
    centre = Centre(queues, [AgentConfig(id="1001", queues=["sales", "service"])])
    for call, queue in [("1", "service"), ("2", "sales"), ("3", "sales"), ("4", "service")]:
        centre.join(call, queue)
        centre.wait(1)
    centre.staff("1001")
    for call in ("1", "2", "3", "4"):
        centre.talk(call)
        centre.hang_up(call)
    assert offered_calls(centre.outputs) == ["1", "2", "3", "4"]


def test_an_agent_is_never_rung_for_a_queue_of_others() -> None:
    queues = [QueueConfig(name="sales"), QueueConfig(name="service")]
    centre = Centre(queues, [AgentConfig(id="1001", queues=["sales"])])
    centre.staff("1001")
    centre.join("call", "service")
    assert centre.offered_to("call") is None
    check_state(centre.core.state)


def test_joining_twice_or_nowhere_is_refused_and_changes_nothing() -> None:
    centre = Centre()
    centre.join("call")
    before = centre.core.snapshot()
    with pytest.raises(UsageError, match="call call is in a queue, or with an agent, already"):
        centre.join("call")
    with pytest.raises(UsageError, match="there is no queue 投诉"):
        centre.tell(CallerCame(call_id="other", contact_id="", caller_number="", queues=("投诉",)))
    assert centre.core.snapshot() == before
