"""Where a switch is reached: its Unix socket, or a listener over TCP with or without TLS."""

import asyncio
import errno
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from switch.control.inbox import NotConnected

_SCHEMES = {"tcp": False, "tls": True}


@dataclass(frozen=True, slots=True)
class Address:
    """A control socket."""

    path: Path | None
    """Of a Unix socket; None for a listener."""
    host: str = ""
    port: int = 0
    tls: ssl.SSLContext | None = None

    @classmethod
    def read(cls, where: Path | str, tls: ssl.SSLContext | None = None) -> Self:
        """A path, ``tcp://host:port`` or ``tls://host:port``. Raises ValueError."""
        parts = urlsplit(str(where))
        if parts.scheme not in _SCHEMES or isinstance(where, Path):
            return cls(Path(where))
        if not parts.hostname or not parts.port:
            raise ValueError(f"{where} is no address; expected such as tls://switch.example:7443")
        context = (tls or ssl.create_default_context()) if _SCHEMES[parts.scheme] else None
        return cls(None, parts.hostname, parts.port, context)

    def __str__(self) -> str:
        return str(self.path) if self.path else f"{self.host}:{self.port}"

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection. Raises NotConnected."""
        try:
            if self.path is not None:
                return await asyncio.open_unix_connection(str(self.path))
            return await asyncio.open_connection(self.host, self.port, ssl=self.tls)
        except OSError as error:
            raise self._unreachable(error) from error

    def open_blocking(self, timeout_s: float) -> socket.socket:
        """A connection for programs without an event loop. Raises NotConnected."""
        try:
            if self.path is not None:
                return _unix_socket(self.path, timeout_s)
            plain = socket.create_connection((self.host, self.port), timeout_s)
            return _encrypted(plain, self.tls, self.host) if self.tls else plain
        except OSError as error:
            raise self._unreachable(error) from error

    def if_mute(self) -> str:
        """What it means when the connection ends before anything has come; empty: nothing special."""
        if self.path is not None or self.tls is not None:
            return ""
        return f"{self} closed the connection without a word; where it speaks TLS, it is tls://{self}"

    def _unreachable(self, error: OSError) -> NotConnected:
        """Why nobody answers, told for people."""
        if isinstance(error, ssl.SSLError):  # first: its errno is OpenSSL's, and 1 is no EPERM
            return NotConnected(self._not_encrypted(error))
        if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
            return NotConnected(f"no switch listens at {self}; {self._how_it_would()}")
        if error.errno in (errno.EACCES, errno.EPERM):
            return NotConnected(f"you may not use the control socket {self}; join the group that owns it")
        return NotConnected(f"cannot connect to the control socket {self}: {error.strerror or error}")

    def _how_it_would(self) -> str:
        if self.path is not None:
            return "start it with `ringmain serve`, or name its socket with --socket"
        return "it listens there from its next start on when [[control.listeners]] names this address"

    def _not_encrypted(self, error: ssl.SSLError) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            trust = "name a file with who signed it: RINGMAIN_CA for the command line, `tls` for clients"
            return f"the certificate of {self} is not trusted ({error.verify_message}); {trust}"
        return f"{self} does not speak TLS as expected ({error.reason}); without TLS it is tcp://{self}"


def _encrypted(plain: socket.socket, tls: ssl.SSLContext, host: str) -> socket.socket:
    try:
        return tls.wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def _unix_socket(path: Path, timeout_s: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection
