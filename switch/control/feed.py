"""Who gets which event, and what becomes of one who reads too slowly. Pure."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from switch.records.projection import AnyEntry

MAX_PATTERNS = 64
TOPIC_PATTERN = r"^(\*|[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?)$"
"""``*`` for everything, ``call.*`` for all topics that begin with ``call.``, or one topic."""

_MUST_BE_NAMED = ("trace.", "hook.asked")
"""Topics that ``*`` leaves out: traces would drown all others, and who hears hooks is waited for."""

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Gap:
    """Events a slow subscriber did not get. None of them was delivered, all others were, in order."""

    first: int
    """Sequence of the first one missed."""
    last: int
    missed: int
    """How many of its own topics are missing; others lie between ``first`` and ``last`` too."""
    time: float
    """When the last of them happened, seconds since the Unix epoch."""


class BoundedFeed(Generic[T]):
    """A subscriber's own queue. When it is full, what comes is dropped until the reader has caught up.

    The oldest are kept, so the reader finds one gap behind them and then the present.
    """

    __slots__ = ("_gap", "_items", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._gap: Gap | None = None

    def __len__(self) -> int:
        return len(self._items) + (self._gap is not None)

    def put(self, entry: AnyEntry, item: T) -> None:
        """Queue ``item``, which stands for ``entry``, or widen the gap."""
        gap = self._gap
        if gap is not None:
            self._gap = Gap(gap.first, entry.sequence, gap.missed + 1, entry.time)
        elif len(self._items) < self._limit:
            self._items.append(item)
        else:
            self._gap = Gap(entry.sequence, entry.sequence, 1, entry.time)

    def take(self) -> T | Gap | None:
        """The next item; the gap, once, when all before it are taken; None when there is nothing."""
        if self._items:
            return self._items.popleft()
        gap, self._gap = self._gap, None
        return gap


def covers(pattern: str, topic: str) -> bool:
    """Whether ``pattern`` (see TOPIC_PATTERN) asks for ``topic``."""
    if pattern == "*":
        return not must_be_named(topic)
    if pattern.endswith("*"):
        return topic.startswith(pattern[:-1])
    return topic == pattern


def must_be_named(topic: str) -> bool:
    """Whether ``*`` leaves a topic out."""
    return topic.startswith(_MUST_BE_NAMED)
