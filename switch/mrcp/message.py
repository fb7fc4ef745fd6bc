"""Messages of the control channel as values, and their octets (RFC 6787 §5)."""

from enum import StrEnum
from typing import NamedTuple

from runtime.errors import PeerError, UsageError

VERSION = "MRCP/2.0"
CHANNEL = "Channel-Identifier"
CONTENT_TYPE = "Content-Type"
CONTENT_LENGTH = "Content-Length"
SUCCESS = range(200, 300)
_CRLF = "\r\n"

Headers = tuple[tuple[str, str], ...]
"""Names as written, which ignore case, and values."""


class RequestState(StrEnum):
    """What has become of a request (RFC 6787 §5.3)."""

    PENDING = "PENDING"
    """It waits for its turn."""
    IN_PROGRESS = "IN-PROGRESS"
    COMPLETE = "COMPLETE"
    """Nothing more will be said of it."""


class MrcpRequest(NamedTuple):
    """What a client asks."""

    method: str
    request_id: int
    headers: Headers
    body: bytes = b""


class MrcpResponse(NamedTuple):
    """The one answer to a request."""

    request_id: int
    status: int
    state: RequestState
    headers: Headers
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        return self.status in SUCCESS


class MrcpEvent(NamedTuple):
    """What a server tells of a request later on."""

    name: str
    request_id: int
    state: RequestState
    headers: Headers
    body: bytes = b""


MrcpMessage = MrcpRequest | MrcpResponse | MrcpEvent


class MrcpSyntaxError(PeerError):
    """Not a message of the control channel."""


def header(message: MrcpMessage, name: str) -> str:
    """The first value of a header; empty when there is none."""
    wanted = name.lower()
    return next((value for key, value in message.headers if key.lower() == wanted), "")


def write_mrcp(message: MrcpMessage) -> bytes:
    """The octets; Content-Length is put in where there is a body. Raises UsageError for a line break."""
    headers = message.headers
    if message.body:
        headers = (*headers, (CONTENT_LENGTH, str(len(message.body))))
    lines = [_start(message), *(f"{name}: {value}" for name, value in headers)]
    for line in lines:
        if "\r" in line or "\n" in line:
            raise UsageError(f"line break inside the line {line!r}; values must fit on one line")
    rest = f" {_CRLF.join([*lines, '', ''])}".encode() + message.body
    return f"{VERSION} {_length(len(rest))}".encode() + rest


def _start(message: MrcpMessage) -> str:
    """The start-line behind the length."""
    if isinstance(message, MrcpRequest):
        return f"{message.method} {message.request_id}"
    if isinstance(message, MrcpResponse):
        return f"{message.request_id} {message.status} {message.state}"
    return f"{message.name} {message.request_id} {message.state}"


def _length(rest: int) -> int:
    """The length counts its own digits too (RFC 6787 §5.1)."""
    before = len(VERSION) + 1 + rest
    length = before + len(str(before))
    return length if len(str(length)) == len(str(before)) else length + 1
