"""Agents and queues as people, programs and Prometheus see them: plain data, read from memory."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from acd.agent import Agent, AgentState
from acd.figures import QueueFigures
from acd.queue import Queue
from acd.state import AcdState
from runtime.clock import Clock

Readings = Mapping[tuple[str, ...], float]
"""Label values → number."""


def agent_view(state: AcdState, agent: Agent, now: float) -> dict[str, Any]:
    """``since_s``: how long the present state has lasted; None before the first sign-in."""
    return {
        "id": agent.agent_id,
        "name": agent.name,
        "state": agent.state.value,
        "reason": agent.reason,
        "since_s": None if agent.since is None else round(now - agent.since, 3),
        "not_ready_after": agent.not_ready_after,
        "station": agent.station,
        "reachable": state.can_ring(agent.station),
        "queues": list(agent.queue_names),
        "call_id": agent.call_id,
    }


def queue_view(state: AcdState, queue: Queue, figures: QueueFigures, now: float) -> dict[str, Any]:
    """``agents`` counts the queue's agents by state; ``eligible`` those who would be rung at once."""
    states = Counter(state.agents[agent_id].state for agent_id in queue.agent_ids)
    return {
        "name": queue.config.name,
        "title": queue.config.title or queue.config.name,
        "waiting": len(queue),
        "longest_wait_s": round(queue.longest_wait_s(now), 3),
        "agents": {state.value: states[state] for state in AgentState},
        "eligible": len(queue.ranking),
        "calls": dict(figures.of(queue.config.name)),
    }


class AcdReadings:
    """The numbers behind the gauges."""

    def __init__(self, state: AcdState, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def waiting(self) -> Readings:
        return {(name,): float(len(queue)) for name, queue in self._state.queues.items()}

    def longest_wait_s(self) -> Readings:
        now = self._clock.now()
        return {(name,): queue.longest_wait_s(now) for name, queue in self._state.queues.items()}

    def agents(self) -> Readings:
        states = Counter(agent.state for agent in self._state.agents.values())
        return {(state.value,): float(states[state]) for state in AgentState}
