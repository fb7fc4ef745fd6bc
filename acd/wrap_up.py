"""After-call work that takes longer than the queue gives, or less."""

from acd import talk
from acd.agent import Agent, AgentState
from acd.agent_events import WrapUpExtended
from acd.commands import EndWrapUp, ExtendWrapUp
from acd.state import Timer, TimerKind
from acd.step import Step
from runtime.errors import UsageError


def extend(step: Step, command: ExtendWrapUp) -> None:
    """So much longer than it would be, at most ``acd.max_wrap_up_s`` in all."""
    agent = _wrapping_up(step, command.agent_id)
    timer, most_s = Timer(TimerKind.WRAP_UP, agent.agent_id), step.state.config.max_wrap_up_s
    assert agent.since is not None, "wrap-up follows a call"
    assert agent.call_id is not None, "wrap-up follows a call"
    limit_s = min(agent.wrap_up_s + command.extend_s, most_s)
    if limit_s <= agent.wrap_up_s:
        raise UsageError(f"agent {agent.agent_id} has had all the {most_s:g} s that wrap-up may take")
    agent.wrap_up_s = limit_s
    step.state.timers.set(timer, agent.since + limit_s)
    step.emit(WrapUpExtended(agent=agent.agent_id, call_id=agent.call_id, limit_s=limit_s))


def end(step: Step, command: EndWrapUp) -> None:
    """A not-ready request that waited takes effect."""
    agent = _wrapping_up(step, command.agent_id)
    step.state.timers.cancel(Timer(TimerKind.WRAP_UP, agent.agent_id))
    talk.end_wrap_up(step, agent)


def _wrapping_up(step: Step, agent_id: str) -> Agent:
    agent = step.state.agent(agent_id)
    if agent.state is not AgentState.WRAP_UP:
        raise UsageError(f"agent {agent_id} is {agent.state}; there is no wrap-up")
    return agent
