"""Which bytes of a stream are one SIP message (RFC 3261 §18.3), and the keep-alives between them."""

import re

from switch.sip.messages.parser import MAX_MESSAGE_BYTES

_HEAD_END = re.compile(rb"\n\r?\n")
_LONGEST_HEAD_END = 3
_CONTENT_LENGTH = re.compile(
    rb"\n(?:content-length|l)[ \t]*+:[ \t]*+(?>(?:\r?\n[ \t]++)?)([0-9]{1,10}+)[ \t]*+(?=\r?\n)",
    re.IGNORECASE,
)
_LINE_BREAKS = b"\r\n"
_LONGEST_FIRST_LINE = 8_192
_PING_BYTES = 4
"""CR LF CR LF, answered by one CR LF (RFC 5626 §4.4.1)."""
PONG = b"\r\n"


class StreamFraming:
    """Bytes in, whole messages out, however the bytes were cut. Stops for good at the first fault."""

    __slots__ = ("_breaks", "_buffer", "_searched", "fault", "pongs")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        """So much of the buffer holds no end of a head."""
        self._breaks = 0
        """Bytes of line breaks since the last message that make no whole ping yet."""
        self.pongs = 0
        """Keep-alives that are to be answered; whoever answers them sets it back."""
        self.fault = ""
        """Why this is no stream of SIP messages; empty as long as it is one."""

    @property
    def is_waiting(self) -> bool:
        """Whether a message has begun that is not whole yet."""
        return bool(self._buffer)

    def receive(self, data: bytes) -> list[bytes]:
        """The messages that are whole now."""
        messages: list[bytes] = []
        self._buffer += data
        while not self.fault and (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if buffer and buffer[0] in _LINE_BREAKS:
            self._skip_breaks()
        if not buffer:
            return None
        self._breaks = 0
        length = self._length()
        if length is None or len(buffer) < length:
            return None
        message = bytes(buffer[:length])
        del buffer[:length]
        self._searched = 0
        return message

    def _skip_breaks(self) -> None:
        """Line breaks before a message mean nothing (RFC 3261 §7.5), but two ask for a sign of life."""
        buffer = self._buffer
        skipped = len(buffer) - len(buffer.lstrip(_LINE_BREAKS))
        del buffer[:skipped]
        pings, self._breaks = divmod(self._breaks + skipped, _PING_BYTES)
        self.pongs += pings

    def _length(self) -> int | None:
        """Of the message the buffer begins with; None while its head is not whole, or when it is none."""
        buffer = self._buffer
        end = _HEAD_END.search(buffer, max(0, self._searched - _LONGEST_HEAD_END + 1))
        self._searched = end.start() if end else len(buffer)
        head_bytes = end.end() if end else len(buffer)
        self.fault = _fault_of_start(bytes(buffer[: _LONGEST_FIRST_LINE + 1]))
        if not self.fault and head_bytes > MAX_MESSAGE_BYTES:
            self.fault = f"header section of more than {MAX_MESSAGE_BYTES} bytes"
        if end is None or self.fault:
            return None
        return self._whole_length(head_bytes)

    def _whole_length(self, head_bytes: int) -> int | None:
        lengths = _CONTENT_LENGTH.findall(self._buffer, 0, head_bytes)
        if len(lengths) != 1:  # without one nobody knows where the next message begins
            self.fault = "no Content-Length" if not lengths else "more than one Content-Length"
            return None
        length = head_bytes + int(lengths[0])
        if length > MAX_MESSAGE_BYTES:
            self.fault = f"message of {length} bytes; expected at most {MAX_MESSAGE_BYTES}"
            return None
        return length


def _fault_of_start(start: bytes) -> str:
    """What is wrong with the first line, as far as it is there; a stranger is told by it at once."""
    line, ended, _ = start.partition(b"\n")
    if len(line) > _LONGEST_FIRST_LINE:
        return f"first line of more than {_LONGEST_FIRST_LINE} bytes"
    return "not SIP" if ended and b"SIP/" not in line.upper() else ""
