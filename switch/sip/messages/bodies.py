"""The session description in a message: its body or a part of it (RFC 3261 §8.2.3, RFC 5621)."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from switch.sip.capabilities import ACCEPT, MULTIPART, SDP
from switch.sip.messages.grammar import find_parameter, read_parameters, unquote
from switch.sip.messages.message import Message, Request
from switch.sip.refusal import Refusal

_ALTERNATIVE = "multipart/alternative"
_MOST_PARTS = 16
_DEEPEST = 3
"""A body in a part in a part; nobody goes further."""
_LONGEST_BOUNDARY = 70
"""Characters (RFC 2046 §5.1.1)."""
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_PLAIN_TRANSFER = ("", "7bit", "8bit", "binary")


class _Unreadable(Exception):
    """Something in a body that we must understand and do not."""


class _Part(NamedTuple):
    """A body, or a part of one."""

    kind: str
    """Media type in lower case; empty when the data is encoded in a way we do not know."""
    boundary: str
    disposition: str
    required: bool
    """Whether the message makes no sense to whoever cannot read this (RFC 3261 §20.11)."""
    data: bytes


def check_body(request: Request) -> Refusal | None:
    """The refusal of a body with something in it that we must understand and do not."""
    body, headers = request.body, request.headers
    if not body:
        return None
    if "content-encoding" in headers and _is_encoded(headers.get):
        return Refusal(415, {"accept-encoding": "identity"})
    if headers.get("content-type") == SDP and "content-disposition" not in headers:  # as nearly always
        return None
    try:
        _session_of(_describe(headers.get, body), _DEEPEST)
    except _Unreadable:
        return Refusal(415, {"accept": ACCEPT})
    return None


def session_text(message: Message) -> str | None:
    """The session description a message brings; None when it brings none, or none that can be read."""
    body, headers = message.body, message.headers
    if not body:
        return None
    if headers.get("content-type") == SDP and "content-disposition" not in headers:  # as nearly always
        return body.decode("utf-8", "replace")
    try:
        return _session_of(_describe(headers.get, body), _DEEPEST)
    except _Unreadable:
        return None


def _session_of(part: _Part, depth: int) -> str | None:
    """The first session description in it. Raises _Unreadable for a part that is required and strange."""
    if part.kind == SDP and part.disposition == "session":
        return part.data.decode("utf-8", "replace")
    if part.kind in (MULTIPART, _ALTERNATIVE) and depth:
        return _session_among(part, depth)
    if part.required:
        raise _Unreadable
    return None


def _session_among(whole: _Part, depth: int) -> str | None:
    found = None
    for part in _parts_of(whole):
        if whole.kind == _ALTERNATIVE:  # one that we know is enough
            part = part._replace(required=False)
        session = _session_of(part, depth - 1)
        found = found or session
    if found is None and whole.kind == _ALTERNATIVE and whole.required:
        raise _Unreadable
    return found


def _parts_of(whole: _Part) -> Iterator[_Part]:
    """The parts between the boundary lines (RFC 2046 §5.1.1)."""
    if not 0 < len(whole.boundary) <= _LONGEST_BOUNDARY:
        raise _Unreadable
    line = re.compile(
        rb"(?:^|\r?\n)--"
        + re.escape(whole.boundary.encode("utf-8", "surrogateescape"))
        + rb"(--)?[ \t]*(?=\r?\n|$)"
    )
    start: int | None = None
    for count, found in enumerate(line.finditer(whole.data)):
        if count > _MOST_PARTS:
            raise _Unreadable
        if start is not None:
            yield _read_part(whole.data[start : found.start()])
        if found[1]:
            return
        start = found.end()
    raise _Unreadable  # cut off before its end


def _read_part(data: bytes) -> _Part:
    """Headers, an empty line, and the rest; a part may have no headers."""
    end = _HEAD_END.search(data)
    if end is None:
        return _describe(lambda name: None, data)
    head = _FOLD.sub(" ", data[: end.start()].decode("utf-8", "replace"))
    fields: dict[str, str] = {}
    for line in head.splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    return _describe(fields.get, data[end.end() :])


def _describe(header: Callable[[str], str | None], data: bytes) -> _Part:
    """What the headers say about the data. Without a word, it is required, and a session if it is SDP."""
    kind, _, type_rest = (header("content-type") or "").partition(";")
    kind = kind.strip().lower()
    disposition, _, rest = (header("content-disposition") or "").partition(";")
    handling = find_parameter(read_parameters(";" + rest), "handling") or ""
    known = _is_plain(header)
    return _Part(
        kind=kind if known else "",
        boundary=unquote(find_parameter(read_parameters(";" + type_rest), "boundary") or ""),
        disposition=disposition.strip().lower() or ("session" if kind == SDP else "render"),
        required=handling.lower() != "optional",
        data=data,
    )


def _is_plain(header: Callable[[str], str | None]) -> bool:
    transfer = (header("content-transfer-encoding") or "").strip().lower()
    return not _is_encoded(header) and transfer in _PLAIN_TRANSFER


def _is_encoded(header: Callable[[str], str | None]) -> bool:
    return (header("content-encoding") or "identity").strip().lower() != "identity"
