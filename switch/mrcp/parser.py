"""From octets to messages of the control channel: framed by their own length (RFC 6787 §5.1).

Line feeds alone are taken for line ends. Whatever else is wrong ends the connection: where a length cannot
be trusted, nobody knows where the next message begins.
"""

import re

from switch.mrcp.message import (
    CONTENT_LENGTH,
    Headers,
    MrcpEvent,
    MrcpMessage,
    MrcpRequest,
    MrcpResponse,
    MrcpSyntaxError,
    RequestState,
    header,
)

MAX_MESSAGE_BYTES = 262_144
MAX_HEADERS = 128
_LONGEST_START = 512
_BEGINNING = re.compile(rb"MRCP/2\.[0-9] ([0-9]{1,19}) ")
_REQUEST = re.compile(r"([A-Z][A-Z0-9-]{0,63}) ([0-9]{1,10})")
_RESPONSE = re.compile(r"([0-9]{1,10}) ([1-9][0-9]{2}) (PENDING|IN-PROGRESS|COMPLETE)")
_EVENT = re.compile(r"([A-Z][A-Z0-9-]{0,63}) ([0-9]{1,10}) (PENDING|IN-PROGRESS|COMPLETE)")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_HEAD_END = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LONGEST_SHOWN = 80


class MessageStream:
    """Octets in, whole messages out, however the octets were cut. Stops for good at the first fault."""

    __slots__ = ("_buffer", "fault")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.fault = ""
        """Why this is no stream of messages; empty as long as it is one."""

    def receive(self, data: bytes) -> list[MrcpMessage]:
        """The messages that are whole now; those before a fault are good."""
        messages: list[MrcpMessage] = []
        self._buffer += data
        try:
            while not self.fault and (octets := self._next()) is not None:
                messages.append(parse_mrcp(octets))
        except MrcpSyntaxError as error:
            self.fault = str(error)
        return messages

    def _next(self) -> bytes | None:
        length = _length_of(bytes(self._buffer[:_LONGEST_START]))
        if length is None or len(self._buffer) < length:
            return None
        octets = bytes(self._buffer[:length])
        del self._buffer[:length]
        return octets


def parse_mrcp(octets: bytes) -> MrcpMessage:
    """One whole message. Raises MrcpSyntaxError."""
    if _length_of(octets) != len(octets):
        raise MrcpSyntaxError(f"message of {len(octets)} octets that names another length")
    end = _HEAD_END.search(octets)
    if end is None:
        raise MrcpSyntaxError("no empty line behind the headers")
    try:
        head = octets[: end.start()].decode("utf-8")
    except UnicodeDecodeError:
        raise MrcpSyntaxError("headers that are no UTF-8") from None
    start, *lines = _FOLD.sub(" ", head).split("\n")
    message = _begin(start.rstrip("\r").split(" ", 2)[2], _read_headers(lines), octets[end.end() :])
    _check_body(message)
    return message


def _length_of(start: bytes) -> int | None:
    """Of the message that begins so; None while that cannot be told. Raises MrcpSyntaxError."""
    found = _BEGINNING.match(start)
    if found is None:
        if b"\n" in start or len(start) >= _LONGEST_START or not _may_become_one(start):
            raise MrcpSyntaxError(f"no message of MRCPv2 begins with {_shown(start)}")
        return None
    length = int(found[1])
    if not found.end() < length <= MAX_MESSAGE_BYTES:
        raise MrcpSyntaxError(f"message of {length} octets; expected at most {MAX_MESSAGE_BYTES}")
    return length


def _may_become_one(start: bytes) -> bool:
    beginning = b"MRCP/2."
    return start[: len(beginning)] == beginning[: len(start)]


def _begin(start: str, headers: Headers, body: bytes) -> MrcpMessage:
    if found := _RESPONSE.fullmatch(start):
        return MrcpResponse(int(found[1]), int(found[2]), RequestState(found[3]), headers, body)
    if found := _EVENT.fullmatch(start):
        return MrcpEvent(found[1], int(found[2]), RequestState(found[3]), headers, body)
    if found := _REQUEST.fullmatch(start):
        return MrcpRequest(found[1], int(found[2]), headers, body)
    raise MrcpSyntaxError(f"neither request, response nor event: {start[:_LONGEST_SHOWN]!r}")


def _read_headers(lines: list[str]) -> Headers:
    if len(lines) > MAX_HEADERS:
        raise MrcpSyntaxError(f"{len(lines)} headers; expected at most {MAX_HEADERS}")
    return tuple(_read_header(line) for line in lines)


def _read_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name := name.rstrip(" \t")):
        raise MrcpSyntaxError(f"no header: {line[:_LONGEST_SHOWN]!r}; expected <name>: <value>")
    return name, value.strip(" \t\r")


def _check_body(message: MrcpMessage) -> None:
    """Both lengths must agree, or one of them was meant for another message."""
    told = header(message, CONTENT_LENGTH)
    if (told or "0") != str(len(message.body)):
        raise MrcpSyntaxError(
            f"body of {len(message.body)} octets with Content-Length {told[:20] or 'absent'}"
        )


def _shown(octets: bytes) -> str:
    return repr(octets[:_LONGEST_SHOWN].decode("utf-8", "replace"))
