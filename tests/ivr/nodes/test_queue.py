"""The queue node."""

from ivr.commands import PassOn
from ivr.events import FlowEnd
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of


def test_the_call_goes_to_the_named_queue_and_leaves_the_flow() -> None:
    nodes = {"客服": {"type": "queue", "queue": "客户服务", "language": "en"}}
    someone = ScriptedCaller(interpreter_of(flow_of(nodes))).enters()
    assert someone.outputs[-1] == PassOn(call_id="call-1", target="queue:客户服务", language="en")
    assert (someone.left.reason, someone.left.queue) == (FlowEnd.QUEUED, "客户服务")
    assert (someone.left.node, someone.left.language) == ("客服", "en")


def test_a_callback_to_no_number_is_one_to_none_rather_than_to_a_word() -> None:
    flow = flow_of({"later": {"type": "callback", "queue": "客服", "number": "none"}})
    assert ScriptedCaller(interpreter_of(flow)).enters().outputs[-1].target == "queue:客服?callback="
