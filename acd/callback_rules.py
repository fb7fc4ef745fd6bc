"""Who may be called back where: rights, and how many callbacks one number may have."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from acd.callback import CallbackStage, Refusal
from acd.entry import Entry
from acd.places import home_of
from acd.queue_config import QueueConfig
from acd.state import AcdState


class Refused(NamedTuple):
    """Why somebody cannot be called back."""

    reason: Refusal
    problem: str
    """For people."""


def refused(state: AcdState, entry: Entry, numbers: tuple[str, ...], level: int | None) -> Refused | None:
    """Why one who waits cannot be called back at these numbers; None when nothing is against it.

    ``level``: the highest of the routes that may be used; None for any.
    """
    if entry.is_item:
        return Refused(Refusal.NO_CALL, f"{entry.entry_id} is no call")
    if entry.callback is not None and entry.callback.stage is not CallbackStage.RETURNED:
        return Refused(Refusal.ASKED_ALREADY, f"call {entry.call_id} is a callback already")
    rules = state.queues[home_of(entry).queue_name].config
    is_new = entry.callback is None or numbers[0] not in entry.callback.numbers
    if is_new and has_enough(state, rules, numbers[0], entry.places):
        return Refused(Refusal.ASKED_ALREADY, f"{numbers[0]} is called back already")
    return undiallable(state, rules.name, numbers, level)


def undiallable(
    state: AcdState, queue_name: str, numbers: Iterable[str], level: int | None
) -> Refused | None:
    """Why one of these numbers may not be called for a queue."""
    for number in numbers:
        if not number or not state.can_dial(number, None, queue_name):
            return Refused(Refusal.NO_ROUTE, f"{number!r} cannot be dialled: no route leads there")
        if not state.can_dial(number, level, queue_name):
            problem = f"{number!r} may not be dialled: its route's level is above {level}"
            return Refused(Refusal.LEVEL, problem)
    return None


def has_enough(state: AcdState, rules: QueueConfig, number: str, queues: Iterable[str]) -> bool:
    """Whether a number has all the callbacks in these queues that it may have."""
    most = rules.callbacks_per_number
    return bool(most) and sum(1 for _ in callbacks_at(state, number, queues)) >= most


def callbacks_at(state: AcdState, number: str, queues: Iterable[str]) -> Iterator[Entry]:
    """All for a number in any of these queues, in the order of their turn."""
    names = set(queues)
    entries = [state.entries[entry_id] for entry_id in state.callbacks.of(number)]
    entries.sort(key=lambda entry: entry.rank)
    return (entry for entry in entries if not entry.places.keys().isdisjoint(names))
