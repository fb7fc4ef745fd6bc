"""What an agent can do and which queues the agent serves, changed in the middle of a shift."""

from collections.abc import Collection, Iterable

from acd import free
from acd.agent import Agent, qualities_of, with_penalty
from acd.agent_events import AgentChanged
from acd.commands import ChangeQueues, ChangeSkills
from acd.dispatch import serve_agent, serve_entry
from acd.entry import Entry
from acd.lining_up import line_up, step_out
from acd.places import keep_preferred
from acd.staff import note_staff
from acd.step import Step


def change_skills(step: Step, command: ChangeSkills) -> None:
    """A present call goes on; the next ones are chosen by the new skills."""
    agent = step.state.agent(command.agent_id)
    free.take_out(step.state, agent)
    if command.skills is not None:
        agent.skills = dict(command.skills)
    if command.tags is not None:
        agent.tags = command.tags
    agent.qualities = qualities_of(agent.agent_id, agent.skills, agent.tags)
    for membership in agent.memberships.values():
        membership.qualities = with_penalty(agent.qualities, membership.penalty)
        step.state.queues[membership.queue_name].note_qualities()
    _settle(step, agent)


def change_queues(step: Step, command: ChangeQueues) -> None:
    """A present call or offer goes on, whatever queue it came from."""
    agent = step.state.agent(command.agent_id)
    for name in command.queues:
        if name not in agent.memberships:
            step.state.queue_in_use(name)
    free.take_out(step.state, agent)
    serve_queues(step, agent, command.queues)
    for entry in let_personal_callers_go(step, agent, agent.capacity):
        serve_entry(step, entry)
    _settle(step, agent)


def serve_queues(step: Step, agent: Agent, names: Collection[str]) -> None:
    """These and no others; called while no caller can find the agent."""
    for queue in [step.state.queues[name] for name in agent.memberships if name not in names]:
        queue.dismiss(agent)
        note_staff(step, queue)
    for queue in [step.state.queues[name] for name in names if name not in agent.memberships]:
        queue.employ(agent)
        note_staff(step, queue)


def let_personal_callers_go(step: Step, agent: Agent, media: Iterable[str]) -> list[Entry]:
    """Whoever waits for this agent, who will not serve them, waits for others; they are to be served."""
    lines = [step.state.personal.get((agent.agent_id, medium), ()) for medium in media]
    callers = [entry for line in lines for entry in line]
    for entry in callers:
        step_out(step, entry)
        keep_preferred(step, entry)
        line_up(step, entry)
    return [entry for entry in callers if agent.agent_id not in entry.preferred]


def _settle(step: Step, agent: Agent) -> None:
    tell_change(step, agent)
    serve_agent(step, agent)


def tell_change(step: Step, agent: Agent) -> None:
    """What the agent can and serves now."""
    step.emit(
        AgentChanged(
            agent=agent.agent_id,
            queues=agent.queue_names,
            skills=tuple(sorted(agent.skills.items())),
            tags=tuple(agent.tags),
        )
    )
