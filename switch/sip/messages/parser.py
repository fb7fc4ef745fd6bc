"""From a datagram to a message. Headers stay text; only what every message must have is checked."""

import re

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import is_token
from switch.sip.messages.header_lines import read_header_lines
from switch.sip.messages.header_values import is_name_addr, parse_cseq
from switch.sip.messages.message import Headers, Message, Request, Response, TopVia
from switch.sip.messages.via_rules import read_via_line, read_way_back

MAX_MESSAGE_BYTES = 65_535
MAX_HEADERS = 256
MAX_LINE_CHARS = 8_192

_HEAD_END = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\n[ \t]+")
_CALL_ID = re.compile(r"[^\s]+")
_REQUEST_URI = re.compile(r"[^\s<>]+")
_VERSION = re.compile(r"SIP/[0-9]{1,3}\.[0-9]{1,3}", re.IGNORECASE | re.ASCII)
_STATUS = re.compile(r"[1-6][0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,10}")

_MOST_HOPS = 255
_LONGEST_SHOWN = 80

_USUAL_ORDER = ("via", "from", "to", "call-id", "cseq")
_REQUIRED = frozenset(_USUAL_ORDER)


def is_keep_alive(data: bytes) -> bool:
    """Whether a datagram is empty or only line breaks and NULs, keeping a NAT binding (RFC 5626 §3.5)."""
    return not data.strip(b"\r\n\0")


def parse_message(data: bytes, *, max_bytes: int = MAX_MESSAGE_BYTES) -> Message:
    """Read one UDP datagram (RFC 3261 §7, §18.3).

    Takes what §7.5 and common practice forgive: leading line breaks, LF without CR, folded lines, any
    case, compact names. Bytes beyond Content-Length are dropped. Raises SipSyntaxError for anything
    else, with as much of the request as an answer needs; with status None for keep-alives.
    """
    lines, body = _divide(data)
    fields, headers, fault = read_header_lines(lines[1 : MAX_HEADERS + 1])
    message = _read_start(lines[0], headers)
    try:
        _check_size(len(data), max_bytes, lines)
        if isinstance(message, Request):
            _check_request_line(lines[0], message)
        if fault is not None:
            raise SipSyntaxError(fault)
        message.top_via = _check_headers(fields)
        if isinstance(message, Request):
            _check_request(message, fields)
        message.body = _cut_body(body, fields.get("content-length"))
    except SipSyntaxError as error:
        raise _answerable(error, message) from error
    return message


def _divide(data: bytes) -> tuple[list[str], bytes | None]:
    """The lines of the head with folds undone, and the body (None when the head never ends)."""
    end = data.find(b"\r\n\r\n")
    if end > 0 and data[0] not in b"\r\n":
        head = data[:end].decode("utf-8", "surrogateescape")
        lines = head.split("\r\n")
        is_folded = "\n " in head or "\n\t" in head
        if head.count("\n") == head.count("\r") == len(lines) - 1 and not is_folded:
            return lines, data[end + 4 :]
    return _divide_oddly_written(data)


def _divide_oddly_written(data: bytes) -> tuple[list[str], bytes | None]:
    """LF alone ends a line. A CR without LF goes: it means nothing here, but might end a line at the next
    hop."""
    data = data.lstrip(b"\r\n")
    if is_keep_alive(data):
        raise SipSyntaxError("keep-alive", status=None)
    end = _HEAD_END.search(data)
    lines = (data[: end.start()] if end else data).translate(None, b"\r")
    head = _FOLD.sub(" ", lines.decode("utf-8", "surrogateescape"))
    return head.split("\n"), data[end.end() :] if end else None


def _read_start(start: str, headers: Headers) -> Message:
    """A message from its first line, as forgiving as an error answer needs; no body yet."""
    first, _, rest = start.partition(" ")
    if first[:4].upper() == "SIP/":
        status, _, reason = rest.partition(" ")
        if first.upper() != "SIP/2.0" or not _STATUS.fullmatch(status):
            raise SipSyntaxError(f"malformed status line {start[:_LONGEST_SHOWN]!r}", status=None)
        return Response(int(status), reason, headers)
    uri, _, version = rest.rstrip(" \t").rpartition(" ")
    if not is_token(first) or (version != "SIP/2.0" and not _VERSION.fullmatch(version)):
        raise SipSyntaxError(f"not SIP: {start[:_LONGEST_SHOWN]!r}", status=None)
    return Request(first, uri, headers)


