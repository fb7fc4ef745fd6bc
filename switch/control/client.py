"""Steering the switch from a program.

    async with ControlClient.connect("run/ringmain.sock", reconnect=True) as client:
        await client.agent.ready(agent="1001")
        async for event in client.events("call.*"):
            ...

Programs without an event loop use ``connect_sync``, which offers the same in blocking form.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from switch.control.address import Address
from switch.control.event_stream import EventStream
from switch.control.inbox import (
    ControlClientError,
    NotConnected,
    OutcomeUnknown,
    VerbRefused,
    envelope,
)
from switch.control.link import Link
from switch.control.pauses import Pauses
from switch.control.sync_client import SyncControlClient, connect_sync
from switch.control.verb_families import VerbFamilies
from switch.records.projection import JournalEntry

__all__ = [
    "ControlClient",
    "ControlClientError",
    "EventStream",
    "NotConnected",
    "OutcomeUnknown",
    "Pauses",
    "SyncControlClient",
    "VerbRefused",
    "connect_sync",
]


@dataclass(slots=True)
class _Place:
    """Up to where events were told."""

    run: str | None = None
    """Of the switch; None before anything was followed."""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class _Door:
    """How to come in."""

    address: Address
    shown: dict[str, object] = field(default_factory=dict)
    """What ``session.authenticate`` takes; empty where nothing need be shown."""
    pauses: Pauses | None = None
    """Between attempts to come back; None: a connection that is lost stays lost."""


class ControlClient(VerbFamilies):
    """A connection to the switch. Calls may overlap; events come in beside them."""

    def __init__(self, door: _Door, answer_timeout_s: float) -> None:
        super().__init__(self._call)
        self._door = door
        self._answer_timeout_s = answer_timeout_s
        self._streams: list[EventStream] = []
        self._place = _Place()
        self._link: Link | None = None
        self._up = asyncio.Event()
        self._gone: NotConnected | None = None

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        address: Path | str,
        *,
        token: str = "",
        tls: ssl.SSLContext | None = None,
        reconnect: bool = False,
        pauses: Pauses | None = None,
        answer_timeout_s: float = 10.0,
    ) -> AsyncIterator[Self]:
        """Connect for the length of an ``async with``. Raises NotConnected, VerbRefused for a wrong token.

        ``address``: the path of a Unix socket, ``tcp://host:port`` or ``tls://host:port``.
        ``reconnect``: come back when the connection is lost, and follow events from where it was.
        """
        shown: dict[str, object] = {"token": token} if token else {}
        again = (pauses or Pauses()) if reconnect else None
        client = cls(_Door(Address.read(address, tls), shown, again), answer_timeout_s)
        link = await client._enter()
        keeping = asyncio.create_task(client._keep(link))
        try:
            yield client
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    @property
    def is_connected(self) -> bool:
        """Whether the switch is reached just now."""
        return self._up.is_set() and self._gone is None

    async def _call(
        self,
        verb: str,
        /,
        *,
        idempotency_key: str | None = None,
        deadline_s: float | None = None,
        **params: object,
    ) -> Any:
        """Carry out a verb and return its answer.

        With an ``idempotency_key`` it is carried out once, however often it is sent; ``deadline_s`` is how
        long from its arrival the answer is of use.
        Raises VerbRefused; NotConnected when it was not sent; OutcomeUnknown when the connection was lost, or
        time was over, between sending it and its answer.
        """
        async with self._within_time(verb):
            link = await self._reached()
        beside = envelope(idempotency_key, deadline_s)
        return await link.call(verb, params, self._answer_timeout_s, beside)

    async def _reached(self) -> Link:
        """The link, once there is one. Raises NotConnected when there will be none."""
        while True:
            await self._up.wait()
            if self._gone is not None:
                raise self._gone
            if self._link is not None and self._link.is_up:
                return self._link
            self._up.clear()

    @asynccontextmanager
    async def _within_time(self, verb: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_timeout_s):
                yield
        except TimeoutError:
            text = f"the switch is away; {verb} was not sent within {self._answer_timeout_s:g} s"
            raise NotConnected(text) from None

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
        stream = EventStream(topics, coalesce=coalesce)
        self._streams.append(stream)
        try:
            await self._subscribe(stream, {} if after is None else {"after": after, "run": run})
            yield stream
        finally:
            self._streams.remove(stream)
            await self._unsubscribe(topics)

    async def _subscribe(self, stream: EventStream, back: dict[str, Any]) -> None:
        wish: dict[str, Any] = {"topics": stream.patterns, "coalesce": stream.coalesce, **back}
        try:
            stood = await self._call("event.subscribe", **wish)
        except OutcomeUnknown:
            if self._door.pauses is None:
                raise
            return  # it is done when the client comes back
        stream.run, stream.began_after = stood["run"], stood["sequence"]
        stream.since = back.get("after", stream.began_after)
        self._stand(stood)

    async def _unsubscribe(self, topics: tuple[str, ...]) -> None:
        still_wanted = self._patterns()
        unwanted = [topic for topic in topics if topic not in still_wanted]
        if unwanted and self.is_connected:
            with suppress(ControlClientError):
                await self._call("event.unsubscribe", topics=unwanted)

    def _patterns(self, *how: bool) -> set[str]:
        """What is followed, or what of it is coalesced or not."""
        wanted = (stream for stream in self._streams if not how or stream.coalesce in how)
        return {pattern for stream in wanted for pattern in stream.patterns}

    async def _keep(self, link: Link) -> None:
        """Be there as long as the program wants."""
        try:
            while True:
                reason = await link.ended()
                self._up.clear()
                if self._door.pauses is None:
                    self._end(reason)
                    return
                link = await self._come_back(self._door.pauses)
        except ControlClientError as refusal:
            self._end(NotConnected(f"the switch does not let this client in again: {refusal}"))
        finally:
            if self._link is not None:
                await self._link.close()

    async def _come_back(self, pauses: Pauses) -> Link:
        """Try until it is done. Raises VerbRefused when the switch has other ideas of who may come in."""
        for pause_s in pauses:
            await _pause(pause_s)
            with suppress(NotConnected):
                return await self._enter()
        raise AssertionError("pauses have no end")

    async def _enter(self) -> Link:
        """A new link: shown who we are, and following what was followed. Raises NotConnected, VerbRefused."""
        link = await Link.open(self._door.address, self._deliver)
        try:
            if self._door.shown:
                await link.call("session.authenticate", self._door.shown, self._answer_timeout_s)
            for wish in self._wishes():
                self._stand(await link.call("event.subscribe", wish, self._answer_timeout_s))
        except BaseException:
            await link.close()
            raise
        self._link = link
        self._up.set()
        return link

    def _wishes(self) -> list[dict[str, object]]:
        """What was followed, from where it was."""
        place = self._place
        back = {} if place.run is None else {"after": place.sequence, "run": place.run}
        wanted = {coalesce: sorted(self._patterns(coalesce)) for coalesce in (False, True)}
        return [{"topics": topics, "coalesce": how, **back} for how, topics in wanted.items() if topics]

    def _stand(self, stood: dict[str, Any]) -> None:
        """Note which run tells events now, and from where on when it is a new one."""
        if stood["run"] != self._place.run:
            self._place = _Place(stood["run"], stood["sequence"])

    def _deliver(self, entry: JournalEntry) -> None:
        self._place.sequence = max(self._place.sequence, entry.sequence)
        for stream in self._streams:
            stream.put(entry)

    def _end(self, reason: NotConnected) -> None:
        self._gone = reason
        self._up.set()  # whoever waits for the switch need not any more
        for stream in self._streams:
            stream.end(reason)


async def _pause(pause_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(pause_s):
            await asyncio.Event().wait()
