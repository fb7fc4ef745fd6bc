"""Call data in flows: noted by a node, named by expressions."""

from typing import Any

import pytest

from ivr.commands import NoteData
from ivr.document import Flow
from ivr.events import NodeFailed
from ivr.inputs import DataChanged
from ivr.interpreter import FlowInterpreter
from ivr.run import Run
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of, world_of

BYE = {"type": "hang_up"}


def noting(**keys: Any) -> Flow:
    """A flow that notes something and goes by it at once."""
    when = "data.order == 'D-7' if 'order' in data else false"
    return flow_of(
        {
            "note": {"type": "data", "next": "go", **keys},
            "go": {"type": "branch", "ways": [{"when": when, "go": "yes"}], "next": "no"},
            "yes": BYE,
            "no": BYE,
        }
    )


def test_what_is_noted_is_known_at_the_next_node() -> None:
    flow = noting(keep={"order": "'D-7'", "lists": "lists"}, remove=["draft"])
    someone = ScriptedCaller(interpreter_of(flow)).enters(lists=("vip",), data={"draft": 1, "old": True})
    data: dict[str, Any] = {"order": "D-7", "lists": ["vip"]}
    assert someone.all_of(NoteData) == [NoteData(call_id="call-1", data=data, remove=("draft",))]
    assert someone.path == ["note", "go", "yes"]


def test_none_takes_a_name_back() -> None:
    someone = ScriptedCaller(interpreter_of(noting(keep={"order": "none"}))).enters(data={"order": "D-7"})
    assert someone.all_of(NoteData) == [NoteData(call_id="call-1", data={}, remove=("order",))]
    assert someone.path == ["note", "go", "no"]


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        ({"all": "data"}, "all: expected a text, a number, true, false or a flat list of these"),
        ({"nested": "[[1]]"}, "nested: expected a text, a number, true, false or a flat list of these"),
    ],
)
def test_what_is_no_data_fails_and_changes_nothing(keep: dict[str, str], reason: str) -> None:
    someone = ScriptedCaller(interpreter_of(noting(keep=keep))).enters(data={"order": "D-7"})
    assert [failed.reason for failed in someone.all_of(NodeFailed)] == [reason]
    assert someone.all_of(NoteData) == []


def waiting() -> tuple[FlowInterpreter, Run]:
    """A caller in a menu."""
    flow = flow_of(
        {
            "menu": {
                "type": "menu",
                "prompts": ["zh/menu"],
                "choices": {"1": "go"},
                "next": "bye",
            },
            "go": {"type": "branch", "ways": [{"when": "data.order == 'D-8'", "go": "yes"}], "next": "bye"},
            "yes": BYE,
            "bye": BYE,
        }
    )
    interpreter = interpreter_of(flow)
    someone = ScriptedCaller(interpreter).enters(data={"order": "D-7"})
    run = interpreter.run_of(someone.call_id)
    assert run is not None
    return interpreter, run


def test_what_a_program_notes_meanwhile_is_known() -> None:
    interpreter, run = waiting()
    assert run.data == {"order": "D-7"}
    assert interpreter.handle(DataChanged(call_id="call-1", data={"order": "D-8"}), now=200.0) == []
    assert run.data == {"order": "D-8"}
    assert interpreter.handle(DataChanged(call_id="call-9", data={}), now=200.0) == []


def test_a_snapshot_has_it() -> None:
    interpreter, run = waiting()
    taken = interpreter.snapshot()
    again = FlowInterpreter(interpreter.flows, interpreter._ids, world_of(), interpreter._rules)
    again.restore(taken)
    restored = again.run_of(run.call_id)
    assert restored is not None
    assert restored.data == {"order": "D-7"}
