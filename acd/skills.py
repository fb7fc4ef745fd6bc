"""What an agent can do and which queues the agent serves, changed in the middle of a shift."""

from acd import free
from acd.agent import Agent, qualities_of, with_penalty
from acd.agent_events import AgentChanged
from acd.commands import ChangeQueues, ChangeSkills
from acd.dispatch import serve_agent, serve_entry
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
    _settle(step, agent)


def change_queues(step: Step, command: ChangeQueues) -> None:
    """A present call or offer goes on, whatever queue it came from."""
    agent = step.state.agent(command.agent_id)
    queues = [step.state.queue(name) for name in command.queues]
    free.take_out(step.state, agent)
    for queue in [step.state.queues[name] for name in agent.memberships if name not in command.queues]:
        queue.dismiss(agent)
        note_staff(step, queue)
    for queue in queues:
        if queue.name not in agent.memberships:
            queue.employ(agent)
            note_staff(step, queue)
    _release_personal_callers(step, agent)
    _settle(step, agent)


def _release_personal_callers(step: Step, agent: Agent) -> None:
    """Whoever waits for this agent in a queue the agent has left waits for others."""
    lines = [step.state.personal.get((agent.agent_id, medium), ()) for medium in agent.capacity]
    for entry in [entry for line in lines for entry in line]:
        if agent.memberships.keys().isdisjoint(entry.places):
            step_out(step, entry)
            keep_preferred(step, entry)
            line_up(step, entry)
            serve_entry(step, entry)


def _settle(step: Step, agent: Agent) -> None:
    step.emit(
        AgentChanged(
            agent=agent.agent_id,
            queues=agent.queue_names,
            skills=tuple(sorted(agent.skills.items())),
            tags=tuple(agent.tags),
        )
    )
    serve_agent(step, agent)
