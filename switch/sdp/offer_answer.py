"""Offer and answer (RFC 3264) for one audio stream by RTP/AVP."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from media.commands import Codec
from switch.sdp.description import (
    Attribute,
    Connection,
    MediaDescription,
    Origin,
    SessionDescription,
    stream_direction,
)
from switch.sdp.direction import Direction, direction_of
from switch.sdp.errors import NotAcceptable
from switch.sdp.formats import (
    DEFAULT_PTIME_MS,
    EVENT_TYPES,
    Formats,
    clock_of,
    format_attributes,
    packet_time_ms,
    read_formats,
    takes_comfort_noise,
)
from switch.sdp.numbers import offered_formats
from switch.sdp.parser import parse_sdp
from switch.sdp.writer import write_sdp

_PROTOCOL = "RTP/AVP"
_LONGEST_ADDRESS = 45
"""Characters of an IPv6 address with an IPv4 tail."""
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
    comfort_noise: bool = False
    """Whether our offers invite the peer to send comfort noise in its pauses; one that offers it may."""


class MediaAgreement(NamedTuple):
    """What both sides settled on; same meaning as ``media.commands.ConfigureEndpoint``."""

    host: str
    """Where to send: IPv4 or IPv6 address, unspecified (``0.0.0.0``) under an old-style hold."""
    port: int
    codec: Codec
    payload_type: int
    dtmf_payload_type: int | None
    dtmf_clock_hz: int
    cn_payload_type: int | None
    ptime_ms: int
    sending: bool
    receiving: bool


class _Acceptable(NamedTuple):
    """What we can agree to of a stream that the other side describes."""

    codecs: tuple[Codec, ...]
    """The first that the stream has is taken."""
    comfort_noise: bool
    event_clocks_hz: frozenset[int]
    direction: Direction
    """As we see it."""


class _MediaAddress(NamedTuple):
    """Where the peer wants its media."""

    host: str
    nowhere: bool
    """The unspecified address."""


def make_offer(local: LocalMedia) -> str:
    """Our offer: every codec we take, in order of preference, and telephone-event."""
    return write_sdp(_describe(local, ("0 0",), (_offered_stream(local, None),)))


def offer_again(local: LocalMedia, said: str) -> str:
    """Our offer in a session that is up, where we last said ``said``.

    All streams stay in their places (RFC 3264 §8), and the numbers of formats keep their meaning (§8.3.2).
    """
    before = parse_sdp(said)
    streams = [_refused(media) for media in before.media]
    ours = next(index for index, media in enumerate(before.media) if media.port)
    streams[ours] = _offered_stream(local, read_formats(before.media[ours]))
    return write_sdp(_describe(local, before.timing, tuple(streams)))


def answer_offer(offer: str, local: LocalMedia) -> tuple[str, MediaAgreement]:
    """Our answer to an offer, and what was agreed.

    The first stream we can do is taken with one codec, so that nothing else need be expected; all
    others are refused in their places.
    Raises SdpSyntaxError, or NotAcceptable when there is no such stream.
    """
    offered = parse_sdp(offer)
    ours = _Acceptable(local.codecs, True, frozenset(EVENT_TYPES), Direction.SENDRECV)
    candidates = ((index, _agree(offered, media, ours)) for index, media in enumerate(offered.media))
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
        if mine.port == 0:
            continue
        offered, taken = read_formats(mine), read_formats(media)
        common = tuple(codec for codec in taken.codecs if codec in offered.codecs)
        noise, clocks_hz = offered.comfort_noise is not None, frozenset(offered.events)
        acceptable = _Acceptable(common, noise, clocks_hz, ours.direction_of(mine))
        if agreed := _agree(theirs, media, acceptable):
            return agreed
    raise NotAcceptable("the answer refuses the audio stream or takes a codec that was not offered")


def _agree(peer: SessionDescription, media: MediaDescription, ours: _Acceptable) -> MediaAgreement | None:
    """What can be agreed about one stream of the peer's description; None when nothing can."""
    if media.kind != "audio" or media.protocol.upper() != _PROTOCOL or media.port == 0:
        return None
    agreed = _agree_but_for_port(
        peer.connection_of(media), media._replace(port=0, connection=None), peer.attributes, ours
    )
    return agreed and agreed._replace(port=media.port)


