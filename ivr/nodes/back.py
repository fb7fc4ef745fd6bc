"""The ``back`` node: the caller goes on waiting in the queue that lent the call."""

from ivr.commands import EndCall, GiveBack
from ivr.document import Back
from ivr.events import FlowEnd
from ivr.reaction import Exit, Reaction
from ivr.run import Run


def enter(node: Back, run: Run) -> Reaction:
    """Give the call back, if it is lent."""
    if run.back:
        return Reaction(exit=give_back(run))
    if node.next is not None:
        return Reaction(go=node.next)
    return Reaction(exit=Exit(FlowEnd.HUNG_UP, EndCall(call_id=run.call_id, cause="NORMAL_CLEARING")))


def give_back(run: Run) -> Exit:
    """Of a call that is lent."""
    return Exit(FlowEnd.RETURNED, GiveBack(call_id=run.call_id, target=run.back, language=run.language))
