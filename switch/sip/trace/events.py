"""What a trace tells those who follow it."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class SipMessageTraced(Event):
    """A SIP message passed. Only for clients that name this topic; in no journal, so its sequence is 0."""

    topic: ClassVar[str] = "trace.sip"
    source: str
    """Such as ``udp:192.0.2.1:5060``."""
    target: str
    sent: bool
    """True for what the switch sent."""
    data: bytes
    """The whole message as it was on the wire, before encryption."""