@lru_cache(maxsize=256)
def _agree_but_for_port(
    connection: Connection | None,
    media: MediaDescription,
    session_attributes: tuple[Attribute, ...],
    ours: _Acceptable,
) -> MediaAgreement | None:
    """A gateway's calls differ only in their ports, so that the last of these are kept."""
    address, formats = _media_address(connection), read_formats(media)
    codec = next((codec for codec in ours.codecs if codec in formats.codecs), None)
    if address is None or codec is None:
        return None
    theirs = stream_direction(media.attributes, session_attributes)
    if address.nowhere:  # how RFC 2543 phones hold: there is nowhere to send (RFC 3264 §8.4)
        theirs &= Direction.SENDONLY
    direction = theirs.mirrored & ours.direction
    clocks_hz = formats.events.keys() & ours.event_clocks_hz
    clock_hz = clock_of(codec, clocks_hz)
    noise = ours.comfort_noise and takes_comfort_noise(codec)
    return MediaAgreement(
        host=address.host,
        port=0,
        codec=codec,
        payload_type=formats.codecs[codec],
        dtmf_payload_type=formats.events[clock_hz] if clock_hz in clocks_hz else None,
        dtmf_clock_hz=clock_hz,
        cn_payload_type=formats.comfort_noise if noise else None,
        ptime_ms=packet_time_ms(media, codec),
        sending=direction.sends,
        receiving=direction.receives,
    )


def _media_address(connection: Connection | None) -> _MediaAddress | None:
    if connection is None or len(connection.address) > _LONGEST_ADDRESS:
        return None
    return _read_address(connection.address)


@lru_cache(maxsize=1024)
def _read_address(text: str) -> _MediaAddress | None:
    """None for host names, groups and addresses of one link only. Gateways are few: the last are kept."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if address.is_multicast or "%" in text:
        return None
    return _MediaAddress(str(address), address.is_unspecified)


def _offered_stream(local: LocalMedia, said: Formats | None) -> MediaDescription:
    formats = offered_formats(local.codecs, said, comfort_noise=local.comfort_noise)
    return _stream(local, formats, DEFAULT_PTIME_MS, Direction.SENDRECV)


def _agreed_stream(local: LocalMedia, agreed: MediaAgreement) -> MediaDescription:
    direction = direction_of(sends=agreed.sending, receives=agreed.receiving)
    dtmf = agreed.dtmf_payload_type
    events = {} if dtmf is None else {agreed.dtmf_clock_hz: dtmf}
    formats = Formats({agreed.codec: agreed.payload_type}, agreed.cn_payload_type, events)
    return _stream(local, formats, agreed.ptime_ms, direction)


def _stream(local: LocalMedia, formats: Formats, ptime_ms: int, direction: Direction) -> MediaDescription:
    codecs, events = tuple(formats.codecs.items()), tuple(formats.events.items())
    numbers, attributes = _stream_lines(codecs, formats.comfort_noise, events, ptime_ms, direction)
    return MediaDescription("audio", local.port, _PROTOCOL, numbers, None, attributes)


@lru_cache(maxsize=256)
def _stream_lines(
    codecs: tuple[tuple[Codec, int], ...],
    comfort_noise: int | None,
    events: tuple[tuple[int, int], ...],
    ptime_ms: int,
    direction: Direction,
) -> tuple[tuple[str, ...], tuple[Attribute, ...]]:
    formats = Formats(dict(codecs), comfort_noise, dict(events))
    attributes = (*format_attributes(formats, ptime_ms), (direction.value, None))
    return tuple(map(str, formats.payload_types)), attributes


def _refused(media: MediaDescription) -> MediaDescription:
    """A stream of the offer turned down in its place: port zero, formats repeated (RFC 3264 §6)."""
    return MediaDescription(media.kind, 0, media.protocol, media.formats)


def _describe(
    local: LocalMedia, timing: tuple[str, ...], media: tuple[MediaDescription, ...]
) -> SessionDescription:
    family = "IP6" if ":" in local.host else "IP4"
    origin = Origin(_USERNAME, str(local.session_id), str(local.session_version), family, local.host)
    return SessionDescription(origin, _SESSION_NAME, Connection(family, local.host), timing, (), media)
