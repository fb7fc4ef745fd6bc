"""The ``hang_up`` node: the call ends here."""

from ivr.commands import EndCall
from ivr.document import HangUp
from ivr.events import LeaveReason
from ivr.run import Run
from ivr.step import Exit, Step


def enter(node: HangUp, run: Run) -> Step:
    """End the call with the cause the document gives."""
    return Step(exit=Exit(LeaveReason.HUNG_UP, EndCall(call_id=run.call_id, cause=node.cause)))
