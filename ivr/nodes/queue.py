"""The ``queue`` node: the call goes on in a queue."""

from ivr.commands import SendToQueue
from ivr.document import Queue
from ivr.events import LeaveReason
from ivr.run import Run
from ivr.step import Exit, Step


def enter(node: Queue, run: Run) -> Step:
    """Hand over and leave."""
    send = SendToQueue(call_id=run.call_id, queue=node.queue)
    return Step(exit=Exit(LeaveReason.QUEUED, send, queue=node.queue))
