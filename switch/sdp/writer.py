"""From values to SDP text, lines in the order of RFC 8866 §5.

Of what we write only the ``o=`` line, the ports and the keys are new each time; the last of all else is kept.
"""

from functools import lru_cache

from runtime.errors import UsageError
from switch.sdp.description import Attribute, Connection, MediaDescription, SessionDescription

_TELL_KEYS = frozenset({"crypto", "ice-pwd"})
"""Attributes that are nobody's business but their call's, and never come again."""


def write_sdp(description: SessionDescription) -> str:
    """The description as the body of a message. Raises UsageError when a value holds a line break."""
    o, name, connection, timing, attributes, media = description
    origin = _line(f"o={o.username} {o.session_id} {o.session_version} IN {o.address_type} {o.address}")
    session = write_session(name, connection, timing, attributes)
    return f"v=0\r\n{origin}{session}{''.join([write_stream(stream, stream.port) for stream in media])}"


def write_stream(media: MediaDescription, port: int) -> str:
    """The lines of a stream with this port in place of its own."""
    kind, _, protocol, formats, connection, attributes = media
    behind = _kept_behind_port if _TELL_KEYS.isdisjoint(dict(attributes)) else _behind_port
    return f"m={kind} {port}{behind(kind, protocol, formats, connection, attributes)}"


@lru_cache(maxsize=256)
def write_session(
    name: str, connection: Connection | None, timing: tuple[str, ...], attributes: tuple[Attribute, ...]
) -> str:
    """The lines between the origin and the streams."""
    times = [_line(f"t={value}") for value in timing]
    return "".join([_line(f"s={name}"), _connection_line(connection), *times, _attribute_lines(attributes)])


def _behind_port(
    kind: str,
    protocol: str,
    formats: tuple[str, ...],
    connection: Connection | None,
    attributes: tuple[Attribute, ...],
) -> str:
    """A stream from behind its port to its last line."""
    first = _line(f"{kind} {protocol} {' '.join(formats)}").removeprefix(kind)
    return f"{first}{_connection_line(connection)}{_attribute_lines(attributes)}"


_kept_behind_port = lru_cache(maxsize=256)(_behind_port)


def _connection_line(connection: Connection | None) -> str:
    return "" if connection is None else _line(f"c=IN {connection.address_type} {connection.address}")


def _attribute_lines(attributes: tuple[Attribute, ...]) -> str:
    lines = (f"a={name}" if value is None else f"a={name}:{value}" for name, value in attributes)
    return "".join(map(_line, lines))


def _line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise UsageError(f"line break inside the SDP line {text!r}; values must fit on one line")
    return f"{text}\r\n"
