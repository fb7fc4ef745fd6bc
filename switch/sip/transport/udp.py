"""The UDP shell: one non-blocking socket. Moves bytes, decides nothing."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from media._core import DatagramSocket
from runtime.driver import Driver, Outputs
from runtime.errors import UsageError
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.hop import Hop
from switch.sip.transport.reports import MessageReceived, SendFailed

_BATCH = 64
"""Datagrams taken at one wake-up, so that a flood cannot keep timers and media waiting."""
_BACKLOG = 1024
"""Messages kept while the socket's buffer is full; what comes on top is lost, as it may be with UDP."""
_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
"""Room for the burst that arrives while the process is busy."""


def _hop_of(host: str, port: int) -> Hop:
    """Where datagrams come from. One for all of a neighbour's, as each call keeps several for a while."""
    return Hop("udp", host, port)


class UdpTransport:
    """One UDP socket between the network and the driver."""

    def __init__(
        self, host: str, port: int, driver: Driver, counters: Counters, ignores: Callable[[str], bool]
    ) -> None:
        """``ignores`` tells whether nothing from an address is heard."""
        self._host = host
        self._port = port
        self._driver = driver
        self._counters = counters
        self._ignores = ignores
        self._socket: socket.socket | None = None
        self._datagrams: DatagramSocket[Hop] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._backlog: deque[SendMessage] = deque()
        self._behind_since: float | None = None
        """Since when more came than was read at each wake-up."""

    @property
    def address(self) -> Hop:
        """Where it listens, once it is open."""
        name = self._opened().getsockname()
        return Hop("udp", name[0], name[1])

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Bind and listen. Raises UsageError when the address cannot be had."""
        try:
            self._socket = self._bind()
        except OSError as error:
            where = Hop("udp", self._host, self._port)
            raise UsageError(f"cannot listen for SIP on {where}: {error.strerror or error}") from error
        self._loop = loop
        self._datagrams = DatagramSocket(self._socket.fileno(), _hop_of)
        loop.add_reader(self._socket, self._read)

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        address = socket.getaddrinfo(self._host, self._port, family, socket.SOCK_DGRAM)[0][4]
        opened = socket.socket(family, socket.SOCK_DGRAM)
        try:
            opened.setblocking(False)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
            opened.bind(address)
        except OSError:
            opened.close()
            raise
        return opened

    def close(self) -> None:
        """Stop listening; messages that wait are lost. No harm if it is closed already."""
        if self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
        self._socket = self._datagrams = None
        self._backlog.clear()

    def _read(self) -> None:
        """Messages wait: all of a batch in one step."""
        self._driver.run_step(self._take)

    def _take(self, now: float) -> list[MessageReceived]:
        """What waits in the socket, as far as it is heard."""
        assert self._datagrams is not None, "the transport is not open"
        try:
            datagrams = self._datagrams.receive(_BATCH)
        except OSError:  # an ICMP error of an earlier message; it does not say of which
            self._counters.send_errors += 1
            return []
        if len(datagrams) < _BATCH:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = now
        ignores = self._ignores
        return [MessageReceived(data, hop) for data, hop in datagrams if not ignores(hop.host)]

    def delay_s(self) -> float:
        """How long the datagram that is read next may have waited: since nothing was left to read."""
        if self._behind_since is None or self._loop is None:
            return 0.0
        return self._loop.time() - self._behind_since

    def send(self, message: SendMessage) -> Outputs:
        """Put a message on the wire; it is dropped while the socket is closed."""
        if self._datagrams is None:
            return ()
        if self._backlog:
            self._keep(message)
            return ()
        hop = message.hop
        try:
            if not self._datagrams.send(message.data, hop.host, hop.port):
                self._keep(message)
        except OSError:
            return [SendFailed(message.data, hop)]
        return ()

    def _keep(self, message: SendMessage) -> None:
        if len(self._backlog) >= _BACKLOG:
            self._counters.send_errors += 1
            return
        if not self._backlog and self._loop is not None:
            self._loop.add_writer(self._opened(), self._write)
        self._backlog.append(message)

    def _write(self) -> None:
        """The socket has room again."""
        waiting = list(self._backlog)
        self._backlog.clear()
        if self._loop is not None:
            self._loop.remove_writer(self._opened())
        self._driver.run_step(lambda now: waiting)

    def _opened(self) -> socket.socket:
        assert self._socket is not None, "the transport is not open"
        return self._socket
