"""Callbacks: answered, in vain, over. ``callback_requests.py`` says how they are asked for.

``calling_back.py`` dials; ``callback.py`` has the stages.

The entry of the caller is the callback: entry id, rank, places and what is asked of agents stay as they are.
Only the call changes.
"""

from acd import calling_back, offers
from acd.agent import Agent
from acd.callback import BEING_CALLED, WITH_A_CALL, Callback, CallbackStage
from acd.callback_events import CallbackAnswered, CallbackFailed, CallbackReturned
from acd.calling_back import attempts_left, pause, rules_of, set_stage
from acd.commands import (
    AskForKey,
    CancelCallback,
    ReleaseCaller,
    StopAnnouncement,
)
from acd.dispatch import ring, serve_entry
from acd.entry import Entry, EntryState
from acd.events import LeaveReason
from acd.inputs import CalendarChanged, CallerCame, ConfirmationHeard, CustomerAnswered
from acd.leaving import forget, leave
from acd.places import home_of, play_music
from acd.queue import Queue
from acd.spoken import in_language
from acd.state import AcdState, Timer, TimerKind
from acd.step import Step
from runtime.errors import UsageError

UNCONFIRMED = "UNCONFIRMED"
"""The cause of an attempt in which a key was awaited in vain, as of answering machines."""
NO_LINE_RETRY_S = 30.0
"""No customer is dialled sooner when there was no line; it would only add to the crowd."""


# --- the customer is there, or not --------------------------------------------------------------------


def hear_confirmation(step: Step, heard: ConfirmationHeard) -> None:
    """The caller knows: end the call."""
    entry = step.state.entry_of(heard.call_id)
    if entry is not None and entry.callback and entry.callback.stage is CallbackStage.CONFIRMING:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.EXITED))


def answer(step: Step, answered: CustomerAnswered) -> None:
    """Somebody answered: the customer, unless the queue wants a key first, which no machine presses."""
    entry = step.state.entry_of(answered.call_id)
    callback = None if entry is None else entry.callback
    if entry is None or callback is None or callback.stage is not CallbackStage.DIALLING:
        return
    rules = rules_of(step.state, callback)
    if not rules.callback_confirm_key:
        _meet(step, entry, callback)
        return
    set_stage(step, entry, callback, CallbackStage.CHECKING)
    step.state.timers.set(Timer(TimerKind.CALLBACK, entry.entry_id), step.now + rules.callback_confirm_s)
    prompt = in_language(rules.callback_confirm_prompt, entry.language or rules.language)
    step.emit(AskForKey(call_id=entry.call_id, prompt=prompt))


def confirm(step: Step, entry: Entry, key: str) -> None:
    """A key was pressed: by the customer, if it is the one that was asked for."""
    callback = entry.callback
    if callback is None or callback.stage is not CallbackStage.CHECKING:
        return
    if key == rules_of(step.state, callback).callback_confirm_key:
        step.emit(StopAnnouncement(call_id=entry.call_id))
        _meet(step, entry, callback)


def _meet(step: Step, entry: Entry, callback: Callback) -> None:
    """The customer is there: the agent kept free is rung, or else the next one found is."""
    step.state.timers.cancel(Timer(TimerKind.CALLBACK, entry.entry_id))
    set_stage(step, entry, callback, CallbackStage.ANSWERED)
    step.emit(
        CallbackAnswered(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=callback.queue_name,
            attempt=callback.attempts,
        )
    )
    play_music(step, entry, step.state.queues[home_of(entry).queue_name])
    for offer_id in entry.offer_ids:
        ring(step, entry, step.state.offers[offer_id])
    serve_entry(step, entry)


def take_over(step: Step, entry: Entry, came: CallerCame) -> None:
    """The customer has called in: this call goes on with the wait."""
    callback = entry.callback
    assert callback is not None
    if callback.stage in WITH_A_CALL:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.WITHDRAWN))
    freed = offers.cancel_all(step, entry)
    step.state.timers.cancel(Timer(TimerKind.CALLBACK, entry.entry_id))
    former = calling_back.rebind(step, entry, came.call_id)
    entry.contact_id, entry.back = came.contact_id, came.back
    calling_back.engage(step, entry, callback, came.caller_number)
    set_stage(step, entry, callback, CallbackStage.RETURNED)
    step.emit(
        CallbackReturned(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            former_call_id=former,
            contact_id=entry.contact_id,
            queue=callback.queue_name,
        )
    )
    play_music(step, entry, step.state.queues[home_of(entry).queue_name])
    serve_entry(step, entry)
    offers.serve_agents(step, freed)


def resume(step: Step, entry: Entry, callback: Callback) -> None:
    """Nobody is on the line: the customer is called in turn from now on."""
    entry.back = ""
    calling_back.disengage(step.state, entry)
    step.state.timers.cancel(Timer(TimerKind.CALLBACK, entry.entry_id))
    if callback.expires_at <= step.now:
        _give_up(step, entry, callback, LeaveReason.EXPIRED)
        return
    set_stage(step, entry, callback, _stage_of_waiting(step.state, callback))
    serve_entry(step, entry)


