"""What a run amounts to: figures of each queue and of all callers, and how the day went by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

import numpy as np
from numpy.typing import NDArray

from acd.agent import AgentState
from acd.queue_config import QueueConfig
from acd.simulation.day import Centre
from acd.simulation.record import Callbacks, Record, Visit, members_of

Figures = dict[str, float | None]
"""By name; None where there is nothing to tell, such as the mean of no waits. Waits in seconds.

offered answered   callers
within_<t>_s       share of the offered who are answered within so many seconds (service level)
abandoned_share    of the offered
sent_on_share      of the offered: turned away, timed out, overflowed, or still waiting at the end
mean_answer_s      wait of the answered (average speed of answer), those who were called back left out
longest_wait_s     of all but those
callbacks          callers who hung up and were to be called back; this and the next two only where queues do
callbacks_served   those of them who talked to an agent, who are among the answered too
callbacks_failed   the others
occupancy          of the time agents were there for calls, the part spent on them, wrap-up included
"""
Curve = NDArray[np.float64]
ALL = "all callers"
SHOWN_STATES: Mapping[str, tuple[AgentState, ...]] = {
    "on calls": (AgentState.OFFERED, AgentState.ON_CALL),
    "wrap-up": (AgentState.WRAP_UP,),
    "available": (AgentState.AVAILABLE,),
    "not ready": (AgentState.NOT_READY,),
}
"""What pictures call the states of agents."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run."""

    figures: dict[str, Figures]
    """By queue, and ALL."""
    waiting: dict[str, Curve]
    """Queue → mean number of those who wait, in each step of the day."""
    agents: dict[str, Curve]
    """Of SHOWN_STATES: mean number of agents in each step."""
    came: Curve
    """Callers who came in each step."""
    in_time: Curve
    """Those of them who were answered within the first threshold of the queue they came to."""
    events: int = 0
    edges_s: Sequence[float] = field(default_factory=list)
    """Where the steps begin and the last one ends, since midnight."""


def outcome_of(record: Record, centre: Centre, edges_s: Sequence[float], events: int) -> Outcome:
    """The figures of a record that is complete."""
    served = {agent.id: agent.queues for agent in centre.agents}
    figures = {
        queue.name: _figures_of(record, queue, members_of(served, queue.name)) for queue in centre.queues
    }
    thresholds = sorted({within for queue in centre.queues for within in queue.service_level_s})
    edges = np.array(edges_s)
    calls_back = any(queue.callback_on_hang_up for queue in centre.queues)
    first = {queue.name: queue.service_level_s[0] for queue in centre.queues}
    came, in_time = _by_coming(record.visits.values(), first, edges)
    return Outcome(
        figures={**figures, ALL: _figures_of_all(record, thresholds, served, calls_back=calls_back)},
        waiting={queue.name: _waiting(record, queue.name, edges) for queue in centre.queues},
        agents={name: _agents(record, states, edges) for name, states in SHOWN_STATES.items()},
        came=came,
        in_time=in_time,
        events=events,
        edges_s=edges_s,
    )


def _figures_of(record: Record, queue: QueueConfig, members: Iterable[str]) -> Figures:
    counts, over = record.figures.of(queue.name), record.figures.over(queue.name) + _left_over(record, queue)
    waits = record.waits_s[queue.name]
    within = record.figures.answered_within(queue.name)
    return {
        "offered": over,
        "answered": counts["answered"],
        **{within_name(t): _share(number, over) for t, number in within.items()},
        "abandoned_share": _share(counts["abandoned"], over),
        "sent_on_share": _share(over - counts["answered"] - counts["abandoned"], over),
        "mean_answer_s": fsum(waits) / len(waits) if waits else None,
        "longest_wait_s": record.longest_s[queue.name],
        "occupancy": record.busy_share(members),
        **(_of_callbacks([record.callbacks[queue.name]]) if queue.callback_on_hang_up else {}),
    }


def _of_callbacks(callbacks: Iterable[Callbacks]) -> Figures:
    known = list(callbacks)
    return {
        "callbacks": sum(one.requested for one in known),
        "callbacks_served": sum(one.served for one in known),
        "callbacks_failed": sum(one.failed for one in known),
    }


def _left_over(record: Record, queue: QueueConfig) -> int:
    """Those nobody served to the end count as offered; elsewhere they are withdrawn only by somebody."""
    return record.figures.of(queue.name)["withdrawn"]


def _figures_of_all(
    record: Record, thresholds: Sequence[float], agents: Iterable[str], *, calls_back: bool
) -> Figures:
    visits = list(record.visits.values())
    answered = [visit for visit in visits if visit.answered_after_s is not None]
    waits = [visit.waited_s for visit in answered if not visit.is_callback]
    gave_up = sum(visit.gave_up for visit in visits)
    offered = len(visits)
    return {
        "offered": offered,
        "answered": len(answered),
        **{
            within_name(t): _share(sum(visit.waited_s <= t for visit in answered), offered)
            for t in thresholds
        },
        "abandoned_share": _share(gave_up, offered),
        "sent_on_share": _share(offered - len(answered) - gave_up, offered),
        "mean_answer_s": fsum(waits) / len(waits) if waits else None,
        "longest_wait_s": max((visit.waited_s for visit in visits if not visit.is_callback), default=0.0),
        "occupancy": record.busy_share(agents),
        **(_of_callbacks(record.callbacks.values()) if calls_back else {}),
    }


def within_name(within_s: float) -> str:
    """The figure's name, such as ``within_20_s``."""
    return f"within_{within_s:g}_s"


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _by_coming(visits: Iterable[Visit], thresholds: Mapping[str, float], edges: Curve) -> tuple[Curve, Curve]:
    known = list(visits)
    came, _ = np.histogram([visit.comes_at for visit in known], edges)
    good = [
        visit.comes_at
        for visit in known
        if visit.answered_after_s is not None and visit.answered_after_s <= thresholds[visit.queue]
    ]
    in_time, _ = np.histogram(good, edges)
    return came.astype(np.float64), in_time.astype(np.float64)


def _waiting(record: Record, queue: str, edges: Curve) -> Curve:
    return mean_level([(at, change) for at, name, change in record.moves if name == queue], edges)


def _agents(record: Record, states: Sequence[AgentState], edges: Curve) -> Curve:
    changes = [
        (at, (after in states) - (before in states)) for at, before, after in record.states if before != after
    ]
    return mean_level(changes, edges)


def mean_level(changes: Sequence[tuple[float, int]], edges: Curve) -> Curve:
    """The mean between neighbouring edges of what begins at 0 and changes so, in the order of time."""
    if not changes:
        return np.zeros(len(edges) - 1)
    times = np.array([at for at, _ in changes])
    levels = np.cumsum([change for _, change in changes])
    areas = np.concatenate(([0.0], np.cumsum(np.diff(times) * levels[:-1])))
    end = max(times[-1], edges[-1]) + 1.0
    times, areas = np.append(times, end), np.append(areas, areas[-1] + levels[-1] * (end - times[-1]))
    means: Curve = np.diff(np.interp(edges, times, areas)) / np.diff(edges)
    return means
