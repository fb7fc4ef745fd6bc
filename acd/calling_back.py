"""Calling customers back: whose turn it is to be dialled, the attempt, and what is known of their numbers.

With ``reserve`` an agent who becomes free finds the callback as any caller (``dispatch.py``) and is kept free
while the customer is dialled. With ``ahead`` the first in line are dialled as far as agents are expected, and
at the latest when an agent passes one over for a later caller.
"""

import math

from acd.agent import Agent, AgentState
from acd.callback import AskedBy, Callback, CallbackPolicy, CallbackStage
from acd.callback_events import CallbackChanged, CallbackDialled, CallbackEnded, CallbackRequested
from acd.commands import DialCustomer
from acd.entry import Entry
from acd.events import LeaveReason
from acd.lining_up import line_up, step_out
from acd.places import keep_preferred
from acd.queue import Queue
from acd.queue_config import QueueConfig
from acd.state import AcdState, Timer, TimerKind
from acd.step import Step
from runtime.tenancy import bare, id_kind, tenant_of

ANSWER_MARGIN_S = 10.0
"""So long after the ringing an attempt that nobody told the end of is over."""
ENGAGED_RETRY_S = 30.0
"""When the same number is looked at again that is being called for another callback."""
USUAL_TALK_S = 180.0
"""Of a queue that has not had a conversation yet."""


def begin(step: Step, entry: Entry, numbers: tuple[str, ...], asked_by: AskedBy, queue: Queue) -> None:
    """Make the entry a callback whose caller is still on the line, or just gone."""
    rules = queue.config
    step_out(step, entry)
    entry.callback = Callback(
        queue_name=queue.name,
        numbers=numbers,
        asked_at=step.now,
        expires_at=step.now + rules.callback_valid_s,
        ahead=rules.callback_policy is CallbackPolicy.AHEAD,
        stage=CallbackStage.CONFIRMING,
    )
    entry.announcing = None
    line_up(step, entry)
    note(step.state, entry)
    step.state.timers.set(Timer(TimerKind.CALLBACK_EXPIRY, entry.entry_id), entry.callback.expires_at)
    step.emit(
        CallbackRequested(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=queue.name,
            numbers=numbers,
            asked_by=asked_by,
            valid_s=rules.callback_valid_s,
            attempts=rules.callback_attempts * len(numbers),
            caller_number=entry.caller_number,
            waited_ms=step.ms_since(entry.joined_at),
            places=tuple((name, step.ms_since(place.joined_at)) for name, place in entry.places.items()),
            priority=entry.priority,
            requirement=entry.requirement,
            preferred=entry.preferred,
            tags=entry.tags,
            language=entry.language,
            access_code=entry.access_code,
            turn=entry.sequence,
        )
    )


def close(step: Step, entry: Entry, reason: LeaveReason) -> None:
    """The entry leaves its queues: nobody is to be called back any more."""
    callback = entry.callback
    if callback is None:
        return
    for kind in (TimerKind.CALLBACK, TimerKind.CALLBACK_EXPIRY):
        step.state.timers.cancel(Timer(kind, entry.entry_id))
    step.emit(
        CallbackEnded(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=callback.queue_name,
            reason=reason,
            attempts=callback.attempts,
            waited_ms=step.ms_since(callback.asked_at),
        )
    )


def note(state: AcdState, entry: Entry) -> None:
    """Let a callback be found by its numbers."""
    if entry.callback is not None:
        for number in entry.callback.numbers:
            state.callbacks.add(number, entry.entry_id)


def forget_numbers(state: AcdState, entry: Entry) -> None:
    """Let it be found no longer."""
    if entry.callback is not None:
        for number in entry.callback.numbers:
            state.callbacks.remove(number, entry.entry_id)


def call_at(step: Step, entry: Entry, callback: Callback, numbers: tuple[str, ...]) -> None:
    """The customer wants to be called at these numbers from now on, with all attempts at them.

    Nothing changes for one who names no number that is new.
    """
    if set(numbers) <= set(callback.numbers):
        return
    forget_numbers(step.state, entry)
    callback.numbers, callback.attempts = numbers, 0
    note(step.state, entry)
    step.emit(
        CallbackChanged(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=callback.queue_name,
            numbers=numbers,
            attempts=attempts_left(step.state, callback),
        )
    )


def rules_of(state: AcdState, callback: Callback) -> QueueConfig:
    """Of the queue that decides when and how often the customer is called."""
    return state.queues[callback.queue_name].config


def is_alone(state: AcdState, callback: Callback) -> bool:
    """Whether a number stands for one customer, who is called for one thing at a time."""
    return rules_of(state, callback).callbacks_per_number == 1


def set_stage(step: Step, entry: Entry, callback: Callback, stage: CallbackStage) -> None:
    """Every change of a stage: another stage is found by others."""
    step_out(step, entry)
    callback.stage, callback.again_at = stage, None
    keep_preferred(step, entry)  # one of them may serve other queues by now
    if callback.is_absent:
        entry.announcing = None
    line_up(step, entry)


