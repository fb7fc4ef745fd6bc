"""Those who wait when a queue gets other rules."""

from acd import callbacks
from acd.announcing import hear_other_rules
from acd.entry import Entry
from acd.places import begin_ring, home_of, set_timers_anew
from acd.queue import Queue
from acd.queue_config import QueueConfig
from acd.staff import set_unstaffed_timer
from acd.step import Step
from acd.waiting import go_by_rules


def wait_by_other_rules(step: Step, queue: Queue, before: QueueConfig) -> None:
    """As if the rules had always been these: limits count from when a caller came."""
    if queue.config.calendar != before.calendar:
        queue.go_by_calendar(step.state.open_calendars)
    set_unstaffed_timer(step, queue)
    step.touched[queue.name] = None
    for entry in list(queue.line):
        if queue.name in entry.places:
            _wait_on(step, entry, queue, before)


def _wait_on(step: Step, entry: Entry, queue: Queue, before: QueueConfig) -> None:
    place = entry.places[queue.name]
    set_timers_anew(step, entry, place)
    begin_ring(step, entry, place)
    if home_of(entry) is place:
        hear_other_rules(step, entry, queue, before)
    if queue.config.callback_calendar != before.callback_calendar:
        callbacks.go_by_calendar(step, entry, queue)
    go_by_rules(step, entry, queue)
