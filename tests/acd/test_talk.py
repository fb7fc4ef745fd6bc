from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.agent_events import AgentStateChanged, WrapUpEnded, WrapUpStarted
from acd.queue_config import QueueConfig
from tests.acd.centre import Centre, agents_of, one
from tests.acd.invariants import check_idle


def test_wrap_up_ends_by_its_limit_and_the_next_caller_comes() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    started = one(WrapUpStarted, centre.hang_up("call"))
    assert started == WrapUpStarted(agent="1001", call_id="call", limit_s=10)
    centre.join("next")
    assert centre.offered_to("next") is None
    ended = one(WrapUpEnded, centre.wait(10))
    assert ended == WrapUpEnded(agent="1001", call_id="call", wrap_up_ms=10_000)
    assert centre.offered_to("next") == "1001"


def test_wrap_up_ends_when_the_agent_says_ready() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    centre.hang_up("call")
    centre.wait(4)
    assert one(WrapUpEnded, centre.ready("1001")).wrap_up_ms == 4_000
    assert centre.state() is AgentState.AVAILABLE
    check_idle(centre.core.state)


def test_a_queue_without_wrap_up_gives_the_agent_the_next_caller_in_the_same_step() -> None:
    centre = Centre([QueueConfig(name="service", wrap_up_s=0)])
    centre.staff("1001")
    centre.join("call")
    centre.join("next")
    centre.talk("call")
    centre.hang_up("call")
    assert centre.offered_to("next") == "1001"


def test_wrap_up_after_a_call_of_one_queue_holds_for_all_queues() -> None:
    queues = [QueueConfig(name="sales", wrap_up_s=30), QueueConfig(name="service", wrap_up_s=0)]
    centre = Centre(queues, [AgentConfig(id="1001", queues=["sales", "service"])])
    centre.staff("1001")
    centre.join("call", "sales")
    centre.talk("call")
    centre.hang_up("call")
    centre.join("next", "service")
    assert centre.wait(29.9) == []
    centre.wait(0.1)
    assert centre.offered_to("next") == "1001"


def test_whoever_finished_a_call_first_is_the_longest_idle() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001", "1002")
    centre.join("long")
    centre.join("short")
    centre.talk("long")
    centre.talk("short")
    centre.hang_up("short")
    centre.wait(5)
    centre.hang_up("long")
    centre.wait(10)
    centre.join("next")
    assert centre.offered_to("next") == "1002"


def test_each_state_is_reported_with_how_long_it_lasted() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.wait(3)
    centre.talk("call")
    centre.wait(60)
    centre.hang_up("call")
    centre.wait(10)
    told = [
        (output.from_state, output.lasted_ms)
        for output in centre.outputs
        if isinstance(output, AgentStateChanged) and output.call_id == "call"
    ]
    assert told == [("AVAILABLE", 1_000), ("OFFERED", 3_000), ("ON_CALL", 60_000), ("WRAP_UP", 10_000)]
