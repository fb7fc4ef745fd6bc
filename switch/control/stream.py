"""The wire of msgpack-rpc: a stream of bytes, such as a Unix socket."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import cast

from switch.control.caller import UNIX
from switch.control.config import ControlConfig
from switch.control.messages import ErrorCode, Failure, Message, ProtocolError
from switch.control.protocol import (
    MessageReader,
    decode_event,
    encode_event,
    encode_failure,
    encode_notification,
    encode_result,
)
from switch.control.wires import Occupant, Wire
from switch.records.projection import AnyEntry, JournalEntry

_REQUEST_ITEMS = 256


class MsgpackFormat:
    """Messages as msgpack-rpc; see ``switch.control.protocol``."""

    def result(self, msgid: int, result: object) -> bytes:
        return encode_result(msgid, result)

    def failure(self, msgid: int, failure: Failure) -> bytes:
        return encode_failure(msgid, failure)

    def notification(self, name: str, param: Mapping[str, object]) -> bytes:
        return encode_notification(name, param)

    def event(self, entry: AnyEntry) -> bytes:
        return encode_event(entry)

    def entry(self, frame: bytes) -> JournalEntry:
        return decode_event(frame)


MSGPACK = MsgpackFormat()


class StreamWire(asyncio.Protocol):
    """A connection of a stream socket."""

    format = MSGPACK

    def __init__(
        self, config: ControlConfig, welcome: Callable[[Wire], Occupant], allowance: int | None = None
    ) -> None:
        """``welcome`` makes the first occupant, to whom ``allowance`` bytes may come; None: no limit."""
        self._config = config
        self._welcome = welcome
        self._allowance = allowance
        self._loop = asyncio.get_running_loop()
        self._fed_bytes = 0
        self._arrivals: deque[tuple[int, float]] = deque()
        """Up to which byte came when, of what is not read yet."""
        self._reader = MessageReader(max_message_bytes=config.max_request_bytes, max_items=_REQUEST_ITEMS)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._config.write_buffer_bytes)
        peer = self._transport.get_extra_info("peername")
        self.source = str(peer[0]) if isinstance(peer, tuple) and peer else UNIX
        self._occupant = self._welcome(self)
        self._occupant.opened()

    def connection_lost(self, exc: Exception | None) -> None:
        self._occupant.closed()

    def data_received(self, data: bytes) -> None:
        try:
            self._spend(len(data))
            self._reader.feed(data)
            self._fed_bytes += len(data)
            self._arrivals.append((self._fed_bytes, self._loop.time()))
        except ProtocolError as error:
            self._occupant.dismiss(error)
        else:
            self._occupant.arrived()

    def pause_writing(self) -> None:
        self._occupant.set_writable(False)

    def resume_writing(self) -> None:
        self._occupant.set_writable(True)

    def hand_over(self, occupant: Occupant) -> None:
        self._allowance = None
        self._occupant = occupant
        occupant.opened()
        occupant.arrived()

    def next(self) -> Message | None:
        return self._reader.next()

    @property
    def arrived_at(self) -> float:
        while len(self._arrivals) > 1 and self._arrivals[0][0] < self._reader.read_bytes:
            self._arrivals.popleft()
        return self._arrivals[0][1]

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def set_reading(self, wanted: bool) -> None:
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def hang_up(self, *, at_once: bool) -> None:
        if at_once:
            self._transport.abort()
        else:
            self._transport.close()

    def _spend(self, size: int) -> None:
        if self._allowance is not None:
            self._allowance -= size
            if self._allowance < 0:
                raise ProtocolError(ErrorCode.TOO_LARGE, "too much was sent before saying who is there")
