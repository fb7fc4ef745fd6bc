"""Bringing callers and agents together, at the moment one of them becomes free.

Between two inputs no demand has both an entry that waits and a free agent. Hence it is enough to look, for a
caller who begins to wait, at the caller's own demands, and for an agent who becomes free at the first of each
demand the agent meets.
"""

from collections.abc import Sequence
from typing import NamedTuple

from acd import free
from acd.agent import Agent, AgentAction
from acd.announcing import hush
from acd.calling_back import ANSWER_MARGIN_S, dial_if_due, dial_passed_over, put_off, rules_of
from acd.commands import RingStation
from acd.eligibility import move, open_media
from acd.entry import Entry, EntryState, Offer, Place
from acd.events import OfferCause, OfferMade
from acd.item_events import ItemOffered
from acd.lining_up import (
    asks_personally,
    common_queue,
    demand_at,
    line_up,
    may_be_rung_too,
    rings_all,
    served_first,
    step_out,
)
from acd.scores import Ranked, first_ranked
from acd.signing_out import has_nothing_in_hand, sign_off
from acd.state import Timer, TimerKind
from acd.step import Step
from runtime.vocabulary import Output


class Decision(NamedTuple):
    """Whom to ring in which queue, and what the offers tell of it."""

    queue_name: str
    agent_ids: Sequence[str]
    cause: OfferCause = OfferCause.TURN
    candidates: int = 1
    ranked: Ranked = ()


def serve_agent(step: Step, agent: Agent) -> None:
    """An agent may have become free: offer whoever is to be served first, or let callers find the agent.

    One whose shift is to end as soon as nothing is in hand goes now, if nothing is.
    """
    free.take_out(step.state, agent)
    if agent.sign_out_after and has_nothing_in_hand(agent):
        sign_off(step, agent, agent.sign_out_by)
        return
    while media := open_media(step.state, agent):
        found = served_first(step.state, agent, media, step.now)
        if found is None:
            free.put_in(step, agent, media)
            return
        entry, queue_name = found
        if not put_off(step, entry):
            _offer(step, entry, Decision(queue_name, (agent.agent_id,)))


def serve_entry(step: Step, entry: Entry) -> None:
    """A caller waits, or asks for something else than before: offer to a free agent, if one is found."""
    decision = _free_for(step, entry) if entry.is_offerable else _free_beside(step, entry)
    if decision is not None and not put_off(step, entry):
        _offer(step, entry, decision)
        for agent_id in decision.agent_ids:
            serve_agent(step, step.state.agents[agent_id])


def _free_for(step: Step, entry: Entry) -> Decision | None:
    """The queue to offer in and the agents to ring."""
    if asks_personally(entry):
        return _free_in_person(step, entry)
    for agent_id in entry.preferred:
        for place in entry.places.values():
            if agent_id in demand_at(step, entry, place).ranking:
                return Decision(place.queue_name, (agent_id,), OfferCause.PREFERRED)
    found = (_best_at(step, entry, place) for place in entry.places.values())
    return next((decision for decision in found if decision is not None), None)


def _free_beside(step: Step, entry: Entry) -> Decision | None:
    """Where all are rung and phones ring: who is free and fits what is asked by now."""
    if entry.state is not EntryState.OFFERED or entry.rings_all_in is None:
        return None
    queue, now = step.state.queues[entry.rings_all_in], step.now
    ranking = demand_at(step, entry, entry.places[queue.name]).ranking
    found = [step.state.agents[agent_id] for agent_id in ranking.all_best()]
    agents = [a.agent_id for a in found if may_be_rung_too(step.state, entry, queue, a, now)]
    ranked = first_ranked(ranking, queue.config.strategy, now)
    return Decision(queue.name, agents, OfferCause.ALL, len(ranking), ranked) if agents else None


def _free_in_person(step: Step, entry: Entry) -> Decision | None:
    """The first free of the agents who alone are asked, whatever they can."""
    for agent_id in entry.preferred:
        queue_name = common_queue(entry, step.state.agents[agent_id])
        if (agent_id, entry.medium) in step.state.free and queue_name is not None:
            return Decision(queue_name, (agent_id,), OfferCause.PREFERRED)
    return None


def _best_at(step: Step, entry: Entry, place: Place) -> Decision | None:
    ranking = demand_at(step, entry, place).ranking
    if (best := ranking.best()) is None:
        return None
    queue = step.state.queues[place.queue_name]
    first = first_ranked(ranking, queue.config.strategy, step.now)
    if rings_all(queue) and not entry.is_absent:
        return Decision(queue.name, ranking.all_best(), OfferCause.ALL, len(ranking), first)
    return Decision(queue.name, (best,), OfferCause.RANKING, len(ranking), first)


