"""The ``hang_up`` node: the call ends here."""

from ivr.commands import EndCall
from ivr.document import HangUp
from ivr.events import FlowEnd
from ivr.reaction import Exit, Reaction
from ivr.run import Run


def enter(node: HangUp, run: Run) -> Reaction:
    """End the call with the cause the document gives."""
    return Reaction(exit=Exit(FlowEnd.HUNG_UP, EndCall(call_id=run.call_id, cause=node.cause)))
