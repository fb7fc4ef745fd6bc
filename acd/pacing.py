"""Keeps the queues' running figures: a fold over the events of each step, as they come out of the core."""

from collections.abc import Iterable

from acd.agent import AgentState
from acd.events import (
    AgentStateChanged,
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
_OfQueue = CallerJoined | CallerLeft | CallCompleted | OfferMade | OfferEnded | RingBegan


def note(state: AcdState, outputs: Iterable[Output], now: float) -> None:
    """Fold what came out of one step. Work is for the queues it speaks of alone."""
    touched: dict[str, Queue] = {}
    for output in outputs:
        for name in _queues_of(state, output):
            if name not in touched:
                touched[name] = state.queues[name]
                touched[name].pace.settle(now)
        if isinstance(output, _OfQueue):
            _count(touched[output.queue].pace, output)
    for queue in touched.values():
        _look(queue)


def working(queue: Queue) -> int:
    """Agents who take calls, now or after the one they have."""
    return sum(queue.staff[state] for state in _WORKING)


def _queues_of(state: AcdState, output: Output) -> Iterable[str]:
    if isinstance(output, AgentStateChanged):
        return state.agents[output.agent].memberships
    return (output.queue,) if isinstance(output, _OfQueue) else ()


def _look(queue: Queue) -> None:
    queue.pace.working = working(queue)
    queue.pace.waiting = len(queue)
    queue.pace.backlog = any(len(demand.waiting) for demand in queue.demands.values())


def _count(pace: Pace, event: _OfQueue) -> None:
    match event:
        case CallerJoined():
            pace.came.setdefault(event.priority, Rate()).happen()
        case CallerLeft(reason=LeaveReason.CONNECTED):
            pace.talking += 1
        case CallerLeft(reason=LeaveReason.ABANDONED, position=position) if position:
            pace.given_up.happen()
        case CallCompleted():
            pace.talking -= 1
            pace.talked.happen()
        case OfferMade() if pace.backlog:
            pace.taken.happen()
        case OfferEnded(result=OfferResult.ACCEPTED):
            pace.ring_s += (event.ring_ms / 1000 - pace.ring_s) / _RINGS_KEPT
        case OfferEnded() if pace.backlog:
            pace.taken.take_back()
