"""The control socket for browsers: JSON over WebSocket, on the HTTP port.

Whoever comes must show who it is, with the request or by the first message; pages of strange origins are
refused before that.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from aiohttp import WSMsgType, web
from pydantic import ValidationError

from switch.control.caller import TOKEN_PREFIX, Caller
from switch.control.config import ControlConfig
from switch.control.entrance import AuthenticateParams, Entrance
from switch.control.json_format import JSON, read_message
from switch.control.messages import ErrorCode, Message, ProtocolError
from switch.control.seats import Seats
from switch.control.stranger import Stranger
from switch.control.verbs import NotAuthenticated
from switch.control.wires import Occupant, Wire

PATH = "/control"
PROTOCOL = "ringmain"
"""The subprotocol, for those who offer any (RFC 6455, section 1.9)."""
_HEARTBEAT_S = 30.0
"""A browser that is gone without a word is noticed within two of them."""


class WebSocketWire:
    """A connection of a browser."""

    format = JSON

    def __init__(
        self,
        config: ControlConfig,
        socket: web.WebSocketResponse,
        source: str,
        abort: Callable[[], None],
        allowance: int | None,
    ) -> None:
        """``abort`` ends the connection under the WebSocket; ``allowance``: bytes that may come until it is
        handed over; None: no limit.
        """
        self.source = source
        self._abort = abort
        self.arrived_at = 0.0
        self._config = config
        self._socket = socket
        self._allowance = allowance
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

    def __init__(self, config: ControlConfig, entrance: Entrance, seats: Seats) -> None:
        """``seats``: for all connections of other machines, not only for those that come in here."""
        self._config = config
        self._entrance = entrance
        self._seats = seats

    def pages(self) -> Iterable[web.RouteDef]:
        """None unless it is switched on."""
        return [web.get(PATH, self._answer)] if self._config.websocket else []

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        origin, source = request.headers.get("Origin"), request.remote or ""
        if origin is not None and origin not in self._config.websocket_origins:
            raise web.HTTPForbidden(text=f"{origin} is not one of control.websocket_origins")
        seat = self._seats.take(source)
        if seat is None:
            raise web.HTTPServiceUnavailable(text="too many clients are connected")
        try:
            return await self._serve(request, source, await self._shown(request, source))
        finally:
            seat.leave()

    async def _serve(self, request: web.Request, source: str, caller: Caller | None) -> web.StreamResponse:
        """``caller``: who showed it with the request; None: the first message is to say it."""
        config = self._config
        socket = web.WebSocketResponse(
            max_msg_size=config.max_request_bytes, heartbeat=_HEARTBEAT_S, protocols=(PROTOCOL,)
        )
        await socket.prepare(request)
        assert request.transport is not None, "it is prepared"
        allowance = config.authenticate_bytes if caller is None else None
        wire = WebSocketWire(config, socket, source, request.transport.abort, allowance)
        await wire.serve(lambda wire: self._occupant(wire, caller))
        return socket

    def _occupant(self, wire: Wire, caller: Caller | None) -> Occupant:
        if caller is None:
            return Stranger(self._config, self._entrance, wire)
        return self._entrance.session(wire, caller)

    async def _shown(self, request: web.Request, source: str) -> Caller | None:
        """Who shows a token with the request itself. Raises HTTPUnauthorized and HTTPBadRequest."""
        secret = token_of(request.headers)
        if secret is None:
            return None
        try:
            return await self._entrance.authenticate(AuthenticateParams(token=secret), source)
        except (NotAuthenticated, ValidationError) as refusal:
            said = str(refusal) if isinstance(refusal, NotAuthenticated) else "this is no token"
            raise web.HTTPUnauthorized(text=said, headers={"WWW-Authenticate": "Bearer"}) from None


def token_of(headers: Mapping[str, str]) -> str | None:
    """The secret that programs show as a bearer token (RFC 6750), and pages, which can send no such header,
    as a subprotocol beside ours. Raises HTTPBadRequest when ours is missing: the browser would hang up.
    """
    scheme, _, secret = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return secret.strip()
    offered = [each.strip() for each in headers.get("Sec-WebSocket-Protocol", "").split(",")]
    shown = next((each for each in offered if each.startswith(TOKEN_PREFIX)), None)
    if shown is not None and PROTOCOL not in offered:
        raise web.HTTPBadRequest(text=f"offer the subprotocol {PROTOCOL} beside the token")
    return shown
