"""The estimated wait of those who wait, and of newcomers."""

from collections.abc import Iterable

from acd.entry import Entry
from acd.estimate import Estimate, estimate_wait
from acd.pacing import working
from acd.queue import Queue


def estimate_in(queue: Queue, entry: Entry) -> Estimate | None:
    """Of one who waits in a queue; None when nothing is known."""
    return _estimate(queue, queue.line.position(entry), entry.priority)


def estimate_among(queues: Iterable[Queue], entry: Entry) -> Estimate | None:
    """Of one who waits in several at once and is served by the fastest."""
    known = [found for queue in queues if (found := estimate_in(queue, entry)) is not None]
    if not known:
        return None
    return Estimate(
        low_s=min(each.low_s for each in known),
        likely_s=min(each.likely_s for each in known),
        high_s=min(each.high_s for each in known),
    )


def estimate_newcomer(queue: Queue) -> Estimate | None:
    """Of one of usual priority who comes now; None when somebody is free, or nothing is known."""
    return None if queue.eligible else _estimate(queue, len(queue) + 1, queue.config.priority)


def _estimate(queue: Queue, position: int, priority: int) -> Estimate | None:
    return estimate_wait(
        queue.pace, position, priority, working=working(queue), wrap_up_s=queue.config.wrap_up_s
    )
