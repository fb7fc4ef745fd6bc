"""The ``branch`` node: what is known of the caller, and of a queue, decides on the next node."""

from ivr.document import Branch, Way
from ivr.outlook import Outlook, OutlookOf
from ivr.reaction import Reaction
from ivr.run import Run


def enter(node: Branch, run: Run, outlook: OutlookOf) -> Reaction:
    """Go the first way of which all holds."""
    queue = outlook(node.queue, run.caller_number) if node.queue is not None else None
    for way in node.ways:
        if _suits_caller(way, run) and _suits_queue(way, queue):
            return Reaction(go=way.go)
    return Reaction(go=node.next)


def _suits_caller(way: Way, run: Run) -> bool:
    return (
        (way.tag is None or way.tag in run.tags)
        and (way.list is None or way.list in run.lists)
        and (way.language is None or way.language == run.language)
        and (way.waits is None or way.waits is bool(run.back))
    )


def _suits_queue(way: Way, queue: Outlook | None) -> bool:
    """What is not known does not hold."""
    if not way.asks_of_queue:
        return True
    if queue is None:
        return False
    return (
        (way.repeats is None or queue.repeats >= way.repeats)
        and (way.wait_s is None or (queue.wait_s is not None and queue.wait_s >= way.wait_s))
        and (way.waiting is None or queue.waiting >= way.waiting)
        and (way.open is None or way.open is queue.is_open)
    )
