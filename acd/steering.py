"""What callers and those who steer change while somebody waits: keys, priority, requirement, queues."""

from acd import callback_requests, callbacks, offers, self_service
from acd.callback import AskedBy
from acd.commands import AddQueue, ChangeCaller, MoveCaller, RemoveQueue
from acd.config import MAX_PRIORITY
from acd.dispatch import serve_entry
from acd.entry import Entry, EntryState
from acd.events import CallerChanged, LeaveReason, SelfServiceEnd
from acd.inputs import CallerDueBack, CallerReturned, KeyPressed
from acd.leaving import leads_on, take_way_out
from acd.lining_up import line_up, step_out
from acd.overflow import WayOut
from acd.places import ask_anew, give_up_place, home_of, make_home
from acd.queue_config import CALLBACK
from acd.requirement import parse_requirement
from acd.step import Step
from acd.tags import priority_of_tags, within_range
from acd.waiting import go_by_rules, go_on, join, wait_on
from runtime.errors import UsageError


def press_key(step: Step, pressed: KeyPressed) -> None:
    """A key may lead out of the queue the caller came to first, or to self-service."""
    entry = step.state.entry_of(pressed.call_id)
    if entry is not None and entry.is_absent:
        callbacks.confirm(step, entry, pressed.key)
        return
    if entry is None or not _hears_queue(entry):
        return
    rules = step.state.queues[home_of(entry).queue_name].config
    if (target := rules.exit_keys.get(pressed.key)) is not None:
        _exit(step, entry, target)
    elif (
        (target := rules.self_service_keys.get(pressed.key))
        and entry.state is EntryState.WAITING
        and leads_on(step, entry, home_of(entry).queue_name, target)
    ):
        self_service.begin(step, entry, target)


def come_back(step: Step, returned: CallerReturned) -> None:
    """A caller hears the queue again. What became due meanwhile is done now."""
    entry = step.state.entry_of(returned.call_id)
    if entry is not None and entry.visit is not None:
        entry.language = returned.language or entry.language
        self_service.end(step, entry, SelfServiceEnd.RETURNED)
        self_service.hear_queue(step, entry)
        go_on(step, entry)


def note_way_back(step: Step, due: CallerDueBack) -> None:
    """The one who talks in this call now, or waits, is given back in place of being released."""
    entry = step.state.entry_of(due.call_id)
    if entry is not None:
        entry.back = entry.back or due.back


def change_caller(step: Step, command: ChangeCaller) -> None:
    """Another priority moves the caller in all lines; another requirement may find an agent at once.

    Other tags may lead to another queue too, or out of this one.
    """
    entry = _waiting(step, command.call_id)
    requirement = None if command.requirement is None else parse_requirement(command.requirement).text
    _refuse_priority(command.priority)
    if command.tags is not None:
        _take_tags(step, entry, command.tags)
    if command.priority is not None:
        entry.own_priority, entry.of_tags = command.priority, {}
    priority = within_range(entry.own_priority + sum(entry.of_tags.values()))
    if command.priority is not None or priority != entry.priority:
        _reprioritise(step, entry, priority)
    if requirement is not None:
        entry.requirement = requirement
    ask_anew(step, entry)
    step.emit(
        CallerChanged(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            priority=entry.priority,
            requirement=entry.requirement,
            tags=entry.tags,
        )
    )
    if command.tags is not None:
        _go_by_rules(step, entry)
    serve_entry(step, entry)


def _refuse_priority(priority: int | None) -> None:
    if priority is not None and not 0 <= priority <= MAX_PRIORITY:
        raise UsageError(f"priority {priority} is out of range; it goes from 0 to {MAX_PRIORITY}")


def _take_tags(step: Step, entry: Entry, tags: tuple[str, ...]) -> None:
    """A tag that goes takes along what it added when it came, in whatever queue that was."""
    rules = step.state.queues[home_of(entry).queue_name].config
    kept = {tag: added for tag, added in entry.of_tags.items() if tag in tags}
    entry.of_tags = kept | priority_of_tags(rules, set(tags).difference(entry.tags))
    entry.tags = tags


