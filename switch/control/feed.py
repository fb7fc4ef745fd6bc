"""Who gets which event, and what becomes of one who reads too slowly. Pure."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from runtime.errors import UsageError
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


class Subscriptions:
    """The topics one subscriber asked for."""

    def __init__(self) -> None:
        self._patterns: set[str] = set()

    @property
    def patterns(self) -> list[str]:
        return sorted(self._patterns)

    def add(self, patterns: Iterable[str]) -> None:
        """Ask for more. Raises UsageError beyond MAX_PATTERNS; nothing is added then."""
        wanted = self._patterns.union(patterns)
        if len(wanted) > MAX_PATTERNS:
            raise UsageError(f"a client may subscribe to {MAX_PATTERNS} topics; use patterns such as call.*")
        self._patterns = wanted

    def remove(self, patterns: Iterable[str]) -> None:
        """Ask for less; a pattern that was never added does no harm."""
        self._patterns.difference_update(patterns)

    def want(self, topic: str) -> bool:
        return any(covers(pattern, topic) for pattern in self._patterns)


def covers(pattern: str, topic: str) -> bool:
    """Whether ``pattern`` (see TOPIC_PATTERN) asks for ``topic``."""
    if pattern == "*":
        return not topic.startswith(_MUST_BE_NAMED)
    if pattern.endswith("*"):
        return topic.startswith(pattern[:-1])
    return topic == pattern


class Audience(Generic[H]):
    """All subscribers, looked up by topic. ``changed`` is called when one wants more or less than before."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._changed = changed
        self._subscriptions: dict[H, Subscriptions] = {}
        self._by_topic: dict[str, tuple[H, ...]] = {}

    def __len__(self) -> int:
        return len(self._subscriptions)

    def members(self) -> list[H]:
        """All that joined and have not left."""
        return list(self._subscriptions)

    def join(self, subscriber: H) -> None:
        """Let a subscriber in; it wants nothing yet."""
        self._subscriptions[subscriber] = Subscriptions()

    def leave(self, subscriber: H) -> None:
        """Forget a subscriber; no harm if it is gone."""
        self._subscriptions.pop(subscriber, None)
        self._look_again()

    def subscribe(self, subscriber: H, patterns: Iterable[str]) -> list[str]:
        """Add patterns; returns all the subscriber has now. Raises UsageError when they are too many."""
        self._subscriptions[subscriber].add(patterns)
        self._look_again()
        return self._subscriptions[subscriber].patterns

    def unsubscribe(self, subscriber: H, patterns: Iterable[str]) -> list[str]:
        """Remove patterns; returns those that are left."""
        self._subscriptions[subscriber].remove(patterns)
        self._look_again()
        return self._subscriptions[subscriber].patterns

    def of(self, topic: str) -> tuple[H, ...]:
        """Who wants this topic."""
        audience = self._by_topic.get(topic)
        if audience is None:
            audience = tuple(who for who, wants in self._subscriptions.items() if wants.want(topic))
            self._by_topic[topic] = audience
        return audience

    def _look_again(self) -> None:
        self._by_topic.clear()
        self._changed()
