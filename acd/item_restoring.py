"""Items of the run before: each waits again, since when it came, or goes because it has no queue any more."""

from acd.commands import RestoreItem
from acd.dispatch import serve_entry
from acd.events import LeaveReason
from acd.inputs import CallerCame
from acd.item_events import ItemRestored
from acd.leaving import send_on
from acd.overflow import WayOut
from acd.requirement import parse_requirement
from acd.step import Step
from acd.tags import priority_of_tags
from acd.waiting import item_came, join, new_entry, prefer
from runtime.target import HANG_UP


def restore(step: Step, kept: RestoreItem) -> None:
    """Let an item wait where it did, room or not, by the rank it had; limits of the wait count anew.

    Nobody looked after it while the switch was down. One that was brought again meanwhile is left alone.
    Raises UsageError when what it asks of agents cannot be read.
    """
    if kept.item in step.state.calls:
        return
    came = _came(step, kept)
    queues = [queue for name in kept.queues if (queue := step.state.queues.get(name)) is not None]
    if not queues:
        send_on(step, came, WayOut(LeaveReason.WITHDRAWN, HANG_UP))
        return
    of_tags = priority_of_tags(queues[0].config, kept.tags)  # the same rules as then, most likely
    step.emit(
        ItemRestored(
            item=kept.item,
            contact_id=kept.contact_id,
            medium=kept.medium,
            customer=kept.customer,
            agent=kept.agent_id,
        )
    )
    entry = new_entry(step, came, kept.priority - sum(of_tags.values()), of_tags)
    step.emit(item_came(step, entry, came, queues))
    for queue in queues:
        if queue.name not in entry.places:
            join(step, entry, queue)
    prefer(step, entry, came)
    serve_entry(step, entry)


def _came(step: Step, kept: RestoreItem) -> CallerCame:
    return CallerCame(
        call_id=kept.item,
        contact_id=kept.contact_id,
        caller_number=kept.customer,
        queues=kept.queues,
        requirement=parse_requirement(kept.requirement).text,
        preferred=tuple(filter(None, (kept.agent_id, *kept.preferred))),
        tags=kept.tags,
        medium=kept.medium,
        is_item=True,
        data=kept.data,
        waiting_since=min(kept.waiting_since, step.now),
    )
