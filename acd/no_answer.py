"""What happens to an agent who was offered a call and did not take it.

    result        the agent                                            the caller
    no_answer     after rona_after in a row: not ready with the        keeps the place
                  queue's rona_reason, or signed out, as ``rona`` says;
                  until then the delay below
    rejected      stays available; no offers for reject_delay_s        keeps the place
    busy          the same, for busy_delay_s                           keeps the place
    failed        the same, for failure_delay_s                        keeps the place
    unreachable   stays available; no offers for SILENCE_S, or until   keeps the place
                  the phone registers, or refreshes that, or the
                  agent says ready
    cancelled     available at once                                    has left
    elsewhere     available at once                                    talks to another agent

An agent who lets the phone ring is not at the desk, and alone can say when calls may come again. One who
refuses is there; the delay merely keeps the same call from coming straight back. A phone that cannot be
reached is no fault of the agent, and may be back before anybody tells, as after a fault of the network. In no
case does an agent gain or lose a turn (``Agent.idle_since``).
A not-ready request made during the offer takes effect now, whatever the result.

What happens to the caller is in ``offers.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from acd import free
from acd.agent import Agent, AgentAction, AgentState
from acd.commands import AwaitPhone
from acd.eligibility import be_not_ready_as_asked, move
from acd.entry import Offer
from acd.events import OfferResult
from acd.queue_config import QueueConfig, RonaPolicy
from acd.state import Timer, TimerKind
from acd.step import Step

SILENCE_S = 30.0
"""A phone that gave no sign is left alone for so long: its calls go to others meanwhile."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one result means for the agent."""

    counts_as_missed: bool = False
    delays_offers: bool = False
    loses_phone: bool = False


CONSEQUENCES: Mapping[OfferResult, Consequence] = {
    OfferResult.NO_ANSWER: Consequence(counts_as_missed=True),
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
    policy = _policy(agent, rules) if consequence.counts_as_missed else None
    if consequence.delays_offers or policy is RonaPolicy.DELAY:
        delay_end = step.now + _delay_s(rules, result)
        step.state.timers.set(Timer(TimerKind.REFUSAL_DELAY, agent.agent_id), delay_end)
    if policy is RonaPolicy.SIGN_OUT:
        agent.sign_out_after = True
    if consequence.loses_phone:
        step.state.silent.add(offer.station)
        step.state.timers.set(Timer(TimerKind.SILENCE, offer.station), step.now + SILENCE_S)
        step.emit(AwaitPhone(station=offer.station))
    missed = policy in (RonaPolicy.NOT_READY, RonaPolicy.SIGN_OUT)
    if not offer.takes_agent_whole:
        del agent.items[offer.offer_id]
        _settle_beside(step, agent, rules.rona_reason if missed else None)
    elif agent.not_ready_after is not None:
        be_not_ready_as_asked(step, agent)
    elif missed:
        move(step, agent, AgentAction.NOT_READY, rules.rona_reason)
    else:
        move(step, agent, AgentAction.END_OFFER)


def _policy(agent: Agent, rules: QueueConfig) -> RonaPolicy:
    agent.missed += 1
    return rules.rona if agent.missed >= rules.rona_after else RonaPolicy.DELAY


def _delay_s(rules: QueueConfig, result: OfferResult) -> float:
    own = {
        OfferResult.REJECTED: rules.reject_delay_s,
        OfferResult.BUSY: rules.busy_delay_s,
        OfferResult.FAILED: rules.failure_delay_s,
    }.get(result)
    return rules.refusal_delay_s if own is None else own


def _settle_beside(step: Step, agent: Agent, reason: str | None) -> None:
    """An item leaves the agent's state alone, unless nobody is at the desk."""
    if reason is None:
        return
    if agent.state is AgentState.AVAILABLE:
        move(step, agent, AgentAction.NOT_READY, reason)
    elif agent.state is not AgentState.NOT_READY and agent.not_ready_after is None:
        agent.not_ready_after = reason
