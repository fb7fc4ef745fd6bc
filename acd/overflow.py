"""What a queue's limits and rules of overflow say, as pure questions."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from acd.entry import Entry, Place
from acd.estimates import estimate_in, estimate_newcomer
from acd.events import LeaveReason
from acd.queue import Queue
from acd.queue_config import Closing
from acd.queue_rules import OverflowCause, OverflowRule


class WayOut(NamedTuple):
    """Why a caller leaves a queue, and where to."""

    reason: LeaveReason
    target: str
    """``<scheme>:<name>``, or hang_up."""


def refusal(queue: Queue, tags: Collection[str], now: float) -> WayOut | None:
    """Why a newcomer with these tags cannot wait in the queue; None when there is room."""
    if queue.is_closed or queue.is_retired:
        return WayOut(LeaveReason.CLOSED, queue.config.when_closed)
    if queue.is_full:
        return WayOut(LeaveReason.FULL, queue.config.on_full)
    for rule in queue.config.overflow:
        if rule.to and (_is_tagged(rule, tags) or _is_refusing(rule, queue, now)):
            return WayOut(LeaveReason.OVERFLOWED, rule.to)
    return None


def due_way_out(queue: Queue, entry: Entry, now: float) -> WayOut | None:
    """Why one who waits must leave the queue now; None when there is no reason.

    Nobody is sent away from self-service, nor for a long wait who is to be called back, or was.
    """
    if entry.callback is not None or entry.visit is not None:
        return None
    place = entry.places[queue.name]
    if queue.is_closed and queue.config.closing is Closing.RELEASE:
        return WayOut(LeaveReason.CLOSED, queue.config.when_closed)
    limit_s = queue.config.max_wait_s
    if limit_s and place.joined_at + limit_s <= now:
        return WayOut(LeaveReason.TIMED_OUT, queue.config.on_timeout)
    for rule in queue.config.overflow:
        if rule.to and (_is_tagged(rule, entry.tags) or _has_become_due(rule, queue, place, now)):
            return WayOut(LeaveReason.OVERFLOWED, rule.to)
    return None


def second_queues(queue: Queue, entry: Entry, now: float) -> Iterator[str]:
    """In which queues one who waits in this one shall do so as well by now."""
    place = entry.places[queue.name]
    for rule in queue.config.overflow:
        if rule.also and (
            _is_tagged(rule, entry.tags)
            or _is_too_far_back(rule, queue, entry)
            or _has_become_due(rule, queue, place, now)
        ):
            yield rule.also


def _is_tagged(rule: OverflowRule, tags: Collection[str]) -> bool:
    return rule.when is OverflowCause.TAGGED and rule.tag in tags


def _is_too_far_back(rule: OverflowRule, queue: Queue, entry: Entry) -> bool:
    if rule.when is OverflowCause.ESTIMATED_WAIT:
        found = None if queue.eligible else estimate_in(queue, entry)
        return found is not None and found.likely_s > rule.above
    return rule.when is OverflowCause.LENGTH and queue.line.position(entry) > rule.above


def _is_refusing(rule: OverflowRule, queue: Queue, now: float) -> bool:
    if rule.when is OverflowCause.LENGTH:
        return len(queue) >= rule.above
    if rule.when is OverflowCause.ESTIMATED_WAIT:
        found = estimate_newcomer(queue)
        return found is not None and found.likely_s > rule.above
    return _lacks_staff(rule, queue, now)


def _has_become_due(rule: OverflowRule, queue: Queue, place: Place, now: float) -> bool:
    if rule.when is OverflowCause.WAIT:
        return place.joined_at + rule.above <= now
    return _lacks_staff(rule, queue, now)


def _lacks_staff(rule: OverflowRule, queue: Queue, now: float) -> bool:
    if rule.when is not OverflowCause.UNSTAFFED:
        return False
    since = queue.nobody_there_since(rule)
    return since is not None and since + rule.above <= now
