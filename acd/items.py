"""Work that is no call of the exchange: a chat, a mail, a video call of another system.

    brought ──► waits and is offered like a caller ──► accepted ──► finished by the agent
                                                          └───────► withdrawn: the customer is gone

Whoever brings items (an adapter) and the agent's desktop speak by verbs; the queues make no difference
between an item and a caller, except that no phone rings.
"""

from acd import offers, talk, waiting
from acd.commands import AcceptItem, FinishItem, RejectItem, SubmitItem, WithdrawItem
from acd.config import MAX_PRIORITY
from acd.entry import Entry, EntryState, Offer
from acd.events import LeaveReason, OfferResult
from acd.hang_ups import lose_caller
from acd.inputs import CallerCame, CallerConnected, CallerGone, PhoneAnswered
from acd.requirement import parse_requirement
from acd.step import Step
from runtime.errors import UsageError


def submit(step: Step, command: SubmitItem) -> None:
    """Let an item wait for an agent."""
    if command.priority is not None and not 0 <= command.priority <= MAX_PRIORITY:
        raise UsageError(f"priority {command.priority} is out of range; it goes from 0 to {MAX_PRIORITY}")
    came = CallerCame(
        call_id=command.item,
        contact_id=command.contact_id,
        caller_number=command.customer,
        queues=command.queues,
        priority=command.priority,
        requirement=parse_requirement(command.requirement).text,
        preferred=command.preferred,
        preferred_wait_s=command.preferred_wait_s,
        tags=command.tags,
        medium=command.medium,
        is_item=True,
        data=command.data,
    )
    waiting.admit(step, came)


def accept(step: Step, command: AcceptItem) -> None:
    """The agent takes it; whoever else it was offered to is too late."""
    offer = _offer_of(step, command.item, command.agent_id)
    if offer.accepted_at is not None:
        raise UsageError(f"agent {command.agent_id} has item {command.item} already")
    offers.accept(step, PhoneAnswered(offer_id=offer.offer_id))
    offers.confirm(step, CallerConnected(offer_id=offer.offer_id))


def reject(step: Step, command: RejectItem) -> None:
    """The agent does not take it; it keeps its place."""
    offer = _offer_of(step, command.item, command.agent_id)
    if offer.accepted_at is not None:
        raise UsageError(f"agent {command.agent_id} has item {command.item} already; finish it instead")
    offers.stop(step, offer, OfferResult.REJECTED)


def finish(step: Step, command: FinishItem) -> None:
    """The agent is done with it."""
    entry, offer = _item(step, command.item), _offer_of(step, command.item, command.agent_id)
    if entry.state is not EntryState.TALKING:
        raise UsageError(f"item {command.item} is offered to agent {command.agent_id}; accept it first")
    talk.end(step, entry, offer, by_agent=True)


def withdraw(step: Step, command: WithdrawItem) -> None:
    """The customer is gone, or somebody else has taken care of it."""
    entry = _item(step, command.item)
    lose_caller(step, CallerGone(call_id=entry.call_id, reason=LeaveReason.ABANDONED))


def _item(step: Step, item: str) -> Entry:
    entry = step.state.entry_of(item)
    if entry is None or not entry.is_item:
        raise UsageError(f"there is no item {item} in a queue or with an agent")
    return entry


def _offer_of(step: Step, item: str, agent_id: str) -> Offer:
    running = (step.state.offers[offer_id] for offer_id in _item(step, item).offer_ids)
    offer = next((offer for offer in running if offer.agent_id == agent_id), None)
    if offer is None:
        raise UsageError(f"item {item} is not offered to agent {agent_id}")
    return offer
