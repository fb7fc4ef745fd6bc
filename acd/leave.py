"""Leave (离席): asked for by agents, and how it ends. Who decides is in ``supervision.py``.

asked ──► approved: away, until ready, not ready for another reason, or signed out
  └─────► denied, taken back, expired
"""

from acd.agent import Agent, AgentState, Leave
from acd.agent_events import LeaveAsked, LeaveDecided, LeaveDecision, LeaveEnded
from acd.commands import AskLeave, TakeBackLeave
from acd.state import Timer, TimerKind
from acd.step import Step
from runtime.errors import UsageError


def ask_leave(step: Step, command: AskLeave) -> None:
    """The agent goes on working until somebody approves."""
    agent = step.state.agent(command.agent_id)
    if agent.state is AgentState.LOGGED_OUT:
        raise UsageError(f"agent {agent.agent_id} is not signed in")
    if agent.leave is not None:
        raise UsageError(f"agent {agent.agent_id} has asked for leave already ({agent.leave.reason})")
    limit_s = step.state.config.leave_expires_s
    agent.leave = Leave(command.reason, step.now)
    step.state.timers.set(Timer(TimerKind.LEAVE, agent.agent_id), step.now + limit_s)
    step.emit(LeaveAsked(agent=agent.agent_id, reason=command.reason, limit_s=limit_s))


def take_back_leave(step: Step, command: TakeBackLeave) -> None:
    """The agent does not need it any more; one who is away already says ready instead."""
    agent = step.state.agent(command.agent_id)
    open_request(agent)
    decide(step, agent, LeaveDecision.TAKEN_BACK)


def expire_leave(step: Step, timer: Timer) -> None:
    """Nobody has decided."""
    decide(step, step.state.agents[timer.subject], LeaveDecision.EXPIRED)


def open_request(agent: Agent) -> Leave:
    """Raises UsageError when there is none to decide on."""
    if agent.leave is None or agent.leave.approved_at is not None:
        raise UsageError(f"agent {agent.agent_id} has no request for leave that is open")
    return agent.leave


def decide(step: Step, agent: Agent, decision: LeaveDecision, by: str = "") -> None:
    """Close an open request."""
    leave = open_request(agent)
    step.state.timers.cancel(Timer(TimerKind.LEAVE, agent.agent_id))
    if decision is LeaveDecision.APPROVED:
        leave.approved_at = step.now
    else:
        agent.leave = None
    step.emit(LeaveDecided(agent=agent.agent_id, reason=leave.reason, decision=decision, by=by))


def end_leave(step: Step, agent: Agent) -> None:
    """Back from leave, or gone; a request that is still open is taken back."""
    if agent.leave is None:
        return
    if agent.leave.approved_at is None:
        decide(step, agent, LeaveDecision.TAKEN_BACK)
    else:
        back_from_leave(step, agent)


def back_from_leave(step: Step, agent: Agent) -> None:
    """Does something else than being on leave; a request that is open stays so."""
    leave = agent.leave
    if leave is not None and leave.approved_at is not None:
        agent.leave = None
        away_ms = step.ms_since(leave.approved_at)
        step.emit(LeaveEnded(agent=agent.agent_id, reason=leave.reason, away_ms=away_ms))
