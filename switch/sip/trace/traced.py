"""One SIP message as it was seen on the wire."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from runtime.vocabulary import Event
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SipMessageTraced(Event):
    """A SIP message passed. Only for subscribers who name this topic; never in the journal, so its sequence is 0."""

    topic: ClassVar[str] = "trace.sip"
    source: str
    """Such as ``udp:192.0.2.1:5060``."""
    target: str
    sent: bool
    """True for what the switch sent."""
    data: bytes
    """The whole message as it was on the wire, before encryption."""
