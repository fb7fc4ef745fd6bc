"""Where a SIP message came from or goes to."""

from typing import NamedTuple


class Hop(NamedTuple):
    """One transport address of a neighbour."""

    transport: str
    """``udp``; lower case."""
    host: str
    """IP address, IPv6 without brackets."""
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}:{host}:{self.port}"
