"""From SDP text to values. Forgives what phones get wrong as long as the meaning is plain.

Calls differ in the ``o=`` line and in the ports; all other lines are nearly always what some phone said
before, so what was made of the last of those is kept.
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from switch.sdp.description import (
    Attribute,
    Connection,
    MediaDescription,
    Origin,
    SessionDescription,
)
from switch.sdp.errors import SdpSyntaxError

MAX_LINES = 1_000
MAX_MEDIA = 32
_LONGEST_SHOWN = 80
_LONGEST_KEPT = 40
"""Lines of a stream worth keeping; a phone with more is rare."""


class _Mistake(Exception):
    """A line that is not what it should have been."""

    def __init__(self, index: int, line: str, expected: str) -> None:
        super().__init__(f"{line[:_LONGEST_SHOWN]!r}; expected {expected}")
        self.index = index


class _Section(NamedTuple):
    """The lines of the session, or of one stream below its ``m=``."""

    origin: Origin | None
    name: str
    connection: Connection | None
    timing: tuple[str, ...]
    attributes: tuple[Attribute, ...]


def parse_sdp(text: str) -> SessionDescription:
    """Read a session description.

    Takes LF for CRLF, lines of the session in any order, a missing ``s=`` or ``t=``, and skips lines of
    types that offer/answer has no use for. Raises SdpSyntaxError for the rest.
    """
    lines = [line for raw in text.replace("\r", "\n").split("\n") if (line := raw.strip())]
    if len(lines) > MAX_LINES:
        raise SdpSyntaxError(f"{len(lines)} lines; expected at most {MAX_LINES}")
    if not lines or lines[0] != "v=0":
        raise SdpSyntaxError("expected v=0 in the first line")
    starts = [index for index, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) > MAX_MEDIA:
        raise SdpSyntaxError(f"{len(starts)} streams; expected at most {MAX_MEDIA} streams")
    starts.append(len(lines))
    origin, session = _session(lines, starts[0])
    media = tuple(_stream(lines, start, end) for start, end in pairwise(starts))
    if origin is None:
        raise SdpSyntaxError("no o= line")
    timing = session.timing or ("0 0",)
    return SessionDescription(origin, session.name, session.connection, timing, session.attributes, media)


def _session(lines: list[str], end: int) -> tuple[Origin | None, _Section]:
    """The session's lines; its ``o=`` stands first, as the standard has it, or anywhere."""
    if end < 2 or not lines[1].startswith("o="):
        session = _section(lines, 1, end)
        return session.origin, session
    return _section(lines, 1, 2, keep=False).origin, _section(lines, 2, end)


def _stream(lines: list[str], start: int, end: int) -> MediaDescription:
    parts = lines[start][2:].split()
    port = _read_port(parts[1]) if len(parts) >= 4 else None
    if port is None:
        expected = "m=<kind> <port of 0 to 65535> <protocol> <format> …"
        raise SdpSyntaxError(f"line {start + 1} is {lines[start][:_LONGEST_SHOWN]!r}; expected {expected}")
    section = _section(lines, start + 1, end)
    return MediaDescription(
        parts[0], port, parts[2], tuple(parts[3:]), section.connection, section.attributes
    )


def _section(lines: list[str], start: int, end: int, *, keep: bool = True) -> _Section:
    read = _kept_section if keep and end - start <= _LONGEST_KEPT else _read_section
    try:
        return read(tuple(lines[start:end]))
    except _Mistake as mistake:
        raise SdpSyntaxError(f"line {start + mistake.index + 1} is {mistake}") from None


def _read_section(lines: tuple[str, ...]) -> _Section:
    origin: Origin | None = None
    name = "-"
    connection: Connection | None = None
    timing: list[str] = []
    attributes: list[Attribute] = []
    for index, line in enumerate(lines):
        kind = line[:2]
        if kind == "a=":
            attribute, colon, value = line[2:].lstrip().partition(":")
            attributes.append((attribute, value if colon else None))
        elif kind == "c=":
            connection = connection or _read_connection(index, line)
        elif kind == "o=":
            origin = origin or _read_origin(index, line)
        elif kind == "s=":
            name = line[2:].lstrip() or "-"
        elif kind == "t=":
            timing.append(line[2:].lstrip())
        elif kind[1:] != "=":
            raise _Mistake(index, line, "<letter>=<value>")
    return _Section(origin, name, connection, tuple(timing), tuple(attributes))


_kept_section = lru_cache(maxsize=256)(_read_section)


def _read_origin(index: int, line: str) -> Origin:
    parts = line[2:].split()
    if len(parts) != 6 or parts[3] != "IN":
        raise _Mistake(index, line, "o=<user> <id> <version> IN <address type> <address>")
    return Origin(parts[0], parts[1], parts[2], parts[4], parts[5])


def _read_connection(index: int, line: str) -> Connection:
    parts = line[2:].split()
    address = parts[-1].partition("/")[0] if len(parts) == 3 else ""  # multicast has its scope behind it
    if not address or parts[0] != "IN" or parts[1] not in ("IP4", "IP6"):
        raise _Mistake(index, line, "c=IN IP4|IP6 <address>")
    return Connection(parts[1], address)


def _read_port(text: str) -> int | None:
    """``<port>[/<number of ports>]``; the first port counts. None for anything else."""
    port = text.partition("/")[0]
    if not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    number = int(port)
    return number if number <= 65535 else None
