"""The ``branch`` node: what is known of the caller, the time and a queue decides on the next node."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from ivr.nodes.node import Node
from ivr.parts import (
    NUMBER_PATTERN,
    CalendarRef,
    ExpressionField,
    Language,
    ListRef,
    Name,
    NodeRef,
    Part,
    QueueRef,
)
from ivr.reaction import Reaction
from ivr.visit import Visit
from ivr.world import Outlook

Beginning = Annotated[
    str,
    Field(pattern=NUMBER_PATTERN),
    WithJsonSchema({"type": ["string", "integer"], "pattern": NUMBER_PATTERN}),
]
"""Of a number: ``138``."""
Numbers = Annotated[tuple[Beginning, ...], Field(min_length=1, max_length=64)]
Areas = Annotated[tuple[Name, ...], Field(min_length=1, max_length=64)]


class Way(Part):
    """One way out of a branch node: taken when all that is given holds."""

    go: NodeRef
    """The node that follows."""
    tag: Name | None = None
    """The caller has this tag."""
    list: ListRef | None = None
    """The caller is on this number list."""
    language: Language | None = None
    """The caller is served in this language."""
    waits: bool | None = None
    """Whether the caller waits in a queue meanwhile."""
    number: Numbers | None = None
    """The caller's number begins with one of these."""
    called: Numbers | None = None
    """The number that was called begins with one of these."""
    area: Areas | None = None
    """The caller is in one of these areas, by the landing code."""
    in_hours: CalendarRef | None = None
    """This calendar is open."""
    out_of_hours: CalendarRef | None = None
    """This calendar is closed."""
    holiday: CalendarRef | None = None
    """Today is not as every week in this calendar."""
    when: ExpressionField | None = None
    """This expression holds."""
    repeats: Annotated[int, Field(ge=1)] | None = None
    """The caller talked with agents so often, or oftener, within the queue's ``repeat_period_h``."""
    wait_s: Annotated[float, Field(ge=0)] | None = None
    """The estimated wait in the queue is so long, or longer."""
    waiting: Annotated[int, Field(ge=1)] | None = None
    """So many, or more, wait in the queue."""
    open: bool | None = None
    """Whether the queue is open."""

    @property
    def asks_of_queue(self) -> bool:
        return (self.repeats, self.wait_s, self.waiting, self.open) != (None, None, None, None)


class Branch(Node):
    """Go on by what is known of the caller, of the time and of a queue."""

    type: Literal["branch"]
    queue: QueueRef | None = None
    """The queue that repeats, wait_s, waiting and open are about, named as in a queue node."""
    ways: Annotated[tuple[Way, ...], Field(min_length=1, max_length=32)]
    """The first that suits is taken."""
    next: NodeRef
    """The node when none suits."""

    def enter(self, visit: Visit) -> Reaction:
        """Go the first way of which all holds."""
        queue = visit.outlook(self.queue) if self.queue is not None else None
        for way in self.ways:
            if _suits_caller(way, visit) and _suits_time(way, visit) and _suits_queue(way, queue):
                return Reaction(go=way.go)
        return Reaction(go=self.next)


def _suits_caller(way: Way, visit: Visit) -> bool:
    run = visit.run
    return (
        (way.tag is None or way.tag in run.tags)
        and (way.list is None or way.list in run.lists)
        and (way.language is None or way.language == run.language)
        and (way.waits is None or way.waits is bool(run.back))
        and (way.number is None or run.caller_number.startswith(way.number))
        and (way.called is None or run.access_code.startswith(way.called))
        and (way.area is None or run.area in way.area)
        and (way.when is None or bool(visit.value(way.when)))
    )


def _suits_time(way: Way, visit: Visit) -> bool:
    return (
        (way.in_hours is None or visit.hours(way.in_hours).is_open)
        and (way.out_of_hours is None or not visit.hours(way.out_of_hours).is_open)
        and (way.holiday is None or not visit.hours(way.holiday).is_regular)
    )


def _suits_queue(way: Way, queue: Outlook | None) -> bool:
    """What is not known does not hold."""
    if not way.asks_of_queue:
        return True
    if queue is None:
        return False
    return (
        (way.repeats is None or queue.repeats >= way.repeats)
        and (way.wait_s is None or (queue.wait_s is not None and queue.wait_s >= way.wait_s))
        and (way.waiting is None or queue.waiting >= way.waiting)
        and (way.open is None or way.open is queue.is_open)
    )
