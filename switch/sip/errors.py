"""What SIP text can be wrong with."""

from runtime.errors import PeerError
from switch.sip.messages.message import Request


class SipSyntaxError(PeerError):
    """SIP text from outside that cannot be used.

    ``reason`` says what is wrong, for the log and the reason phrase. ``status`` is a hint for the answer
    (400, 416, 505, 513), None where none can be sent: a response, an ACK, a request without a readable
    Via. ``request`` is what could be read, so that the answer can copy its Via, From, To, Call-ID and
    CSeq; None when not even a start line was found.
    """

    def __init__(self, reason: str, *, status: int | None = 400, request: Request | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.request = request
