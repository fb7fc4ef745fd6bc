from acd.agent import AgentState
from acd.commands import ConnectCaller, ReleaseStation
from acd.entry import EntryState
from acd.events import CallerLeft, LeaveReason, OfferEnded, OfferResult
from acd.greeting import CONNECT_LIMIT_S
from acd.inputs import CallerConnected, PhoneAnswered, PhoneLost, PhoneRang
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_idle, check_state


def ringing_centre(agents: int = 1) -> Centre:
    centre = Centre(agents=agents_of("service", count=agents))
    centre.staff("1001")
    centre.join("call")
    centre.wait(3)
    centre.ring("call")
    return centre


def test_an_accepted_offer_is_connected_and_then_the_wait_is_over() -> None:
    centre = ringing_centre()
    offer_id = centre.offer_of("call")
    centre.wait(2)
    assert centre.accept("call") == [ConnectCaller(call_id="call", offer_id=offer_id)]
    assert centre.state() is AgentState.OFFERED
    centre.wait(0.1)
    outputs = centre.tell(CallerConnected(offer_id=offer_id))
    ended = one(OfferEnded, outputs)
    assert (ended.result, ended.ring_ms, ended.agent) == (OfferResult.ACCEPTED, 5_000, "1001")
    left = one(CallerLeft, outputs)
    assert (left.reason, left.agent, left.wait_ms) == (LeaveReason.CONNECTED, "1001", 5_100)
    assert centre.state() is AgentState.ON_CALL


def test_a_conversation_has_no_lease() -> None:
    centre = ringing_centre()
    centre.talk("call")
    assert centre.core.next_deadline() is None


def test_a_phone_that_hangs_up_before_it_is_connected_sends_the_caller_back_to_the_old_place() -> None:
    centre = ringing_centre()
    centre.join("second")
    centre.accept("call")
    outputs = centre.end_offer("call", OfferResult.REJECTED)
    assert one(OfferEnded, outputs).result is OfferResult.FAILED
    assert centre.state() is AgentState.AVAILABLE
    centre.wait(5)
    assert centre.offered_to("call") == "1001"
    assert centre.offered_to("second") is None


def test_an_accepted_offer_that_is_never_connected_ends_by_itself() -> None:
    centre = ringing_centre()
    offer_id = centre.offer_of("call")
    centre.accept("call")
    assert centre.wait(CONNECT_LIMIT_S - 0.1) == []
    outputs = centre.wait(0.1)
    assert one(ReleaseStation, outputs).offer_id == offer_id
    assert one(OfferEnded, outputs).result is OfferResult.FAILED
    assert centre.core.state.entries["call"].state is EntryState.WAITING
    check_state(centre.core.state)


def test_answering_restarts_the_lease_for_the_connection() -> None:
    centre = ringing_centre()
    centre.wait(11.9)
    centre.accept("call")
    assert centre.wait(1) == [], "the ring time ended an accepted offer"


def test_what_comes_too_late_for_an_offer_is_ignored() -> None:
    centre = ringing_centre()
    offer_id = centre.offer_of("call")
    centre.wait(15)
    before = centre.core.snapshot()
    for late in (
        PhoneRang(offer_id=offer_id),
        PhoneAnswered(offer_id=offer_id),
        CallerConnected(offer_id=offer_id),
        PhoneLost(offer_id=offer_id, result=OfferResult.BUSY, by_agent=True),
    ):
        assert centre.tell(late) == []
    assert centre.core.snapshot() == before


def test_what_is_told_twice_counts_once() -> None:
    centre = ringing_centre()
    offer_id = centre.offer_of("call")
    centre.accept("call")
    assert centre.accept("call") == []
    centre.ring("call")
    assert centre.core.state.entries["call"].state is EntryState.ACCEPTED
    centre.tell(CallerConnected(offer_id=offer_id))
    assert centre.tell(CallerConnected(offer_id=offer_id)) == []
    assert len(only(CallerLeft, centre.outputs)) == 1


def test_connected_without_having_been_accepted_is_not_believed() -> None:
    centre = ringing_centre()
    assert centre.tell(CallerConnected(offer_id=centre.offer_of("call"))) == []
    assert centre.state() is AgentState.OFFERED


def test_several_calls_ring_at_several_agents_at_once() -> None:
    centre = Centre(agents=agents_of("service", count=3))
    centre.staff("1001", "1002", "1003")
    for call in ("a", "b", "c", "d"):
        centre.join(call)
    assert [centre.offered_to(call) for call in ("a", "b", "c", "d")] == ["1001", "1002", "1003", None]
    for call in ("c", "a", "b"):
        centre.talk(call)
        centre.hang_up(call)
    centre.wait(10)
    assert centre.offered_to("d") == "1003", "the first to be done is the first to be rung"
    centre.hang_up("d")
    check_idle(centre.core.state)
