"""An entry's places in queues: taking one, giving one up, and what is asked there as time passes."""

from acd.commands import PlayMusic
from acd.entry import Entry, Place
from acd.estimates import estimate_in
from acd.events import CallerJoined, CallerLeft, LeaveReason, RingBegan
from acd.lining_up import demand_at, line_up, step_out
from acd.queue import Queue
from acd.requirement import all_of
from acd.state import Timer, TimerKind
from acd.step import Step
from acd.tags import asked_for_tags

_TIMERS = (TimerKind.MAX_WAIT, TimerKind.RING, TimerKind.OVERFLOW)
"""Those of one place."""


def take_place(step: Step, entry: Entry, queue: Queue, since: float | None = None) -> None:
    """Wait in this queue too; ``since``: one who was there already."""
    step_out(step, entry)
    place = Place(queue.name, step.now if since is None else since)
    place.requirement = _asked(entry, place, queue, step.now)
    is_home = not entry.places
    entry.places[queue.name] = place
    queue.line.add(entry)
    line_up(step, entry)
    _set_timers(step, entry, place, queue)
    queue.pace.settle(step.now)
    is_served = demand_at(step, entry, place).ranking.best() is not None
    estimate = None if is_served else estimate_in(queue, entry)
    step.emit(
        CallerJoined(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=queue.name,
            caller_number=entry.caller_number,
            position=queue.line.position(entry),
            priority=entry.priority,
            requirement=place.requirement,
            repeats=entry.repeats,
            tags=entry.tags,
            medium=entry.medium,
            low_s=estimate.low_s if estimate else None,
            likely_s=estimate.likely_s if estimate else None,
            high_s=estimate.high_s if estimate else None,
        )
    )
    if is_home:
        _expect_announcement(step, entry)


def give_up_place(
    step: Step, entry: Entry, place: Place, reason: LeaveReason, agent_id: str | None = None
) -> None:
    """Wait in this queue no longer."""
    queue = step.state.queues[place.queue_name]
    position = queue.line.position(entry)
    was_home = home_of(entry) is place
    step_out(step, entry)
    del entry.places[queue.name]
    if entry.callback is not None and entry.callback.queue_name == queue.name and entry.places:
        entry.callback.queue_name = home_of(entry).queue_name
    keep_preferred(step, entry)
    line_up(step, entry)
    queue.line.remove(entry)
    step.touched[queue.name] = None
    _cancel_timers(step, entry, place)
    if was_home:
        _expect_announcement(step, entry)
    step.emit(
        CallerLeft(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=queue.name,
            reason=reason,
            position=position,
            wait_ms=step.ms_since(place.joined_at),
            offers=entry.offers,
            agent=agent_id,
            medium=entry.medium,
        )
    )


def begin_ring(step: Step, entry: Entry, place: Place) -> bool:
    """Ask of agents what the queue's rings say by now; True when that is something else than before."""
    queue = step.state.queues[place.queue_name]
    _set_ring_timer(step, entry, place, queue)
    return _ask(step, entry, place, _asked(entry, place, queue, step.now))


def keep_preferred(step: Step, entry: Entry) -> None:
    """Prefer only agents of queues the entry is in, for its medium; called while it stands in no line."""
    preferred = entry.preferred
    entry.preferred = tuple(agent_id for agent_id in preferred if _may_serve(step, entry, agent_id))
    if not entry.preferred:
        entry.preferred_until = None
        step.state.timers.cancel(Timer(TimerKind.PREFERENCE, entry.entry_id))


def _may_serve(step: Step, entry: Entry, agent_id: str) -> bool:
    agent = step.state.agents.get(agent_id)
    return (
        agent is not None
        and agent_id not in step.state.retired_agents
        and entry.medium in agent.capacity
        and not agent.memberships.keys().isdisjoint(entry.places)
    )


def ask_anew(step: Step, entry: Entry) -> None:
    """The caller's own requirement, or tags, have changed."""
    for place in entry.places.values():
        _ask(step, entry, place, _asked(entry, place, step.state.queues[place.queue_name], step.now))


