"""The control socket for other machines: TCP and TLS, with a limit of connections for each source."""

import asyncio
import socket
import ssl
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from runtime.errors import UsageError
from switch.control.config import ControlConfig, ControlListenerConfig
from switch.control.entrance import Entrance
from switch.control.seats import Seat, Seats
from switch.control.stranger import Stranger
from switch.control.stream import StreamWire

log = structlog.get_logger(__name__)

_BACKLOG = 128
_PAUSE_S = 0.1
"""When no more connections can be had from the system."""
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
"""A client that is gone without a word is noticed within two minutes."""


def server_context(listener: ControlListenerConfig) -> ssl.SSLContext | None:
    """How a listener speaks TLS; None when it does not. Raises OSError for bad files."""
    if listener.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(listener.certificate, listener.private_key)
    if listener.client_ca is not None:
        context.load_verify_locations(listener.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class _SeatedWire(StreamWire):
    """Gives back its seat when the connection is gone."""

    def __init__(self, config: ControlConfig, entrance: Entrance, seat: Seat) -> None:
        super().__init__(config, partial(Stranger, config, entrance), config.authenticate_bytes)
        self._seat = seat

    def connection_lost(self, exc: Exception | None) -> None:
        self._seat.leave()
        super().connection_lost(exc)


class ControlListeners:
    """Live between ``open`` and ``close``. Connections count at once, before TLS is agreed on."""

    def __init__(self, config: ControlConfig, entrance: Entrance, seats: Seats) -> None:
        """``seats``: for all connections of other machines, not only for those that come in here."""
        self._config = config
        self._entrance = entrance
        self._seats = seats
        self._contexts: list[tuple[ControlListenerConfig, ssl.SSLContext]] = []
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Raises UsageError when an address cannot be had, or a certificate is no good."""
        for listener in self._config.listeners:
            try:
                context = server_context(listener)
                listening = _listen(listener)
            except OSError as error:
                reason = error.strerror or error
                raise UsageError(
                    f"cannot open control listener {listener.host}:{listener.port}: {reason}"
                ) from error
            if context is not None:
                self._contexts.append((listener, context))
            self._sockets.append(listening)
            self._start(self._accept(listening, context))

    def addresses(self) -> Sequence[tuple[str, int]]:
        """Where it listens."""
        return [listening.getsockname()[:2] for listening in self._sockets]

    def reload_certificates(self) -> None:
        """Show renewed certificates to clients that come from now on; one that is no good is left aside."""
        for listener, context in self._contexts:
            assert listener.certificate is not None, "it speaks TLS"
            try:
                context.load_cert_chain(listener.certificate, listener.private_key)
            except OSError as error:
                log.error("control certificate unusable", file=str(listener.certificate), reason=str(error))

    async def close(self) -> None:
        """Listen no more. Clients are let go of by their rooms."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listening in self._sockets:
            listening.close()
        self._sockets.clear()

    async def _accept(self, listening: socket.socket, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(listening)
            except OSError as error:
                log.warning("control listener cannot accept", reason=str(error))
                await asyncio.sleep(_PAUSE_S)  # noqa: TID251 - no event tells when descriptors are free
                continue
            seat = self._seats.take(peer[0])
            if seat is None:
                connection.close()
            else:
                self._start(self._welcome(connection, seat, context))

    async def _welcome(self, connection: socket.socket, seat: Seat, context: ssl.SSLContext | None) -> None:
        handshake_s = None if context is None else max(1.0, self._config.authenticate_within_s)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: _SeatedWire(self._config, self._entrance, seat),
                connection,
                ssl=context,
                ssl_handshake_timeout=handshake_s,
            )
        except OSError as error:
            log.debug("control client gave up", reason=str(error))
            seat.leave()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _listen(listener: ControlListenerConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            with suppress(AttributeError, OSError):  # each system names these otherwise
                listening.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        listening.setblocking(False)
        listening.bind((listener.host, listener.port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
