"""Agents and queues as people and programs see them: plain dictionaries, read from memory."""

from collections import Counter
from typing import Any

from acd.agent import Agent, AgentState
from acd.figures import QueueFigures
from acd.queue import Queue
from acd.state import AcdState


def agent_view(state: AcdState, agent: Agent, now: float) -> dict[str, Any]:
    """``since_s``: how long the present state has lasted; None before the first sign-in."""
    return {
        "id": agent.id,
        "name": agent.name,
        "state": agent.state.value,
        "reason": agent.reason,
        "since_s": None if agent.since is None else round(now - agent.since, 3),
        "not_ready_after": agent.not_ready_after,
        "station": agent.station,
        "reachable": agent.station in state.reachable,
        "queues": list(agent.queues),
        "call_id": agent.call_id,
    }


def queue_view(state: AcdState, queue: Queue, figures: QueueFigures, now: float) -> dict[str, Any]:
    """``agents`` counts the queue's agents by state; ``eligible`` those who would be rung at once."""
    states = Counter(state.agents[agent_id].state for agent_id in queue.members)
    return {
        "name": queue.config.name,
        "title": queue.config.title or queue.config.name,
        "waiting": len(queue),
        "longest_wait_s": round(queue.longest_wait_s(now), 3),
        "agents": {state.value: states[state] for state in AgentState},
        "eligible": len(queue.ranking),
        "calls": dict(figures.of(queue.config.name)),
    }
