"""The shell of TCP, TLS and WebSocket: non-blocking sockets, no task. Moves bytes, decides nothing."""

import asyncio
import errno
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from runtime.deadlines import earliest
from runtime.driver import Driver, Outputs
from runtime.hosts import is_address
from switch.sip.commands import SendMessage
from switch.sip.guard.events import RefusalKind
from switch.sip.hop import ACCEPTED_ONLY, Hop
from switch.sip.transport.channels import Channel
from switch.sip.transport.config import ConnectionsConfig
from switch.sip.transport.connection import Connection
from switch.sip.transport.connection_table import ConnectionTable
from switch.sip.transport.reports import ConnectionClosed, MessageReceived, SendFailed

_READ_BYTES = 65_536
_BATCH = 64
"""Connections accepted at one wake-up, so that a flood cannot keep timers and media waiting."""
_FULL = (BlockingIOError, InterruptedError)
_NO_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_REST_S = 1.0
"""So long nobody is accepted after descriptors ran out."""

MakeChannel = Callable[[], Channel]
MakeClientChannel = Callable[[Hop], Channel]


class Streams:
    """All connections of a switch, those it accepted and those it opened."""

    def __init__(
        self,
        config: ConnectionsConfig,
        make_channel: MakeClientChannel,
        driver: Driver,
        ignores: Callable[[str], bool],
    ) -> None:
        """``make_channel`` makes the channel of a connection that we open; ``ignores`` tells whether nothing
        from an address is heard."""
        self._config = config
        self._make_channel = make_channel
        self._driver = driver
        self._ignores = ignores
        self._table = ConnectionTable(config)
        self._sockets: dict[Connection, socket.socket] = {}
        self._listening: dict[socket.socket, Callable[[], None]] = {}
        self._rests_until: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def open_connections(self) -> int:
        return len(self._table)

    def listen(
        self,
        listening: socket.socket,
        transport: str,
        make_channel: MakeChannel,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Accept connections on a socket that listens, from here on until ``close``."""
        self._loop = loop
        accept = partial(self._accept, listening, transport, make_channel)
        self._listening[listening] = accept
        loop.add_reader(listening, accept)

    def close(self) -> None:
        """Say goodbye on every connection and close it, and stop listening."""
        for listening in self._listening:
            self._running.remove_reader(listening)
            listening.close()
        self._listening.clear()
        for connection in self._table.all():
            connection.channel.end()
            self._write(connection)
            self._forget(connection)

    def send(self, message: SendMessage, now: float) -> Outputs:
        """Put a message on its hop's connection, which is opened when there is none."""
        connection = self._table.find(message.hop) or self._connect(message.hop, now)
        if connection is None:
            return [SendFailed(message.data, message.hop)]
        connection.send(message.data, now)
        return self._flush(connection)

    def reuse(self, hop: Hop, alias: Hop) -> None:
        """Send what goes to ``alias`` by the connection of ``hop`` (RFC 5923)."""
        self._table.reuse(hop, alias)

    def next_deadline(self) -> float | None:
        deadlines = (self._table.next_deadline(), self._rests_until)
        return earliest(*deadlines)

    def wake(self, *, now: float) -> Outputs:
        """Close the connection that is overdue first; accept again after a rest."""
        if self._rests_until is not None and self._rests_until <= now:
            self._rests_until = None
            for listening, accept in self._listening.items():
                self._running.add_reader(listening, accept)
        overdue = self._table.overdue(now)
        if overdue is None:
            return ()
        refusal = RefusalKind.STALLED_CONNECTION if overdue.is_stalled else None
        return self._close(overdue.connection, refusal, "nothing whole in time" if refusal else "")

    # -- opening -------------------------------------------------------------------------------------

    def _accept(self, listening: socket.socket, transport: str, make_channel: MakeChannel) -> None:
        def accept(now: float) -> Outputs:
            refused: list[Any] = []
            for _ in range(_BATCH):
                try:
                    accepted, address = listening.accept()
                except OSError as error:
                    if error.errno in _NO_DESCRIPTORS:
                        self._rest(now)
                    break
                hop = Hop(transport, address[0], address[1])
                if self._ignores(hop.host):
                    accepted.close()
                elif why_not := self._table.why_not(hop.host):
                    accepted.close()
                    refused.append(ConnectionClosed(hop, RefusalKind.OPEN_CONNECTIONS, why_not))
                else:
                    self._keep(Connection(hop, make_channel(), was_accepted=True, now=now), accepted)
            return refused

        self._driver.run_step(accept)

    def _rest(self, now: float) -> None:
        """Without descriptors nobody can be accepted, and the socket would not stop asking."""
        self._rests_until = now + _REST_S
        for listening in self._listening:
            self._running.remove_reader(listening)

    def _connect(self, hop: Hop, now: float) -> Connection | None:
        if (
            self._loop is None
            or hop.transport in ACCEPTED_ONLY
            or self._table.is_full
            or not is_address(hop.host)
        ):
            return None
        connecting = socket.socket(socket.AF_INET6 if ":" in hop.host else socket.AF_INET, socket.SOCK_STREAM)
        connecting.setblocking(False)
        try:
            code = connecting.connect_ex((hop.host, hop.port))
        except OSError:
            code = errno.EADDRNOTAVAIL
        if code not in (0, errno.EINPROGRESS):
            connecting.close()
            return None
        connection = Connection(hop, self._make_channel(hop), was_accepted=False, now=now)
        self._keep(connection, connecting)
        return connection

    def _keep(self, connection: Connection, opened: socket.socket) -> None:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._sockets[connection] = opened
        self._table.add(connection)
        if connection.was_accepted:
            self._running.add_reader(opened, self._read, connection)
        else:
            self._running.add_writer(opened, self._connected, connection)

    def _connected(self, connection: Connection) -> None:
        self._driver.run_step(lambda now: self._begin(connection))

    def _begin(self, connection: Connection) -> Outputs:
        opened = self._sockets.get(connection)
        if opened is None:
            return ()
        if opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return self._close(connection)
        self._running.remove_writer(opened)
        self._running.add_reader(opened, self._read, connection)
        connection.connected()
        return self._flush(connection)

    # -- reading and writing -------------------------------------------------------------------------

    def _read(self, connection: Connection) -> None:
        try:
            data = self._sockets[connection].recv(_READ_BYTES)
        except _FULL:
            return
        except OSError:
            data = b""
        self._driver.run_step(lambda now: self._take(connection, data, now))

    def _take(self, connection: Connection, data: bytes, now: float) -> Outputs:
        if not data:
            return self._close(connection)
        messages = connection.receive(data, now)
        outputs: list[Any] = [MessageReceived(message, connection.hop) for message in messages]
        outputs += self._flush(connection)
        channel = connection.channel
        if channel.fault or channel.is_over:
            outputs += self._close(connection, _refusal_of(connection), channel.fault)
        elif connection.waits_since == now:
            self._table.watch(connection)
        return outputs

    def _flush(self, connection: Connection) -> Outputs:
        """Write what there is, unless the socket is known to be full or not connected."""
        if connection.is_writing or connection.is_connecting:
            connection.unsent = connection.take_output()
        elif not self._write(connection):
            return self._close(connection)
        if len(connection.unsent) <= self._config.unsent_max_bytes:
            return ()
        return self._close(connection, RefusalKind.STALLED_CONNECTION, "does not read")

    def _write(self, connection: Connection) -> bool:
        """False when the connection turns out to be gone."""
        output = connection.take_output()
        if not output:
            return True
        try:
            written = self._sockets[connection].send(output)
        except _FULL:
            written = 0
        except OSError:
            return False
        connection.unsent = output[written:]
        self._wait_for_room(connection)
        return True

    def _wait_for_room(self, connection: Connection) -> None:
        opened = self._sockets[connection]
        if not connection.unsent:
            if connection.is_writing:
                self._running.remove_writer(opened)
            connection.wrote_all()
        elif not connection.is_writing:
            connection.is_writing = True
            self._running.add_writer(opened, self._go_on, connection)

    def _go_on(self, connection: Connection) -> None:
        """The socket has room again."""
        self._driver.run_step(lambda now: () if self._write(connection) else self._close(connection))

    # -- closing -------------------------------------------------------------------------------------

    def _close(self, connection: Connection, refusal: RefusalKind | None = None, detail: str = "") -> Outputs:
        """Nothing when it is closed already."""
        if not self._forget(connection):
            return ()
        unsent = [SendFailed(message, connection.hop) for message in connection.pending]
        return [*unsent, ConnectionClosed(connection.hop, refusal, detail)]

    def _forget(self, connection: Connection) -> bool:
        if not self._table.remove(connection):
            return False
        opened = self._sockets.pop(connection)
        self._running.remove_reader(opened)
        self._running.remove_writer(opened)
        opened.close()
        return True

    @property
    def _running(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None, "the transport is not open"
        return self._loop


def _refusal_of(connection: Connection) -> RefusalKind | None:
    """A server whose certificate is no good was chosen by us: it has sent us nothing."""
    return RefusalKind.MALFORMED if connection.channel.fault and connection.was_accepted else None