def _go_by_rules(step: Step, entry: Entry) -> None:
    for name in list(entry.places):
        if name in entry.places:
            go_by_rules(step, entry, step.state.queues[name])


def add_queue(step: Step, command: AddQueue) -> None:
    """Wait in one more queue, full or not: whoever steers knows why."""
    entry, queue = _waiting(step, command.call_id), step.state.queue_in_use(command.queue)
    if queue.name in entry.places:
        raise UsageError(f"call {entry.call_id} waits in queue {queue.name} already")
    join(step, entry, queue)
    serve_entry(step, entry)


def remove_queue(step: Step, command: RemoveQueue) -> None:
    """Wait in one queue less; offers under way in it are stopped. The last one can only be left for good."""
    entry = _waiting(step, command.call_id)
    place = entry.places.get(command.queue)
    if place is None:
        raise UsageError(f"call {entry.call_id} waits in {', '.join(entry.places)}, not in {command.queue}")
    if len(entry.places) == 1:
        raise UsageError(f"call {entry.call_id} waits in {command.queue} alone; hand it on or end it instead")
    freed = offers.cancel_all(step, entry, command.queue)
    give_up_place(step, entry, place, LeaveReason.WITHDRAWN)
    wait_on(step, entry)
    offers.serve_agents(step, freed)


def move_caller(step: Step, command: MoveCaller) -> None:
    """Wait in one queue instead of all others, full or not; the wait so far counts there as it did here.

    Phones that ring for the caller are stopped.
    """
    entry, queue = _waiting(step, command.call_id), step.state.queue_in_use(command.queue)
    left = [place for name, place in entry.places.items() if name != queue.name]
    if not left:
        raise UsageError(f"call {entry.call_id} waits in queue {queue.name} already")
    freed = offers.cancel_all(step, entry)
    was_home = home_of(entry).queue_name
    if queue.name not in entry.places:
        join(step, entry, queue)
    for place in left:
        if place.queue_name in entry.places:
            give_up_place(step, entry, place, LeaveReason.WITHDRAWN)
    if was_home != queue.name and _hears_queue(entry):
        make_home(step, entry, queue.name)
    wait_on(step, entry)
    offers.serve_agents(step, freed)


def _hears_queue(entry: Entry) -> bool:
    """Whether the caller's keys are for the queue."""
    is_there = not (entry.is_item or entry.is_absent or entry.visit)
    return is_there and entry.state in (EntryState.WAITING, EntryState.OFFERED)


def _exit(step: Step, entry: Entry, target: str) -> None:
    """A phone that rings meanwhile is stopped."""
    if target == CALLBACK:
        callback_requests.ask(step, entry, (entry.caller_number,), AskedBy.KEY)
        return
    queue_name = home_of(entry).queue_name
    if not leads_on(step, entry, queue_name, target):
        return
    freed = offers.cancel_all(step, entry)
    take_way_out(step, entry, queue_name, WayOut(LeaveReason.EXITED, target))
    wait_on(step, entry)
    offers.serve_agents(step, freed)


def _waiting(step: Step, call_id: str) -> Entry:
    entry = step.state.entry_of(call_id)
    if entry is None or entry.state not in (EntryState.WAITING, EntryState.OFFERED):
        raise UsageError(f"call {call_id} waits in no queue")
    return entry


def _reprioritise(step: Step, entry: Entry, priority: int) -> None:
    queues = [step.state.queues[name] for name in entry.places]
    step_out(step, entry)
    for queue in queues:
        queue.line.remove(entry)
    entry.priority = priority
    entry.rank = step.state.rank(entry.joined_at, priority, entry.sequence)
    for queue in queues:
        queue.line.add(entry)
        step.touched[queue.name] = None
    line_up(step, entry)