def play_music(step: Step, entry: Entry, queue: Queue) -> None:
    """In place of what the caller heard before, if the queue has any."""
    entry.announcing = None
    if queue.config.music and not entry.is_item:
        step.emit(PlayMusic(call_id=entry.call_id, prompt=queue.config.music))


def home_of(entry: Entry) -> Place:
    """The place in the queue joined first."""
    return next(iter(entry.places.values()))


def make_home(step: Step, entry: Entry, queue_name: str) -> None:
    """What the caller hears, and where the way out leads, is this queue's affair from now on."""
    entry.places = {queue_name: entry.places.pop(queue_name), **entry.places}
    play_music(step, entry, step.state.queues[queue_name])
    _expect_announcement(step, entry)


def _ask(step: Step, entry: Entry, place: Place, requirement: str) -> bool:
    if requirement == place.requirement:
        return False
    step_out(step, entry)
    place.requirement = requirement
    line_up(step, entry)
    step.emit(RingBegan(call_id=entry.call_id, queue=place.queue_name, requirement=requirement))
    return True


def _asked(entry: Entry, place: Place, queue: Queue, now: float) -> str:
    ring = None
    for rule in queue.config.rings:
        if place.joined_at + rule.after_s <= now:
            ring = rule
    own = (entry.requirement, *asked_for_tags(queue.config, entry.tags))
    if ring is None:
        return all_of(*own).text
    return all_of(*(() if ring.drop_callers_own else own), ring.require).text


def _expect_announcement(step: Step, entry: Entry) -> None:
    """The queue the caller is at home in tells callers something, or nothing."""
    timer = Timer(TimerKind.ANNOUNCEMENT, entry.entry_id)
    step.state.timers.cancel(timer)
    if entry.places and not entry.is_item:
        rules = step.state.queues[home_of(entry).queue_name].config.announcements
        if rules.say_something:
            step.state.timers.set(timer, step.now + rules.first_after_s)


def set_timers_anew(step: Step, entry: Entry, place: Place) -> None:
    """The queue has other limits."""
    _cancel_timers(step, entry, place)
    _set_timers(step, entry, place, step.state.queues[place.queue_name])


def _cancel_timers(step: Step, entry: Entry, place: Place) -> None:
    for kind in _TIMERS:
        step.state.timers.cancel(Timer(kind, entry.entry_id, place.queue_name))


def _set_timers(step: Step, entry: Entry, place: Place, queue: Queue) -> None:
    _set_ring_timer(step, entry, place, queue)
    set_overflow_timer(step, entry, place, from_now=True)
    if queue.config.max_wait_s:
        limit = place.joined_at + queue.config.max_wait_s
        step.state.timers.set(Timer(TimerKind.MAX_WAIT, entry.entry_id, queue.name), limit)


def _set_ring_timer(step: Step, entry: Entry, place: Place, queue: Queue) -> None:
    begins = [place.joined_at + rule.after_s for rule in queue.config.rings]
    _set_next(step, Timer(TimerKind.RING, entry.entry_id, queue.name), begins)


def set_overflow_timer(step: Step, entry: Entry, place: Place, *, from_now: bool = False) -> None:
    """For the next rule of overflow that looks at the wait; ``from_now``: or one that applies at once.

    That is soon enough for who finds nobody free, and whom an agent is rung for has not to go.
    """
    rules = step.state.queues[place.queue_name].config.waits
    begins = [place.joined_at + rule.above for rule in rules]
    timer = Timer(TimerKind.OVERFLOW, entry.entry_id, place.queue_name)
    if from_now and step.now in begins:
        step.state.timers.set(timer, step.now)
    else:
        _set_next(step, timer, begins)


def _set_next(step: Step, timer: Timer, moments: list[float]) -> None:
    if later := [moment for moment in moments if moment > step.now]:
        step.state.timers.set(timer, min(later))
