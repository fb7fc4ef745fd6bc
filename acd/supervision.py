"""What supervisors do with agents, at their request or not: states, sign-out, release, leave."""

from acd import offers, own_calls, talk
from acd.agent import Agent, AgentState
from acd.agent_events import AgentReleased, LeaveDecision
from acd.commands import (
    ApproveLeave,
    DenyLeave,
    ForceNotReady,
    ForceReady,
    ForceSignOut,
    ReleaseAgent,
    ReleaseCaller,
)
from acd.events import LeaveReason, OfferResult
from acd.inputs import OwnCallOver
from acd.leave import back_from_leave, decide, open_request
from acd.shift import be_not_ready, be_ready, be_signed_out
from acd.step import Step
from runtime.errors import UsageError


def force_ready(step: Step, command: ForceReady) -> None:
    """Lifts a state that supervisors alone set, too."""
    agent = _signed_in(step, command.agent_id)
    be_ready(step, agent, command.by)
    agent.held_reason = ""


def force_not_ready(step: Step, command: ForceNotReady) -> None:
    """For a reason of ``acd.supervisor_reasons`` the agent stays so until a supervisor lifts it."""
    agent = _signed_in(step, command.agent_id)
    agent.held_reason = command.reason if command.reason in step.state.config.supervisor_reasons else ""
    back_from_leave(step, agent)
    be_not_ready(step, agent, command.reason, command.by)


def force_sign_out(step: Step, command: ForceSignOut) -> None:
    """At once, or at the end of the present call and its wrap-up."""
    be_signed_out(step, _signed_in(step, command.agent_id), command.by)


def release(step: Step, command: ReleaseAgent) -> None:
    """The call ends; a caller who is only being offered waits on."""
    agent = _signed_in(step, command.agent_id)
    if agent.call_id in step.state.own_calls:
        _release_from_own(step, agent, agent.call_id, command.by)
        return
    if agent.offer_id is None or agent.call_id is None:
        raise UsageError(f"agent {agent.agent_id} has no call to be released from")
    offer = step.state.offers[agent.offer_id]
    entry = step.state.entries[offer.entry_id]
    step.emit(AgentReleased(agent=agent.agent_id, call_id=agent.call_id, by=command.by))
    if agent.state is AgentState.OFFERED:
        offers.stop(step, offer, OfferResult.REJECTED)
        return
    if not entry.is_item:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.CONNECTED))
    talk.end(step, entry, offer, by_agent=False)


def _release_from_own(step: Step, agent: Agent, call_id: str, by: str) -> None:
    step.emit(
        AgentReleased(agent=agent.agent_id, call_id=call_id, by=by),
        ReleaseCaller(call_id=call_id, reason=LeaveReason.CONNECTED),
    )
    own_calls.end(step, OwnCallOver(call_id=call_id))


def approve_leave(step: Step, command: ApproveLeave) -> None:
    """Refused when as many of one of the agent's queues are away as may be."""
    agent = step.state.agent(command.agent_id)
    leave = open_request(agent)
    if agent.held_reason:
        raise UsageError(f"agent {agent.agent_id} is kept for {agent.held_reason}; lift that first")
    for queue in step.state.queues_of(agent):
        away = sum(1 for member in queue.members.values() if member.leave and member.leave.approved_at)
        if 0 < queue.config.max_on_leave <= away:
            raise UsageError(f"{away} of queue {queue.name} are on leave already; no more may be")
    decide(step, agent, LeaveDecision.APPROVED, command.by)
    be_not_ready(step, agent, leave.reason, command.by)


def deny_leave(step: Step, command: DenyLeave) -> None:
    """The agent goes on working."""
    decide(step, step.state.agent(command.agent_id), LeaveDecision.DENIED, command.by)


def _signed_in(step: Step, agent_id: str) -> Agent:
    agent = step.state.agent(agent_id)
    if agent.state is AgentState.LOGGED_OUT:
        raise UsageError(f"agent {agent_id} is not signed in")
    return agent
