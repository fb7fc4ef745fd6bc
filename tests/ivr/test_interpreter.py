"""The interpreter with a scripted caller: what holds for every node."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.commands import AnswerCaller, EndCall, PassOn, PlayToCaller, RingCaller
from ivr.document import Flow
from ivr.editions import FlowSet
from ivr.events import FlowEnd, FlowEntered, FlowLeft, MenuTimedOut, NodeEntered
from ivr.inputs import CallerListens, CallGiven, CallOver, CallTaken, DigitPressed, Input, PlaybackOver
from ivr.interpreter import FlowInterpreter
from ivr.walk import Rules
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Output
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of, world_of

HOTLINE = flow_of(
    {
        "greeting": {"type": "play", "prompts": ["zh/greeting"], "next": "main"},
        "main": {
            "type": "menu",
            "prompts": ["zh/menu"],
            "choices": {"1": "service", "2": "english", "9": "main"},
            "next": "bye",
        },
        "english": {
            "type": "menu",
            "language": "en",
            "prompts": ["en/menu"],
            "choices": {"1": "service"},
            "next": "bye",
        },
        "service": {"type": "queue", "queue": "service"},
        "bye": {"type": "hang_up"},
    }
)


def caller(flow: Flow = HOTLINE, **settings: Any) -> ScriptedCaller:
    return ScriptedCaller(interpreter_of(flow, **settings))


def is_empty(interpreter: FlowInterpreter) -> bool:
    return (
        interpreter.snapshot() == {"runs": [], "lent": [], "waiting": []}
        and interpreter.next_deadline() is None
        and interpreter.calls_in("hotline") == 0
    )


def test_a_new_call_is_answered_before_the_flow_begins() -> None:
    someone = caller().arrives()
    assert someone.outputs == [AnswerCaller(call_id="call-1")]
    someone.is_answered()
    assert [type(output) for output in someone.outputs[1:]] == [FlowEntered, NodeEntered, PlayToCaller]


def ringing() -> ScriptedCaller:
    return caller(HOTLINE.model_copy(update={"ring_s": 3})).arrives()


def test_a_flow_that_rings_first_answers_when_its_time_is_up() -> None:
    someone = ringing().waits(2.9)
    assert someone.outputs == [RingCaller(call_id="call-1")]
    someone.waits(0.2)
    assert someone.outputs[1:] == [AnswerCaller(call_id="call-1")]
    assert someone.is_answered().path == ["greeting"]


def test_a_caller_who_gives_up_while_it_rings_leaves_nothing_behind() -> None:
    someone = ringing().hangs_up()
    assert is_empty(someone.interpreter)
    assert someone.waits(10).outputs == [RingCaller(call_id="call-1")]


def test_being_answered_twice_does_not_begin_the_flow_twice() -> None:
    someone = caller().arrives().is_answered().is_answered()
    assert someone.path == ["greeting"]


def test_an_answered_call_is_led_in_at_once() -> None:
    assert caller().enters().heard == [("zh/greeting",)]


def test_keys_pressed_before_the_call_is_answered_do_nothing() -> None:
    someone = caller().arrives().presses("1")
    assert someone.outputs == [AnswerCaller(call_id="call-1")]


def test_the_way_through_is_told_when_the_flow_is_left() -> None:
    someone = caller().enters().hears_it_out().presses("7").hears_it_out().presses("2").presses("1")
    assert someone.left == FlowLeft(
        call_id="call-1",
        flow="hotline",
        node="service",
        reason=FlowEnd.QUEUED,
        queue="service",
        language="en",
        path=("greeting", "main", "english", "service"),
        keys="721",
    )
    assert someone.outputs[-2:] == [
        someone.left,
        PassOn(call_id="call-1", target="queue:service", language="en"),
    ]
    assert is_empty(someone.interpreter)


def test_a_call_given_to_an_unknown_flow_is_our_own_mistake() -> None:
    with pytest.raises(UsageError, match="there is no flow 'nowhere'; there are hotline"):
        caller().enters("nowhere")


@pytest.mark.parametrize(
    "stranger",
    [
        CallerListens(call_id="other"),
        DigitPressed(call_id="other", digit="1"),
        PlaybackOver(call_id="other", playback_id="playback-1"),
        CallTaken(call_id="other"),
        CallOver(call_id="other", by_caller=True),
    ],
)
def test_what_happens_to_other_calls_is_none_of_our_business(stranger: Input) -> None:
    someone = caller().enters()
    before = copy.deepcopy(someone.interpreter.snapshot())
    assert someone.interpreter.handle(stranger, now=101.0) == []
    assert someone.interpreter.snapshot() == before


def test_an_end_of_an_earlier_playback_does_not_move_the_caller_on() -> None:
    someone = caller().enters().presses("7")
    stale = someone.plays[0].playback_id
    answer = someone.interpreter.handle(PlaybackOver(call_id="call-1", playback_id=stale), now=101.0)
    assert answer == []
    assert someone.interpreter.next_deadline() is None


STEPS = {
    "before the answer": lambda c: c.arrives(),
    "in the greeting": lambda c: c.enters(),
    "while the menu plays": lambda c: c.enters().hears_it_out(),
    "while the menu waits": lambda c: c.enters().hears_it_out().hears_it_out(),
    "after a wrong key": lambda c: c.enters().hears_it_out().presses("7"),
    "after a time-out": lambda c: c.enters().hears_it_out().hears_it_out().waits(6),
    "in the second menu": lambda c: c.enters().hears_it_out().presses("2").hears_it_out(),
    "after the queue has it": lambda c: c.enters().presses("1"),
    "after the flow hung up": lambda c: c.enters().presses("777"),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_caller_who_hangs_up_leaves_nothing_behind(step: Any) -> None:
    someone = step(caller())
    someone.hangs_up()
    assert is_empty(someone.interpreter)
    assert len(someone.all_of(FlowLeft)) == len(someone.all_of(FlowEntered))
    count = len(someone.outputs)
    someone.waits(3600)
    assert len(someone.outputs) == count


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_call_taken_by_another_application_leaves_nothing_behind(step: Any) -> None:
    someone = step(caller()).is_taken()
    assert is_empty(someone.interpreter)
    assert len(someone.all_of(FlowLeft)) == len(someone.all_of(FlowEntered))


@pytest.mark.parametrize(
    ("by_caller", "reason"), [(True, FlowEnd.CALLER_HUNG_UP), (False, FlowEnd.CALL_ENDED)]
)
def test_who_ended_the_call_is_told(by_caller: bool, reason: FlowEnd) -> None:
    someone = caller().enters()
    (left,) = someone.interpreter.handle(CallOver(call_id="call-1", by_caller=by_caller), now=101.0)
    assert left == FlowLeft(
        call_id="call-1",
        flow="hotline",
        node="greeting",
        reason=reason,
        queue="",
        language="zh",
        path=("greeting",),
        keys="",
    )


def test_a_call_given_again_leaves_its_first_run_and_begins_anew() -> None:
    someone = caller().enters().hears_it_out().enters()
    assert someone.left.reason is FlowEnd.TAKEN
    assert someone.path == ["greeting", "main", "greeting"]
    assert someone.interpreter.calls_in("hotline") == 1


CIRCLE = flow_of(
    {
        "ask": {
            "type": "menu",
            "prompts": ["zh/menu"],
            "choices": {"1": "ask", "2": "bye"},
            "tries": 1,
            "next": "ask",
        },
        "bye": {"type": "hang_up"},
    }
)


def test_a_silent_caller_is_not_led_in_circles_for_ever() -> None:
    someone = caller(CIRCLE, max_node_visits=4).enters()
    for _ in range(4):
        someone.hears_it_out().waits(6)
    assert someone.path == ["ask"] * 4
    assert someone.left.reason is FlowEnd.RUNAWAY
    assert someone.outputs[-1] == EndCall(call_id="call-1", cause="NORMAL_TEMPORARY_FAILURE")
    assert is_empty(someone.interpreter)


def test_a_caller_who_keeps_pressing_keys_may_go_round_for_ever() -> None:
    someone = caller(CIRCLE, max_node_visits=4).enters().presses("1" * 1000)
    assert len(someone.path) == 1001
    someone.presses("2")
    assert len(someone.left.path) == len(someone.left.keys) == 200


def test_two_callers_do_not_disturb_each_other() -> None:
    interpreter = interpreter_of(HOTLINE)
    first, second = ScriptedCaller(interpreter, "call-1"), ScriptedCaller(interpreter, "call-2")
    first.enters().hears_it_out().hears_it_out()
    second.enters()
    assert interpreter.calls_in("hotline") == 2
    second.hangs_up()
    first.waits(5)
    assert first.heard[-1] == ("zh/menu",)
    assert interpreter.calls_in("hotline") == 1


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("presses"), st.sampled_from("1279*")),
        st.tuples(st.just("waits"), st.sampled_from([1.0, 5.0, 30.0])),
        st.just(("hears_it_out",)),
        st.just(("enters",)),
        st.just(("hangs_up",)),
    ),
    max_size=25,
)


def act(someone: ScriptedCaller, moves: list[tuple[Any, ...]]) -> ScriptedCaller:
    for name, *arguments in moves:
        getattr(someone, name)(*arguments)
    return someone


@given(MOVES)
def test_the_same_inputs_give_the_same_outputs(moves: list[tuple[Any, ...]]) -> None:
    assert act(caller().enters(), moves).outputs == act(caller().enters(), moves).outputs


@given(MOVES)
def test_every_run_is_left_exactly_once(moves: list[tuple[Any, ...]]) -> None:
    someone = act(caller().enters(), moves).hangs_up()
    assert len(someone.all_of(FlowLeft)) == len(someone.all_of(FlowEntered))
    assert is_empty(someone.interpreter)


@given(MOVES, MOVES)
def test_one_rebuilt_from_a_snapshot_answers_alike(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    ids = SeededIds()
    original = FlowInterpreter(FlowSet.of({"hotline": HOTLINE}), ids, world_of(), Rules())
    someone = act(ScriptedCaller(original).enters(), before)
    rebuilt = FlowInterpreter(FlowSet.of({"hotline": HOTLINE}), copy.deepcopy(ids), world_of(), Rules())
    rebuilt.restore(json.loads(json.dumps(original.snapshot())))
    twin = copy.deepcopy(someone)
    twin.interpreter = rebuilt
    assert act(twin, after).outputs == act(someone, after).outputs
    assert rebuilt.snapshot() == original.snapshot()
    assert rebuilt.calls_in("hotline") == original.calls_in("hotline")


def test_timers_due_together_fire_in_the_same_order_after_a_rebuild() -> None:
    original = interpreter_of(HOTLINE)
    for call_id in ("call-b", "call-a"):
        original.handle(CallGiven(call_id=call_id, flow="hotline", answered=True), now=0.0)
    for call_id, playback in (("call-a", "playback-2"), ("call-b", "playback-1")):
        original.handle(PlaybackOver(call_id=call_id, playback_id=playback), now=0.0)
    for call_id, playback in (("call-a", "playback-3"), ("call-b", "playback-4")):
        original.handle(PlaybackOver(call_id=call_id, playback_id=playback), now=1.0)
    rebuilt = interpreter_of(HOTLINE)
    rebuilt.restore(original.snapshot())
    for interpreter in (original, rebuilt):
        assert timed_out(interpreter.wake(now=6.0)) == ["call-a"]
        assert timed_out(interpreter.wake(now=6.0)) == ["call-b"]
        assert interpreter.next_deadline() is None


def timed_out(outputs: list[Output]) -> list[str]:
    return [event.call_id for event in outputs if isinstance(event, MenuTimedOut)]


def test_a_caller_in_a_flow_that_changes_goes_through_it_as_it_was() -> None:
    def playing(*names: str) -> Flow:
        nodes = {
            name: {"type": "play", "prompts": [name], "next": then}
            for name, then in zip(names, (*names[1:], "bye"), strict=True)
        }
        return flow_of({**nodes, "bye": {"type": "hang_up"}})

    interpreter = interpreter_of(playing("old", "older"))
    inside = ScriptedCaller(interpreter).enters()
    interpreter.configure(FlowSet.of({"hotline": playing("new")}))
    newcomer = ScriptedCaller(interpreter, "call-2").enters()
    interpreter.configure(FlowSet.of({}))
    inside.hears_it_out()
    assert [play.prompts for play in inside.plays] == [("old",), ("older",)]
    assert [play.prompts for play in newcomer.plays] == [("new",)]


def test_a_flow_that_is_gone_takes_back_what_it_lent_and_nobody_else() -> None:
    interpreter = interpreter_of(flow_of({"bye": {"type": "play", "prompts": ["zh/bye"], "next": "bye"}}))
    ScriptedCaller(interpreter).enters()
    interpreter.configure(FlowSet.of({}))
    assert interpreter.knows("hotline?return")
    assert not interpreter.knows("hotline")


def test_a_caller_for_whom_a_flow_cannot_begin_has_left_it() -> None:
    header = {"name": "hotline", "title": "热线", "language": "zh", "start": "bye"}
    nodes = {"bye": {"type": "hang_up"}}
    flow = Flow.model_validate({**header, "variables": {"n": "number(caller_number)"}, "nodes": nodes})
    someone = ScriptedCaller(interpreter_of(flow)).enters(caller_number="anonymous")
    assert (someone.left.reason, someone.left.node) == (FlowEnd.FAILED, "")
