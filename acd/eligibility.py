"""Who may be offered what.

Every change of an agent's state goes through ``move``, so that nobody finds an agent who may not be rung. One
who may be rung again is served, or let be found, by ``dispatch.serve_agent``.
"""

from acd import free
from acd.agent import Agent, AgentAction, AgentState
from acd.agent_events import AgentStateChanged, WrapUpEnded
from acd.media import EXCLUSIVE, VOICE
from acd.state import AcdState, Timer, TimerKind
from acd.step import Step

_WITH_A_CALL = (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)


def open_media(state: AcdState, agent: Agent) -> list[str]:
    """The media that may be offered to the agent now; none in the delay after a refusal."""
    during_call = agent.state in _WITH_A_CALL and state.config.parallel_during_calls
    if agent.state is not AgentState.AVAILABLE and (not during_call or agent.not_ready_after is not None):
        return []
    if agent.sign_out_after:
        return []
    if Timer(TimerKind.REFUSAL_DELAY, agent.agent_id) in state.timers:
        return []
    return [medium for medium in agent.capacity if _may_take(state, agent, medium)]


def _may_take(state: AcdState, agent: Agent, medium: str) -> bool:
    """Voice needs a phone that can be rung. Voice and video come one at a time, and not beside a call."""
    if medium not in EXCLUSIVE:
        return agent.has_room_for(medium)
    is_within_reach = medium != VOICE or state.can_ring(agent.station)
    return agent.state is AgentState.AVAILABLE and is_within_reach


def move(
    step: Step, agent: Agent, action: AgentAction, reason: str = "", by: str = "", call_id: str | None = None
) -> None:
    """Take the agent from one state to the next; ``by``: the supervisor who wanted it.

    ``call_id``: the call the agent has from now on, if it is another.

    Raises UsageError when the table has no such way.
    """
    before, after = agent.state, agent.state_after(action)
    if (before, agent.reason) == (after, reason):
        return
    if before is AgentState.WRAP_UP:
        _finish_wrap_up(step, agent)
    if before in (AgentState.LOGGED_OUT, AgentState.WRAP_UP):
        agent.idle_since = step.now
    agent.call_id = call_id or agent.call_id
    step.emit(
        AgentStateChanged(
            agent=agent.agent_id,
            from_state=before,
            to_state=after,
            reason=reason,
            lasted_ms=0 if agent.since is None else step.ms_since(agent.since),
            call_id=agent.call_id,
            by=by,
        )
    )
    if after is not AgentState.AVAILABLE:
        free.take_out(step.state, agent)
    for queue_name in agent.memberships:
        staff = step.state.queues[queue_name].staff
        staff[before] -= 1
        staff[after] += 1
        step.touched[queue_name] = None
    agent.state, agent.reason, agent.since = after, reason, step.now
    _let_go(agent)


def be_not_ready_as_asked(step: Step, agent: Agent) -> None:
    """A not-ready request waited for the end of what is over now."""
    move(step, agent, AgentAction.NOT_READY, agent.not_ready_after or "", agent.not_ready_by)


def _finish_wrap_up(step: Step, agent: Agent) -> None:
    step.state.timers.cancel(Timer(TimerKind.WRAP_UP, agent.agent_id))
    if agent.call_id is not None and agent.since is not None:
        wrap_up_ms = step.ms_since(agent.since)
        step.emit(WrapUpEnded(agent=agent.agent_id, call_id=agent.call_id, wrap_up_ms=wrap_up_ms))


def _let_go(agent: Agent) -> None:
    """An agent holds an offer only while OFFERED or ON_CALL, and a call only until its wrap-up ends."""
    if agent.state not in (AgentState.OFFERED, AgentState.ON_CALL):
        agent.offer_id = None
        if agent.state is not AgentState.WRAP_UP:
            agent.call_id = agent.not_ready_after = None
            agent.not_ready_by = ""
