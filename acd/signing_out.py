"""The end of a shift, whoever wanted it."""

from acd.agent import Agent, AgentAction, AgentState
from acd.agent_events import AgentSignedOut
from acd.eligibility import move
from acd.leave import end_leave
from acd.staff import note_staff
from acd.state import Timer, TimerKind
from acd.step import Step

_IDLE = (AgentState.NOT_READY, AgentState.AVAILABLE)


def has_nothing_in_hand(agent: Agent) -> bool:
    """Neither a call nor its wrap-up nor an item."""
    return agent.state in _IDLE and not agent.items


def sign_off(step: Step, agent: Agent, by: str = "") -> None:
    """End the shift and free the station. Raises UsageError while the table has no way out."""
    move(step, agent, AgentAction.SIGN_OUT, by=by)
    step.state.timers.cancel(Timer(TimerKind.REFUSAL_DELAY, agent.agent_id))
    end_leave(step, agent)
    agent.sign_out_after, agent.sign_out_by, agent.missed = False, "", 0
    if agent.station is not None:
        del step.state.seats[agent.station]
        step.emit(AgentSignedOut(agent=agent.agent_id, station=agent.station, by=by))
        agent.station = None
    for queue_name in agent.memberships:
        note_staff(step, step.state.queues[queue_name])
