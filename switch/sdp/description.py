"""A session description (RFC 8866) as plain values: what offer/answer needs, in the order it stood."""

import re
from typing import NamedTuple

from switch.sdp.direction import Direction

Attribute = tuple[str, str | None]
"""``a=name:value``; the value of ``a=name`` alone is None."""


class Origin(NamedTuple):
    """``o=``: who described the session, and which version of it this is."""

    username: str
    session_id: str
    session_version: str
    """Rises by one with every change (RFC 3264 §8)."""
    address_type: str
    address: str


class Connection(NamedTuple):
    """``c=``: where media goes."""

    address_type: str
    """``IP4`` or ``IP6``."""
    address: str
    """IP address or host name, without the time-to-live and count of multicast."""


class RtpMap(NamedTuple):
    """``a=rtpmap``: the encoding behind a payload type."""

    payload_type: int
    encoding: str
    """As written; encoding names ignore case."""
    clock_hz: int
    channels: int = 1


class MediaDescription(NamedTuple):
    """One ``m=`` line and the lines under it."""

    kind: str
    """``audio``, ``video`` …"""
    port: int
    """Zero in a stream that is refused or ended (RFC 3264 §5.1, §6)."""
    protocol: str
    formats: tuple[str, ...]
    connection: Connection | None = None
    attributes: tuple[Attribute, ...] = ()

    def attribute(self, name: str) -> str | None:
        """The value of the first ``a=name``, empty for a flag, None when absent."""
        return _first(self.attributes, name)


class SessionDescription(NamedTuple):
    """The session and its streams."""

    origin: Origin
    name: str
    connection: Connection | None
    timing: tuple[str, ...]
    """Values of the ``t=`` lines; an answer repeats them (RFC 3264 §6)."""
    attributes: tuple[Attribute, ...]
    media: tuple[MediaDescription, ...]

    def attribute(self, name: str) -> str | None:
        """The value of the first session-level ``a=name``, empty for a flag, None when absent."""
        return _first(self.attributes, name)

    def connection_of(self, media: MediaDescription) -> Connection | None:
        """A stream's own ``c=``, else the session's (RFC 8866 §5.7)."""
        return media.connection or self.connection


_RTPMAP = re.compile(r"([0-9]{1,3})[ \t]++([^/\s]++)/([0-9]{1,9})(?:/([0-9]{1,3}))?[ \t]*+")
_DIRECTIONS = {direction.value: direction for direction in Direction}


def stream_direction(media: tuple[Attribute, ...], session: tuple[Attribute, ...]) -> Direction:
    """The direction by a stream's attributes, else the session's, else sendrecv (RFC 8866 §6.7)."""
    for name, _ in (*media, *session):
        if direction := _DIRECTIONS.get(name):
            return direction
    return Direction.SENDRECV


def read_rtpmaps(attributes: tuple[Attribute, ...]) -> dict[int, RtpMap]:
    """Well-formed ``a=rtpmap`` lines by payload type; the first counts."""
    maps: dict[int, RtpMap] = {}
    for name, value in attributes:
        if name == "rtpmap" and (read := _read_rtpmap(value or "")):
            maps.setdefault(read.payload_type, read)
    return maps


def _first(attributes: tuple[Attribute, ...], name: str) -> str | None:
    for key, value in attributes:
        if key == name:
            return value or ""
    return None


def _read_rtpmap(value: str) -> RtpMap | None:
    """``<payload type> <encoding>/<clock rate>[/<channels>]``; None when malformed."""
    found = _RTPMAP.fullmatch(value)
    if found is None:
        return None
    payload_type, encoding, clock_hz, channels = found.groups()
    return RtpMap(int(payload_type), encoding, int(clock_hz), int(channels or "1"))
