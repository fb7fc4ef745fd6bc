"""Targets ``agent:<number>``: the agent's own queue, which is the first that is configured for the agent.

The caller waits there for this agent alone, as long as the queue lets anybody wait, and then goes the queue's
way out. A queue without a limit keeps the caller for MAX_WAIT_S before others are asked too. Who serves the
queue no longer is not waited for: anybody is asked at once.
"""

from collections.abc import Callable, Mapping

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.config import AGENT_SCHEME
from acd.queue import Queue
from acd.queue_target import MAX_WAIT_S, QueueTarget
from acd.state import AcdState


def own_queue(agent: AgentConfig) -> str | None:
    """As configured, also when the agent serves others in this shift: so no way out leads in a circle."""
    return agent.queues[0] if agent.queues else None


def waiting_for(agent: AgentConfig, queues: Mapping[str, Queue]) -> QueueTarget:
    """What a caller asks for who is led to an agent that has a queue."""
    name = own_queue(agent)
    assert name is not None, "targets that lead to no queue are not known"
    limit_s = queues[name].config.max_wait_s or MAX_WAIT_S
    return QueueTarget(queues=(name,), preferred=(agent.id,), preferred_wait_s=limit_s)


def obstacles(state: AcdState) -> Callable[[str, str], str | None]:
    """Why nobody can be had at a target now: an agent who is signed out takes no calls; queues keep them."""

    def obstacle(scheme: str, name: str) -> str | None:
        if scheme != AGENT_SCHEME or state.agents[name].state is not AgentState.LOGGED_OUT:
            return None
        return f"agent {name} is signed out"

    return obstacle
