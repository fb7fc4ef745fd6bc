"""Bringing callers and agents together, at the moment one of them becomes free.

Between two inputs no queue holds both a waiting caller and an eligible agent. Hence a caller who starts to
wait needs to look at his own queue only, and an agent who becomes eligible at the first of each of his.
"""

from acd.agent import Agent, AgentAction
from acd.commands import RingStation
from acd.eligibility import is_eligible, move
from acd.events import OfferMade
from acd.queue import Entry, Offer, Queue
from acd.state import Timer, TimerKind
from acd.step import Step


def serve_agent(step: Step, agent: Agent) -> None:
    """Offer the agent, if he is eligible, whoever has waited longest in any of his queues."""
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
    queue = step.state.queues[entry.queue]
    offer = Offer(step.ids.new("offer"), entry.call_id, agent.id, agent.station, step.now)
    step.state.offers[offer.id] = offer
    lease_end = step.now + queue.config.ring_timeout_s
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.id), lease_end)
    queue.offer(entry)
    entry.offer_id = agent.offer_id = offer.id
    entry.offers += 1
    agent.call_id = entry.call_id
    move(step, agent, AgentAction.OFFER)
    step.emit(
        OfferMade(
            call_id=entry.call_id,
            offer_id=offer.id,
            queue=entry.queue,
            agent=agent.id,
            station=offer.station,
        ),
        RingStation(call_id=entry.call_id, offer_id=offer.id, station=offer.station),
    )
