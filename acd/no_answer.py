"""What happens to an agent who was offered a call and did not take it.

    result        the agent                                            the caller
    no_answer     not ready, with the queue's rona_reason (RONA)       keeps the place
    rejected      stays available; no offers for refusal_delay_s       keeps the place
    busy          the same                                             keeps the place
    failed        the same                                             keeps the place
    unreachable   stays available; no offers until the phone           keeps the place
                  registers again or the agent says ready
    cancelled     available at once                                    has left
    elsewhere     available at once                                    talks to another agent

An agent who lets the phone ring is not at the desk, and alone can say when calls may come again. One who
refuses is there; the delay merely keeps the same call from coming straight back. A phone that cannot be
reached is no fault of the agent. In no case does an agent gain or lose a turn (``Agent.idle_since``).
A not-ready request made during the offer takes effect now, whatever the result.

What happens to the caller is in ``offers.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from acd import free
from acd.agent import Agent, AgentAction, AgentState
from acd.config import QueueConfig
from acd.eligibility import move
from acd.entry import Offer
from acd.events import OfferResult
from acd.state import Timer, TimerKind
from acd.step import Step


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one result means for the agent."""

    not_ready: bool = False
    delays_offers: bool = False
    loses_phone: bool = False


CONSEQUENCES: Mapping[OfferResult, Consequence] = {
    OfferResult.NO_ANSWER: Consequence(not_ready=True),
    OfferResult.REJECTED: Consequence(delays_offers=True),
    OfferResult.BUSY: Consequence(delays_offers=True),
    OfferResult.FAILED: Consequence(delays_offers=True),
    OfferResult.UNREACHABLE: Consequence(loses_phone=True),
    OfferResult.CANCELLED: Consequence(),
    OfferResult.ELSEWHERE: Consequence(),
}


def settle_agent(step: Step, offer: Offer, rules: QueueConfig, result: OfferResult) -> None:
    """Apply the table above to the agent of an offer that ended without a conversation.

    Nobody finds the agent until whoever called this has dealt with the caller and serves the agent.
    """
    agent = step.state.agents[offer.agent_id]
    free.take_out(step.state, agent)
    consequence = CONSEQUENCES[result]
    if consequence.delays_offers:
        delay_end = step.now + rules.refusal_delay_s
        step.state.timers.set(Timer(TimerKind.REFUSAL_DELAY, agent.agent_id), delay_end)
    if consequence.loses_phone:
        step.state.silent.add(offer.station)
    if not offer.takes_agent_whole:
        _settle_beside(step, agent, offer, consequence, rules)
    elif agent.not_ready_after is not None:
        move(step, agent, AgentAction.NOT_READY, agent.not_ready_after)
    elif consequence.not_ready:
        move(step, agent, AgentAction.NOT_READY, rules.rona_reason)
    else:
        move(step, agent, AgentAction.END_OFFER)


def _settle_beside(
    step: Step, agent: Agent, offer: Offer, consequence: Consequence, rules: QueueConfig
) -> None:
    """An item leaves the agent's state alone, unless nobody is at the desk."""
    del agent.items[offer.offer_id]
    if not consequence.not_ready:
        return
    if agent.state is AgentState.AVAILABLE:
        move(step, agent, AgentAction.NOT_READY, rules.rona_reason)
    elif agent.state is not AgentState.NOT_READY and agent.not_ready_after is None:
        agent.not_ready_after = rules.rona_reason
