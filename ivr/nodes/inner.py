"""Nodes between flows: ``flow``, ``return``, ``goto`` and ``back``."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.commands import EndCall, PassOn
from ivr.events import FlowEnd
from ivr.expressions import Value
from ivr.nodes.node import Node
from ivr.parts import FlowRef, NodeRef, Values
from ivr.reaction import Exit, Inner, Reaction
from ivr.run import Run
from ivr.visit import Visit
from runtime.problems import KeyPath


class SubFlow(Node):
    """Lead the caller through another flow, and go on when it returns."""

    LOCAL_NAMES: ClassVar[Mapping[str, tuple[str, ...]]] = {"set": ("result",)}

    type: Literal["flow"]
    flow: FlowRef
    given: Values = Field(default_factory=dict)
    """Variables of that flow, by expressions of this one."""
    set: Values = Field(default_factory=dict)
    """Variables of this flow, by expressions that can name what that flow returned: ``result.号码``."""
    next: NodeRef

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        return ((("set", name), name) for name in self.set)

    def enter(self, visit: Visit) -> Reaction:
        return Reaction(inner=Inner(visit.own_name(self.flow), visit.values(self.given)))

    def take_answer(self, visit: Visit, answer: Value) -> Reaction:
        visit.knowing(result=answer).set(self.set)
        return Reaction(go=self.next)


class Return(Node):
    """The flow is over, and the one around it goes on."""

    type: Literal["return"]
    values: Values = Field(default_factory=dict)
    """What the flow around gets to know."""

    @property
    def ends(self) -> bool:
        return True

    def enter(self, visit: Visit) -> Reaction:
        return Reaction(is_done=True, returned=visit.values(self.values))


class Goto(Node):
    """Go to another node, or for good to another flow."""

    type: Literal["goto"]
    node: NodeRef | None = None
    flow: FlowRef | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Goto":
        if (self.node is None) == (self.flow is None):
            raise PydanticCustomError("goto", "either node or flow")
        return self

    @property
    def ends(self) -> bool:
        return self.flow is not None

    def enter(self, visit: Visit) -> Reaction:
        if self.flow is None:
            return Reaction(go=self.node or "")
        target = f"flow:{visit.own_name(self.flow)}"
        pass_on = PassOn(
            call_id=visit.run.call_id, target=target, language=visit.run.language, back=visit.run.back
        )
        return Reaction(exit=Exit(FlowEnd.PASSED_ON, pass_on))


class Back(Node):
    """Let who came from a queue go on waiting there; the flow is over."""

    type: Literal["back"]
    next: NodeRef | None = None
    """The node for callers who wait nowhere; without it their call is ended."""

    @property
    def ends(self) -> bool:
        return True

    def enter(self, visit: Visit) -> Reaction:
        if visit.run.back:
            return Reaction(exit=give_back(visit.run))
        if self.next is not None:
            return Reaction(go=self.next)
        end = EndCall(call_id=visit.run.call_id, cause="NORMAL_CLEARING")
        return Reaction(exit=Exit(FlowEnd.HUNG_UP, end))


def give_back(run: Run) -> Exit:
    """Of a call that is lent."""
    return Exit(FlowEnd.RETURNED, PassOn(call_id=run.call_id, target=run.back, language=run.language))
