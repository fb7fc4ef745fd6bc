"""Other rules while callers wait: the differences of two configurations, applied in one step.

A queue's new rules hold at once, also for those who wait, counted from when they came. What is under way ends
as it began: an offer with its ring time, a wrap-up with its length, a callback with its validity. A queue
that is removed takes nobody new and goes by its old rules until the last caller is gone; an agent who is
removed goes when nothing is in hand (``retiring.py``).

Of an agent's skills, tags and queues those are replaced that are others in the configuration than they were
there; elsewhere what a supervisor changed in this shift stays.
"""

from collections.abc import Iterator

from acd import free, retiring
from acd.agent import Agent, AgentState, membership_of, qualities_of
from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.configuration_events import AgentAdded, QueueAdded, QueueChanged
from acd.dispatch import serve_agent, serve_entry
from acd.entry import Entry
from acd.media import USUAL_CAPACITY
from acd.queue import Queue
from acd.queue_config import QueueConfig
from acd.skills import let_personal_callers_go, serve_queues, tell_change
from acd.staff import set_unstaffed_timer
from acd.state import AcdState
from acd.step import Step
from acd.waiting_anew import wait_by_other_rules
from runtime.errors import UsageError

_WITH_A_CALL = (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)


def configure(step: Step, command: ConfigureAcd) -> None:
    """First everything is as it shall be, then whoever may be concerned is served."""
    _refuse_what_does_not_fit(step.state, command)
    agents = _take_rules(step, command.rules)
    changed = list(_take_queues(step, command.queues))
    for name in command.removed_queues:
        retiring.retire_queue(step, step.state.queues[name])
    callers: list[Entry] = []
    for config in command.agents:
        agents.append(_take_agent(step, config, callers))
    for agent_id in command.removed_agents:
        agent = step.state.agents[agent_id]
        retiring.retire_agent(step, agent, command.by)
        callers += let_personal_callers_go(step, agent, agent.capacity)
        agents.append(agent)
    for agent in agents:
        serve_agent(step, agent)
    for entry in callers:
        serve_entry(step, entry)
    for queue, before in changed:
        wait_by_other_rules(step, queue, before)


def _refuse_what_does_not_fit(state: AcdState, command: ConfigureAcd) -> None:
    for name in command.removed_queues:
        state.queue(name)
    for agent_id in command.removed_agents:
        state.agent(agent_id)
    there = {name for name, queue in state.queues.items() if not queue.is_retired}
    there |= {config.name for config in command.queues}
    there -= set(command.removed_queues)
    for agent in command.agents:
        if missing := [name for name in agent.queues if name not in there]:
            raise UsageError(f"agent {agent.id} is to serve {missing[0]}, which is no queue")


def _take_rules(step: Step, rules: AcdConfig | None) -> list[Agent]:
    """Returns the agents who may take something else than before."""
    if rules is None:
        return []
    before, step.state.config = step.state.config, rules
    if before.parallel_during_calls == rules.parallel_during_calls:
        return []
    return [agent for agent in step.state.agents.values() if agent.state in _WITH_A_CALL]


def _take_queues(step: Step, configs: tuple[QueueConfig, ...]) -> Iterator[tuple[Queue, QueueConfig]]:
    """Yields those that were there, with the rules they had."""
    for config in configs:
        queue = step.state.queues.get(config.name)
        if queue is None:
            step.state.queues[config.name] = _opened(step, config)
            step.emit(QueueAdded(queue=config.name))
            continue
        before, queue.config = queue.config, config
        free.rank_anew(step.state, queue)
        if queue.is_retired:
            retiring.take_back_queue(step, queue)
        else:
            step.emit(QueueChanged(queue=queue.name, keys=_other_keys(before, config)))
        yield queue, before


def _opened(step: Step, config: QueueConfig) -> Queue:
    queue = Queue.opened(config, step.state.open_calendars, step.now)
    step.touched[queue.name] = None
    set_unstaffed_timer(step, queue)
    return queue


def _other_keys(before: QueueConfig, after: QueueConfig) -> tuple[str, ...]:
    return tuple(key for key in QueueConfig.model_fields if getattr(before, key) != getattr(after, key))


def _take_agent(step: Step, config: AgentConfig, callers: list[Entry]) -> Agent:
    """Adds to ``callers`` those who waited for this agent alone, and shall not any more."""
    agent = step.state.agents.get(config.id)
    if agent is None:
        step.emit(AgentAdded(agent=config.id, queues=tuple(config.queues)))
        return step.state.employ(config)
    media = (*agent.capacity, *(config.capacity or USUAL_CAPACITY))
    _change(step, agent, config)
    callers += let_personal_callers_go(step, agent, dict.fromkeys(media))
    if config.id in step.state.retired_agents:
        retiring.take_back_agent(step, agent)
    else:
        tell_change(step, agent)
    return agent


def _change(step: Step, agent: Agent, config: AgentConfig) -> None:
    """A present call goes on, whatever the agent can or may from now on."""
    free.take_out(step.state, agent)
    before, agent.config = agent.config, config
    if config.skills != before.skills:
        agent.skills = config.skills
    if config.tags != before.tags:
        agent.tags = tuple(config.tags)
    if config.auto_answer != before.auto_answer:
        agent.auto_answer = config.auto_answer
    agent.qualities = qualities_of(agent.agent_id, agent.skills, agent.tags)
    if config.queues != before.queues:
        queues = step.state.queues_of(agent)
        serve_queues(step, agent, (*config.queues, *(queue.name for queue in queues if queue.is_retired)))
    for name, membership in agent.memberships.items():
        fresh = membership_of(agent, name, membership.order)
        fresh.last_turn = membership.last_turn
        agent.memberships[name] = fresh
        step.state.queues[name].note_qualities()
