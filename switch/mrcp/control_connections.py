"""The shell of control connections: one TCP or TLS connection a session. Moves octets, decides nothing."""

import asyncio
import ssl
from pathlib import Path
from typing import cast

from runtime.driver import Driver, Handler, Outputs
from runtime.errors import UsageError
from switch.mrcp.commands import CloseControl, OpenControl, SendControl
from switch.mrcp.reports import ControlClosed, ControlOpened, ControlReceived

_MOST_UNSENT_BYTES = 1_048_576
_Report = ControlOpened | ControlReceived | ControlClosed


class ControlConnections:
    """Between the driver and the servers. What is closed by command is told of no more."""

    def __init__(
        self, driver: Driver, loop: asyncio.AbstractEventLoop, server_ca: Path | None = None
    ) -> None:
        """``server_ca``: who signs servers' certificates. Raises UsageError when it cannot be read."""
        self._driver = driver
        self._loop = loop
        self._proving = _context(server_ca)
        self._connecting: dict[str, asyncio.Task[None]] = {}
        self._open: dict[str, _Connection] = {}

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {OpenControl: self._connect, SendControl: self._send, CloseControl: self._close}

    def close(self) -> None:
        """Let go of all."""
        for task in self._connecting.values():
            task.cancel()
        for connection in self._open.values():
            connection.end()
        self._connecting.clear()
        self._open.clear()

    def made(self, session_id: str, connection: "_Connection") -> None:
        """It is there, and secured where it shall be."""
        if session_id not in self._connecting:  # closed by command meanwhile
            connection.end()
            return
        self._open[session_id] = connection
        self.report(ControlOpened(session_id))

    def report(self, report: _Report) -> None:
        """Tell the core, unless the connection is nobody's any more."""
        if report.session_id in self._open or report.session_id in self._connecting:
            self._driver.run_step(lambda now: [report])

    def lost(self, session_id: str, problem: str) -> None:
        """The server closed it, or it broke."""
        self.report(ControlClosed(session_id, problem))
        self._open.pop(session_id, None)

    def _connect(self, command: OpenControl, now: float) -> Outputs:
        self._connecting[command.session_id] = self._loop.create_task(self._opened(command))
        return ()

    async def _opened(self, command: OpenControl) -> None:
        session_id, domain = command.session_id, command.domain
        context = None if domain is None else self._proving if domain else _unproved()
        try:
            await self._loop.create_connection(
                lambda: _Connection(self, session_id),
                command.host,
                command.port,
                ssl=context,
                server_hostname=None if domain is None else domain or command.host,
            )
        except OSError as fault:  # of which those of TLS are some
            problem = f"{command.host}:{command.port}: {fault.strerror or fault}"
            self.report(ControlClosed(session_id, problem))
        finally:
            self._connecting.pop(session_id, None)

    def _send(self, command: SendControl, now: float) -> Outputs:
        connection = self._open.get(command.session_id)
        if connection is None:
            return ()
        if connection.write(command.octets):
            return ()
        return [ControlClosed(command.session_id, "does not read")]

    def _close(self, command: CloseControl, now: float) -> Outputs:
        task = self._connecting.pop(command.session_id, None)
        if task is not None:
            task.cancel()
        connection = self._open.pop(command.session_id, None)
        if connection is not None:
            connection.end()
        return ()


class _Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, connections: ControlConnections, session_id: str) -> None:
        self._connections = connections
        self._session_id = session_id
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._connections.made(self._session_id, self)

    def data_received(self, data: bytes) -> None:
        self._connections.report(ControlReceived(self._session_id, data))

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.lost(self._session_id, f"connection broke: {exc}" if exc else "connection closed")

    def write(self, octets: bytes) -> bool:
        """False when the server has left too much unread."""
        assert self._transport is not None, "it is written to once it is there"
        self._transport.write(octets)
        return self._transport.get_write_buffer_size() <= _MOST_UNSENT_BYTES

    def end(self) -> None:
        """What was written still goes out."""
        if self._transport is not None:
            self._transport.close()


def _context(server_ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server_ca)
    except (OSError, ssl.SSLError) as fault:
        raise UsageError(f"cannot read the authorities in {server_ca} ([mrcp] server_ca): {fault}") from fault


def _unproved() -> ssl.SSLContext:
    """For a server without a name that could be proved."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