def pause(step: Step, entry: Entry, callback: Callback, delay_s: float) -> None:
    """Call the customer no earlier than that."""
    set_stage(step, entry, callback, CallbackStage.PAUSED)
    callback.again_at = step.now + delay_s
    step.state.timers.set(Timer(TimerKind.CALLBACK, entry.entry_id), callback.again_at)


def rebind(step: Step, entry: Entry, call_id: str) -> str:
    """The entry goes on with another call; returns the former."""
    former = entry.call_id
    del step.state.calls[former]
    entry.call_id = call_id
    step.state.calls[call_id] = entry.entry_id
    return former


def engage(step: Step, entry: Entry, callback: Callback, number: str) -> None:
    """The customer is called or talked to at this number: nobody else calls it meanwhile."""
    disengage(step.state, entry)
    if number and number not in step.state.engaged and is_alone(step.state, callback):
        callback.engaged = number
        step.state.engaged[number] = entry.entry_id


def disengage(state: AcdState, entry: Entry) -> None:
    """Others may call the customer's number again."""
    if entry.callback is not None and entry.callback.engaged:
        del state.engaged[entry.callback.engaged]
        entry.callback.engaged = ""


def put_off(step: Step, entry: Entry) -> bool:
    """Whether the customer's number is being called for another callback; then this one has to wait."""
    callback = entry.callback
    if callback is None or callback.stage is not CallbackStage.WAITING:
        return False
    if not is_alone(step.state, callback):
        return False
    if next_number(step.state, callback) not in step.state.engaged:
        return False
    pause(step, entry, callback, ENGAGED_RETRY_S)
    return True


def dial_if_due(step: Step, entry: Entry) -> None:
    """Begin an attempt, unless the customer is on the line or being called."""
    if entry.callback is not None and entry.callback.stage is CallbackStage.WAITING:
        dial(step, entry, entry.callback)


def dial(step: Step, entry: Entry, callback: Callback) -> None:
    """Begin an attempt: a new call, which is the entry's from now on."""
    rules = rules_of(step.state, callback)
    number = next_number(step.state, callback)
    engage(step, entry, callback, number)
    callback.attempts += 1
    former = rebind(step, entry, step.ids.new(id_kind("call", tenant_of(callback.queue_name))))
    limit = step.now + rules.callback_ring_s + ANSWER_MARGIN_S
    step.state.timers.set(Timer(TimerKind.CALLBACK, entry.entry_id), limit)
    set_stage(step, entry, callback, CallbackStage.DIALLING)
    step.emit(
        CallbackDialled(
            callback_id=entry.entry_id,
            call_id=entry.call_id,
            former_call_id=former,
            contact_id=entry.contact_id,
            queue=callback.queue_name,
            number=number,
            attempt=callback.attempts,
        ),
        DialCustomer(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            number=number,
            queue=callback.queue_name,
            ring_s=rules.callback_ring_s,
            shown_number=rules.callback_shown_number or bare(entry.access_code),
            access_code=entry.access_code,
        ),
    )


def dial_passed_over(step: Step, entry: Entry, agent: Agent) -> None:
    """An agent goes to a caller though a callback came first: its customer is called for the next one."""
    for queue_name in agent.memberships:
        passed = step.state.queues[queue_name].ahead.first()
        if passed is not None and passed.rank < entry.rank and not put_off(step, passed):
            dial_if_due(step, passed)


def dial_ahead(step: Step) -> None:
    """Call those first in line for whom agents are expected; done at the end of every step."""
    while step.touched:
        queue_name, _ = step.touched.popitem()
        queue = step.state.queues[queue_name]
        while (first := queue.ahead.first()) is not None:
            if queue.line.position(first) > expected_agents(queue):
                break
            if not put_off(step, first):
                dial_if_due(step, first)


def expected_agents(queue: Queue) -> float:
    """How many will be free for the queue's callers by the time a customer answers.

    Who is free now counts whole; who wraps up or talks by the odds that it ends by then, of a wrap-up of the
    queue's length and of conversations as long as the queue's on average, which end at random.
    """
    rules = queue.config
    soon_s = rules.callback_ahead_s
    wrapped_up = min(1.0, soon_s / rules.wrap_up_s) if rules.wrap_up_s else 1.0
    mean_s = queue.talk_s / queue.talks if queue.talks else USUAL_TALK_S
    talked_out = 1.0 if mean_s <= 0 else -math.expm1(-soon_s / mean_s)
    return (
        queue.eligible
        + queue.staff[AgentState.WRAP_UP] * wrapped_up
        + queue.staff[AgentState.ON_CALL] * talked_out
    )


def attempts_left(state: AcdState, callback: Callback) -> int:
    """How often the customer may still be called, at all numbers."""
    return rules_of(state, callback).callback_attempts * len(callback.numbers) - callback.attempts


def next_number(state: AcdState, callback: Callback) -> str:
    """Where the next attempt goes: all at the first number, then all at the next."""
    index = callback.attempts // rules_of(state, callback).callback_attempts
    return callback.numbers[min(index, len(callback.numbers) - 1)]
