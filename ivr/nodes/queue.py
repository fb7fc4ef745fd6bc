"""Nodes that lead to agents: ``queue``, ``agent`` and ``callback``."""

from typing import Annotated, Literal

from pydantic import Field

from ivr.commands import PassOn
from ivr.events import FlowEnd
from ivr.expressions import as_text
from ivr.nodes.node import Node
from ivr.parts import ExpressionField, NodeRef, QueueField, TextField
from ivr.reaction import Exit, Reaction
from ivr.visit import Visit


class _ToQueue(Node):
    queue: QueueField
    """The queue, or several, with all that a target says of the wait."""
    next: NodeRef | None = None
    """The node to go to when the agent hangs up first; without it the call is over then."""

    def asked(self, visit: Visit) -> dict[str, str]:
        """What the target says besides what ``queue`` does."""
        return {}

    @property
    def ends(self) -> bool:
        return True

    def enter(self, visit: Visit) -> Reaction:
        """Hand over and leave, or lend the call to the queue."""
        queue = visit.queue_target(self.queue, **self.asked(visit))
        if self.next is not None:
            return visit.lend(f"queue:{queue}")
        pass_on = PassOn(call_id=visit.run.call_id, target=f"queue:{queue}", language=visit.run.language)
        return Reaction(exit=Exit(FlowEnd.QUEUED, pass_on, queue=queue.partition("?")[0]))

    def come_back(self, visit: Visit, outcome: str) -> Reaction:
        return Reaction(go=self.next or "")


class Queue(_ToQueue):
    """Hand the call to a queue."""

    type: Literal["queue"]


class Agent(_ToQueue):
    """Hand the call to an agent, by way of a queue, whose rules hold."""

    type: Literal["agent"]
    agent: TextField
    """The agent's id, or several, the best first."""
    wait_s: Annotated[float, Field(ge=0, le=86_400)] = 0
    """So long the agent alone is asked; then, or when 0 and the agent is not free, others are."""

    def asked(self, visit: Visit) -> dict[str, str]:
        wait = {"agent_wait_s": f"{self.wait_s:g}"} if self.wait_s else {}
        return {"agent": visit.own_names(self.agent), **wait}


class Callback(Node):
    """Let the caller be called back and keep the place in the queue; the call ends."""

    type: Literal["callback"]
    queue: QueueField
    number: ExpressionField | None = None
    """Where to call; without it the caller's own number."""

    @property
    def ends(self) -> bool:
        return True

    def enter(self, visit: Visit) -> Reaction:
        number = "own" if self.number is None else as_text(visit.value(self.number))
        queue = visit.queue_target(self.queue, callback=number)
        pass_on = PassOn(call_id=visit.run.call_id, target=f"queue:{queue}", language=visit.run.language)
        return Reaction(exit=Exit(FlowEnd.QUEUED, pass_on, queue=queue.partition("?")[0]))
