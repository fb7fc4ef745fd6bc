"""Queues that open and close by their calendars."""

from acd import callbacks
from acd.dispatch import serve_entry
from acd.inputs import CalendarChanged
from acd.step import Step
from acd.waiting import look_for_way_out


def change_calendar(step: Step, changed: CalendarChanged) -> None:
    """Who waits when a queue closes is served still, or goes the way of newcomers, as the queue says."""
    queues = [queue for queue in step.state.queues.values() if queue.config.calendar == changed.calendar]
    for queue in queues:
        queue.is_closed = not changed.open
    for queue in queues:
        for entry in list(queue.line) if queue.is_closed else ():
            look_for_way_out(step, entry, queue)
            serve_entry(step, entry)
    callbacks.change_calendar(step, changed)
