"""Events on their way to whoever reads them in a program."""

import asyncio
from typing import Self

from switch.control.feed import BoundedFeed, Gap, covers, must_be_named
from switch.control.inbox import NotConnected, gap_entry
from switch.control.messages import GAP
from switch.records.projection import JournalEntry

_MAX_WAITING_EVENTS = 10_000


class EventStream:
    """Events in order. One who reads too slowly finds an entry ``event.gap`` where some are missing."""

    def __init__(self, patterns: tuple[str, ...], *, coalesce: bool = False) -> None:
        self.patterns = patterns
        self.coalesce = coalesce
        self.run = ""
        """The run of the switch that tells them."""
        self.began_after = 0
        """Sequence of the last event before the first of these, unless they were resumed."""
        self.since = 0
        """What has a lower sequence, or this one, is not one of these."""
        self._feed: BoundedFeed[JournalEntry] = BoundedFeed(_MAX_WAITING_EVENTS)
        self._arrived = asyncio.Event()
        self._ended: NotConnected | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JournalEntry:
        """The next event. Raises NotConnected when the switch has gone for good and all is read."""
        while (item := self._feed.take()) is None:
            if self._ended is not None:
                raise self._ended
            self._arrived.clear()
            await self._arrived.wait()
        if isinstance(item, Gap):
            return gap_entry(item.first, item.last, item.missed, item.time)
        return item

    def skip(self) -> None:
        """Read over all that has come so far."""
        while self._feed.take() is not None:
            """Nobody wants it."""

    def put(self, entry: JournalEntry) -> None:
        """Take an event if it is one of those asked for."""
        if self._is_older(entry):
            return
        if any(covers(pattern, entry.topic) for pattern in (*self.patterns, GAP)):
            self._feed.put(entry, entry)
            self._arrived.set()

    def _is_older(self, entry: JournalEntry) -> bool:
        """Whether it came before the first of these. What is in no journal is numbered as the one before."""
        if entry.topic == GAP or entry.sequence == 0:
            return False
        first = self.since if must_be_named(entry.topic) else self.since + 1
        return entry.sequence < first

    def end(self, reason: NotConnected) -> None:
        """Nothing more will come."""
        self._ended = reason
        self._arrived.set()
