"""From values to SDP text, lines in the order of RFC 8866 §5."""

from collections.abc import Iterator
from functools import lru_cache

from runtime.errors import UsageError
from switch.sdp.description import Attribute, Connection, MediaDescription, SessionDescription


def write_sdp(description: SessionDescription) -> str:
    """The description as the body of a message. Raises UsageError when a value holds a line break."""
    lines = list(_session_lines(description))
    for media in description.media:
        lines += _media_lines(media)
    text = "\r\n".join([*lines, ""])
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        broken = next(line for line in lines if "\n" in line or "\r" in line)
        raise UsageError(f"line break inside the SDP line {broken!r}; values must fit on one line")
    return text


def _session_lines(description: SessionDescription) -> Iterator[str]:
    o = description.origin
    yield "v=0"
    yield f"o={o.username} {o.session_id} {o.session_version} IN {o.address_type} {o.address}"
    yield f"s={description.name}"
    yield from _connection_lines(description.connection)
    yield from (f"t={timing}" for timing in description.timing)
    yield from _attribute_lines(description.attributes)


def _media_lines(media: MediaDescription) -> Iterator[str]:
    yield f"m={media.kind} {media.port} {media.protocol} {' '.join(media.formats)}"
    yield from _connection_lines(media.connection)
    yield from _attribute_lines(media.attributes)


def _connection_lines(connection: Connection | None) -> Iterator[str]:
    if connection is not None:
        yield f"c=IN {connection.address_type} {connection.address}"


@lru_cache(maxsize=256)
def _attribute_lines(attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    return tuple(f"a={name}" if value is None else f"a={name}:{value}" for name, value in attributes)