def _check_size(size: int, max_bytes: int, lines: list[str]) -> None:
    if size > max_bytes:
        raise SipSyntaxError(f"{size} bytes; expected at most {max_bytes}", status=513)
    if len(lines) > MAX_HEADERS + 1:
        raise SipSyntaxError(f"{len(lines) - 1} header lines; expected at most {MAX_HEADERS}")
    if size > MAX_LINE_CHARS and max(map(len, lines[1:]), default=0) > MAX_LINE_CHARS:
        raise SipSyntaxError(f"header line of more than {MAX_LINE_CHARS} characters")


def _check_headers(fields: dict[str, str]) -> TopVia:
    """What every message must have (RFC 3261 §8.1.1), in shape; the parts are parsed when asked for."""
    if not fields.keys() >= _REQUIRED:
        missing = next(name for name in _USUAL_ORDER if name not in fields)
        raise SipSyntaxError(f"no {missing} header")
    top_via = read_via_line(fields["via"])
    if not is_name_addr(fields["from"]) or not is_name_addr(fields["to"]):
        raise SipSyntaxError("malformed from or to header")
    if not _CALL_ID.fullmatch(fields["call-id"]):
        raise SipSyntaxError("malformed call-id header")
    parse_cseq(fields["cseq"])
    return top_via


def _check_request_line(start: str, request: Request) -> None:
    """Comes before all that: what another version makes of the headers cannot be known."""
    version = "SIP/2.0" if start.endswith(" SIP/2.0") else start.rpartition(" ")[2].upper()
    if version != "SIP/2.0" and _VERSION.fullmatch(version):
        raise SipSyntaxError(f"version {version}; expected SIP/2.0", status=505)
    if version != "SIP/2.0" or not _REQUEST_URI.fullmatch(request.uri):
        raise SipSyntaxError(f"malformed request line {start[:_LONGEST_SHOWN]!r}")


def _check_request(request: Request, fields: dict[str, str]) -> None:
    """What a request must have beyond the headers of every message."""
    of_method = parse_cseq(fields["cseq"]).method
    if of_method != request.method:
        raise SipSyntaxError(f"CSeq of {of_method[:_LONGEST_SHOWN]} in {request.method[:_LONGEST_SHOWN]}")
    hops = fields.get("max-forwards")
    if hops is not None and (not _NUMBER.fullmatch(hops) or int(hops) > _MOST_HOPS):
        raise SipSyntaxError(f"Max-Forwards is {hops[:_LONGEST_SHOWN]!r}; expected 0 to {_MOST_HOPS}")


def _has_way_back(headers: Headers) -> bool:
    """Whether an answer can be sent at all."""
    try:
        read_way_back(headers)
    except SipSyntaxError:
        return False
    return True


def _cut_body(body: bytes | None, length: str | None) -> bytes:
    """The body by Content-Length; without one it reaches to the end of the datagram (RFC 3261 §18.3)."""
    if body is None:
        raise SipSyntaxError("no empty line after the headers")
    if length is None:
        return body
    if not _NUMBER.fullmatch(length):
        raise SipSyntaxError(f"Content-Length is {length[:_LONGEST_SHOWN]!r}; expected a number")
    if int(length) > len(body):
        raise SipSyntaxError(f"Content-Length is {length} but the body has {len(body)} bytes")
    return body[: int(length)]


def _answerable(error: SipSyntaxError, message: Message) -> SipSyntaxError:
    """The same error with what its answer needs; without status when there can be none (§17.1.1.3, §18.3)."""
    if not isinstance(message, Request):
        return SipSyntaxError(error.reason, status=None)
    answered = message.method != "ACK" and _has_way_back(message.headers)
    return SipSyntaxError(error.reason, status=error.status if answered else None, request=message)
