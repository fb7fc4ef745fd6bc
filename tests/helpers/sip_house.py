"""A SIP stack behind real listeners on loopback, with peers made of plain sockets."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import trustme

from media._core import Ways
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver
from runtime.ids import SeededIds
from sipp_scenarios.runner import free_port
from switch.sip.config import SipConfig, StationConfig
from switch.sip.stack import SipStack
from switch.sip.transport.config import ConnectionsConfig, ListenerConfig, all_listeners
from switch.sip.transport.reports import ConnectionClosed, MessageReceived, SendFailed
from switch.sip.transport.transports import Transports

PATIENCE_S = 45.0


class House:
    """One stack on a loop that a test turns by hand."""

    def __init__(self, listeners: list[dict[str, Any]], connections: dict[str, Any], **settings: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.faults: list[Any] = []
        self.reports: list[Any] = []
        self.events: list[Any] = []
        self._peers: list[Peer] = []
        sip = SipConfig.model_validate({"port": free_port("127.0.0.1"), **settings})
        more = [ListenerConfig.model_validate(listener) for listener in listeners]
        station = StationConfig.model_validate({"name": "1001", "password": "secret"})
        self.driver = Driver(LoopClock(self.loop.time), LoopAlarm(self.loop), self._fault, Ways())
        self.stack = SipStack(sip, [station], SeededIds(), b"key of a test", more)
        self.transports = Transports(
            all_listeners(sip, more),
            ConnectionsConfig.model_validate(connections),
            self.driver,
            self.stack.counters,
            self.stack.guard.ignores,
        )
        self.port = sip.port
        for core in (self.stack, self.transports):
            self.driver.add_core(core)
            self.driver.add_routes(core.routes())
        for kind in (MessageReceived, SendFailed, ConnectionClosed):
            self.driver.add_routes({kind: self._note})
        self.driver.observe(lambda event, wall: self.events.append(event))

    def reported(self, kind: type[Any]) -> list[Any]:
        """What the shells told the stack so far."""
        return [report for report in self.reports if isinstance(report, kind)]

    def run_until(self, condition: Any) -> None:
        """Turn the loop until something is true. Raises TimeoutError."""
        deadline = self.loop.time() + PATIENCE_S
        while not condition():
            if self.loop.time() > deadline:
                raise TimeoutError(f"{condition} never came true; {self.reports}")
            self.loop.call_later(0.002, self.loop.stop)
            self.loop.run_forever()

    def connect(self, port: int | None = None, host: str = "127.0.0.1") -> "Peer":
        """A peer opens a connection."""
        return self._peer(socket.create_connection((host, port or self.port)))

    def listen(self) -> socket.socket:
        """A peer that connections can be opened to."""
        return socket.create_server(("127.0.0.1", 0))

    def accept(self, listening: socket.socket) -> "Peer":
        """The peer takes the connection that the switch opened."""
        listening.setblocking(False)
        return self._peer(self._accepted(listening))

    def _peer(self, opened: socket.socket) -> "Peer":
        peer = Peer(self, opened)
        self._peers.append(peer)
        return peer

    def _accepted(self, listening: socket.socket) -> socket.socket:
        found: list[socket.socket] = []

        def came() -> bool:
            with suppress(BlockingIOError):
                found.append(listening.accept()[0])
            return bool(found)

        self.run_until(came)
        return found[0]

    def close(self) -> None:
        self.transports.close()
        for peer in self._peers:
            peer.close()
        self.loop.close()
        assert self.faults == []

    def _fault(self, item: object, fault: Exception) -> list[Any]:
        self.faults.append((item, fault))
        return []

    def _note(self, report: Any, now: float) -> list[Any]:
        self.reports.append(report)
        return []


class Peer:
    """The far end of one connection."""

    def __init__(self, house: House, opened: socket.socket) -> None:
        self._house = house
        self.socket = opened
        self.socket.setblocking(False)
        self.heard = b""
        self.is_closed = False

    @property
    def port(self) -> int:
        """Its own port, which the switch sees."""
        return int(self.socket.getsockname()[1])

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def hear(self, ending: bytes = b"\r\n\r\n") -> bytes:
        """What it is told, up to ``ending``."""
        self._house.run_until(lambda: self._look() and ending in self.heard)
        found, _, self.heard = self.heard.partition(ending)
        return found + ending

    def wait_closed(self) -> None:
        """The switch closes the connection."""
        self._house.run_until(lambda: self._look() and self.is_closed)

    def secure(self, context: ssl.SSLContext, name: str = "127.0.0.1") -> None:
        """Shake hands as a TLS client. Raises ssl.SSLError."""
        self.socket = context.wrap_socket(self.socket, server_hostname=name, do_handshake_on_connect=False)
        self.turn(self.socket.do_handshake)

    def serve_tls(self, context: ssl.SSLContext, *, then_read: bool = False) -> None:
        """Shake hands as a TLS server; a client's last word may come after that. Raises ssl.SSLError."""
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.turn(self.socket.do_handshake)
        if then_read:
            self.turn(lambda: self.socket.recv(1))

    def turn(self, step: Any) -> None:
        """Do what TLS cannot do at once."""

        def done() -> bool:
            try:
                step()
            except (ssl.SSLWantReadError, BlockingIOError):
                return False
            return True

        self._house.run_until(done)

    def close(self) -> None:
        self.socket.close()

    def _look(self) -> bool:
        try:
            data = self.socket.recv(65_536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except (ConnectionResetError, ssl.SSLError):
            data = b""
        self.heard += data
        self.is_closed = self.is_closed or not data
        return True


@contextmanager
def open_house(
    *listeners: dict[str, Any], connections: dict[str, Any] | None = None, **settings: Any
) -> Iterator[House]:
    """A house that is closed in the end, without a fault."""
    house = House(list(listeners), connections or {}, **settings)
    try:
        house.transports.open(house.loop)
        yield house
    finally:
        house.close()


class Authority:
    """Signs certificates and writes them into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._authority = trustme.CA()
        self.ca = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca))

    def issue(self, *names: str, called: str = "switch", ends: datetime | None = None) -> dict[str, str]:
        """Files of a certificate for these names, as a listener's configuration names them.

        It is good for years, unless it ends sooner.
        """
        issued = self._authority.issue_cert(*names, common_name=names[0], not_after=ends)
        certificate, key = self.folder / f"{called}.pem", self.folder / f"{called}.key"
        certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(key))
        return {"certificate": str(certificate), "private_key": str(key)}

    def client(self, files: dict[str, str] | None = None) -> ssl.SSLContext:
        """A client that trusts this authority, with a certificate or without."""
        context = ssl.create_default_context(cafile=str(self.ca))
        if files is not None:
            context.load_cert_chain(files["certificate"], files["private_key"])
        return context
