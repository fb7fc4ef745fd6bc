"""Greetings: heard before caller and agent talk, and binding neither of them."""

from acd.agent import AgentState
from acd.commands import ConnectCaller, GreetAgent
from acd.entry import EntryState
from acd.events import CallerLeft, LeaveReason, OfferEnded, OfferResult
from acd.greeting import CONNECT_LIMIT_S, GREETING_LIMIT_S
from acd.inputs import CallerConnected, PhoneAnswered, PhoneLost, PlaybackOver
from acd.queue_config import QueueConfig, StrategyName
from runtime.vocabulary import Output
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_state

SERVICE = QueueConfig(
    name="service",
    ring_timeout_s=15,
    agent_greeting=["names/service", "{language}/queue/caller_waited", "{wait}"],
    caller_greeting=["{language}/agent_number", "{agent}", "{language}/at_your_service"],
)


def greeted(queue: QueueConfig = SERVICE, agents: int = 1) -> Centre:
    """An agent has picked up."""
    centre = Centre([queue], agents_of("service", count=agents))
    centre.seat(*(agent.id for agent in centre.agents))
    centre.join("call", language="en")
    centre.wait(100)
    for agent in centre.agents:
        centre.ready(agent.id)
    return centre


def over(centre: Centre, greeting: GreetAgent) -> list[Output]:
    return centre.tell(PlaybackOver(call_id="call", playback_id=greeting.playback_id))


def test_the_agent_hears_who_comes_in_the_queues_language_and_then_the_caller_the_agents_number() -> None:
    centre = greeted()
    outputs = centre.accept("call")
    assert only(ConnectCaller, outputs) == []
    greeting = one(GreetAgent, outputs)
    assert greeting.prompts == (
        "names/service",
        "zh/queue/caller_waited",
        "zh/numbers/two",
        "zh/queue/minutes",
    )
    digits = [f"en/digits/{digit}" for digit in "1001"]
    connect = one(ConnectCaller, over(centre, greeting))
    assert connect.greeting == ("en/agent_number", *digits, "en/at_your_service")
    check_state(centre.core.state)
    centre.tell(CallerConnected(offer_id=connect.offer_id))
    assert centre.state() is AgentState.ON_CALL


def test_a_caller_who_hangs_up_during_it_leaves_the_agent_free() -> None:
    centre = greeted()
    greeting = one(GreetAgent, centre.accept("call"))
    outputs = centre.hang_up("call")
    assert one(CallerLeft, outputs).reason is LeaveReason.ABANDONED
    assert one(OfferEnded, outputs).result is OfferResult.CANCELLED
    assert centre.state() is AgentState.AVAILABLE
    assert over(centre, greeting) == []


def test_an_agent_who_hangs_up_during_it_leaves_the_caller_in_place() -> None:
    centre = greeted()
    greeting = one(GreetAgent, centre.accept("call"))
    centre.end_offer("call")
    entry = centre.core.state.entries["call"]
    assert (entry.state, list(entry.places)) == (EntryState.WAITING, ["service"])
    assert over(centre, greeting) == []
    check_state(centre.core.state)


def test_one_whose_end_is_never_told_is_cut_off() -> None:
    centre = greeted()
    centre.accept("call")
    assert only(ConnectCaller, centre.wait(GREETING_LIMIT_S - 0.1)) == []
    assert only(ConnectCaller, centre.wait(0.2))
    assert one(OfferEnded, centre.wait(CONNECT_LIMIT_S)).result is OfferResult.FAILED


def test_who_picks_up_second_is_greeted_when_the_first_hangs_up_meanwhile() -> None:
    centre = greeted(SERVICE.model_copy(update={"strategy": StrategyName.RING_ALL}), agents=2)
    first, second = (centre.offer_to(agent.id) for agent in centre.agents)
    centre.tell(PhoneAnswered(offer_id=first))
    assert only(GreetAgent, centre.tell(PhoneAnswered(offer_id=second))) == []
    centre.wait(CONNECT_LIMIT_S + 1)
    gone = PhoneLost(offer_id=first, result=OfferResult.FAILED, by_agent=True)
    assert one(GreetAgent, centre.tell(gone)).offer_id == second
    check_state(centre.core.state)
