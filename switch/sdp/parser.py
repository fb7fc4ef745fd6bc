"""From SDP text to values. Forgives what phones get wrong as long as the meaning is plain.

Calls differ in the ``o=`` line and in the ports; all other text is nearly always what some phone said
before, so what was made of the last of it is kept.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from switch.sdp.description import (
    Attribute,
    Connection,
    MediaDescription,
    Origin,
    SessionDescription,
)
from switch.sdp.errors import SdpSyntaxError
from switch.sdp.usual import may_be_kept

MAX_LINES = 1_000
MAX_MEDIA = 32
_LONGEST_SHOWN = 80
_SPACE = r"[^\S\r\n]"
_USUAL_BEGINNING = re.compile(r"v=0\n++o=(\S++) (\S++) (\S++) IN (\S++) (\S++)\n")
"""As nearly everybody writes it, where all line ends are LF: one match tells the origin's parts."""
_BEGINNING = re.compile(rf"\s*+v=0{_SPACE}*+(?:[\r\n]\s*+(o=[^\r\n]*+)?|\Z)")
"""The version and, where the standard has it, the origin."""
_NEXT_STREAM = re.compile(rf"\n{_SPACE}*+m=")
"""Where all line ends are LF: it begins with the one character that is quickly found."""
_STREAM = re.compile(rf"{_SPACE}*+(\S++){_SPACE}++([0-9]{{1,5}})(?:/\S*+)?{_SPACE}++(?=\S++{_SPACE}++\S)")
"""Kind and first port, of ``<port>[/<number of ports>]``; a protocol and a format must follow."""
_LINE_END = re.compile(r"[\r\n]")
_STREAM_EXPECTED = "m=<kind> <port of 0 to 65535> <protocol> <format> …"


class _Mistake(Exception):
    """A line that is not what it should have been."""

    def __init__(self, line: str, expected: str) -> None:
        super().__init__(f"{line[:_LONGEST_SHOWN]!r}; expected {expected}")
        self.line = line


class _Section(NamedTuple):
    """The lines of the session, or of one stream below its ``m=``."""

    origin: Origin | None
    name: str
    connection: Connection | None
    timing: tuple[str, ...]
    attributes: tuple[Attribute, ...]


class _Stream(NamedTuple):
    """A stream but for its kind and port."""

    protocol: str
    formats: tuple[str, ...]
    connection: Connection | None
    attributes: tuple[Attribute, ...]


def parse_sdp(text: str) -> SessionDescription:
    """Read a session description.

    Takes LF for CRLF, lines of the session in any order, a missing ``s=`` or ``t=``, and skips lines of
    types that offer/answer has no use for. Raises SdpSyntaxError for the rest.
    """
    if len(text) > MAX_LINES and (count := len(_lines(text))) > MAX_LINES:
        raise SdpSyntaxError(f"{count} lines; expected at most {MAX_LINES}")
    session, *streams = _NEXT_STREAM.split(text.replace("\r", "\n"))
    if len(streams) > MAX_MEDIA:
        raise SdpSyntaxError(f"{len(streams)} streams; expected at most {MAX_MEDIA} streams")
    read_section, read_stream = _REMEMBERING if may_be_kept(text) else _FORGETTING
    try:
        usual = _USUAL_BEGINNING.match(session)
        first, end = (Origin(*usual.groups()), usual.end()) if usual else _read_beginning(session)
        other, name, connection, timing, attributes = read_section(session[end:])
        media = tuple([_stream(stream, read_stream) for stream in streams])
    except _Mistake as mistake:
        raise SdpSyntaxError(f"line {_lines(text).index(mistake.line) + 1} is {mistake}") from None
    origin = first or other
    if origin is None:
        raise SdpSyntaxError("no o= line")
    return SessionDescription(origin, name, connection, timing or ("0 0",), attributes, media)


def _read_beginning(text: str) -> tuple[Origin | None, int]:
    """The origin, None when it does not stand behind the version, and where the rest begins."""
    found = _BEGINNING.match(text)
    if found is None:
        raise SdpSyntaxError("expected v=0 in the first line")
    return _read_origin(found[1].rstrip()) if found[1] else None, found.end()


def _stream(text: str, read: Callable[[str], _Stream]) -> MediaDescription:
    """A stream from behind its ``m=`` to its last line."""
    found = _STREAM.match(text)
    port = int(found[2]) if found else -1
    if found is None or port > 65535:
        raise _Mistake(f"m={_LINE_END.split(text, 1)[0]}".rstrip(), _STREAM_EXPECTED)
    return MediaDescription(found[1], port, *read(text[found.end() :]))


def _lines(text: str) -> list[str]:
    """All lines with something in them."""
    return [line for raw in text.replace("\r", "\n").split("\n") if (line := raw.strip())]


def _read_stream(text: str) -> _Stream:
    """A stream from its protocol on."""
    first, *others = _LINE_END.split(text, 1)
    protocol, *formats = first.split()
    section = _read_section("".join(others))
    return _Stream(protocol, tuple(formats), section.connection, section.attributes)


def _read_section(text: str) -> _Section:
    origin: Origin | None = None
    name = "-"
    connection: Connection | None = None
    timing: list[str] = []
    attributes: list[Attribute] = []
    for line in _lines(text):
        kind = line[:2]
        if kind == "a=":
            attribute, colon, value = line[2:].lstrip().partition(":")
            attributes.append((attribute, value if colon else None))
        elif kind == "c=":
            connection = connection or _read_connection(line)
        elif kind == "o=":
            origin = origin or _read_origin(line)
        elif kind == "s=":
            name = line[2:].lstrip() or "-"
        elif kind == "t=":
            timing.append(line[2:].lstrip())
        elif kind[1:] != "=":
            raise _Mistake(line, "<letter>=<value>")
    return _Section(origin, name, connection, tuple(timing), tuple(attributes))


_FORGETTING = _read_section, _read_stream
_REMEMBERING = lru_cache(maxsize=1024)(_read_section), lru_cache(maxsize=1024)(_read_stream)


def _read_origin(line: str) -> Origin:
    parts = line[2:].split()
    if len(parts) != 6 or parts[3] != "IN":
        raise _Mistake(line, "o=<user> <id> <version> IN <address type> <address>")
    return Origin(parts[0], parts[1], parts[2], parts[4], parts[5])


def _read_connection(line: str) -> Connection:
    parts = line[2:].split()
    address = parts[-1].partition("/")[0] if len(parts) == 3 else ""  # multicast has its scope behind it
    if not address or parts[0] != "IN" or parts[1] not in ("IP4", "IP6"):
        raise _Mistake(line, "c=IN IP4|IP6 <address>")
    return Connection(parts[1], address)
