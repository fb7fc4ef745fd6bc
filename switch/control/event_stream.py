"""Events on their way to whoever reads them in a program."""

import asyncio
from typing import Self

from switch.control.feed import BoundedFeed, Gap, covers
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
        if 0 < entry.sequence <= self.since and entry.topic != GAP:
            return
        if any(covers(pattern, entry.topic) for pattern in (*self.patterns, GAP)):
            self._feed.put(entry, entry)
            self._arrived.set()

    def end(self, reason: NotConnected) -> None:
        """Nothing more will come."""
        self._ended = reason
        self._arrived.set()