def _offer(step: Step, entry: Entry, decision: Decision) -> None:
    """Ring these agents for a caller; more of them may come later where all are rung."""
    queue_name = decision.queue_name
    if step.state.on_decision is not None:
        step.state.on_decision(step.state, entry, queue_name, decision.agent_ids, decision.cause, step.now)
    if entry.state is EntryState.WAITING:
        hush(step, entry)
        dial_if_due(step, entry)
        step_out(step, entry)
        entry.state = EntryState.OFFERED
        together = rings_all(step.state.queues[queue_name]) and not entry.is_absent
        if together and not asks_personally(entry):
            entry.rings_all_in = queue_name
            line_up(step, entry)
    for agent_id in decision.agent_ids:
        _ring(step, entry, decision, step.state.agents[agent_id])


def _ring(step: Step, entry: Entry, decision: Decision, agent: Agent) -> None:
    """A lease, for as long as the queue lets a phone ring."""
    assert agent.station is not None, "only agents at a station are offered anything"
    state, queue_name = step.state, decision.queue_name
    offer = Offer(
        offer_id=step.ids.new("offer"),
        entry_id=entry.entry_id,
        call_id=entry.call_id,
        queue_name=queue_name,
        agent_id=agent.agent_id,
        station=agent.station,
        made_at=step.now,
        medium=entry.medium,
        has_rung=entry.is_item,
        reserved=entry.is_absent,
    )
    state.offers[offer.offer_id] = offer
    entry.offer_ids.append(offer.offer_id)
    entry.offers += 1
    _bind(step, agent, offer)
    state.turns += 1
    agent.memberships[queue_name].last_turn = state.turns
    step.emit(
        OfferMade(
            call_id=entry.call_id,
            offer_id=offer.offer_id,
            queue=queue_name,
            agent=agent.agent_id,
            station=offer.station,
            medium=offer.medium,
            cause=decision.cause,
            strategy=state.queues[queue_name].config.strategy.value,
            candidates=decision.candidates,
            ranked=decision.ranked,
            repeats=entry.repeats,
            tags=entry.tags,
        )
    )
    if offer.reserved:
        _lease(step, offer, _dialling_s(step, entry))
    else:
        ring(step, entry, offer)
    dial_passed_over(step, entry, agent)


def _bind(step: Step, agent: Agent, offer: Offer) -> None:
    """What takes an agent whole shows in the state, the rest is beside it."""
    if offer.takes_agent_whole:
        agent.offer_id, agent.call_id = offer.offer_id, offer.call_id
        move(step, agent, AgentAction.OFFER)
    else:
        agent.items[offer.offer_id] = offer.medium


def _asking(entry: Entry, offer: Offer, limit_s: float) -> Output:
    if not entry.is_item:
        return RingStation(
            call_id=offer.call_id,
            offer_id=offer.offer_id,
            station=offer.station,
            auto_answer=offer.auto_answer,
        )
    return ItemOffered(
        item=offer.call_id,
        contact_id=entry.contact_id,
        offer_id=offer.offer_id,
        agent=offer.agent_id,
        queue=offer.queue_name,
        medium=offer.medium,
        customer=entry.caller_number,
        limit_s=limit_s,
        data=entry.data,
        priority=entry.priority,
        requirement=entry.requirement,
        tags=entry.tags,
    )


def ring(step: Step, entry: Entry, offer: Offer) -> None:
    """The caller is there: the agent's phone rings for as long as the queue lets it."""
    limit_s = step.state.queues[offer.queue_name].config.ring_timeout_s
    offer.reserved, offer.made_at = False, step.now
    offer.auto_answer = step.state.agents[offer.agent_id].auto_answer
    _lease(step, offer, limit_s)
    step.emit(_asking(entry, offer, limit_s))


def _lease(step: Step, offer: Offer, lasts_s: float) -> None:
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.offer_id), step.now + lasts_s)


def _dialling_s(step: Step, entry: Entry) -> float:
    """Longer than any attempt to call a customer: it ends with the attempt."""
    assert entry.callback is not None
    rules = rules_of(step.state, entry.callback)
    return rules.callback_ring_s + rules.callback_confirm_s + 2 * ANSWER_MARGIN_S
