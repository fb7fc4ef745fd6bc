"""Keeps the queues' running figures: a fold over the events of each step, as they come out of the core."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from acd.agent import AgentState
from acd.agent_events import AgentStateChanged
from acd.events import (
    CallCompleted,
    CallerJoined,
    CallerLeft,
    LeaveReason,
    OfferEnded,
    OfferMade,
    OfferResult,
    RingBegan,
)
from acd.pace import Pace, Rate
from acd.queue import Queue
from acd.state import AcdState
from runtime.vocabulary import Output

_WORKING = (AgentState.AVAILABLE, AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)
_RINGS_KEPT = 16
"""About so many count for the time to an answer."""


def note(state: AcdState, outputs: Iterable[Output], now: float) -> None:
    """Fold what came out of one step. Work is for the queues it speaks of alone."""
    touched: dict[str, Queue] = {}
    for output in outputs:
        kind = type(output)
        if kind in _COUNTS:
            queue = _touch(state, touched, output.queue, now)  # type: ignore[union-attr]
            _COUNTS[kind](queue.pace, output)
        elif kind is AgentStateChanged and _begins_or_ends_work(output):  # type: ignore[arg-type]
            for name in state.agents[output.agent].memberships:  # type: ignore[union-attr]
                queue = _touch(state, touched, name, now)
                queue.pace.working = working(queue)
    for queue in touched.values():
        queue.pace.waiting = len(queue)
        queue.pace.backlog = queue.has_backlog


def working(queue: Queue) -> int:
    """Agents who take calls, now or after the one they have."""
    return sum(map(queue.staff.__getitem__, _WORKING))


def _touch(state: AcdState, touched: dict[str, Queue], name: str, now: float) -> Queue:
    """The levels since before count up to now, before they change."""
    queue = touched.get(name)
    if queue is None:
        queue = touched[name] = state.queues[name]
        queue.pace.settle(now)
    return queue


def _begins_or_ends_work(changed: AgentStateChanged) -> bool:
    """Most changes do neither, and an agent has several queues."""
    return (changed.from_state in _WORKING) is not (changed.to_state in _WORKING)


def _joined(pace: Pace, event: CallerJoined) -> None:
    pace.came.setdefault(event.priority, Rate()).happen()


def _left(pace: Pace, event: CallerLeft) -> None:
    if event.reason is LeaveReason.CONNECTED:
        pace.talking += 1
    elif event.reason is LeaveReason.ABANDONED and event.position:
        pace.given_up.happen()


def _completed(pace: Pace, event: CallCompleted) -> None:
    pace.talking -= 1
    pace.talked.happen()


def _offered(pace: Pace, event: OfferMade) -> None:
    if pace.backlog:
        pace.taken.happen()


def _offer_ended(pace: Pace, event: OfferEnded) -> None:
    if event.result is OfferResult.ACCEPTED:
        pace.ring_s += (event.ring_ms / 1000 - pace.ring_s) / _RINGS_KEPT
    elif pace.backlog:
        pace.taken.take_back()


def _asked_less(pace: Pace, event: RingBegan) -> None:
    """Nothing to count; but whether somebody waits in vain may be otherwise now."""


_COUNTS: Mapping[type[Output], Callable[[Pace, Any], None]] = {
    CallerJoined: _joined,
    CallerLeft: _left,
    CallCompleted: _completed,
    OfferMade: _offered,
    OfferEnded: _offer_ended,
    RingBegan: _asked_less,
}
"""Of the events that speak of one queue."""
