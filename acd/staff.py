"""How long a queue has had nobody signed in, as rules of overflow look at it."""

from acd.queue import Queue
from acd.state import Timer, TimerKind
from acd.step import Step


def note_staff(step: Step, queue: Queue) -> None:
    """The first of the queue's agents has signed in, or the last has signed out, or neither."""
    if queue.signed_in:
        queue.unstaffed_since = None
    elif queue.unstaffed_since is None:
        queue.unstaffed_since = step.now
    set_unstaffed_timer(step, queue, from_now=True)


def set_unstaffed_timer(step: Step, queue: Queue, *, from_now: bool = False) -> None:
    """For the next of the queue's rules that look at staff; none while somebody is signed in.

    ``from_now``: also for one that applies at this very moment, to those who wait already.
    """
    timer = Timer(TimerKind.UNSTAFFED, queue.name)
    step.state.timers.cancel(timer)
    if queue.unstaffed_since is not None:
        moments = [queue.unstaffed_since + above for above in queue.config.unstaffed_limits]
        if later := [moment for moment in moments if moment > step.now or (from_now and moment == step.now)]:
            step.state.timers.set(timer, min(later))
