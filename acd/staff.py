"""How long a queue has had nobody there, as rules of overflow look at it."""

from acd.agent import Agent, AgentState
from acd.queue import Queue
from acd.queue_rules import Absence, OverflowRule, absence_key
from acd.state import AcdState, Timer, TimerKind
from acd.step import Step

_ABSENCES = {
    AgentState.NOT_READY: Absence.NOT_READY,
    AgentState.OFFERED: Absence.RUNG,
    AgentState.ON_CALL: Absence.ON_CALL,
    AgentState.WRAP_UP: Absence.WRAP_UP,
}


def note_staff(step: Step, queue: Queue) -> None:
    """The first of the queue's agents has signed in, or the last has signed out, or neither."""
    if queue.signed_in:
        queue.unstaffed_since = None
    elif queue.unstaffed_since is None:
        queue.unstaffed_since = step.now
    step.touched[queue.name] = None
    set_unstaffed_timer(step, queue, from_now=True)


def note_absences(step: Step) -> None:
    """Since when nobody has been there in the queues that this step touched, as their rules count."""
    for name in step.touched:
        queue = step.state.queues[name]
        rules = [rule for rule in queue.config.on_absence if rule.not_counting]
        if rules or queue.absent_since:
            _note_absence(step, queue, rules)


def _note_absence(step: Step, queue: Queue, rules: list[OverflowRule]) -> None:
    absent = {absence_key(rule) for rule in rules if not _is_anybody_there(step.state, queue, rule)}
    if absent != queue.absent_since.keys():
        queue.absent_since = {key: queue.absent_since.get(key, step.now) for key in sorted(absent)}
        set_unstaffed_timer(step, queue, from_now=True)


def _is_anybody_there(state: AcdState, queue: Queue, rule: OverflowRule) -> bool:
    """From the counts of states alone, unless it goes by phones; then mostly from who was there before."""
    counted = [each for each in queue.staff if _counts(each, rule)]
    if not any(queue.staff[each] for each in counted):
        return False
    if Absence.UNREACHABLE not in rule.not_counting:
        return True

    def is_there(agent: Agent) -> bool:
        return agent.state in counted and state.can_ring(agent.station)

    seen = queue.last_seen
    if seen is None or seen.agent_id not in queue.members or not is_there(seen):
        queue.last_seen = next(filter(is_there, queue.members.values()), None)
    return queue.last_seen is not None


def _counts(agent_state: AgentState, rule: OverflowRule) -> bool:
    return agent_state is not AgentState.LOGGED_OUT and _ABSENCES.get(agent_state) not in rule.not_counting


def set_unstaffed_timer(step: Step, queue: Queue, *, from_now: bool = False) -> None:
    """For the next of the queue's rules that look at staff; none while somebody is there.

    ``from_now``: also for one that applies at this very moment, to those who wait already.
    """
    timer = Timer(TimerKind.UNSTAFFED, queue.name)
    step.state.timers.cancel(timer)
    moments = [
        since + rule.above
        for rule in queue.config.on_absence
        if (since := queue.nobody_there_since(rule)) is not None
    ]
    if later := [moment for moment in moments if moment > step.now or (from_now and moment == step.now)]:
        step.state.timers.set(timer, min(later))
