"""Somebody is gone: the caller, or the agent's phone, in whatever state the two are."""

from acd import dispatch, offers, talk, waiting
from acd.commands import ReleaseCaller, ReleaseStation
from acd.events import LeaveReason, OfferResult
from acd.inputs import CallerGone, PhoneLost
from acd.queue import Entry, EntryState, Offer
from acd.step import Step


def lose_caller(step: Step, gone: CallerGone) -> None:
    """The call has ended or is in other hands: end the wait, the offer or the conversation."""
    entry = step.state.entries.get(gone.call_id)
    if entry is None:
        return
    offer = step.state.offers[entry.offer_id] if entry.offer_id else None
    if offer is None:
        waiting.leave(step, entry, gone.reason)
        waiting.forget(step, entry)
    elif entry.state is EntryState.TALKING:
        _end_talk_without_caller(step, entry, offer, gone.reason)
    else:
        _leave_offer(step, entry, offer, gone.reason)


def _leave_offer(step: Step, entry: Entry, offer: Offer, reason: LeaveReason) -> None:
    offers.cancel(step, offer)
    waiting.leave(step, entry, reason)
    waiting.forget(step, entry)
    dispatch.serve_agent(step, step.state.agents[offer.agent_id])


def _end_talk_without_caller(step: Step, entry: Entry, offer: Offer, reason: LeaveReason) -> None:
    if reason is LeaveReason.WITHDRAWN:  # the call lives on elsewhere; it does not take the agent along
        accepted = OfferResult.ACCEPTED
        step.emit(ReleaseStation(call_id=entry.call_id, offer_id=offer.offer_id, result=accepted))
    talk.end(step, entry, offer, by_agent=False)


def lose_phone(step: Step, lost: PhoneLost) -> None:
    """The agent's phone is gone. A conversation ends with it; a caller not yet connected waits on."""
    offer = step.state.offers.get(lost.offer_id)
    if offer is None:
        return
    entry = step.state.entries[offer.call_id]
    if entry.state is EntryState.TALKING:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.CONNECTED))
        talk.end(step, entry, offer, by_agent=lost.by_agent)
    else:
        accepted = entry.state is EntryState.ACCEPTED
        offers.fail(step, offer, OfferResult.FAILED if accepted else lost.result)
