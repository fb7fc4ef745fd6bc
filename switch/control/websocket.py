"""The control socket for browsers: JSON over WebSocket, on the HTTP port.

Whoever comes must show who it is, as at any other address; pages of strange origins are refused before that.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from aiohttp import WSMsgType, web

from switch.control.config import ControlConfig
from switch.control.entrance import Entrance
from switch.control.json_format import JSON, read_message
from switch.control.messages import ErrorCode, Message, ProtocolError
from switch.control.stranger import Stranger
from switch.control.wires import Occupant, Wire
from switch.sip.guard.networks import source_of

PATH = "/control"
_HEARTBEAT_S = 30.0
"""A browser that is gone without a word is noticed within two of them."""


class WebSocketWire:
    """A connection of a browser."""

    format = JSON

    def __init__(
        self, config: ControlConfig, socket: web.WebSocketResponse, source: str, abort: Callable[[], None]
    ) -> None:
        """``abort`` ends the connection under the WebSocket."""
        self.source = source
        self._abort = abort
        self.arrived_at = 0.0
        self._config = config
        self._socket = socket
        self._allowance: int | None = config.authenticate_bytes
        self._loop = asyncio.get_running_loop()
        self._arrived: deque[tuple[str, float]] = deque()
        self._unsent: deque[bytes] = deque()
        self._unsent_bytes = 0
        self._full = False
        self._closing = False
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._has_work = asyncio.Event()

    async def serve(self, welcome: Callable[[Wire], Occupant]) -> None:
        """Until the connection is gone."""
        self._occupant = welcome(self)
        self._occupant.opened()
        sending = self._loop.create_task(self._send())
        try:
            await self._receive()
        finally:
            self._closing = True
            self._occupant.closed()
            self._has_work.set()
            await sending

    def hand_over(self, occupant: Occupant) -> None:
        self._allowance = None
        self._occupant = occupant
        occupant.opened()
        occupant.arrived()

    def next(self) -> Message | None:
        if not self._arrived:
            return None
        text, self.arrived_at = self._arrived.popleft()
        return read_message(text)

    def write(self, data: bytes) -> None:
        if self._closing:
            return
        self._unsent.extend(data.split(b"\n")[:-1])
        self._unsent_bytes += len(data)
        self._has_work.set()
        if not self._full and self._unsent_bytes > self._config.write_buffer_bytes:
            self._full = True
            self._occupant.set_writable(False)

    def set_reading(self, wanted: bool) -> None:
        if wanted:
            self._may_read.set()
        else:
            self._may_read.clear()

    def unsent_bytes(self) -> int:
        return self._unsent_bytes

    def is_closing(self) -> bool:
        return self._closing

    def hang_up(self, *, at_once: bool) -> None:
        self._closing = True
        if at_once:
            self._unsent.clear()
            self._abort()
        self._has_work.set()
        self._may_read.set()

    async def _receive(self) -> None:
        while not self._closing:
            await self._may_read.wait()
            message = await self._socket.receive()
            if message.type is WSMsgType.TEXT:
                self._take(message.data)
            elif message.type is WSMsgType.BINARY:
                self._occupant.dismiss(ProtocolError(ErrorCode.MALFORMED, "messages are texts, of JSON"))
            else:
                return

    def _take(self, text: str) -> None:
        try:
            self._spend(len(text.encode("utf-8", "replace")))
        except ProtocolError as error:
            self._occupant.dismiss(error)
            return
        self._arrived.append((text, self._loop.time()))
        self._occupant.arrived()

    def _spend(self, size: int) -> None:
        if self._allowance is not None:
            self._allowance -= size
            if self._allowance < 0:
                raise ProtocolError(ErrorCode.TOO_LARGE, "too much was sent before saying who is there")

    async def _send(self) -> None:
        """Write what there is, as fast as the browser reads, and hang up after the last of it."""
        with suppress(ConnectionError):
            while not self._closing or self._unsent:
                await self._has_work.wait()
                self._has_work.clear()
                await self._send_all()
            await self._socket.close()
        self._closing = True
        self._may_read.set()

    async def _send_all(self) -> None:
        while self._unsent:
            line = self._unsent.popleft()
            await self._socket.send_str(line.decode())
            self._unsent_bytes = max(0, self._unsent_bytes - len(line) - 1)
            if self._full and self._unsent_bytes <= self._config.write_buffer_bytes // 2:
                self._full = False
                self._occupant.set_writable(True)


class WebSocketDoor:
    """The page that browsers connect to."""

    def __init__(self, config: ControlConfig, entrance: Entrance) -> None:
        self._config = config
        self._entrance = entrance
        self._connected: Counter[str] = Counter()

    def pages(self) -> Iterable[web.RouteDef]:
        """None unless it is switched on."""
        return [web.get(PATH, self._answer)] if self._config.websocket else []

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        origin, source = request.headers.get("Origin"), request.remote or ""
        if origin is not None and origin not in self._config.websocket_origins:
            raise web.HTTPForbidden(text=f"{origin} is not one of control.websocket_origins")
        place = source_of(source)
        if self._is_full(place):
            raise web.HTTPServiceUnavailable(text="too many clients are connected")
        socket = web.WebSocketResponse(max_msg_size=self._config.max_request_bytes, heartbeat=_HEARTBEAT_S)
        self._connected[place] += 1
        try:
            await socket.prepare(request)
            assert request.transport is not None, "it is prepared"
            wire = WebSocketWire(self._config, socket, source, request.transport.abort)
            await wire.serve(lambda wire: Stranger(self._config, self._entrance, wire))
        finally:
            self._connected -= Counter((place,))  # who has none left is forgotten
        return socket

    def _is_full(self, source: str) -> bool:
        most = self._config.max_clients
        return self._connected[source] >= self._config.max_per_source or self._connected.total() >= most
