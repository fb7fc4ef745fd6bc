"""Queues and agents that the configuration has no more: they go when nobody is hurt by it."""

from acd.agent import Agent, AgentState
from acd.configuration_events import (
    AgentAdded,
    AgentRemoved,
    AgentRetired,
    QueueAdded,
    QueueRemoved,
    QueueRetired,
)
from acd.free import forget_demand
from acd.queue import Queue
from acd.skills import tell_change
from acd.state import Timer, TimerKind
from acd.step import Step


def retire_queue(step: Step, queue: Queue) -> None:
    """Nobody comes to it any more; its agents serve those who wait."""
    if not queue.is_retired:
        queue.is_retired = True
        step.state.retired_queues[queue.name] = None
        step.emit(QueueRetired(queue=queue.name, waiting=len(queue)))


def take_back_queue(step: Step, queue: Queue) -> None:
    """The configuration has it again."""
    queue.is_retired = False
    del step.state.retired_queues[queue.name]
    step.emit(QueueAdded(queue=queue.name))


def retire_agent(step: Step, agent: Agent, by: str) -> None:
    """The agent gets nothing new; what rings may be taken still."""
    if agent.agent_id not in step.state.retired_agents:
        step.state.retired_agents[agent.agent_id] = None
        step.emit(AgentRetired(agent=agent.agent_id, by=by))
        if agent.state is not AgentState.LOGGED_OUT:
            agent.sign_out_after, agent.sign_out_by = True, by


def take_back_agent(step: Step, agent: Agent) -> None:
    """The configuration has the agent again, whose shift goes on."""
    del step.state.retired_agents[agent.agent_id]
    agent.sign_out_after, agent.sign_out_by = False, ""
    step.emit(AgentAdded(agent=agent.agent_id, queues=agent.queue_names))


def let_retired_go(step: Step) -> None:
    """Done at the end of every step, when all that was said of them has been counted."""
    state = step.state
    for agent_id in list(state.retired_agents):
        if state.agents[agent_id].state is AgentState.LOGGED_OUT:
            _forget_agent(step, state.agents[agent_id])
    for name in list(state.retired_queues):
        queue = state.queues[name]
        if not len(queue) and not queue.pace.talking:
            _forget_queue(step, queue)


def _forget_agent(step: Step, agent: Agent) -> None:
    state = step.state
    for queue in state.queues_of(agent):
        queue.dismiss(agent)
    for medium in agent.capacity:
        state.personal.pop((agent.agent_id, medium), None)
    del state.agents[agent.agent_id], state.retired_agents[agent.agent_id]
    step.emit(AgentRemoved(agent=agent.agent_id))


def _forget_queue(step: Step, queue: Queue) -> None:
    state = step.state
    for demand in list(queue.demands.values()):
        forget_demand(state, demand)
    # In the order of joining, which is the same in a core that goes on from a snapshot.
    for agent in sorted(queue.members.values(), key=lambda member: member.memberships[queue.name].order):
        queue.dismiss(agent)
        tell_change(step, agent)
    state.timers.cancel(Timer(TimerKind.UNSTAFFED, queue.name))
    del state.queues[queue.name], state.retired_queues[queue.name]
    step.emit(QueueRemoved(queue=queue.name))
