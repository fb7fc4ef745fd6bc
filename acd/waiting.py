"""A caller who waits: joining, being turned away, what time brings, going on after an offer that failed."""

from collections.abc import Mapping

from acd.dispatch import serve_entry
from acd.entry import Entry, EntryState
from acd.events import CallerLeft
from acd.inputs import CallerCame
from acd.item_events import ItemCame
from acd.leaving import leads_on, send_on, take_way_out
from acd.lining_up import line_up, step_out
from acd.overflow import WayOut, due_way_out, refusal, second_queues
from acd.places import begin_ring, keep_preferred, play_music, set_overflow_timer, take_place
from acd.queue import Queue
from acd.staff import set_unstaffed_timer
from acd.state import Timer, TimerKind
from acd.step import Step
from acd.tags import priority_of_tags, within_range
from runtime.errors import UsageError


def admit(step: Step, came: CallerCame) -> None:
    """Let a caller into the queues that have room; turn away one for whom none has.

    Where a queue that is removed turns away to where nobody is any more, the caller waits with those who do.
    """
    queues = [step.state.queue(name) for name in dict.fromkeys(came.queues)]
    if came.call_id in step.state.calls:
        kind = "item" if came.is_item else "call"
        raise UsageError(f"{kind} {came.call_id} is in a queue, or with an agent, already")
    refusals = [refusal(queue, came.tags, step.now) for queue in queues]
    willing = [queue for queue, refused in zip(queues, refusals, strict=True) if refused is None]
    if not willing and (refused := refusals[0]) is not None:
        if leads_on(step, came, queues[0].name, refused.target):
            _turn_away(step, came, queues[0], refused)
            return
        willing = queues[:1]
    entry = enter(step, came, willing)
    play_music(step, entry, willing[0])
    serve_entry(step, entry)


def join(step: Step, entry: Entry, queue: Queue) -> None:
    """Wait in this queue too, and in those its rules of overflow add."""
    take_place(step, entry, queue)
    _overflow(step, entry, queue)


def go_on(step: Step, entry: Entry) -> None:
    """The last offer failed: the caller waits on at the old place, unless the time was up meanwhile."""
    step_out(step, entry)
    entry.state, entry.connecting, entry.rings_all_in = EntryState.WAITING, None, None
    keep_preferred(step, entry)  # one of them may serve other queues by now
    line_up(step, entry)
    wait_on(step, entry)


def wait_on(step: Step, entry: Entry) -> None:
    """Nobody is being rung for the caller any more: what became due meanwhile is done now."""
    for name in list(entry.places):
        if name in entry.places:
            look_for_way_out(step, entry, step.state.queues[name])
    serve_entry(step, entry)


def time_out(step: Step, timer: Timer) -> None:
    """The caller has waited as long as the queue, or one of its rules, allows. A running offer may finish."""
    entry, queue = step.state.entries[timer.subject], step.state.queues[timer.queue_name]
    set_overflow_timer(step, entry, entry.places[queue.name])
    go_by_rules(step, entry, queue)


def next_ring(step: Step, timer: Timer) -> None:
    """Something else is asked of agents from now on."""
    entry = step.state.entries[timer.subject]
    if begin_ring(step, entry, entry.places[timer.queue_name]):
        serve_entry(step, entry)


def end_preference(step: Step, timer: Timer) -> None:
    """The agents preferred have been waited for long enough: anybody is asked."""
    entry = step.state.entries[timer.subject]
    step_out(step, entry)
    entry.preferred_until = None
    line_up(step, entry)
    serve_entry(step, entry)


def empty_unstaffed(step: Step, timer: Timer) -> None:
    """Nobody has been signed in for as long as a rule of overflow allows."""
    queue = step.state.queues[timer.subject]
    set_unstaffed_timer(step, queue)
    for entry in list(queue.line):
        go_by_rules(step, entry, queue)


def go_by_rules(step: Step, entry: Entry, queue: Queue) -> None:
    """Wait elsewhere too, leave, or be served, as the queue's rules say by now."""
    _overflow(step, entry, queue)
    look_for_way_out(step, entry, queue)
    serve_entry(step, entry)


def look_for_way_out(step: Step, entry: Entry, queue: Queue) -> None:
    """One who waits leaves the queue if that is due."""
    if entry.state is EntryState.WAITING:
        way_out = due_way_out(queue, entry, step.now)
        if way_out is not None:
            take_way_out(step, entry, queue.name, way_out)


