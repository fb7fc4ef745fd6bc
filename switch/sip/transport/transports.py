"""Every way SIP messages come and go, put together from the configuration."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import partial

from runtime.driver import Driver, Handler, Outputs
from runtime.errors import UsageError
from switch.sip.commands import ReuseConnection, SendMessage
from switch.sip.counters import Counters
from switch.sip.hop import Hop
from switch.sip.transport.certificate_names import proves
from switch.sip.transport.certificates import Certificates
from switch.sip.transport.channels import Channel, PlainChannel
from switch.sip.transport.config import SECURE, ConnectionsConfig, ListenerConfig, Transport
from switch.sip.transport.reports import SendFailed
from switch.sip.transport.streams import Streams
from switch.sip.transport.tls_channel import TlsChannel, Verify
from switch.sip.transport.udp import UdpTransport
from switch.sip.transport.web_socket_channel import WebSocketChannel

_WEB = (Transport.WS, Transport.WSS)
_BACKLOG = 1024
"""Connections the kernel keeps for us while the process is busy."""


class Transports:
    """Listens, and sends each message by the transport of its hop."""

    def __init__(
        self,
        listeners: Sequence[ListenerConfig],
        connections: ConnectionsConfig,
        driver: Driver,
        counters: Counters,
        ignores: Callable[[str], bool],
    ) -> None:
        """``listeners`` are all, those of ``[sip]`` too; ``ignores`` tells whether nothing from an address is
        heard."""
        self._listeners = listeners
        self._verifies = connections.verify_servers
        self.certificates = Certificates(listeners, connections)
        self._streams = Streams(connections, self._client_channel, driver, ignores)
        self._udp = {
            listener.is_ipv6: UdpTransport(listener.host, listener.port, driver, counters, ignores)
            for listener in listeners
            if listener.transport is Transport.UDP
        }

    @property
    def open_connections(self) -> int:
        return self._streams.open_connections

    def delay_s(self) -> float:
        """How long the datagram that is read next may have waited."""
        return max((udp.delay_s() for udp in self._udp.values()), default=0.0)

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver: messages to send, and what connections are for."""
        return {SendMessage: self._send, ReuseConnection: self._reuse}

    def next_deadline(self) -> float | None:
        return self._streams.next_deadline()

    def wake(self, *, now: float) -> Outputs:
        """Close the connection that is overdue first."""
        return self._streams.wake(now=now)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen. Raises UsageError when an address or a certificate cannot be had."""
        self.certificates.load()
        for udp in self._udp.values():
            udp.open(loop)
        for listener in self._listeners:
            if listener.transport is not Transport.UDP:
                self._listen(listener, loop)

    def close(self) -> None:
        """Stop listening; messages that wait are lost. No harm if it is closed already."""
        self._streams.close()
        for udp in self._udp.values():
            udp.close()

    def _send(self, message: SendMessage, now: float) -> Outputs:
        hop = message.hop
        if hop.transport != "udp":
            return self._streams.send(message, now)
        udp = self._udp.get(":" in hop.host)
        return [SendFailed(message.data, hop)] if udp is None else udp.send(message)

    def _reuse(self, command: ReuseConnection, now: float) -> Outputs:
        self._streams.reuse(command.hop, command.alias)
        return ()

    def _listen(self, listener: ListenerConfig, loop: asyncio.AbstractEventLoop) -> None:
        try:
            listening = _listening_socket(listener)
        except OSError as error:
            where = Hop(listener.transport, listener.host, listener.port)
            raise UsageError(f"cannot listen for SIP on {where}: {error.strerror or error}") from error
        make_channel = partial(self._server_channel, listener)
        self._streams.listen(listening, listener.transport.value, make_channel, loop)

    def _server_channel(self, listener: ListenerConfig) -> Channel:
        inner: Channel = WebSocketChannel() if listener.transport in _WEB else PlainChannel()
        if listener.transport not in SECURE:
            return inner
        return TlsChannel(inner, self.certificates.server(listener), server_side=True)

    def _client_channel(self, hop: Hop) -> Channel:
        if hop.transport != Transport.TLS:
            return PlainChannel()
        return TlsChannel(
            PlainChannel(),
            self.certificates.client(),
            server_side=False,
            server_name=hop.domain or None,
            verify=_demand(hop.domain) if hop.domain and self._verifies else lambda tls: "",
        )


def _demand(domain: str) -> Verify:
    def verify(tls: ssl.SSLObject) -> str:
        if proves(tls.getpeercert() or {}, domain):
            return ""
        return f"TLS: certificate not accepted: it does not belong to {domain}"

    return verify


def _listening_socket(listener: ListenerConfig) -> socket.socket:
    family = socket.AF_INET6 if listener.is_ipv6 else socket.AF_INET
    address = socket.getaddrinfo(listener.host, listener.port, family, socket.SOCK_STREAM)[0][4]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if listener.is_ipv6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
