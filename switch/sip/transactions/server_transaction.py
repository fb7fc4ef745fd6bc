"""A request from a neighbour and our answers to it (RFC 3261 §17.2, RFC 6026 §8.7)."""

from typing import NamedTuple

from switch.sip.hop import Hop
from switch.sip.messages.message import Request


class NewRequest(NamedTuple):
    """What the core tells of a request that belongs to nothing known."""

    number: int
    request: Request
    source: Hop
    hop: Hop
    """Where answers go."""


class RequestReceived(NamedTuple):
    """A new request; answer it through its transaction."""

    transaction: "ServerTransaction"


class AckReceived(NamedTuple):
    """The ACK of a 2xx, which belongs to no transaction (RFC 3261 §17.1.1.3)."""

    request: Request
    hop: Hop


class CancelledInvite(NamedTuple):
    """The INVITE that a CANCEL is meant for."""

    transaction: "ServerTransaction | None"
    """None once it is answered."""
    tag: str | None
    """To tag of its final answer."""


class ServerTransaction:
    """One request received, for whoever answers it. What serves its repetitions is in the core, under its
    number, for up to 64 × T1 after the answer."""

    __slots__ = ("hop", "is_answered", "method", "number", "owner", "request", "source", "station")

    def __init__(self, number: int, request: Request, source: Hop, hop: Hop) -> None:
        self.number = number
        self.request = request
        self.method = request.method
        self.source = source
        """Where the request came from."""
        self.hop = hop
        """Where answers go."""
        self.owner: object = None
        """Whatever the user agent hangs on it, to find what a CANCEL cancels."""
        self.station: str | None = None
        """The station that proved to have sent it."""
        self.is_answered = False
        """Whether a final answer was given."""
