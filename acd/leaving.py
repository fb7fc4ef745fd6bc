"""A caller leaves: one of several queues, or all of them, for an agent, for another target or for good."""

from acd.calling_back import close, disengage, forget_numbers
from acd.commands import PassOnCaller, ReleaseCaller
from acd.config import QUEUE_SCHEME
from acd.entry import Entry
from acd.events import LeaveReason, WayOutMissing
from acd.inputs import CallerCame
from acd.item_events import ItemPassedOn
from acd.overflow import WayOut, refusal
from acd.places import give_up_place, home_of, make_home, take_place
from acd.queue_target import parse_queue_target
from acd.state import AcdState
from acd.step import Step
from runtime.target import HANG_UP, parse_target


def take_way_out(step: Step, entry: Entry, queue_name: str, way_out: WayOut) -> None:
    """Leave a queue. From the first one the caller is sent on; from another one merely less is waited for.

    Where nobody is any more, nobody is sent: the caller waits on.
    """
    if home_of(entry).queue_name != queue_name:
        give_up_place(step, entry, entry.places[queue_name], way_out.reason)
    elif not _moves(step, entry, way_out) and leads_on(step, entry, queue_name, way_out.target):
        leave(step, entry, way_out.reason, queue_name)
        forget(step, entry)
        send_on(step, entry, way_out)


def leads_on(step: Step, who: Entry | CallerCame, queue_name: str, target: str) -> bool:
    """Whether somebody takes who is sent there by this queue; told if not.

    The rules of a queue that the configuration has no more may name what it has no more either.
    """
    if target == HANG_UP or _is_there(step.state, who, queue_name, target):
        return True
    step.emit(WayOutMissing(call_id=who.call_id, contact_id=who.contact_id, queue=queue_name, target=target))
    return False


def _is_there(state: AcdState, who: Entry | CallerCame, queue_name: str, target: str) -> bool:
    """An item is the affair of whoever brought it, unless it goes to a queue.

    A queue that the configuration has leads only to queues that it has too.
    """
    scheme, name = parse_target(target)
    if scheme != QUEUE_SCHEME:
        return who.is_item or state.knows_target(target)
    if not state.queues[queue_name].is_retired:
        return True
    queues = [state.queues.get(queue) for queue in parse_queue_target(name).queues]
    return None not in queues and not all(queue.is_retired for queue in queues if queue)


def leave(
    step: Step,
    entry: Entry,
    reason: LeaveReason,
    queue_name: str,
    agent_id: str | None = None,
) -> None:
    """Leave all queues. The reason and the agent belong to one of them, so that no caller counts twice."""
    for place in list(entry.places.values()):
        if place.queue_name == queue_name:
            give_up_place(step, entry, place, reason, agent_id)
        else:
            give_up_place(step, entry, place, LeaveReason.ELSEWHERE)
    close(step, entry, reason)


def forget(step: Step, entry: Entry) -> None:
    """The ACD has nothing more to do with this call."""
    disengage(step.state, entry)
    forget_numbers(step.state, entry)
    step.state.callers.remove(entry.caller_number, entry.entry_id)
    del step.state.entries[entry.entry_id]
    del step.state.calls[entry.call_id]


def send_on(step: Step, who: Entry | CallerCame, way_out: WayOut) -> None:
    """Out of the ACD's hands, or back to it by another way."""
    if who.is_item:
        step.emit(_passed_on(who, way_out))
    elif way_out.target == HANG_UP:
        release(step, who, way_out.reason)
    else:
        step.emit(PassOnCaller(call_id=who.call_id, target=way_out.target))


def release(step: Step, who: Entry | CallerCame, reason: LeaveReason) -> None:
    """End the call, or give it back to who lent it."""
    if who.back:
        step.emit(PassOnCaller(call_id=who.call_id, target=who.back, outcome=reason.value))
    else:
        step.emit(ReleaseCaller(call_id=who.call_id, reason=reason))


def _passed_on(who: Entry | CallerCame, way_out: WayOut) -> ItemPassedOn:
    return ItemPassedOn(
        item=who.call_id,
        contact_id=who.contact_id,
        medium=who.medium,
        customer=who.caller_number,
        reason=way_out.reason,
        target=way_out.target,
        requirement=who.requirement,
        tags=who.tags,
        data=who.data,
    )


def _moves(step: Step, entry: Entry, way_out: WayOut) -> bool:
    """From queue to queue nothing of the wait is lost, where there is room."""
    scheme, name = parse_target(way_out.target)
    queue = step.state.queues.get(name) if scheme == QUEUE_SCHEME else None
    if queue is None or (name not in entry.places and refusal(queue, entry.tags, step.now)):
        return False
    left = home_of(entry)
    if left.queue_name == name:
        return False
    if name not in entry.places:
        take_place(step, entry, queue)
    give_up_place(step, entry, left, way_out.reason)
    make_home(step, entry, name)
    return True
