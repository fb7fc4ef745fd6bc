"""A callback of the run before whose customer came again before it was restored: the two become one.

Until callbacks are restored nobody knows of them. Who calls meanwhile, or asks for another callback, would
be called back while on the line, or twice.
"""

from collections.abc import Iterable

from acd import callback_requests, callbacks, offers, self_service
from acd.agent import Agent
from acd.callback import BEING_CALLED, AskedBy, CallbackStage
from acd.calling_back import call_at
from acd.commands import RestoreCallback
from acd.entry import Entry, EntryState
from acd.events import LeaveReason
from acd.inputs import CallerCame
from acd.leaving import forget, leave
from acd.places import home_of
from acd.queue_config import QueueConfig
from acd.state import AcdState
from acd.step import Step


def came_again(state: AcdState, rules: QueueConfig, kept: RestoreCallback) -> list[Entry]:
    """Who came later with one of its numbers and is in one of its queues, or was served there, by rank.

    Nobody, where a number stands for several customers.
    """
    if rules.callbacks_per_number != 1:
        return []
    queues = {name for name, _ in kept.places}
    found = [
        entry
        for entry in _with_numbers(state, kept.numbers)
        if entry.joined_at > kept.joined_at and not queues.isdisjoint(_queues_of(state, entry))
    ]
    return sorted(found, key=lambda entry: entry.rank)


def is_in_hand(entry: Entry) -> bool:
    """Whether the customer is being called, or with an agent, so that nothing is left to wait for."""
    is_called = entry.callback is not None and entry.callback.stage in BEING_CALLED
    return is_called or entry.state in (EntryState.ACCEPTED, EntryState.TALKING)


def is_on_the_line(entry: Entry) -> bool:
    """Whether the customer can be heard now, if only to be told that the place is kept."""
    return not entry.is_absent or _is_confirming(entry)


def merge(step: Step, entry: Entry, others: list[Entry]) -> bool:
    """Let a callback have the place for all of these, at the numbers asked for last.

    True when one of them is on the line, and has its place now.
    """
    caller = next(filter(is_on_the_line, others), None)
    assert entry.callback is not None
    freed: list[Agent] = []
    for other in others:
        if other is caller or not is_on_the_line(other):
            freed += _dissolve(step, other)
            if other.callback is not None:
                call_at(step, entry, entry.callback, other.callback.numbers)
    if caller is not None:
        _put_through(step, entry, caller)
    offers.serve_agents(step, freed)
    return caller is not None


def _put_through(step: Step, entry: Entry, caller: Entry) -> None:
    came = CallerCame(
        call_id=caller.call_id,
        contact_id=caller.contact_id,
        caller_number=caller.caller_number,
        queues=(),
        back=caller.back,
    )
    callbacks.take_over(step, entry, came)
    if caller.callback is not None and _is_confirming(caller):
        callback_requests.let_hang_up(step, entry, caller.callback.numbers, AskedBy.TARGET)


def _dissolve(step: Step, entry: Entry) -> list[Agent]:
    """Its place counts no more; returns the agents who were rung for it."""
    freed = offers.cancel_all(step, entry)
    self_service.interrupt(step, entry)
    leave(step, entry, LeaveReason.ELSEWHERE, home_of(entry).queue_name)
    forget(step, entry)
    return freed


def _queues_of(state: AcdState, entry: Entry) -> Iterable[str]:
    """Where it waits, or the queue that served."""
    return entry.places or [state.offers[offer_id].queue_name for offer_id in entry.offer_ids]


def _with_numbers(state: AcdState, numbers: tuple[str, ...]) -> list[Entry]:
    """Whoever calls from one of them, or is to be called there."""
    by_number = (state.callers, state.callbacks)
    ids = dict.fromkeys(id_ for number in numbers for entries in by_number for id_ in entries.of(number))
    return [state.entries[entry_id] for entry_id in ids]


def _is_confirming(entry: Entry) -> bool:
    return entry.callback is not None and entry.callback.stage is CallbackStage.CONFIRMING
