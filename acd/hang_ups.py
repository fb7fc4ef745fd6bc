"""Somebody is gone: the caller, or the agent's phone, in whatever state the two are."""

from acd import offers, self_service, talk
from acd.callback_requests import keep_place
from acd.commands import ReleaseStation
from acd.entry import Entry, EntryState, Offer
from acd.events import LeaveReason, OfferResult, SelfServiceEnd
from acd.inputs import CallerGone, PhoneLost
from acd.leaving import forget, leave, release
from acd.places import home_of
from acd.step import Step


def lose_caller(step: Step, gone: CallerGone) -> None:
    """The call has ended or is in other hands: end the wait, the offers or the conversation."""
    entry = step.state.entry_of(gone.call_id)
    if entry is None:
        return
    if entry.state is EntryState.TALKING:
        _end_talk_without_caller(step, entry, step.state.offers[entry.offer_ids[0]], gone.reason)
        return
    self_service.end(step, entry, SelfServiceEnd.GONE)
    if not keep_place(step, entry, gone):
        freed = offers.cancel_all(step, entry)
        leave(step, entry, gone.reason, home_of(entry).queue_name)
        forget(step, entry)
        offers.serve_agents(step, freed)


def _end_talk_without_caller(step: Step, entry: Entry, offer: Offer, reason: LeaveReason) -> None:
    if (
        reason is LeaveReason.WITHDRAWN and not entry.is_item
    ):  # the call lives on elsewhere; it does not take the agent along
        accepted = OfferResult.ACCEPTED
        step.emit(ReleaseStation(call_id=entry.call_id, offer_id=offer.offer_id, result=accepted))
    talk.end(step, entry, offer, by_agent=False)


def lose_phone(step: Step, lost: PhoneLost) -> None:
    """The agent's phone is gone. A conversation ends with it; a caller not yet connected waits on."""
    offer = step.state.offers.get(lost.offer_id)
    if offer is None:
        return
    entry = step.state.entries[offer.entry_id]
    if entry.state is EntryState.TALKING:
        release(step, entry, LeaveReason.CONNECTED)
        talk.end(step, entry, offer, by_agent=lost.by_agent)
    else:
        result = lost.result if offer.accepted_at is None else OfferResult.FAILED
        offers.fail(step, offer, result)
