"""The ``queue`` node: the call goes on in a queue."""

from ivr.commands import SendToQueue
from ivr.document import Queue
from ivr.events import FlowEnd
from ivr.reaction import Exit, Reaction
from ivr.run import Run


def enter(node: Queue, run: Run) -> Reaction:
    """Hand over and leave."""
    send = SendToQueue(call_id=run.call_id, queue=node.queue, language=run.language)
    return Reaction(exit=Exit(FlowEnd.QUEUED, send, queue=node.queue))
