"""An offer's way from the ringing phone to the conversation, or back to the line.

    made ──► ringing ──► accepted ──► connected: the conversation begins (``talk.py``)
      └─────────┴───────────┴──────► failed: ``no_answer.py`` for the agent, ``waiting.go_on`` for the caller

An offer is a lease. It ends by itself when the ring time is over, or when an accepted one is not
connected in time (``greeting.py``); a lost message leaves neither agent nor caller in it for ever.

Where several agents are rung, the first who picks up is connected. The others go on ringing until caller and
agent hear each other: should that come to nothing, who picked up second is connected, or the phones ring on.
"""

from collections.abc import Iterable

from acd import talk, waiting
from acd.agent import Agent
from acd.announcing import resume_music
from acd.commands import ReleaseStation
from acd.dispatch import serve_agent, serve_entry
from acd.entry import Entry, EntryState, Offer
from acd.events import OfferEnded, OfferResult
from acd.greeting import answer_limit_s, greet, put_through
from acd.inputs import CallerConnected, PhoneAnswered, PhoneRang, PlaybackOver
from acd.lining_up import line_up, step_out
from acd.no_answer import settle_agent
from acd.places import keep_preferred
from acd.state import Timer, TimerKind
from acd.step import Step


def note_ringing(step: Step, rang: PhoneRang) -> None:
    """The phone rings: should the lease run out, it was the agent who did not answer."""
    offer = step.state.offers.get(rang.offer_id)
    if offer is not None and not offer.reserved:
        offer.has_rung = True


def note_playback(step: Step, over: PlaybackOver) -> None:
    """The caller has heard what was told, or the agent the greeting."""
    entry = step.state.entry_of(over.call_id)
    if entry is None:
        return
    resume_music(step, entry, over)
    offer = step.state.offers.get(entry.connecting or "")
    if offer is not None and offer.greeting == over.playback_id:
        put_through(step, entry, offer)


def accept(step: Step, answered: PhoneAnswered) -> None:
    """The agent picked up: have the two connected, unless another agent is being connected."""
    offer = step.state.offers.get(answered.offer_id)
    if offer is None or offer.reserved or offer.accepted_at is not None:
        return
    offer.accepted_at = step.now
    limit_s = answer_limit_s(step.state.queues[offer.queue_name].config)
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.offer_id), step.now + limit_s)
    entry = _entry_of(step, offer)
    if entry.connecting is None:
        _connect(step, entry, offer)


def confirm(step: Step, connected: CallerConnected) -> None:
    """Caller and agent hear each other: the offer has reached its end, and so have all others."""
    offer = step.state.offers.get(connected.offer_id)
    if offer is None:
        return
    entry = _entry_of(step, offer)
    if entry.connecting == offer.offer_id and entry.state is EntryState.ACCEPTED:
        offer.greeting = None
        others = _end_others(step, entry, offer)
        step.state.timers.cancel(Timer(TimerKind.OFFER_LEASE, offer.offer_id))
        _report_end(step, offer, OfferResult.ACCEPTED)
        talk.begin(step, entry, offer)
        serve_agents(step, [step.state.agents[offer.agent_id], *others])


def expire(step: Step, timer: Timer) -> None:
    """The lease is over. A phone that never reported ringing is unreachable, registered or not."""
    offer = step.state.offers[timer.subject]
    if offer.greeting is not None:
        put_through(step, _entry_of(step, offer), offer)
        return
    if offer.reserved:
        result = OfferResult.CANCELLED
    elif offer.accepted_at is not None:
        result = OfferResult.FAILED
    else:
        result = OfferResult.NO_ANSWER if offer.has_rung else OfferResult.UNREACHABLE
    stop(step, offer, result)


def stop(step: Step, offer: Offer, result: OfferResult) -> None:
    """End an offer from our side and let the caller wait on."""
    _release(step, offer, result)
    fail(step, offer, result)


def fail(step: Step, offer: Offer, result: OfferResult) -> None:
    """The phone is out of the offer. The caller waits on; the agent gets others as soon as that may be."""
    entry = _entry_of(step, offer)
    _close(step, offer, result)
    if not entry.offer_ids:
        waiting.go_on(step, entry)
    elif entry.connecting is None:
        _connect_next(step, entry)
        serve_entry(step, entry)
    serve_agent(step, step.state.agents[offer.agent_id])


def cancel_all(step: Step, entry: Entry, queue_name: str | None = None) -> list[Agent]:
    """Stop the phones that ring for a caller, in one queue or in all; the caller waits.

    Returns the agents, who are to be served when it is clear what becomes of the caller.
    """
    running = [step.state.offers[offer_id] for offer_id in entry.offer_ids]
    ended = [offer for offer in running if queue_name in (None, offer.queue_name)]
    agents = [_end(step, offer, OfferResult.CANCELLED) for offer in ended]
    if agents and not entry.offer_ids:
        step_out(step, entry)
        entry.state, entry.rings_all_in = EntryState.WAITING, None
        keep_preferred(step, entry)  # one of them may serve other queues by now
        line_up(step, entry)
    return agents


def serve_agents(step: Step, agents: Iterable[Agent]) -> None:
    """They may be free: whose turn is it with them?"""
    for agent in agents:
        serve_agent(step, agent)


def _entry_of(step: Step, offer: Offer) -> Entry:
    return step.state.entries[offer.entry_id]


def _connect(step: Step, entry: Entry, offer: Offer) -> None:
    step_out(step, entry)
    entry.state, entry.connecting = EntryState.ACCEPTED, offer.offer_id
    if not entry.is_item:
        greet(step, entry, offer)


def _connect_next(step: Step, entry: Entry) -> None:
    """The one who was being connected is gone: the next who picked up is, or the others ring on."""
    for offer in [step.state.offers[offer_id] for offer_id in entry.offer_ids]:
        if offer.accepted_at is not None:
            _connect(step, entry, offer)
            return
    if entry.state is EntryState.ACCEPTED:
        entry.state = EntryState.OFFERED
        line_up(step, entry)


def _end_others(step: Step, entry: Entry, winner: Offer) -> list[Agent]:
    others = [step.state.offers[offer_id] for offer_id in entry.offer_ids if offer_id != winner.offer_id]
    return [_end(step, offer, OfferResult.ELSEWHERE) for offer in others]


def _end(step: Step, offer: Offer, result: OfferResult) -> Agent:
    _release(step, offer, result)
    _close(step, offer, result)
    return step.state.agents[offer.agent_id]


def _release(step: Step, offer: Offer, result: OfferResult) -> None:
    if not offer.reserved and not _entry_of(step, offer).is_item:
        step.emit(ReleaseStation(call_id=offer.call_id, offer_id=offer.offer_id, result=result))


def _close(step: Step, offer: Offer, result: OfferResult) -> None:
    entry = _entry_of(step, offer)
    entry.offer_ids.remove(offer.offer_id)
    if entry.connecting == offer.offer_id:
        entry.connecting = None
    del step.state.offers[offer.offer_id]
    step.state.timers.cancel(Timer(TimerKind.OFFER_LEASE, offer.offer_id))
    _report_end(step, offer, result)
    settle_agent(step, offer, step.state.queues[offer.queue_name].config, result)


def _report_end(step: Step, offer: Offer, result: OfferResult) -> None:
    answered_at = step.now if offer.accepted_at is None else offer.accepted_at
    step.emit(
        OfferEnded(
            call_id=offer.call_id,
            offer_id=offer.offer_id,
            queue=offer.queue_name,
            agent=offer.agent_id,
            result=result,
            ring_ms=round((answered_at - offer.made_at) * 1000),
            medium=offer.medium,
        )
    )
