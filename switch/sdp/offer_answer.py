"""Offer and answer (RFC 3264) for one audio stream by RTP/AVP."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from media.commands import Codec
from switch.sdp.description import Connection, MediaDescription, Origin, SessionDescription
from switch.sdp.direction import Direction, direction_of
from switch.sdp.errors import NotAcceptable
from switch.sdp.formats import (
    DEFAULT_PTIME_MS,
    STATIC_TYPES,
    codec_types,
    dtmf_type,
    format_attributes,
    packet_time_ms,
)
from switch.sdp.parser import parse_sdp
from switch.sdp.writer import write_sdp

_PROTOCOL = "RTP/AVP"
_OFFERED_DTMF_TYPE = 101
_USERNAME = "-"
_SESSION_NAME = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMedia:
    """Our end of a stream."""

    host: str
    """IP address the peer shall send to."""
    port: int
    session_id: int
    session_version: int
    """The caller raises it by one whenever the description changes (RFC 3264 §8)."""
    codecs: tuple[Codec, ...]
    """What we take, the preferred first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAgreement:
    """What both sides settled on; same meaning as ``media.commands.ConfigureEndpoint``."""

    host: str
    """Where to send: IPv4 or IPv6 address, unspecified (``0.0.0.0``) under an old-style hold."""
    port: int
    codec: Codec
    payload_type: int
    dtmf_payload_type: int | None
    ptime_ms: int
    sending: bool
    receiving: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    """What we want of the stream the other side describes."""

    codecs: Sequence[Codec]
    """The first that the stream has is taken."""
    dtmf: bool
    direction: Direction
    """As we see it."""


def make_offer(local: LocalMedia, *, direction: Direction = Direction.SENDRECV) -> str:
    """Our offer: every codec we take, in order of preference, and telephone-event."""
    types = {codec: STATIC_TYPES[codec] for codec in local.codecs}
    media = _stream(local, types, _OFFERED_DTMF_TYPE, DEFAULT_PTIME_MS, direction)
    return write_sdp(_describe(local, ("0 0",), (media,)))


def answer_offer(
    offer: str, local: LocalMedia, *, direction: Direction = Direction.SENDRECV
) -> tuple[str, MediaAgreement]:
    """Our answer to an offer, and what was agreed.

    The first stream we can do is taken with one codec, so that nothing else need be expected; all
    others are refused in their places. ``direction`` is the most we allow, as we see it.
    Raises SdpSyntaxError, or NotAcceptable when there is no such stream.
    """
    offered = parse_sdp(offer)
    wish = _Wish(local.codecs, True, direction)
    candidates = ((index, _agree(offered, media, wish)) for index, media in enumerate(offered.media))
    taken = next(((index, agreed) for index, agreed in candidates if agreed), None)
    if taken is None:
        raise NotAcceptable(f"no {_PROTOCOL} audio with {' or '.join(local.codecs)} in the offer")
    index, agreed = taken
    streams = [_refused(media) for media in offered.media]
    streams[index] = _agreed_stream(local, agreed)
    return write_sdp(_describe(local, offered.timing, tuple(streams))), agreed


def accept_answer(offer: str, answer: str) -> MediaAgreement:
    """What the peer's answer to our offer agreed to.

    Raises SdpSyntaxError, or NotAcceptable when the answer refuses our stream or takes what was not
    offered.
    """
    ours, theirs = parse_sdp(offer), parse_sdp(answer)
    if len(theirs.media) != len(ours.media):
        raise NotAcceptable(
            f"{len(theirs.media)} streams in the answer; expected {len(ours.media)} as offered"
        )
    for mine, media in zip(ours.media, theirs.media, strict=True):
        offered = codec_types(mine)
        chosen = [codec for codec in codec_types(media) if codec in offered]
        wish = _Wish(chosen, dtmf_type(mine) is not None, ours.direction_of(mine))
        if agreed := _agree(theirs, media, wish):
            return agreed
    raise NotAcceptable("the answer refuses the audio stream or takes a codec that was not offered")


def _agree(peer: SessionDescription, media: MediaDescription, wish: _Wish) -> MediaAgreement | None:
    """What can be agreed about one stream of the peer's description; None when nothing can."""
    host = _usable_host(peer.connection_of(media))
    types = codec_types(media)
    codec = next((codec for codec in wish.codecs if codec in types), None)
    if media.kind != "audio" or media.protocol.upper() != _PROTOCOL or media.port == 0:
        return None
    if host is None or codec is None:
        return None
    ours = _peer_direction(peer, media, host).mirrored & wish.direction
    return MediaAgreement(
        host=host,
        port=media.port,
        codec=codec,
        payload_type=types[codec],
        dtmf_payload_type=dtmf_type(media) if wish.dtmf else None,
        ptime_ms=packet_time_ms(media),
        sending=ours.sends,
        receiving=ours.receives,
    )


def _usable_host(connection: Connection | None) -> str | None:
    """The IP address media goes to; None for names, groups and addresses of one link only."""
    if connection is None:
        return None
    try:
        address = ip_address(connection.address)
    except ValueError:
        return None
    return None if address.is_multicast or "%" in connection.address else str(address)


def _peer_direction(peer: SessionDescription, media: MediaDescription, host: str) -> Direction:
    """As the peer sees it; sending to no address means hold, as RFC 2543 phones did it (RFC 3264 §8.4)."""
    direction = peer.direction_of(media)
    return direction & Direction.SENDONLY if ip_address(host).is_unspecified else direction


def _agreed_stream(local: LocalMedia, agreed: MediaAgreement) -> MediaDescription:
    direction = direction_of(sends=agreed.sending, receives=agreed.receiving)
    types = {agreed.codec: agreed.payload_type}
    return _stream(local, types, agreed.dtmf_payload_type, agreed.ptime_ms, direction)


def _stream(
    local: LocalMedia, types: dict[Codec, int], dtmf: int | None, ptime_ms: int, direction: Direction
) -> MediaDescription:
    numbers = [*types.values()] if dtmf is None else [*types.values(), dtmf]
    attributes = (*format_attributes(types, dtmf, ptime_ms), (direction.value, None))
    return MediaDescription("audio", local.port, _PROTOCOL, tuple(map(str, numbers)), None, attributes)


def _refused(media: MediaDescription) -> MediaDescription:
    """A stream of the offer turned down in its place: port zero, formats repeated (RFC 3264 §6)."""
    return MediaDescription(media.kind, 0, media.protocol, media.formats)


def _describe(
    local: LocalMedia, timing: tuple[str, ...], media: tuple[MediaDescription, ...]
) -> SessionDescription:
    family = "IP6" if ":" in local.host else "IP4"
    origin = Origin(_USERNAME, str(local.session_id), str(local.session_version), family, local.host)
    return SessionDescription(origin, _SESSION_NAME, Connection(family, local.host), timing, (), media)
