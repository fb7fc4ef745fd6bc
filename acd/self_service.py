"""Self-service while waiting: a key leads to a flow or a message box, and the caller keeps the place.

The call is lent to another application, which gives it back by the target ``way_back`` tells. Meanwhile the
entry waits on as it is: rank, places, what is asked of agents. It is told nothing, and no limit sends it away
before it is back. When its turn comes, the queue decides: the call is taken back and the agent rung, or
agents do not find the entry until it is back.
"""

from acd.commands import LendCaller, RecallCaller, StopAnnouncement
from acd.config import QUEUE_SCHEME
from acd.entry import Entry, Visit
from acd.events import SelfServiceBegan, SelfServiceEnd, SelfServiceEnded
from acd.lining_up import line_up, step_out
from acd.places import home_of, play_music
from acd.queue_config import SelfServiceTurn
from acd.step import Step


def begin(step: Step, entry: Entry, target: str) -> None:
    """Lend the call of one who is WAITING."""
    queue = step.state.queues[home_of(entry).queue_name]
    step_out(step, entry)
    is_passed_over = queue.config.self_service_turn is SelfServiceTurn.LATER
    entry.visit = Visit(target, queue.name, step.now, is_passed_over)
    entry.announcing = None
    line_up(step, entry)
    step.emit(
        SelfServiceBegan(call_id=entry.call_id, contact_id=entry.contact_id, queue=queue.name, target=target),
        LendCaller(
            call_id=entry.call_id,
            target=target,
            back=way_back(entry),
            language=entry.language or queue.config.language,
        ),
    )


def way_back(entry: Entry) -> str:
    """The target by which the call comes back to its place."""
    return f"{QUEUE_SCHEME}:{home_of(entry).queue_name}?place={entry.entry_id}"


def interrupt(step: Step, entry: Entry) -> None:
    """Take the call back, if it is lent; what the caller is to hear now is for whoever called this."""
    if entry.visit is not None:
        end(step, entry, SelfServiceEnd.INTERRUPTED)
        step.emit(RecallCaller(call_id=entry.call_id, target=way_back(entry)))


def end(step: Step, entry: Entry, reason: SelfServiceEnd) -> None:
    """The call is not lent any more, if it was."""
    visit = entry.visit
    if visit is None:
        return
    step_out(step, entry)
    entry.visit = None
    line_up(step, entry)
    step.emit(
        SelfServiceEnded(
            call_id=entry.call_id,
            contact_id=entry.contact_id,
            queue=visit.queue_name,
            target=visit.target,
            reason=reason,
            lasted_ms=step.ms_since(visit.began_at),
        )
    )


def hear_queue(step: Step, entry: Entry) -> None:
    """The music, or silence, of the queue in place of what the caller hears."""
    queue = step.state.queues[home_of(entry).queue_name]
    if queue.config.music:
        play_music(step, entry, queue)
    else:
        step.emit(StopAnnouncement(call_id=entry.call_id))
