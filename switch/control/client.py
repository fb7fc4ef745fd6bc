"""Steering the switch from a program.

    async with ControlClient.connect(path) as client:
        await client.call("agent.ready", agent="1001")
        async for event in client.events("call.*"):
            ...

Programs without an event loop use ``connect_sync``, which offers the same in blocking form.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Self

from switch.control.feed import BoundedFeed, Gap, covers
from switch.control.inbox import (
    ControlClientError,
    Inbox,
    NotConnected,
    VerbRefused,
    entry_of,
    gap_entry,
    result_of,
    unreachable,
)
from switch.control.messages import Message, Response
from switch.control.protocol import encode_request
from switch.control.sync_client import SyncControlClient, connect_sync
from switch.records.projection import JournalEntry

__all__ = [
    "ControlClient",
    "ControlClientError",
    "EventStream",
    "NotConnected",
    "SyncControlClient",
    "VerbRefused",
    "connect_sync",
]

_MAX_WAITING_EVENTS = 10_000
_READ_BYTES = 65_536


class EventStream:
    """Events in order. One who reads too slowly finds an entry ``event.gap`` where some are missing."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self.patterns = patterns
        self._feed: BoundedFeed[JournalEntry] = BoundedFeed(_MAX_WAITING_EVENTS)
        self.run = ""
        """The run of the switch that tells them."""
        self.began_after = 0
        """Sequence of the last event before the first of these, unless they were resumed."""
        self._arrived = asyncio.Event()
        self._ended: NotConnected | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JournalEntry:
        """The next event. Raises NotConnected when the switch has gone and all is read."""
        while (item := self._feed.take()) is None:
            if self._ended is not None:
                raise self._ended
            self._arrived.clear()
            await self._arrived.wait()
        if isinstance(item, Gap):
            return gap_entry(item.first, item.last, item.missed, item.time)
        return item

    def _put(self, entry: JournalEntry) -> None:
        if any(covers(pattern, entry.topic) for pattern in (*self.patterns, "event.gap")):
            self._feed.put(entry, entry)
            self._arrived.set()

    def _end(self, reason: NotConnected) -> None:
        self._ended = reason
        self._arrived.set()


class ControlClient:
    """A connection to the switch. Calls may overlap; events come in beside them."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer_timeout_s: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer_timeout_s = answer_timeout_s
        self._msgids = count(1)
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._streams: list[EventStream] = []
        self._gone: NotConnected | None = None

    @classmethod
    @asynccontextmanager
    async def connect(cls, path: Path | str, *, answer_timeout_s: float = 10.0) -> AsyncIterator[Self]:
        """Connect for the length of an ``async with``. Raises NotConnected."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(path))
        except OSError as error:
            raise unreachable(Path(path), error) from error
        client = cls(reader, writer, answer_timeout_s)
        listening = asyncio.create_task(client._listen())
        try:
            yield client
        finally:
            listening.cancel()
            writer.close()
            with suppress(asyncio.CancelledError):
                await listening

    async def call(self, verb: str, /, **params: object) -> Any:
        """Carry out a verb and return its answer. Raises VerbRefused or NotConnected."""
        if self._gone is not None:
            raise self._gone
        msgid = next(self._msgids)
        answered = self._waiting[msgid] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(encode_request(msgid, verb, params))
            async with asyncio.timeout(self._answer_timeout_s):
                return result_of(await answered)
        except TimeoutError:
            raise NotConnected(f"no answer to {verb} within {self._answer_timeout_s:g} s") from None
        finally:
            del self._waiting[msgid]

    async def events(self, *topics: str) -> AsyncGenerator[JournalEntry, None]:
        """Events of these topics (``call.*``, ``*`` …) from the first step of the loop on."""
        async with self.subscription(*topics) as stream:
            async for entry in stream:
                yield entry

    @asynccontextmanager
    async def subscription(
        self, *topics: str, after: int | None = None, run: str | None = None, coalesce: bool = False
    ) -> AsyncIterator[EventStream]:
        """Events from the moment the block is entered, so that what is done inside it is seen.

        With ``after``, the sequence of the last event the caller has, and the ``run`` it is of, those since
        come first. ``coalesce``: of states only the latest of each when this program is slow.
        Raises VerbRefused when a topic is not one.
        """
        stream = EventStream(topics)
        self._streams.append(stream)
        try:
            back = {} if after is None else {"after": after, "run": run}
            stood = await self.call("event.subscribe", topics=topics, coalesce=coalesce, **back)
            stream.run, stream.began_after = stood["run"], stood["sequence"]
            yield stream
        finally:
            self._streams.remove(stream)
            await self._unsubscribe(topics)

    async def _unsubscribe(self, topics: tuple[str, ...]) -> None:
        still_wanted = {pattern for stream in self._streams for pattern in stream.patterns}
        if unwanted := [topic for topic in topics if topic not in still_wanted]:
            with suppress(ControlClientError):
                await self.call("event.unsubscribe", topics=unwanted)

    async def _listen(self) -> None:
        inbox = Inbox()
        try:
            while data := await self._reader.read(_READ_BYTES):
                for message in inbox.take(data):
                    self._receive(message)
            self._end(NotConnected("the switch closed the connection"))
        except NotConnected as reason:
            self._end(reason)
        except OSError as error:
            self._end(NotConnected(f"the connection to the switch broke: {error}"))

    def _receive(self, message: Message) -> None:
        if isinstance(message, Response):
            waiting = self._waiting.get(message.msgid)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
        elif (entry := entry_of(message)) is not None:
            for stream in self._streams:
                stream._put(entry)

    def _end(self, reason: NotConnected) -> None:
        self._gone = reason
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(reason)
        for stream in self._streams:
            stream._end(reason)
