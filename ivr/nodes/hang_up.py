"""The ``hang_up`` node: the call ends here."""

from typing import Literal

from ivr.commands import EndCall
from ivr.events import FlowEnd
from ivr.nodes.node import Node
from ivr.reaction import Exit, Reaction
from ivr.visit import Visit


class HangUp(Node):
    """End the call."""

    type: Literal["hang_up"]
    cause: Literal[
        "NORMAL_CLEARING",
        "USER_BUSY",
        "NO_USER_RESPONSE",
        "CALL_REJECTED",
        "NUMBER_CHANGED",
        "NORMAL_TEMPORARY_FAILURE",
    ] = "NORMAL_CLEARING"
    """What the call record says (ITU-T Q.850 names)."""

    @property
    def ends(self) -> bool:
        return True

    def enter(self, visit: Visit) -> Reaction:
        """End the call with the cause the document gives."""
        end = EndCall(call_id=visit.run.call_id, cause=self.cause)
        return Reaction(exit=Exit(FlowEnd.HUNG_UP, end))
