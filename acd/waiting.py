"""A caller in the line: joining, being turned away, going on after an offer that failed, leaving."""

from acd import dispatch
from acd.commands import PassOnCaller, PlayMusic, ReleaseCaller
from acd.events import CallerJoined, CallerLeft, LeaveReason
from acd.inputs import CallerCame
from acd.queue import Entry, EntryState, Queue
from acd.state import Timer, TimerKind
from acd.step import Step
from runtime.errors import UsageError
from runtime.target import HANG_UP


def admit(step: Step, came: CallerCame) -> None:
    """Let a caller into the queue, if it has room."""
    queue = step.state.queue(came.queue_name)
    if came.call_id in step.state.entries:
        raise UsageError(f"call {came.call_id} is in a queue already; remove it there first")
    if queue.is_full:
        _turn_away(step, came, queue)
        return
    entry = _enter(step, came, queue)
    step.emit(
        CallerJoined(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=entry.queue_name,
            caller_number=came.caller_number,
            position=queue.position(entry),
        )
    )
    if queue.config.music:
        step.emit(PlayMusic(call_id=entry.call_id, prompt=queue.config.music))
    dispatch.serve_queue(step, queue)


def _enter(step: Step, came: CallerCame, queue: Queue) -> Entry:
    state = step.state
    state.joined += 1
    entry = Entry(came.call_id, came.contact_id, came.queue_name, state.joined, step.now)
    state.entries[entry.call_id] = entry
    queue.join(entry)
    if queue.config.max_wait_s:
        limit = step.now + queue.config.max_wait_s
        state.timers.set(Timer(TimerKind.MAX_WAIT, entry.call_id), limit)
    return entry


def _turn_away(step: Step, came: CallerCame, queue: Queue) -> None:
    step.emit(
        CallerLeft(
            call_id=came.call_id,
            contact_id=came.contact_id,
            queue=came.queue_name,
            reason=LeaveReason.FULL,
            position=0,
            wait_ms=0,
            offers=0,
            agent=None,
        )
    )
    _take_way_out(step, came.call_id, LeaveReason.FULL, queue.config.on_full)


def go_on(step: Step, entry: Entry) -> None:
    """The offer failed: the caller waits on at the old place, unless the time was up meanwhile."""
    queue = step.state.queues[entry.queue_name]
    entry.offer_id = None
    queue.wait(entry)
    limit_s = queue.config.max_wait_s
    if limit_s and step.now >= entry.joined_at + limit_s:
        time_out(step, entry.call_id)
    else:
        dispatch.serve_queue(step, queue)


def time_out(step: Step, call_id: str) -> None:
    """The caller has waited as long as the queue allows. A running offer may finish."""
    entry = step.state.entries[call_id]
    if entry.state is EntryState.WAITING:
        leave(step, entry, LeaveReason.TIMED_OUT)
        forget(step, entry)
        way_out = step.state.queues[entry.queue_name].config.on_timeout
        _take_way_out(step, call_id, LeaveReason.TIMED_OUT, way_out)


def leave(step: Step, entry: Entry, reason: LeaveReason, agent_id: str | None = None) -> None:
    """Take the caller out of the line."""
    queue = step.state.queues[entry.queue_name]
    position = queue.position(entry)
    queue.leave(entry)
    step.state.timers.cancel(Timer(TimerKind.MAX_WAIT, entry.call_id))
    step.emit(
        CallerLeft(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=entry.queue_name,
            reason=reason,
            position=position,
            wait_ms=step.ms_since(entry.joined_at),
            offers=entry.offers,
            agent=agent_id,
        )
    )


def forget(step: Step, entry: Entry) -> None:
    """The ACD has nothing more to do with this call."""
    del step.state.entries[entry.call_id]


def _take_way_out(step: Step, call_id: str, reason: LeaveReason, way_out: str) -> None:
    if way_out == HANG_UP:
        step.emit(ReleaseCaller(call_id=call_id, reason=reason))
    else:
        step.emit(PassOnCaller(call_id=call_id, target=way_out))
