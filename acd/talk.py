"""A conversation, and the wrap-up that follows it. Wrap-up belongs to the agent, not to a queue."""

from acd import dispatch, waiting
from acd.agent import Agent, AgentAction
from acd.eligibility import move
from acd.events import CallCompleted, LeaveReason, WrapUpStarted
from acd.queue import Entry, EntryState, Offer
from acd.state import Timer, TimerKind
from acd.step import Step


def begin(step: Step, entry: Entry, offer: Offer) -> None:
    """Out of the line, into the conversation."""
    waiting.leave(step, entry, LeaveReason.CONNECTED, offer.agent_id)
    entry.state = EntryState.TALKING
    entry.connected_at = step.now
    move(step, step.state.agents[offer.agent_id], AgentAction.CONNECT)


def end(step: Step, entry: Entry, offer: Offer, *, by_agent: bool) -> None:
    """One side has hung up: the agent wraps up."""
    del step.state.offers[offer.offer_id]
    waiting.forget(step, entry)
    step.emit(
        CallCompleted(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=entry.queue_name,
            agent=offer.agent_id,
            talk_ms=step.ms_since(entry.connected_at),
            by_agent=by_agent,
        )
    )
    limit_s = step.state.queues[entry.queue_name].config.wrap_up_s
    _start_wrap_up(step, step.state.agents[offer.agent_id], entry.call_id, limit_s)


def _start_wrap_up(step: Step, agent: Agent, call_id: str, limit_s: float) -> None:
    move(step, agent, AgentAction.END_CALL)
    step.emit(WrapUpStarted(agent=agent.agent_id, call_id=call_id, limit_s=limit_s))
    if limit_s:
        step.state.timers.set(Timer(TimerKind.WRAP_UP, agent.agent_id), step.now + limit_s)
    else:
        end_wrap_up(step, agent.agent_id)


def end_wrap_up(step: Step, agent_id: str) -> None:
    """The time for after-call work is over; a not-ready request that waited takes effect."""
    agent = step.state.agents[agent_id]
    if agent.not_ready_after is not None:
        move(step, agent, AgentAction.NOT_READY, agent.not_ready_after)
    else:
        move(step, agent, AgentAction.END_WRAP_UP)
    dispatch.serve_agent(step, agent)
