"""A conversation, and the wrap-up that follows it. Wrap-up belongs to the agent, not to a queue."""

from acd import dispatch
from acd.agent import Agent, AgentAction
from acd.agent_events import WrapUpStarted
from acd.eligibility import be_not_ready_as_asked, move
from acd.entry import Entry, EntryState, Offer
from acd.events import CallCompleted, LeaveReason
from acd.leaving import forget, leave
from acd.state import Timer, TimerKind
from acd.step import Step


def begin(step: Step, entry: Entry, offer: Offer) -> None:
    """Out of the lines, into the conversation."""
    leave(step, entry, LeaveReason.CONNECTED, offer.queue_name, offer.agent_id)
    entry.state = EntryState.TALKING
    entry.connected_at = step.now
    agent = step.state.agents[offer.agent_id]
    agent.calls += 1
    agent.missed = 0
    if offer.takes_agent_whole:
        move(step, agent, AgentAction.CONNECT)


def end(step: Step, entry: Entry, offer: Offer, *, by_agent: bool) -> None:
    """One side has hung up: the agent wraps up."""
    del step.state.offers[offer.offer_id]
    forget(step, entry)
    talk_ms = step.ms_since(entry.connected_at)
    step.emit(
        CallCompleted(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=offer.queue_name,
            agent=offer.agent_id,
            talk_ms=talk_ms,
            by_agent=by_agent,
            medium=offer.medium,
            caller_number=entry.caller_number,
        )
    )
    agent = step.state.agents[offer.agent_id]
    if not offer.takes_agent_whole:
        del agent.items[offer.offer_id]
        dispatch.serve_agent(step, agent)
        return
    agent.talk_s += talk_ms / 1000
    queue = step.state.queues[offer.queue_name]
    queue.talks, queue.talk_s = queue.talks + 1, queue.talk_s + talk_ms / 1000
    start_wrap_up(step, agent, entry.call_id, queue.config.wrap_up_s)


def start_wrap_up(step: Step, agent: Agent, call_id: str, limit_s: float) -> None:
    """A conversation is over: so much time for after-call work."""
    move(step, agent, AgentAction.END_CALL)
    step.emit(WrapUpStarted(agent=agent.agent_id, call_id=call_id, limit_s=limit_s))
    agent.wrap_up_s = limit_s
    if limit_s:
        step.state.timers.set(Timer(TimerKind.WRAP_UP, agent.agent_id), step.now + limit_s)
        dispatch.serve_agent(step, agent)
    else:
        end_wrap_up(step, agent)


def time_out_wrap_up(step: Step, timer: Timer) -> None:
    """The time for after-call work is over."""
    end_wrap_up(step, step.state.agents[timer.subject])


def end_wrap_up(step: Step, agent: Agent) -> None:
    """A not-ready request that waited takes effect."""
    if agent.not_ready_after is not None:
        be_not_ready_as_asked(step, agent)
    else:
        move(step, agent, AgentAction.END_WRAP_UP)
    dispatch.serve_agent(step, agent)
