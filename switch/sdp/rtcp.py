"""What a stream's attributes say of RTCP: its port, its sharing of RTP's, voice metrics."""

import re
from typing import NamedTuple

from switch.sdp.description import Attribute, MediaDescription

_MUX = "rtcp-mux"
_ADDRESS = "rtcp"
_METRICS = "rtcp-xr"
_VOICE_METRICS = "voip-metrics"
_PORT_AND_ADDRESS = re.compile(r"([0-9]{1,5})(?:[ \t]+IN[ \t]+IP[46][ \t]+(\S{1,45}))?[ \t]*")


class RtcpTerms(NamedTuple):
    """How reports travel between both ends of a stream."""

    mux: bool = False
    """On the port of RTP (RFC 5761)."""
    voice_metrics: bool = False
    """The peer wants voice metrics beside them (RFC 3611 §5)."""


class RtcpAddress(NamedTuple):
    """Where the peer takes reports that do not share RTP's port (RFC 3605)."""

    host: str | None
    """None for the host of RTP."""
    port: int


def read_rtcp_terms(media: MediaDescription, session: tuple[Attribute, ...] = ()) -> RtcpTerms:
    """What a description offers."""
    wanted = [value or "" for name, value in (*media.attributes, *session) if name == _METRICS]
    return RtcpTerms(
        mux=media.attribute(_MUX) is not None,
        voice_metrics=any(_VOICE_METRICS in value.split() for value in wanted),
    )


def take_rtcp_address(media: MediaDescription) -> tuple[MediaDescription, RtcpAddress | None]:
    """The stream without this line, which differs from call to call, and what it says; None for nonsense."""
    if _ADDRESS not in dict(media.attributes):
        return media, None
    text = media.attribute(_ADDRESS) or ""
    kept = tuple(line for line in media.attributes if line[0] != _ADDRESS)
    return media._replace(attributes=kept), _read_address(text)


def rtcp_attributes(terms: RtcpTerms) -> tuple[Attribute, ...]:
    """Our lines: we always take reports above RTP's port, or on it."""
    mux: tuple[Attribute, ...] = ((_MUX, None),) if terms.mux else ()
    metrics: tuple[Attribute, ...] = ((_METRICS, _VOICE_METRICS),) if terms.voice_metrics else ()
    return (*mux, *metrics)


def _read_address(text: str) -> RtcpAddress | None:
    found = _PORT_AND_ADDRESS.fullmatch(text)
    port = int(found[1]) if found else 0
    return RtcpAddress(found[2], port) if found and 0 < port <= 65535 else None