def enter(step: Step, came: CallerCame, queues: list[Queue]) -> Entry:
    """Wait in these queues, and in those their rules of overflow add; no agent is looked for yet."""
    rules = queues[0].config
    entry = new_entry(step, came, rules.priority, priority_of_tags(rules, came.tags))
    if entry.is_item:
        step.emit(item_came(step, entry, came, queues))
    for queue in queues:
        if queue.name not in entry.places:
            join(step, entry, queue)
    prefer(step, entry, came)
    return entry


def put_back(step: Step, before: Entry, queue: Queue) -> None:
    """An item that was with an agent waits for another, with its wait and priority, room or not."""
    came = CallerCame(
        call_id=before.call_id,
        contact_id=before.contact_id,
        caller_number=before.caller_number,
        queues=(queue.name,),
        priority=before.own_priority,
        requirement=before.requirement,
        tags=before.tags,
        medium=before.medium,
        is_item=True,
        data=before.data,
        waiting_since=before.joined_at,
    )
    entry = new_entry(step, came, before.own_priority, before.of_tags)
    step.emit(item_came(step, entry, came, [queue]))
    join(step, entry, queue)
    serve_entry(step, entry)


def item_came(step: Step, entry: Entry, came: CallerCame, queues: list[Queue]) -> ItemCame:
    """All that a restart needs to go on with it."""
    return ItemCame(
        item=entry.entry_id,
        contact_id=entry.contact_id,
        medium=entry.medium,
        customer=entry.caller_number,
        queues=tuple(queue.name for queue in queues),
        waited_ms=step.ms_since(entry.joined_at),
        priority=entry.priority,
        requirement=entry.requirement,
        preferred=came.preferred,
        tags=entry.tags,
        data=entry.data,
        turn=entry.sequence,
    )


def new_entry(
    step: Step, came: CallerCame, usual_priority: int, of_tags: Mapping[str, int] | None = None
) -> Entry:
    """One who comes, and is in no queue yet; ``of_tags``: what each tag adds to the priority."""
    state = step.state
    state.joined += 1
    asked = usual_priority if came.priority is None else came.priority
    own_priority, of_tags = asked + came.priority_of_lists, dict(of_tags or {})
    priority = within_range(own_priority + sum(of_tags.values()))
    joined_at = step.now if came.waiting_since is None else came.waiting_since
    entry = Entry(
        entry_id=came.call_id,
        call_id=came.call_id,
        contact_id=came.contact_id,
        caller_number=came.caller_number,
        sequence=state.joined,
        joined_at=joined_at,
        priority=priority,
        rank=state.rank(joined_at, priority, state.joined),
        own_priority=own_priority,
        of_tags=of_tags,
        requirement=came.requirement,
        tags=came.tags,
        repeats=came.repeats,
        language=came.language,
        medium=came.medium,
        is_item=came.is_item,
        data=came.data,
        access_code=came.access_code,
        back=came.back,
    )
    state.entries[entry.entry_id] = entry
    state.calls[entry.call_id] = entry.entry_id
    if not entry.is_item:
        state.callers.add(entry.caller_number, entry.entry_id)
    return entry


def prefer(step: Step, entry: Entry, came: CallerCame) -> None:
    """Ask the agents first whom the caller, or what is known of the caller, names."""
    if not came.preferred:
        return
    step_out(step, entry)
    entry.preferred = tuple(dict.fromkeys(came.preferred))
    keep_preferred(step, entry)
    if entry.preferred and came.preferred_wait_s:
        entry.preferred_until = step.now + came.preferred_wait_s
        step.state.timers.set(Timer(TimerKind.PREFERENCE, entry.entry_id), entry.preferred_until)
    line_up(step, entry)


def _overflow(step: Step, entry: Entry, queue: Queue) -> None:
    """Wait also where the queue's rules say by now; a second queue that has no room is passed over."""
    for name in list(second_queues(queue, entry, step.now)):
        second = step.state.queues.get(name)  # none, where the queue and its second one are removed
        if second is not None and name not in entry.places and refusal(second, entry.tags, step.now) is None:
            join(step, entry, second)


def _turn_away(step: Step, came: CallerCame, queue: Queue, refused: WayOut) -> None:
    step.emit(
        CallerLeft(
            call_id=came.call_id,
            contact_id=came.contact_id,
            queue=queue.name,
            reason=refused.reason,
            position=0,
            wait_ms=0,
            offers=0,
            agent=None,
            medium=came.medium,
        )
    )
    send_on(step, came, refused)
