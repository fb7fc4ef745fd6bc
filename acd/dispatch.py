"""Bringing callers and agents together, at the moment one of them becomes free.

Between two inputs no queue holds both a waiting caller and an eligible agent. Hence it is enough
to look at the one queue a caller starts to wait in, and at the first caller of each queue an agent serves.
"""

from acd.agent import Agent, AgentAction
from acd.commands import RingStation
from acd.eligibility import is_eligible, move
from acd.events import OfferMade
from acd.queue import Entry, Offer, Queue
from acd.state import Timer, TimerKind
from acd.step import Step


def serve_agent(step: Step, agent: Agent) -> None:
    """Offer an eligible agent whoever has waited longest in any of the agent's queues."""
    if not is_eligible(step.state, agent):
        return
    firsts = [first for queue in step.state.queues_of(agent) if (first := queue.first_waiting())]
    if firsts:
        make_offer(step, min(firsts, key=lambda entry: entry.sequence), agent)


def serve_queue(step: Step, queue: Queue) -> None:
    """Offer the first caller of the queue to the agent its strategy ranks best, if there are both."""
    entry, agent_id = queue.first_waiting(), queue.ranking.best()
    if entry is not None and agent_id is not None:
        make_offer(step, entry, step.state.agents[agent_id])


def make_offer(step: Step, entry: Entry, agent: Agent) -> None:
    """Ring the agent for the caller, for as long as the queue lets a phone ring."""
    assert agent.station is not None, "only agents at a station are eligible"
    queue = step.state.queues[entry.queue_name]
    offer = Offer(step.ids.new("offer"), entry.call_id, agent.agent_id, agent.station, step.now)
    step.state.offers[offer.offer_id] = offer
    lease_end = step.now + queue.config.ring_timeout_s
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.offer_id), lease_end)
    queue.offer(entry)
    entry.offer_id = agent.offer_id = offer.offer_id
    entry.offers += 1
    agent.call_id = entry.call_id
    move(step, agent, AgentAction.OFFER)
    step.emit(
        OfferMade(
            call_id=entry.call_id,
            offer_id=offer.offer_id,
            queue=entry.queue_name,
            agent=agent.agent_id,
            station=offer.station,
        ),
        RingStation(call_id=entry.call_id, offer_id=offer.offer_id, station=offer.station),
    )
