"""Agents and queues as people, programs and Prometheus see them: plain data, read from memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

from acd.agent import Agent, AgentState
from acd.answers import AgentView, CallbackView, EntryView, EstimateView, ItemView, QueueView
from acd.callback import Callback
from acd.entry import Entry, EntryState
from acd.estimates import estimate_newcomer
from acd.figures import QueueFigures
from acd.queue import Queue
from acd.state import AcdState
from runtime.clock import Clock

Readings = Mapping[tuple[str, ...], float]
"""Label values → number."""


def agent_view(state: AcdState, agent: Agent, now: float) -> AgentView:
    """``since_s``: how long the present state has lasted; None before the first sign-in.

    ``held``: a supervisor set the state, and only one lifts it.
    ``items``: how many chats and the like are offered to the agent or in hand beside the state.
    """
    return {
        "id": agent.agent_id,
        "name": agent.name,
        "state": agent.state,
        "reason": agent.reason,
        "since_s": None if agent.since is None else round(now - agent.since, 3),
        "not_ready_after": agent.not_ready_after,
        "station": agent.station,
        "reachable": state.can_ring(agent.station),
        "queues": list(agent.queue_names),
        "skills": dict(agent.skills),
        "tags": list(agent.tags),
        "call_id": agent.call_id,
        "capacity": dict(agent.capacity),
        "items": len(agent.items),
        "leave": None if agent.leave is None else "asked" if agent.leave.approved_at is None else "approved",
        "held": bool(agent.held_reason),
        "sign_out_after": agent.sign_out_after,
        "auto_answer": agent.auto_answer,
    }


def queue_view(state: AcdState, queue: Queue, figures: QueueFigures, now: float) -> QueueView:
    """``agents`` counts the queue's agents by state; ``eligible`` those who would be rung at once.

    A ``share`` of the service level is of all whose wait is over since the threshold is configured; None when
    there are none.
    """
    name = queue.config.name
    inside, estimated = figures.estimates(name)
    return {
        "name": queue.config.name,
        "title": queue.config.title or queue.config.name,
        "open": not queue.is_closed,
        "waiting": len(queue),
        "longest_wait_s": round(queue.longest_wait_s(now), 3),
        "agents": {state.value: queue.staff[state] for state in AgentState},
        "eligible": queue.eligible,
        "callbacks": _callbacks(queue),
        "calls": dict(figures.of(name)),
        "estimated_wait": _estimate_view(queue),
        "estimates": {
            "inside": inside,
            "of": estimated,
            "share": round(inside / estimated, 4) if estimated else None,
        },
        "service_level": [
            {"within_s": within_s, "answered": answered, "share": round(answered / of, 4) if of else None}
            for within_s, answered, of in figures.service_levels(name)
        ],
    }


def _estimate_view(queue: Queue) -> EstimateView | None:
    """Of a caller who came now; None when somebody is free, or too little is known."""
    found = estimate_newcomer(queue)
    return None if found is None else cast(EstimateView, asdict(found))


def entry_view(entry: Entry, queue: Queue, position: int, now: float) -> EntryView:
    """One who waits in a queue. ``wait_s``: in this queue; ``waited_s``: in all."""
    place = entry.places[queue.name]
    return {
        "call_id": entry.call_id,
        "medium": entry.medium,
        "contact_id": entry.contact_id,
        "caller_number": entry.caller_number,
        "queue": queue.name,
        "position": position,
        "state": entry.state,
        "priority": entry.priority,
        "requirement": place.requirement,
        "also_in": [name for name in entry.places if name != queue.name],
        "preferred": list(entry.preferred),
        "tags": list(entry.tags),
        "wait_s": round(now - place.joined_at, 3),
        "waited_s": round(now - entry.joined_at, 3),
        "offers": entry.offers,
        "virtual": entry.is_absent,
        "self_service": None if entry.visit is None else entry.visit.target,
        "callback": None if entry.callback is None else callback_view(entry, entry.callback, now),
    }


def item_view(state: AcdState, entry: Entry, now: float) -> ItemView:
    """``agents``: who it is offered to, or who has it; ``since_s``: since it came, or was taken."""
    since = entry.connected_at if entry.state is EntryState.TALKING else entry.joined_at
    queues = [state.queues[name] for name in entry.places]
    return {
        "item": entry.entry_id,
        "medium": entry.medium,
        "contact_id": entry.contact_id,
        "customer": entry.caller_number,
        "state": entry.state,
        "priority": entry.priority,
        "requirement": entry.requirement,
        "tags": list(entry.tags),
        "places": [{"queue": queue.name, "position": queue.line.position(entry)} for queue in queues],
        "agents": [state.offers[offer_id].agent_id for offer_id in entry.offer_ids],
        "since_s": round(now - since, 3),
        "data": dict(entry.data),
    }


def callback_view(entry: Entry, callback: Callback, now: float) -> CallbackView:
    """``call_id``: the call on the line, being dialled, or last; ``expires_in_s``: until it is given up."""
    return {
        "callback_id": entry.entry_id,
        "call_id": entry.call_id,
        "contact_id": entry.contact_id,
        "queue": callback.queue_name,
        "queues": list(entry.places),
        "stage": callback.stage,
        "numbers": list(callback.numbers),
        "attempts": callback.attempts,
        "waited_s": round(now - entry.joined_at, 3),
        "expires_in_s": round(max(callback.expires_at - now, 0.0), 3),
    }


def _callbacks(queue: Queue) -> int:
    return sum(entry.is_absent for entry in queue.line)


class AcdReadings:
    """The numbers behind the gauges."""

    def __init__(self, state: AcdState, figures: QueueFigures, clock: Clock) -> None:
        self._state = state
        self._figures = figures
        self._clock = clock

    def waiting(self) -> Readings:
        return {(name,): float(len(queue)) for name, queue in self._state.queues.items()}

    def callbacks(self) -> Readings:
        return {(name,): float(_callbacks(queue)) for name, queue in self._state.queues.items()}

    def longest_wait_s(self) -> Readings:
        now = self._clock.now()
        return {(name,): queue.longest_wait_s(now) for name, queue in self._state.queues.items()}

    def items(self) -> Readings:
        media = Counter(m for agent in self._state.agents.values() for m in agent.items.values())
        return {(medium,): float(number) for medium, number in media.items()}

    def estimated_wait_s(self) -> Readings:
        """``bound``: low, likely or high. Nothing for queues of which nothing is known."""
        found = {name: _estimate_view(queue) for name, queue in self._state.queues.items()}
        return {
            (name, bound.removesuffix("_s")): seconds
            for name, estimate in found.items()
            for bound, seconds in cast(dict[str, float], estimate or {}).items()
        }

    def estimates_inside(self) -> Readings:
        known = {name: self._figures.estimates(name) for name in self._state.queues}
        return {(name,): inside / of for name, (inside, of) in known.items() if of}

    def agents(self) -> Readings:
        states = Counter(agent.state for agent in self._state.agents.values())
        return {(state.value,): float(states[state]) for state in AgentState}
