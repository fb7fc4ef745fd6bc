"""Callbacks of the run before: each takes its place again, or ends because it cannot go on."""

from acd import callbacks, calling_back
from acd.callback import AskedBy, Callback, CallbackPolicy, CallbackStage
from acd.callback_events import CallbackEnded, CallbackRestored
from acd.callback_merging import came_again, is_in_hand, is_on_the_line, merge
from acd.callback_rules import undiallable
from acd.commands import RestoreCallback
from acd.entry import Entry
from acd.events import LeaveReason
from acd.inputs import CallerCame
from acd.places import take_place
from acd.queue import Queue
from acd.requirement import parse_requirement
from acd.state import Timer, TimerKind
from acd.step import Step
from acd.tags import priority_of_tags
from acd.waiting import new_entry, prefer


def restore(step: Step, kept: RestoreCallback) -> None:
    """Put a callback where it was. An attempt that the restart cut off was one in vain.

    One that is there already is left alone; of a customer who came again meanwhile the older place counts.
    Raises UsageError when what it asks of agents cannot be read.
    """
    if kept.callback_id in step.state.entries:
        return
    parse_requirement(kept.requirement)
    queues = [step.state.queues[name] for name, _ in kept.places if name in step.state.queues]
    reason = _why_over(step, kept, queues)
    if reason is not None:
        step.emit(_ended(step, kept, reason))
        return
    rules = next((queue for queue in queues if queue.name == kept.queue), queues[0])
    others = came_again(step.state, rules.config, kept)
    if any(map(is_in_hand, others)):
        step.emit(_ended(step, kept, LeaveReason.ELSEWHERE))
        return
    if _was_last_attempt(kept, rules):
        others = list(filter(is_on_the_line, others))
    step.emit(CallbackRestored(**_names(kept, rules.name), attempts=kept.attempts))
    entry = _take_places(step, kept, rules)
    assert entry.callback is not None
    if not merge(step, entry, others):
        callbacks.go_on_after_restart(step, entry, entry.callback, kept.again_at, cut_off=kept.being_called)


def _was_last_attempt(kept: RestoreCallback, rules: Queue) -> bool:
    """Whether it is over because of the attempt that the restart cut off; who asked anew is called then."""
    return kept.being_called and kept.attempts >= rules.config.callback_attempts * len(kept.numbers)


def _why_over(step: Step, kept: RestoreCallback, queues: list[Queue]) -> LeaveReason | None:
    """Time went on meanwhile, and the configuration may be another one."""
    if kept.expires_at <= step.now:
        return LeaveReason.EXPIRED
    if not queues:
        return LeaveReason.WITHDRAWN
    level = None if kept.asked_by == AskedBy.VERB else queues[0].config.callback_level
    refusal = undiallable(step.state, queues[0].name, kept.numbers, level)
    return None if refusal is None else LeaveReason.WITHDRAWN


def _take_places(step: Step, kept: RestoreCallback, rules: Queue) -> Entry:
    came = CallerCame(
        call_id=kept.callback_id,
        contact_id=kept.contact_id,
        caller_number=kept.caller_number,
        queues=(),
        priority=kept.priority,
        requirement=kept.requirement,
        preferred=kept.preferred,
        tags=kept.tags,
        language=kept.language,
        access_code=kept.access_code,
        waiting_since=min(kept.joined_at, step.now),
    )
    entry = new_entry(step, came, kept.priority)
    entry.of_tags = priority_of_tags(rules.config, kept.tags)  # the same rules as then, most likely
    entry.own_priority -= sum(entry.of_tags.values())
    calling_back.rebind(step, entry, kept.call_id)
    entry.callback = _callback(kept, rules)
    for name, joined_at in kept.places:
        if name in step.state.queues:
            take_place(step, entry, step.state.queues[name], min(joined_at, step.now))
    prefer(step, entry, came)
    calling_back.note(step.state, entry)
    step.state.timers.set(Timer(TimerKind.CALLBACK_EXPIRY, entry.entry_id), kept.expires_at)
    return entry


def _callback(kept: RestoreCallback, rules: Queue) -> Callback:
    return Callback(
        queue_name=rules.name,
        numbers=kept.numbers,
        asked_at=kept.asked_at,
        expires_at=kept.expires_at,
        ahead=rules.config.callback_policy is CallbackPolicy.AHEAD,
        stage=CallbackStage.PAUSED,
        attempts=kept.attempts,
    )


def _ended(step: Step, kept: RestoreCallback, reason: LeaveReason) -> CallbackEnded:
    return CallbackEnded(
        **_names(kept, kept.queue),
        reason=reason,
        attempts=kept.attempts,
        waited_ms=step.ms_since(kept.asked_at),
    )


def _names(kept: RestoreCallback, queue: str) -> dict[str, str]:
    return {
        "callback_id": kept.callback_id,
        "call_id": kept.call_id,
        "contact_id": kept.contact_id,
        "queue": queue,
    }
