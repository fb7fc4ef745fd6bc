"""From a datagram to a message. Headers stay text; only what every message must have is checked."""

from switch.sip.messages.message import Message
from switch.sip.messages.reader import READER

MAX_MESSAGE_BYTES = 65_535


def is_keep_alive(data: bytes) -> bool:
    """Whether a datagram is empty or only line breaks and NULs, keeping a NAT binding (RFC 5626 §3.5)."""
    return not data.strip(b"\r\n\0")


def parse_message(data: bytes, *, max_bytes: int = MAX_MESSAGE_BYTES) -> Message:
    """Read one UDP datagram (RFC 3261 §7, §18.3).

    Takes what §7.5 and common practice forgive: leading line breaks, LF without CR, folded lines, any
    case, compact names. Bytes beyond Content-Length are dropped. Raises SipSyntaxError for anything
    else, with as much of the request as an answer needs; with status None for keep-alives.
    """
    return READER.read(data, max_bytes)
