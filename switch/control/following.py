"""Where a subscriber stands in the events, and what it gets next. Pure."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol

from runtime.errors import UsageError
from switch.control.feed import MAX_PATTERNS, Gap, covers
from switch.control.rights import LOCAL
from switch.control.ring import UNSETTLED, Ring
from switch.control.wires import Told
from switch.records.projection import AnyEntry

_SCAN = 1024
"""Events looked at for one answer, whether wanted or not; so long does a client that was away hold up all."""


class Feed:
    """What all subscribers of a socket follow. Before the first of them comes, nothing is kept."""

    def __init__(self, ring: Ring, run: str, newest: Callable[[], int]) -> None:
        """``newest``: the sequence of the last event that happened."""
        self.ring = ring
        self.run = run
        """Which run of the switch this is."""
        self.newest = newest
        self.is_followed = False

    @property
    def is_untidy(self) -> bool:
        """Whether so much came that nobody looked at that it is time to settle it."""
        return self.ring.unsettled >= UNSETTLED

    def begin(self) -> bool:
        """Keep events from now on; tells whether that is new."""
        if self.is_followed:
            return False
        self.ring.began_after = self.newest()
        self.is_followed = True
        return True

    def put(self, entry: AnyEntry, *, journaled: bool = True) -> None:
        """Take the next event, if anybody ever followed."""
        if self.is_followed:
            self.ring.put(entry, journaled=journaled)


class Ears(Protocol):
    """What a client may hear."""

    def may_hear(self, topic: str) -> bool:
        """Whether any event of a topic may be the client's to hear."""

    def hears(self, told: Told) -> bool:
        """Whether an event is."""


@dataclass(frozen=True, slots=True)
class _Wish:
    since: int
    """Position of the first event wanted."""
    coalesce: bool
    """Whether of states the latest is enough."""


class Follower:
    """One subscriber: what it wants, and up to where it has been told.

    All events of the topics wanted come in order and once; where some are not kept any more, a gap tells so.
    """

    def __init__(self, feed: Feed, ears: Ears = LOCAL) -> None:
        self._feed = feed
        self._ears = ears
        self._ring = feed.ring
        self._wishes: dict[str, _Wish] = {}
        self._by_topic: dict[str, _Wish | None] = {}
        self._position = self._ring.end
        self._seen = 0
        """Sequence of the last event passed."""
        self._live = 0
        """From this position on it gets also what is in no journal."""
        self._gap: Gap | None = None
        self._latest: dict[tuple[str, Hashable], int] = {}
        """Positions of the latest states between ``_position`` and ``_looked``."""
        self._looked = 0

    @property
    def patterns(self) -> list[str]:
        return sorted(self._wishes)

    @property
    def is_behind(self) -> bool:
        """Whether there is something to look at."""
        return self._gap is not None or (bool(self._wishes) and self._position < self._ring.end)

    def follow(self, patterns: Iterable[str], *, coalesce: bool = False) -> None:
        """Want more, from now on. Raises UsageError beyond MAX_PATTERNS; nothing is wanted more then."""
        self._wish(patterns, _Wish(self._ring.end, coalesce))

    def resume(self, patterns: Iterable[str], after: int, run: str, *, coalesce: bool = False) -> None:
        """Want more, from behind the event ``after`` of a run on. Raises UsageError as ``follow``."""
        newest = self._feed.newest()
        if run != self._feed.run:
            self.follow(patterns, coalesce=coalesce)
            first = min(after + 1, newest)
            self._gap = Gap(first, newest, newest - first + 1, self._ring.lost_time)
            return
        if after > newest:
            raise UsageError(f"event {after} is still to come; the last one was {newest}")
        self._ring.settle()
        start = self._ring.position_behind(after)
        told_until = self._position if self._wishes else self._ring.end
        for pattern, wish in self._wishes.items():
            self._wishes[pattern] = _Wish(max(wish.since, told_until), wish.coalesce)
        self._wish(patterns, _Wish(start, coalesce))
        self._live = self._ring.end
        self._stand_behind(after, min(start, told_until))

    def forget(self, patterns: Iterable[str]) -> None:
        """Want less; a pattern that was never wanted does no harm."""
        for pattern in patterns:
            self._wishes.pop(pattern, None)
        self._by_topic.clear()

    def wants(self, topic: str) -> bool:
        """Whether events of a topic are wanted."""
        return self._wish_for(topic) is not None

    def take(self, most: int) -> list[Told | Gap]:
        """The next events, and gaps between them, up to ``most``; may be none although there are more.

        ``is_behind`` tells whether to ask again.
        """
        found: list[Told | Gap] = []
        self._ring.settle()
        if self._position < self._ring.first:
            self._pass_over_lost()
        if self._gap is not None:
            found.append(self._gap)
            self._gap = None
        stop = min(self._ring.end, self._position + _SCAN)
        position = self._position
        for told in self._ring.between(position, stop):
            if self._gets(told, position):
                found.append(told)
            position += 1
            if len(found) >= most:
                break
        if position > self._position:
            self._seen = self._ring.sequence_at(position - 1)
        self._position = position
        return found

    def _gets(self, told: Told, position: int) -> bool:
        wish = self._wish_for(told.topic)
        if wish is None or position < wish.since:
            return False
        if not told.journaled and position < self._live:
            return False
        if not self._ears.hears(told):
            return False
        return not (wish.coalesce and self._is_outdated(told, position))

    def _wish_for(self, topic: str) -> _Wish | None:
        if topic in self._by_topic:
            return self._by_topic[topic]
        wishes = [wish for pattern, wish in self._wishes.items() if covers(pattern, topic)]
        if not self._ears.may_hear(topic):
            wishes = []
        found = None
        if wishes:
            found = _Wish(min(wish.since for wish in wishes), all(wish.coalesce for wish in wishes))
        self._by_topic[topic] = found
        return found

    def _wish(self, patterns: Iterable[str], wish: _Wish) -> None:
        wanted = {pattern: wish for pattern in patterns} | self._wishes
        if len(wanted) > MAX_PATTERNS:
            raise UsageError(f"a client may subscribe to {MAX_PATTERNS} topics; use patterns such as call.*")
        if not self._wishes:
            self._position, self._seen = self._ring.end, self._feed.newest()
        self._wishes = wanted
        self._by_topic.clear()

    def _is_outdated(self, told: Told, position: int) -> bool:
        """Whether a later event to come tells the same state anew."""
        if (subject := told.subject) is None:
            return False
        self._look_ahead()
        key = (told.topic, subject)
        if self._latest[key] > position:
            return True
        del self._latest[key]
        return False

    def _look_ahead(self) -> None:
        """Find the latest states of what comes next; each event is looked at once."""
        start = max(self._looked, self._position)
        end = min(self._ring.end, self._position + _SCAN)
        for position, (topic, subject) in enumerate(self._ring.states(start, end), start):
            if subject is not None:
                self._latest[topic, subject] = position
        self._looked = max(start, end)

    def _pass_over_lost(self) -> None:
        self._stand_behind(self._seen, self._ring.first)

    def _stand_behind(self, sequence: int, position: int) -> None:
        """Go on at ``position``; what is wanted after ``sequence`` and not kept there any more is a gap."""
        until = self._ring.lost_until(sequence, self.wants)
        if until:
            first = sequence + 1 if self._gap is None else self._gap.first
            self._gap = Gap(first, until, until - first + 1, self._ring.lost_time)
        self._seen = max(sequence, until)
        self._position = self._looked = position
        self._latest.clear()
