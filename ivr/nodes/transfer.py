"""Nodes that give the call away, for good or for a while: ``transfer``, ``dial``, ``voice_message``."""

from typing import Literal

from ivr.commands import PassOn
from ivr.events import FlowEnd
from ivr.nodes.node import Node
from ivr.parts import BoxRef, NodeRef, TextField
from ivr.reaction import Exit, Reaction
from ivr.visit import Visit

TALKED = "talked"
"""The outcome of a call to a phone that was answered."""


class Transfer(Node):
    """Give the call to a station, an outside number or any other target; the flow is over."""

    type: Literal["transfer"]
    to: TextField
    """``station:1001``, ``number:{号码}``, ``flow:other`` …"""

    @property
    def ends(self) -> bool:
        return True

    def enter(self, visit: Visit) -> Reaction:
        target = visit.target(self.to)
        pass_on = PassOn(call_id=visit.run.call_id, target=target, language=visit.run.language)
        return Reaction(exit=Exit(FlowEnd.PASSED_ON, pass_on))


class Dial(Node):
    """Ring a station or an outside number, and go on when the two have talked or could not."""

    type: Literal["dial"]
    to: TextField
    """``station:1001`` or ``number:{号码}``."""
    next: NodeRef
    """Where to go when whom was rung hangs up first."""
    busy: NodeRef | None = None
    """Where to go when they are busy; without it to ``otherwise``."""
    no_answer: NodeRef | None = None
    """Where to go when nobody answers; without it to ``otherwise``."""
    otherwise: NodeRef
    """Where to go when they cannot be had for another reason."""

    def enter(self, visit: Visit) -> Reaction:
        return visit.lend(visit.target(self.to))

    def come_back(self, visit: Visit, outcome: str) -> Reaction:
        ways = {TALKED: self.next, "USER_BUSY": self.busy, "NO_ANSWER": self.no_answer}
        return Reaction(go=ways.get(outcome) or self.otherwise)


class VoiceMessage(Node):
    """Let the caller leave a voice message, and go on."""

    type: Literal["voice_message"]
    box: BoxRef
    """The message box."""
    next: NodeRef
    """The node that follows when the message is left by a key, or is too long."""

    def enter(self, visit: Visit) -> Reaction:
        return visit.lend(f"message:{self.box}")

    def come_back(self, visit: Visit, outcome: str) -> Reaction:
        return Reaction(go=self.next)
