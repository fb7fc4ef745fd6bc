"""The session with a speech server in SDP: a control channel, and audio one way (RFC 6787 §4.2)."""

import re
from ipaddress import ip_address
from typing import NamedTuple

from switch.mrcp.resource import Resource
from switch.sdp.agreement import MediaAgreement
from switch.sdp.description import Connection, MediaDescription, Origin, SessionDescription
from switch.sdp.direction import Direction
from switch.sdp.errors import NotAcceptable
from switch.sdp.formats import DEFAULT_PTIME_MS, ENCODINGS, Formats, format_attributes
from switch.sdp.offer_answer import LocalMedia, accept_answer
from switch.sdp.parser import parse_sdp
from switch.sdp.writer import write_sdp

PLAIN = "TCP/MRCPv2"
SECURED = "TCP/TLS/MRCPv2"
_DISCARD_PORT = 9
"""We are the one to connect, so ours means nothing (RFC 4145 §4.1)."""
_AUDIO = "1"
"""How the control channel names the stream it is about (``cmid``)."""
_DIRECTIONS = {Resource.SYNTHESIZER: Direction.RECVONLY, Resource.RECOGNIZER: Direction.SENDONLY}


class ControlChannel(NamedTuple):
    """Where a server wants to be told what to do."""

    channel_id: str
    """``<session>@<resource>``, as each message names it."""
    host: str
    port: int


class SessionAgreement(NamedTuple):
    """What a server's answer comes to."""

    control: ControlChannel
    media: MediaAgreement


def make_session_offer(local: LocalMedia, resource: Resource, *, secured: bool) -> str:
    """Our offer: a connection of our own for the channel, and a stream with all our codecs, without keys."""
    family = "IP6" if ":" in local.host else "IP4"
    return write_sdp(
        SessionDescription(
            Origin("-", str(local.session_id), str(local.session_version), family, local.host),
            "-",
            Connection(family, local.host),
            ("0 0",),
            (),
            (_control(resource, secured=secured), _audio(local, resource)),
        )
    )


def read_session_answer(offer: str, answer: str) -> SessionAgreement:
    """What the server took of our offer. Raises SdpSyntaxError or NotAcceptable."""
    ours = parse_sdp(offer).media[0]
    media = accept_answer(offer, answer)
    return SessionAgreement(_read_control(parse_sdp(answer), ours), media)


def _control(resource: Resource, *, secured: bool) -> MediaDescription:
    attributes = (
        ("setup", "active"),
        ("connection", "new"),
        ("resource", resource.value),
        ("cmid", _AUDIO),
    )
    protocol = SECURED if secured else PLAIN
    return MediaDescription("application", _DISCARD_PORT, protocol, ("1",), None, attributes)


def _audio(local: LocalMedia, resource: Resource) -> MediaDescription:
    formats = Formats({codec: ENCODINGS[codec].payload_type for codec in local.codecs}, None, {})
    attributes = (
        *format_attributes(formats, DEFAULT_PTIME_MS),
        (_DIRECTIONS[resource].value, None),
        ("mid", _AUDIO),
    )
    numbers = tuple(map(str, formats.payload_types))
    return MediaDescription("audio", local.port, "RTP/AVP", numbers, None, attributes)


def _read_control(answer: SessionDescription, ours: MediaDescription) -> ControlChannel:
    theirs = answer.media[0]
    if theirs.kind != "application" or theirs.port == 0 or theirs.protocol != ours.protocol:
        raise NotAcceptable(f"the answer refuses a control channel by {ours.protocol}")
    resource = ours.attribute("resource") or ""
    channel_id = (theirs.attribute("channel") or "").strip()
    if not re.fullmatch(rf"[!-?A-~]{{1,200}}@{resource}", channel_id):
        raise NotAcceptable(f"a=channel:{channel_id[:80]} in the answer; expected <session>@{resource}")
    if theirs.attribute("setup") not in ("passive", None):
        raise NotAcceptable("the server wants to connect to us; expected a=setup:passive")
    connection = answer.connection_of(theirs)
    try:
        host = str(ip_address(connection.address if connection else ""))
    except ValueError:
        raise NotAcceptable("the answer names no IP address for the control channel") from None
    return ControlChannel(channel_id, host, theirs.port)
