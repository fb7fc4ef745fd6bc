"""What the transport shells tell the stack."""

from typing import NamedTuple

from msgspec import Struct

from switch.sip.guard.events import RefusalKind
from switch.sip.hop import Hop


class MessageReceived(Struct, frozen=True, gc=False):
    """One datagram, or one whole message of a connection."""

    data: bytes
    hop: Hop
    """Where it came from; an answer sent there goes back by the same connection."""


class SendFailed(NamedTuple):
    """This message could not be put on the wire."""

    data: bytes
    hop: Hop


class ConnectionClosed(NamedTuple):
    """A connection is gone. What was not sent yet was reported by SendFailed before."""

    hop: Hop
    refusal: RefusalKind | None = None
    """What it was closed or not accepted for; None when it ended as connections do."""
    detail: str = ""
    """What was wrong, for people."""
