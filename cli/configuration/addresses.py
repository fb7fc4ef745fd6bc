"""The addresses a configuration has the switch listen on, held against those of this machine."""

import errno
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from cli.configuration.sections import Configuration
from runtime.errors import UsageError
from runtime.problems import Finding, KeyPath
from switch.sip.hop import Hop
from switch.sip.transport.config import Transport, all_listeners

_STRANGE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
"""What the system says of an address that it has not, or of a family."""


class _Door(NamedTuple):
    """One place where the switch listens."""

    what: str
    """Who comes in there."""
    transport: Transport
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.what} on {Hop(self.transport, self.host, self.port)}"


def find_strange_addresses(configuration: Configuration) -> Iterator[Finding]:
    """Addresses that no interface has; names of hosts are not looked up."""
    for path, host in _hosts(configuration):
        if _is_strange(host):
            expected = (
                f"an address of this machine; no interface has {host} now, so nobody can be heard there"
            )
            yield Finding(path, expected, f'"{host}"')


def refuse_taken(configuration: Configuration) -> None:
    """Raises UsageError when the switch could not listen somewhere, as somebody else does."""
    for door in _doors(configuration):
        try:
            _try(door.transport, door.host, door.port)
        except OSError as error:
            raise UsageError(f"cannot listen for {door}: {error.strerror or error}") from error


def _hosts(configuration: Configuration) -> Iterator[tuple[KeyPath, str]]:
    media, http = configuration.media, configuration.http
    yield ("sip", "host"), configuration.sip.host
    yield ("media", "host"), media.host
    if media.host6 is not None:
        yield ("media", "host6"), media.host6
    for index, listener in enumerate(configuration.listeners):
        yield ("listeners", index, "host"), listener.host
    for index, door in enumerate(configuration.control.listeners):
        yield ("control", "listeners", index, "host"), door.host
    if http.enabled:
        yield ("http", "host"), http.host


def _doors(configuration: Configuration) -> Iterator[_Door]:
    for listener in all_listeners(configuration.sip, configuration.listeners):
        yield _Door("SIP", listener.transport, listener.host, listener.port)
    for door in configuration.control.listeners:
        yield _Door("control", Transport.TCP, door.host, door.port)
    http = configuration.http
    if http.enabled:
        yield _Door("HTTP", Transport.TCP, http.host, http.port)


def _is_strange(host: str) -> bool:
    try:
        ip_address(host)
        _try(Transport.UDP, host, 0)
    except ValueError:
        return False
    except OSError as error:
        return error.errno in _STRANGE
    return False


def _try(transport: Transport, host: str, port: int) -> None:
    """Bind as the switch will, and let go at once. Raises OSError."""
    kind = socket.SOCK_DGRAM if transport is Transport.UDP else socket.SOCK_STREAM
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = socket.getaddrinfo(host, port, family, kind)[0][4]
    with socket.socket(family, kind) as tried:
        if kind == socket.SOCK_STREAM:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        tried.bind(address)
