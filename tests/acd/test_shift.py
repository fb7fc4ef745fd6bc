"""Every verb of an agent, in every state reached by way of real calls."""

from collections.abc import Callable

import pytest

from acd.agent import AgentState
from acd.agent_events import AgentSignedIn, AgentSignedOut, AgentStateChanged
from acd.commands import MakeNotReady, MakeReady, ReleaseStation, SignIn, SignOut
from acd.events import OfferEnded, OfferResult
from acd.inputs import StationChanged
from runtime.errors import UsageError
from runtime.vocabulary import Command
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_idle, check_state


def logged_out(centre: Centre) -> None:
    pass


def seated(centre: Centre) -> None:
    centre.seat("1001")


def available(centre: Centre) -> None:
    centre.staff("1001")


def offered(centre: Centre) -> None:
    centre.staff("1001")
    centre.join("call")


def connecting(centre: Centre) -> None:
    offered(centre)
    centre.accept("call")


def on_call(centre: Centre) -> None:
    offered(centre)
    centre.talk("call")


def wrapping_up(centre: Centre) -> None:
    on_call(centre)
    centre.hang_up("call")


SIGN_IN = SignIn(agent_id="1001", station="phone-7")
SIGN_OUT = SignOut(agent_id="1001")
READY = MakeReady(agent_id="1001")
NOT_READY = MakeNotReady(agent_id="1001", reason="培训")


@pytest.mark.parametrize(
    ("reach", "command", "expected"),
    [
        (logged_out, SIGN_IN, "NOT_READY"),
        (logged_out, SIGN_OUT, None),
        (logged_out, READY, None),
        (logged_out, NOT_READY, None),
        (seated, SIGN_IN, None),
        (seated, SIGN_OUT, "LOGGED_OUT"),
        (seated, READY, "AVAILABLE"),
        (seated, NOT_READY, "NOT_READY"),
        (available, SIGN_IN, None),
        (available, SIGN_OUT, "LOGGED_OUT"),
        (available, READY, "AVAILABLE"),
        (available, NOT_READY, "NOT_READY"),
        (offered, SIGN_IN, None),
        (offered, SIGN_OUT, None),
        (offered, READY, "OFFERED"),
        (offered, NOT_READY, "NOT_READY"),
        (connecting, SIGN_OUT, None),
        (connecting, READY, "OFFERED"),
        (connecting, NOT_READY, "OFFERED"),
        (on_call, SIGN_IN, None),
        (on_call, SIGN_OUT, None),
        (on_call, READY, "ON_CALL"),
        (on_call, NOT_READY, "ON_CALL"),
        (wrapping_up, SIGN_IN, None),
        (wrapping_up, SIGN_OUT, "LOGGED_OUT"),
        (wrapping_up, READY, "AVAILABLE"),
        (wrapping_up, NOT_READY, "NOT_READY"),
    ],
)
def test_a_verb_does_what_the_state_allows(
    reach: Callable[[Centre], None], command: Command, expected: str | None
) -> None:
    centre = Centre()
    reach(centre)
    before = centre.core.snapshot()
    if expected is None:
        with pytest.raises(UsageError, match="1001"):
            centre.tell(command)
        assert centre.core.snapshot() == before, "a refused command changed something"
    else:
        centre.tell(command)
        assert centre.state() == expected
    check_state(centre.core.state)


def test_a_shift_begins_not_ready_and_says_so() -> None:
    centre = Centre()
    outputs = centre.tell(SIGN_IN)
    assert one(AgentSignedIn, outputs) == AgentSignedIn(agent="1001", station="phone-7", queues=("service",))
    changed = one(AgentStateChanged, outputs)
    assert (changed.from_state, changed.to_state) == (AgentState.LOGGED_OUT, AgentState.NOT_READY)
    assert (changed.reason, changed.lasted_ms) == ("signed_in", 0)


def test_who_is_signed_in_already_is_told_where_and_how_to_go_on() -> None:
    centre = Centre()
    centre.tell(SIGN_IN)
    with pytest.raises(UsageError, match="signed in at station phone-7; sign in with force"):
        centre.tell(SignIn(agent_id="1001", station="phone-8"))
    centre.tell(SignIn(agent_id="1001", station="phone-8", force=True))
    assert centre.core.state.agent("1001").station == "phone-8"


def test_a_shift_ends_with_the_station_free_for_the_next_agent() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.tell(SIGN_IN)
    with pytest.raises(UsageError, match="phone-7 is taken; sign out agent 1001"):
        centre.tell(SignIn(agent_id="1002", station="phone-7"))
    outputs = centre.tell(SIGN_OUT)
    assert one(AgentSignedOut, outputs).station == "phone-7"
    centre.tell(SignIn(agent_id="1002", station="phone-7"))
    assert centre.state("1002") is AgentState.NOT_READY


@pytest.mark.parametrize(
    "command",
    [SignIn(agent_id="9", station="x"), SignOut(agent_id="9"), MakeReady(agent_id="9")],
)
def test_an_unknown_agent_is_refused_by_name(command: Command) -> None:
    with pytest.raises(UsageError, match="there is no agent 9"):
        Centre().tell(command)


def test_a_new_reason_is_reported_with_the_time_the_old_one_lasted() -> None:
    centre = Centre()
    centre.seat("1001")
    centre.wait(60)
    changed = one(AgentStateChanged, centre.not_ready("1001", "会议"))
    assert (changed.reason, changed.lasted_ms) == ("会议", 60_000)
    assert only(AgentStateChanged, centre.not_ready("1001", "会议")) == []


def test_not_ready_while_the_phone_rings_counts_as_a_refusal() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.join("call")
    centre.ring("call")
    outputs = centre.not_ready("1001")
    assert one(OfferEnded, outputs).result is OfferResult.REJECTED
    assert one(ReleaseStation, outputs).result is OfferResult.REJECTED
    assert [c.to_state for c in only(AgentStateChanged, outputs)] == ["NOT_READY", "OFFERED"]
    assert centre.offered_to("call") == "1002"


def test_not_ready_during_a_call_waits_for_the_end_of_its_wrap_up() -> None:
    centre = Centre()
    on_call(centre)
    centre.not_ready("1001", "午休")
    centre.hang_up("call")
    assert centre.state() is AgentState.WRAP_UP
    changed = one(AgentStateChanged, centre.wait(10))
    assert (changed.to_state, changed.reason) == (AgentState.NOT_READY, "午休")


def test_ready_takes_back_a_not_ready_that_waits() -> None:
    centre = Centre()
    on_call(centre)
    centre.not_ready("1001")
    centre.ready("1001")
    centre.hang_up("call")
    centre.wait(10)
    assert centre.state() is AgentState.AVAILABLE


def test_not_ready_while_being_connected_takes_effect_if_the_connection_fails() -> None:
    centre = Centre()
    connecting(centre)
    centre.not_ready("1001", "午休")
    centre.end_offer("call")
    assert centre.state() is AgentState.NOT_READY
    assert centre.core.state.agents["1001"].reason == "午休"


def test_calls_come_only_while_the_station_is_registered() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.phone("1001", reachable=False)
    centre.join("call")
    assert centre.offered_to("call") is None
    centre.phone("1001", reachable=True)
    assert centre.offered_to("call") == "1001"


def test_a_station_lost_in_conversation_does_not_end_it() -> None:
    centre = Centre()
    on_call(centre)
    centre.phone("1001", reachable=False)
    assert centre.state() is AgentState.ON_CALL
    centre.hang_up("call")
    centre.wait(10)
    check_idle(centre.core.state)


def test_a_station_nobody_sits_at_is_remembered() -> None:
    centre = Centre()
    centre.tell(StationChanged(station="phone-7", reachable=True))
    centre.tell(SIGN_IN)
    centre.ready("1001")
    centre.join("call")
    assert centre.offered_to("call") == "1001"


def test_a_break_neither_gains_nor_loses_the_turn() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.not_ready("1001")
    centre.wait(300)
    centre.ready("1001")
    centre.join("call")
    assert centre.offered_to("call") == "1001"


def test_who_signs_in_later_comes_after_those_who_are_there() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1002", "1001")
    centre.join("call")
    assert centre.offered_to("call") == "1002"


def test_a_forced_end_of_the_shift_waits_for_the_end_of_the_call_and_its_wrap_up() -> None:
    centre = Centre()
    on_call(centre)
    with pytest.raises(UsageError, match="agent 1001 is ON_CALL; sign out when call call is over"):
        centre.sign_out("1001")
    assert centre.tell(SignOut(agent_id="1001", force=True)) == []
    centre.wait(300)
    assert centre.state() is AgentState.ON_CALL
    centre.hang_up("call")
    assert one(AgentSignedOut, centre.wait(10)) == AgentSignedOut(agent="1001", station="phone-1001")
    check_idle(centre.core.state)


def test_a_forced_end_of_the_shift_stops_the_phone_that_rings() -> None:
    centre = Centre()
    offered(centre)
    outputs = centre.tell(SignOut(agent_id="1001", force=True))
    assert one(OfferEnded, outputs).result is OfferResult.REJECTED
    assert one(AgentSignedOut, outputs).agent == "1001"


def test_force_changes_nothing_for_one_with_nothing_in_hand() -> None:
    centre = Centre()
    with pytest.raises(UsageError, match="sign out is not possible now"):
        centre.tell(SignOut(agent_id="1001", force=True))
    centre.staff("1001")
    assert one(AgentSignedOut, centre.tell(SignOut(agent_id="1001", force=True))).agent == "1001"
