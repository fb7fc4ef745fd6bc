"""A request from a neighbour and our answers to it (RFC 3261 §17.2, RFC 6026 §8.7)."""

from typing import NamedTuple

from msgspec import Struct

from switch.sip.headers.session_id import SessionSide
from switch.sip.hop import Hop
from switch.sip.messages.message import Request


class NewRequest(NamedTuple):
    """A request that belongs to nothing known; it is served once it is admitted."""

    number: int
    request: Request
    source: Hop
    hop: Hop
    """Where answers go."""


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


class ServerTransaction(Struct, eq=False):
    """One request received, for whoever answers it. What serves its repetitions is in the core, under its
    number, for up to 64 × T1 after the answer."""

    number: int
    request: Request
    method: str
    """That of the request."""
    source: Hop
    """Where the request came from."""
    hop: Hop
    """Where answers go."""
    owner: object = None
    """Whatever the user agent hangs on it, to find what a CANCEL cancels."""
    station: str | None = None
    """The station that proved to have sent it."""
    session: SessionSide | None = None
    """That of the dialog it belongs to; every answer names it (RFC 7989 §4.2)."""
    is_answered: bool = False
    """Whether a final answer was given."""
