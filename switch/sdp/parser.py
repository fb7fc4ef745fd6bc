"""From SDP text to values. Forgives what phones get wrong as long as the meaning is plain."""

from dataclasses import dataclass, field

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


class _Expected(Exception):
    """What a line should have been."""


@dataclass(slots=True)
class _DraftStream:
    """An ``m=`` line and what was read under it so far."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    connection: Connection | None = None
    attributes: list[Attribute] = field(default_factory=list)

    def finish(self) -> MediaDescription:
        attributes = tuple(self.attributes)
        return MediaDescription(
            self.kind, self.port, self.protocol, self.formats, self.connection, attributes
        )


@dataclass(slots=True)
class _Draft:
    """What was read so far."""

    origin: Origin | None = None
    name: str = "-"
    connection: Connection | None = None
    timing: list[str] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    streams: list[_DraftStream] = field(default_factory=list)

    def finish(self) -> SessionDescription:
        if self.origin is None:
            raise SdpSyntaxError("no o= line")
        return SessionDescription(
            origin=self.origin,
            name=self.name,
            connection=self.connection,
            timing=tuple(self.timing) or ("0 0",),
            attributes=tuple(self.attributes),
            media=tuple(stream.finish() for stream in self.streams),
        )


def parse_sdp(text: str) -> SessionDescription:
    """Read a session description.

    Takes LF for CRLF, lines of the session in any order, a missing ``s=`` or ``t=``, and skips lines of
    types that offer/answer has no use for. Raises SdpSyntaxError for the rest.
    """
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if len(lines) > MAX_LINES:
        raise SdpSyntaxError(f"{len(lines)} lines; expected at most {MAX_LINES}")
    if not lines or lines[0].rstrip() != "v=0":
        raise SdpSyntaxError("expected v=0 in the first line")
    draft = _Draft()
    for number, line in enumerate(lines[1:], start=2):
        _read_line(draft, line.strip(), number)
    return draft.finish()


def _read_line(draft: _Draft, line: str, number: int) -> None:
    kind, equals, value = line.partition("=")
    if not equals or len(kind) != 1:
        raise SdpSyntaxError(f"line {number} is {line[:_LONGEST_SHOWN]!r}; expected <letter>=<value>")
    read = _READERS.get(kind)
    if read is None:
        return
    try:
        read(draft, value.strip())
    except _Expected as right:
        raise SdpSyntaxError(f"line {number} is {line[:_LONGEST_SHOWN]!r}; expected {right}") from None


def _read_origin(draft: _Draft, value: str) -> None:
    parts = value.split()
    if len(parts) != 6 or parts[3] != "IN":
        raise _Expected("o=<user> <id> <version> IN <address type> <address>")
    draft.origin = draft.origin or Origin(parts[0], parts[1], parts[2], parts[4], parts[5])


def _read_name(draft: _Draft, value: str) -> None:
    if not draft.streams:
        draft.name = value or "-"


def _read_timing(draft: _Draft, value: str) -> None:
    if not draft.streams:
        draft.timing.append(value)


def _read_connection(draft: _Draft, value: str) -> None:
    parts = value.split()
    address = parts[-1].partition("/")[0] if len(parts) == 3 else ""  # multicast has its scope behind it
    if not address or parts[0] != "IN" or parts[1] not in ("IP4", "IP6"):
        raise _Expected("c=IN IP4|IP6 <address>")
    place = draft.streams[-1] if draft.streams else draft
    place.connection = place.connection or Connection(parts[1], address)


def _read_attribute(draft: _Draft, value: str) -> None:
    name, colon, rest = value.partition(":")
    place = draft.streams[-1] if draft.streams else draft
    place.attributes.append((name, rest if colon else None))


def _read_media(draft: _Draft, value: str) -> None:
    parts = value.split()
    if len(parts) < 4:
        raise _Expected("m=<kind> <port> <protocol> <format> …")
    if len(draft.streams) == MAX_MEDIA:
        raise _Expected(f"at most {MAX_MEDIA} streams")
    draft.streams.append(_DraftStream(parts[0], _read_port(parts[1]), parts[2], tuple(parts[3:])))


def _read_port(text: str) -> int:
    """``<port>[/<number of ports>]``; the first port counts."""
    port = text.partition("/")[0]
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise _Expected("a port of 0 to 65535")
    return int(port)


_READERS = {
    "o": _read_origin,
    "s": _read_name,
    "t": _read_timing,
    "c": _read_connection,
    "a": _read_attribute,
    "m": _read_media,
}
