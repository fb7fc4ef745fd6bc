"""An offer's way from the ringing phone to the conversation, or back to the line.

    made ──► ringing ──► accepted ──► connected: the conversation begins (``talk.py``)
      └─────────┴───────────┴──────► failed: ``no_answer.py`` for the agent, ``waiting.go_on`` for the caller

An offer is a lease. It ends by itself when the ring time is over, or when an accepted one is not
connected within CONNECT_LIMIT_S; a lost message leaves neither agent nor caller in it for ever.
"""

from acd import talk, waiting
from acd.commands import ConnectCaller, ReleaseStation
from acd.events import OfferEnded, OfferResult
from acd.inputs import CallerConnected, PhoneAnswered, PhoneRang
from acd.no_answer import settle_agent
from acd.queue import Entry, EntryState, Offer
from acd.state import Timer, TimerKind
from acd.step import Step

CONNECT_LIMIT_S = 5.0
"""Connecting an accepted offer takes milliseconds; this merely bounds the harm when it does not happen."""


def note_ringing(step: Step, rang: PhoneRang) -> None:
    """The phone rings: should the lease run out, it was the agent who did not answer."""
    offer = step.state.offers.get(rang.offer_id)
    if offer is not None and _entry(step, offer).state is EntryState.OFFERED:
        _entry(step, offer).state = EntryState.RINGING


def accept(step: Step, answered: PhoneAnswered) -> None:
    """The agent picked up: have the two connected."""
    offer = step.state.offers.get(answered.offer_id)
    if offer is None or offer.accepted_at is not None:
        return
    offer.accepted_at = step.now
    entry = _entry(step, offer)
    entry.state = EntryState.ACCEPTED
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.offer_id), step.now + CONNECT_LIMIT_S)
    config = step.state.queues[entry.queue_name].config
    share = config.record_share if config.record else 0.0
    step.emit(ConnectCaller(call_id=offer.call_id, offer_id=offer.offer_id, record_share=share))


def confirm(step: Step, connected: CallerConnected) -> None:
    """Caller and agent hear each other: the offer has reached its end."""
    offer = step.state.offers.get(connected.offer_id)
    if offer is None:
        return
    entry = _entry(step, offer)
    if entry.state is EntryState.ACCEPTED:
        step.state.timers.cancel(Timer(TimerKind.OFFER_LEASE, offer.offer_id))
        _report_end(step, offer, entry, OfferResult.ACCEPTED)
        talk.begin(step, entry, offer)


def expire(step: Step, offer_id: str) -> None:
    """The lease is over. A phone that never reported ringing is unreachable, registered or not."""
    offer = step.state.offers[offer_id]
    match _entry(step, offer).state:
        case EntryState.OFFERED:
            result = OfferResult.UNREACHABLE
        case EntryState.RINGING:
            result = OfferResult.NO_ANSWER
        case _:
            result = OfferResult.FAILED
    stop(step, offer, result)


def stop(step: Step, offer: Offer, result: OfferResult) -> None:
    """End an offer from our side and let the caller wait on."""
    step.emit(ReleaseStation(call_id=offer.call_id, offer_id=offer.offer_id, result=result))
    fail(step, offer, result)


def fail(step: Step, offer: Offer, result: OfferResult) -> None:
    """The phone is out of the offer; its agent is not eligible just now. The caller waits on."""
    entry = _entry(step, offer)
    _close(step, offer, entry, result)
    waiting.go_on(step, entry)


def cancel(step: Step, offer: Offer) -> None:
    """The caller leaves: stop the phone and free the agent, who may get another call after this."""
    cancelled = OfferResult.CANCELLED
    step.emit(ReleaseStation(call_id=offer.call_id, offer_id=offer.offer_id, result=cancelled))
    _close(step, offer, _entry(step, offer), cancelled)


def _close(step: Step, offer: Offer, entry: Entry, result: OfferResult) -> None:
    del step.state.offers[offer.offer_id]
    step.state.timers.cancel(Timer(TimerKind.OFFER_LEASE, offer.offer_id))
    _report_end(step, offer, entry, result)
    settle_agent(step, offer, step.state.queues[entry.queue_name].config, result)


def _report_end(step: Step, offer: Offer, entry: Entry, result: OfferResult) -> None:
    answered_at = step.now if offer.accepted_at is None else offer.accepted_at
    step.emit(
        OfferEnded(
            call_id=offer.call_id,
            offer_id=offer.offer_id,
            queue=entry.queue_name,
            agent=offer.agent_id,
            result=result,
            ring_ms=round((answered_at - offer.made_at) * 1000),
        )
    )


def _entry(step: Step, offer: Offer) -> Entry:
    return step.state.entries[offer.call_id]
