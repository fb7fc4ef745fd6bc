"""Where a SIP message came from or goes to."""

from functools import lru_cache
from typing import NamedTuple

ACCEPTED_ONLY = frozenset({"ws", "wss"})
"""Transports whose connections only clients open (RFC 7118 §3)."""

OPENED = frozenset({"tcp", "tls"})
"""Transports whose connections we may open."""


class Hop(NamedTuple):
    """One transport address of a neighbour; of a stream transport, also the connection with it."""

    transport: str
    """``udp``, ``tcp``, ``tls``, ``ws`` or ``wss``."""
    host: str
    """IP address, IPv6 without brackets."""
    port: int
    domain: str = ""
    """The name a TLS server must prove by its certificate (RFC 5922 §7); empty when any will do."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}:{host}:{self.port}"


@lru_cache(maxsize=1024)
def host_of(peer: str) -> str:
    """The address in a text such as ``udp:192.0.2.1:5060``, which a hop is in events."""
    return peer.partition(":")[2].rpartition(":")[0].strip("[]")


def read_hop(text: str) -> Hop:
    """What ``str(hop)`` gives. Raises ValueError for anything else."""
    transport, _, address = text.partition(":")
    host, _, port = address.rpartition(":")
    return Hop(transport, host.strip("[]"), int(port))
