"""One connection of a client, from its opening to its end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from switch.control.address import Address
from switch.control.inbox import Inbox, NotConnected, OutcomeUnknown, entry_of, result_of
from switch.control.messages import Message, Response
from switch.control.protocol import encode_request
from switch.records.projection import JournalEntry

_READ_BYTES = 65_536


class Link:
    """Requests may overlap; events come in beside their answers."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        deliver: Callable[[JournalEntry], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._deliver = deliver
        self._msgids = count(1)
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._reason: NotConnected | None = None
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, address: Address, deliver: Callable[[JournalEntry], None]) -> "Link":
        """Raises NotConnected."""
        return cls(*await address.open(), deliver)

    async def call(
        self,
        verb: str,
        params: dict[str, object],
        timeout_s: float,
        beside: dict[str, object] | None = None,
    ) -> Any:
        """Carry out a verb; ``beside`` goes with its parameters.

        Raises VerbRefused; NotConnected before it was sent; OutcomeUnknown after.
        """
        if self._reason is not None:
            raise self._reason
        msgid = next(self._msgids)
        answered = self._waiting[msgid] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(encode_request(msgid, verb, params, beside))
            async with asyncio.timeout(timeout_s):
                return result_of(await answered)
        except TimeoutError:
            raise OutcomeUnknown(f"no answer to {verb} within {timeout_s:g} s") from None
        finally:
            del self._waiting[msgid]

    @property
    def is_up(self) -> bool:
        """Whether it has not ended."""
        return self._reason is None

    async def ended(self) -> NotConnected:
        """Wait for the end; returns why."""
        await asyncio.shield(self._listening)
        assert self._reason is not None, "it has ended"
        return self._reason

    async def close(self) -> None:
        """Hang up; no harm if it is done."""
        self._listening.cancel()
        self._writer.close()
        with suppress(asyncio.CancelledError):
            await self._listening

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
            self._deliver(entry)

    def _end(self, reason: NotConnected) -> None:
        self._reason = reason
        self._writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(OutcomeUnknown(f"{reason}; whether it was carried out is not known"))
