"""What the ACD wants to know of the runs before: read on a thread, taken in on the loop."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from acd.callback_records import open_callbacks, rows_left_open
from acd.commands import RestoreCallback, RestoreItem
from acd.item_records import items_left_open, open_items
from acd.messages.commands import RestoreMessage
from acd.messages.records import messages_kept, restoring
from acd.queue_config import QueueConfig
from acd.records import conversations_between
from acd.repeats import HOUR_S, MAX_NUMBERS, RepeatCallers
from acd.verbs import Submit
from runtime.clock import Clock
from runtime.errors import UsageError
from switch.records.queries import RecordReader

Pieces = Iterable[Callable[[], None]]
"""Each is taken in by itself, with calls in between."""


def catching_up(
    repeats: RepeatCallers, queues: Sequence[QueueConfig], submit: Submit, clock: Clock
) -> Iterator[Callable[[RecordReader], Pieces]]:
    """Who talked with whom, callbacks, items, and texts for agents. Raises NoRecords, each of them."""
    began_at, period_h = clock.wall(), max((queue.repeat_period_h for queue in queues), default=0.0)

    def conversations(records: RecordReader) -> Pieces:
        told = conversations_between(records, began_at - period_h * HOUR_S, began_at, MAX_NUMBERS)
        return [partial(repeats.restore, list(told))]

    def callbacks(records: RecordReader) -> Pieces:
        rows = rows_left_open(records, began_at)
        return _restoring(submit, open_callbacks(rows, now=clock.now(), wall=clock.wall()))

    def items(records: RecordReader) -> Pieces:
        rows = items_left_open(records, began_at)
        return _restoring(submit, open_items(rows, now=clock.now(), wall=clock.wall()))

    def messages(records: RecordReader) -> Pieces:
        return _restoring(submit, restoring(messages_kept(records, began_at), wall=clock.wall()))

    yield from (conversations, callbacks, items, messages)


Restoring = RestoreCallback | RestoreItem | RestoreMessage


def _restoring(submit: Submit, orders: Sequence[Restoring]) -> Pieces:
    return [partial(_restore, submit, order) for order in orders]


def _restore(submit: Submit, order: Restoring) -> None:
    """Raises UsageError, with what it is about."""
    try:
        submit(order)
    except UsageError as error:
        raise UsageError(f"{_named(order)} cannot be restored: {error}") from error


def _named(order: Restoring) -> str:
    match order:
        case RestoreItem():
            return f"item {order.item}"
        case RestoreMessage():
            return f"message {order.message_id} for agent {order.agent}"
    return f"callback {order.callback_id}"
