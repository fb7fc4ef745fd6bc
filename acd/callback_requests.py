"""How a callback is asked for: by the target, a key, a verb or by hanging up; and who calls in again."""

from acd import callbacks, calling_back, offers, self_service, waiting
from acd.callback import BEING_CALLED, AskedBy, CallbackStage
from acd.callback_events import CallbackRefused
from acd.callback_rules import Refused, callbacks_at, has_enough, refused, undiallable
from acd.calling_back import set_stage
from acd.commands import PlayConfirmation, ReleaseCaller, RequestCallback
from acd.entry import Entry, EntryState
from acd.events import LeaveReason
from acd.inputs import CallerCame, CallerGone
from acd.places import home_of
from acd.requirement import parse_requirement
from acd.spoken import in_language
from acd.state import AcdState, Timer, TimerKind
from acd.step import Step
from runtime.errors import UsageError

CONFIRM_LIMIT_S = 60.0
"""After that a caller who is told that the place is kept is hung up on, whatever the prompt does."""


def admit(step: Step, came: CallerCame) -> None:
    """Let a caller wait: at the own place, for whom a callback from that number waits; else at the end."""
    entry = None if came.is_item else _kept_place(step.state, came)
    if entry is not None and came.call_id not in step.state.calls:
        callbacks.take_over(step, entry, came)
    else:
        waiting.admit(step, came)
    if came.callback_number is not None and (entry := step.state.entry_of(came.call_id)) is not None:
        numbers = (came.callback_number or came.caller_number,)
        ask(step, entry, numbers, AskedBy.TARGET)


def _kept_place(state: AcdState, came: CallerCame) -> Entry | None:
    """The callback whose customer has called in: the one that was named, or the only one of the number.

    It waits in one of the queues the caller is led to: nobody gets into another by an id.
    """
    if came.place:
        named = state.entries.get(came.place)
        is_there = named is not None and not named.places.keys().isdisjoint(came.queues)
        return named if named is not None and named.is_absent and is_there else None
    for entry in callbacks_at(state, came.caller_number, came.queues):
        if entry.callback is not None and entry.is_absent and calling_back.is_alone(state, entry.callback):
            return entry
    return None


def ask(step: Step, entry: Entry, numbers: tuple[str, ...], asked_by: AskedBy) -> None:
    """A waiting caller wants to be called back; who cannot be is told of, and waits on."""
    refusal = refused(step.state, entry, numbers, _level_of(step.state, entry))
    if refusal is None:
        let_hang_up(step, entry, numbers, asked_by)
    else:
        _refuse(step, entry, numbers[0], refusal)


def request(step: Step, command: RequestCallback) -> None:
    """A callback asked for by others. Where there is one for the number already, that one is kept."""
    if command.call_id is None:
        _request_without_call(step, command)
        return
    entry = step.state.entry_of(command.call_id)
    if entry is None or entry.state not in (EntryState.WAITING, EntryState.OFFERED) or entry.is_absent:
        raise UsageError(f"call {command.call_id} waits in no queue")
    numbers = command.numbers or (entry.caller_number,)
    level = command.level if command.numbers else _level_of(step.state, entry)
    if (refusal := refused(step.state, entry, numbers, level)) is not None:
        raise UsageError(refusal.problem)
    let_hang_up(step, entry, numbers, AskedBy.VERB)


def _request_without_call(step: Step, command: RequestCallback) -> None:
    queues = [step.state.queue_in_use(name) for name in dict.fromkeys(command.queues)]
    if not queues or not command.numbers:
        raise UsageError("name a call that waits, or a number and the queues to wait in")
    if (refusal := undiallable(step.state, queues[0].name, command.numbers, command.level)) is not None:
        raise UsageError(refusal.problem)
    if has_enough(step.state, queues[0].config, command.numbers[0], command.queues):
        return
    if full := [queue.name for queue in queues if queue.is_full]:
        raise UsageError(f"queue {full[0]} is full")
    came = CallerCame(
        call_id=command.callback_id,
        contact_id=command.contact_id,
        caller_number=command.numbers[0],
        queues=command.queues,
        priority=command.priority,
        requirement=parse_requirement(command.requirement).text,
        access_code=command.access_code,
    )
    entry = waiting.enter(step, came, queues)
    calling_back.begin(step, entry, command.numbers, AskedBy.VERB, queues[0])
    assert entry.callback is not None
    callbacks.resume(step, entry, entry.callback)


def let_hang_up(step: Step, entry: Entry, numbers: tuple[str, ...], asked_by: AskedBy) -> None:
    """Tell the caller that the place is kept, and end the call."""
    freed = offers.cancel_all(step, entry)
    self_service.interrupt(step, entry)
    queue = step.state.queues[home_of(entry).queue_name]
    if entry.callback is None:
        calling_back.begin(step, entry, numbers, asked_by, queue)
    else:
        calling_back.disengage(step.state, entry)
        calling_back.call_at(step, entry, entry.callback, numbers)
        set_stage(step, entry, entry.callback, CallbackStage.CONFIRMING)
    step.state.timers.set(Timer(TimerKind.CALLBACK, entry.entry_id), step.now + CONFIRM_LIMIT_S)
    if queue.config.callback_prompt:
        prompt = in_language(queue.config.callback_prompt, entry.language or queue.config.language)
        step.emit(PlayConfirmation(call_id=entry.call_id, prompt=prompt))
    else:
        step.emit(ReleaseCaller(call_id=entry.call_id, reason=LeaveReason.EXITED))
    offers.serve_agents(step, freed)


def keep_place(step: Step, entry: Entry, gone: CallerGone) -> bool:
    """Whether the place stays, though the call is gone."""
    callback = entry.callback
    if callback is None:
        return gone.reason is LeaveReason.ABANDONED and _begin_on_hang_up(step, entry)
    if callback.stage in (CallbackStage.WAITING, CallbackStage.PAUSED):  # the call was over before
        return True
    if gone.reason is not LeaveReason.ABANDONED or callback.stage is CallbackStage.ANSWERED:
        return False
    if callback.stage in BEING_CALLED:
        is_dialling = callback.stage is CallbackStage.DIALLING
        callbacks.fail_attempt(step, entry, callback, gone.cause, counts=not (is_dialling and gone.no_line))
    else:
        freed = offers.cancel_all(step, entry)
        callbacks.resume(step, entry, callback)
        offers.serve_agents(step, freed)
    return True


def _begin_on_hang_up(step: Step, entry: Entry) -> bool:
    queue = step.state.queues[home_of(entry).queue_name]
    numbers = (entry.caller_number,)
    if not queue.config.callback_on_hang_up or entry.is_item:
        return False
    refusal = refused(step.state, entry, numbers, queue.config.callback_level)
    if refusal is not None:
        _refuse(step, entry, entry.caller_number, refusal)
        return False
    freed = offers.cancel_all(step, entry)
    calling_back.begin(step, entry, numbers, AskedBy.HANG_UP, queue)
    assert entry.callback is not None
    callbacks.resume(step, entry, entry.callback)
    offers.serve_agents(step, freed)
    return True


def _level_of(state: AcdState, entry: Entry) -> int:
    """The rights of callers in the queue they came to first."""
    return state.queues[home_of(entry).queue_name].config.callback_level


def _refuse(step: Step, entry: Entry, number: str, refusal: Refused) -> None:
    step.emit(
        CallbackRefused(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=home_of(entry).queue_name,
            number=number,
            reason=refusal.reason,
            problem=refusal.problem,
        )
    )
