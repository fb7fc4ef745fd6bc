"""What those who wait hear between the music: their position, the estimated wait, messages."""

from acd import self_service
from acd.announcements import Announcements, PositionRule
from acd.commands import PlayAnnouncement
from acd.entry import Entry, EntryState
from acd.estimate import Estimate
from acd.estimates import estimate_among
from acd.events import CallerTold
from acd.inputs import PlaybackOver
from acd.places import home_of, play_music
from acd.queue import Queue
from acd.queue_config import QueueConfig
from acd.spoken import in_language, minutes, rounded_minutes
from acd.state import Timer, TimerKind
from acd.step import Step
from media.spoken.values import number

_HEARING = (EntryState.WAITING, EntryState.OFFERED)


def announce(step: Step, timer: Timer) -> None:
    """It is time: tell what there is to tell, unless an agent is about to answer."""
    entry = step.state.entries[timer.subject]
    queue = step.state.queues[home_of(entry).queue_name]
    rules = queue.config.announcements
    if not rules.say_something:
        return
    step.state.timers.set(timer, step.now + rules.every_s)
    hears = not (entry.is_item or entry.is_absent or entry.visit)
    if hears and entry.state is EntryState.WAITING and entry.announcing is None:
        _tell(step, entry, queue, rules)


def hear_other_rules(step: Step, entry: Entry, queue: Queue, before: QueueConfig) -> None:
    """The queue has other music or announcements; the next is told when it would have been."""
    rules, timer = queue.config.announcements, Timer(TimerKind.ANNOUNCEMENT, entry.entry_id)
    if not rules.say_something:
        step.state.timers.cancel(timer)
    elif timer not in step.state.timers and not entry.is_item:
        step.state.timers.set(timer, step.now + rules.first_after_s)
    if queue.config.music != before.music and _hears_music(entry):
        self_service.hear_queue(step, entry)


def _hears_music(entry: Entry) -> bool:
    elsewhere = entry.is_item or entry.is_absent or entry.visit is not None
    return not elsewhere and entry.announcing is None and entry.state in _HEARING


def hush(step: Step, entry: Entry) -> None:
    """An agent is rung: nothing is told any more, self-service is over, the music goes on."""
    if entry.announcing is not None or entry.visit is not None:
        entry.announcing = None
        self_service.interrupt(step, entry)
        self_service.hear_queue(step, entry)


def resume_music(step: Step, entry: Entry, over: PlaybackOver) -> None:
    """What was told was heard to its end."""
    if entry.announcing == over.playback_id:
        entry.announcing = None
        play_music(step, entry, step.state.queues[home_of(entry).queue_name])


def _tell(step: Step, entry: Entry, queue: Queue, rules: Announcements) -> None:
    language = entry.language or queue.config.language
    position = _position(entry, queue, rules)
    estimate = _estimate(step, entry, rules)
    wait_min = rounded_minutes(estimate.likely_s) if estimate else None
    prompts = _prompts(rules, language, position, wait_min)
    if rules.messages:
        message = rules.messages[entry.announcements % len(rules.messages)]
        prompts = (*prompts, in_language(message, language))
    entry.announcements += 1
    if not prompts:
        return
    entry.announcing = step.ids.new("playback")
    step.emit(
        PlayAnnouncement(call_id=entry.call_id, playback_id=entry.announcing, prompts=prompts),
        CallerTold(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=queue.name,
            waited_ms=step.ms_since(entry.places[queue.name].joined_at),
            position=position,
            wait_min=wait_min,
            low_s=estimate.low_s if estimate else None,
            high_s=estimate.high_s if estimate else None,
        ),
    )


def _position(entry: Entry, queue: Queue, rules: Announcements) -> int | None:
    position = queue.line.position(entry)
    if rules.position is PositionRule.NEVER or position > rules.position_limit:
        return None
    told = entry.told_position
    if rules.position is PositionRule.FALLING and told is not None and position >= told:
        return None
    entry.told_position = position
    return position


def _estimate(step: Step, entry: Entry, rules: Announcements) -> Estimate | None:
    if not rules.wait:
        return None
    found = estimate_among((step.state.queues[name] for name in entry.places), entry)
    return found if found is not None and found.likely_s <= rules.wait_limit_s else None


def _prompts(
    rules: Announcements, language: str, position: int | None, wait_min: int | None
) -> tuple[str, ...]:
    prompts: tuple[str, ...] = ()
    if position is not None:
        before, after = rules.position_before, rules.position_after
        spoken = number(language, position)
        prompts = (in_language(before, language), *spoken, in_language(after, language))
    if wait_min is not None:
        prompts = (*prompts, in_language(rules.wait_before, language), *minutes(rules, language, wait_min))
    return prompts