def go_on_after_restart(
    step: Step, entry: Entry, callback: Callback, again_at: float | None, *, cut_off: bool
) -> None:
    """Nobody is on the line any more, whoever was before."""
    if cut_off:
        fail_attempt(step, entry, callback, "")
    elif again_at is not None and again_at > step.now:
        pause(step, entry, callback, again_at - step.now)
    else:
        resume(step, entry, callback)


def _stage_of_waiting(state: AcdState, callback: Callback) -> CallbackStage:
    calendar = rules_of(state, callback).callback_calendar
    quiet = bool(calendar) and calendar not in state.open_calendars
    return CallbackStage.PAUSED if quiet else CallbackStage.WAITING


def fail_attempt(step: Step, entry: Entry, callback: Callback, cause: str, *, counts: bool = True) -> None:
    """Nobody answered: try again later, at the next number at once, or never.

    ``counts``: whether it uses up one of the attempts, as it does unless no phone can have rung.
    """
    freed = offers.cancel_all(step, entry)
    calling_back.disengage(step.state, entry)
    attempt = callback.attempts
    callback.attempts -= not counts
    again_in_s = _again_in_s(step, callback) if counts else _anew_in_s(step, callback)
    step.emit(
        CallbackFailed(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=callback.queue_name,
            attempt=attempt,
            cause=cause,
            again_in_s=again_in_s,
            counts=counts,
        )
    )
    if again_in_s is not None:
        pause(step, entry, callback, again_in_s)
    elif callback.expires_at <= step.now:
        _give_up(step, entry, callback, LeaveReason.EXPIRED)
    else:
        _give_up(step, entry, callback, LeaveReason.UNREACHED)
    offers.serve_agents(step, freed)


def _again_in_s(step: Step, callback: Callback) -> float | None:
    left, each = attempts_left(step.state, callback), rules_of(step.state, callback)
    if left <= 0 or callback.expires_at <= step.now:
        return None
    return each.callback_retry_s if left % each.callback_attempts else 0.0


def _anew_in_s(step: Step, callback: Callback) -> float:
    """As long as the callback is valid: it ends by its own timer."""
    return max(rules_of(step.state, callback).callback_retry_s, NO_LINE_RETRY_S)


# --- as time passes, and from outside -----------------------------------------------------------------


def go_on(step: Step, timer: Timer) -> None:
    """An attempt, a pause or a confirmation is over by itself."""
    entry = step.state.entries[timer.subject]
    callback = entry.callback
    assert callback is not None
    if callback.stage in BEING_CALLED:
        cause = UNCONFIRMED if callback.stage is CallbackStage.CHECKING else ""
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.UNREACHED))
        fail_attempt(step, entry, callback, cause)
        return
    if callback.stage is CallbackStage.CONFIRMING:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.EXITED))
    resume(step, entry, callback)


def expire(step: Step, timer: Timer) -> None:
    """Too late to call back. A customer on the line waits on; one being called may answer."""
    entry = step.state.entries[timer.subject]
    callback = entry.callback
    assert callback is not None
    if callback.stage in (CallbackStage.WAITING, CallbackStage.PAUSED):
        _give_up(step, entry, callback, LeaveReason.EXPIRED)


def change_calendar(step: Step, changed: CalendarChanged) -> None:
    """Quiet hours begin or end."""
    calendars = step.state.open_calendars
    calendars.add(changed.calendar) if changed.open else calendars.discard(changed.calendar)
    for queue in step.state.queues.values():
        if queue.config.callback_calendar == changed.calendar:
            for entry in list(queue.line):
                go_by_calendar(step, entry, queue)


def cancel(step: Step, command: CancelCallback) -> None:
    """Call the customer back no more; refused when the customer is on the line."""
    entry = step.state.entries.get(command.callback_id)
    callback = None if entry is None else entry.callback
    if entry is None or callback is None or entry.state is EntryState.TALKING:
        raise UsageError(f"there is no callback {command.callback_id}; queue.callbacks lists those there are")
    if not callback.is_absent:
        raise UsageError(f"the customer of callback {command.callback_id} is on the line: {entry.call_id}")
    freed: list[Agent] = []
    if callback.stage in WITH_A_CALL:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.WITHDRAWN))
        freed = offers.cancel_all(step, entry)
    _give_up(step, entry, callback, LeaveReason.WITHDRAWN)
    offers.serve_agents(step, freed)


def _give_up(step: Step, entry: Entry, callback: Callback, reason: LeaveReason) -> None:
    leave(step, entry, reason, callback.queue_name)
    forget(step, entry)


def go_by_calendar(step: Step, entry: Entry, queue: Queue) -> None:
    """Call a customer of this queue, or wait with it, as its calendar says by now."""
    callback = entry.callback
    if callback is None or callback.queue_name != queue.name:
        return
    pausing = Timer(TimerKind.CALLBACK, entry.entry_id) in step.state.timers
    if callback.stage in (CallbackStage.WAITING, CallbackStage.PAUSED) and not pausing:
        set_stage(step, entry, callback, _stage_of_waiting(step.state, callback))
        serve_entry(step, entry)
