"""The back node."""

from ivr.commands import EndCall, PassOn
from ivr.events import FlowEnd
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of

BACK = "queue:service?place=call"
NODES = {
    "bill": {"type": "play", "prompts": ["zh/bill"], "next": "back"},
    "back": {"type": "back", "next": "service"},
    "service": {"type": "queue", "queue": "service"},
}


def test_a_call_that_was_lent_goes_back_to_where_the_caller_waits() -> None:
    someone = ScriptedCaller(interpreter_of(flow_of(NODES))).is_lent(BACK).hears_it_out()
    assert someone.outputs[-1] == PassOn(call_id="call-1", target=BACK, language="zh")
    assert (someone.left.reason, someone.left.queue) == (FlowEnd.RETURNED, "")


def test_who_waits_nowhere_goes_on_in_the_flow() -> None:
    someone = ScriptedCaller(interpreter_of(flow_of(NODES))).enters().hears_it_out()
    assert someone.path == ["bill", "back", "service"]
    assert someone.left.reason is FlowEnd.QUEUED


def test_without_a_way_on_the_call_of_one_who_waits_nowhere_is_ended() -> None:
    flow = flow_of({"back": {"type": "back"}})
    someone = ScriptedCaller(interpreter_of(flow)).enters()
    assert someone.outputs[-1] == EndCall(call_id="call-1", cause="NORMAL_CLEARING")


def test_a_flow_that_leads_in_circles_gives_a_lent_call_back_instead_of_ending_it() -> None:
    circle = {"bill": {"type": "play", "prompts": ["zh/bill"], "next": "bill"}}
    someone = ScriptedCaller(interpreter_of(flow_of(circle), max_node_visits=2)).is_lent(BACK)
    someone.hears_it_out().hears_it_out()
    assert someone.outputs[-1] == PassOn(call_id="call-1", target=BACK, language="zh")


def test_an_interpreter_rebuilt_from_its_snapshot_knows_where_the_call_goes_back_to() -> None:
    first = ScriptedCaller(interpreter_of(flow_of(NODES))).is_lent(BACK)
    again = interpreter_of(flow_of(NODES))
    again.restore(first.interpreter.snapshot())
    someone = ScriptedCaller(again)
    someone.outputs += first.plays
    assert someone.hears_it_out().outputs[-1] == PassOn(call_id="call-1", target=BACK, language="zh")
