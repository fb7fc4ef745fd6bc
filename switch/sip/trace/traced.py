"""One SIP message as it was seen on the wire."""

from typing import NamedTuple

from switch.sip.hop import Hop


class TracedMessage(NamedTuple):
    """A message that came in or went out."""

    time: float
    """Wall clock, seconds since the Unix epoch."""
    source: Hop
    target: Hop
    data: bytes
    """Whole, as it was on the wire; of TLS and secure WebSocket what was encrypted."""
    sent: bool | None = None
    """Whether it was the switch that sent it; None when a file does not tell."""
