"""From a message to the bytes of a datagram."""

import re

from switch.sip.messages.message import Message, Request

_IRREGULAR = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "mime-version": "MIME-Version",
    "min-se": "Min-SE",
    "rack": "RAck",
    "rseq": "RSeq",
    "session-id": "Session-ID",
    "sip-etag": "SIP-ETag",
    "sip-if-match": "SIP-If-Match",
    "www-authenticate": "WWW-Authenticate",
}
"""Header names whose capitals do not follow from their parts."""
_LINE_BREAKS = re.compile(r"[\r\n]+")


class _Names(dict[str, str]):
    """Lower-case name → canonical name, worked out once a name."""

    _CAPACITY = 512

    def __missing__(self, name: str) -> str:
        canonical = _IRREGULAR.get(name) or "-".join(part.capitalize() for part in name.split("-"))
        if len(self) < self._CAPACITY:
            self[name] = canonical
        return canonical


_names = _Names()


def write_message(message: Message) -> bytes:
    """The message as it goes on the wire: long names, Content-Length last and counted from the body.

    Line breaks inside a value cannot start a header of their own: they become spaces.
    """
    fields = message.headers.lines()
    if "content-length" in message.headers:
        fields = [field for field in fields if field[0] != "content-length"]
    lines = [_start_line(message)]
    lines += [f"{_names[name]}: {value}" for name, value in fields]
    lines.append(f"Content-Length: {len(message.body)}\r\n\r\n")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        head = _without_breaks_inside(lines)
    return head.encode("utf-8", "surrogateescape") + message.body


def _start_line(message: Message) -> str:
    if isinstance(message, Request):
        return f"{message.method} {message.uri} SIP/2.0"
    return f"SIP/2.0 {message.status} {message.reason}"


def _without_breaks_inside(lines: list[str]) -> str:
    *inner, last = lines
    return "\r\n".join([*(_LINE_BREAKS.sub(" ", line) for line in inner), last])
