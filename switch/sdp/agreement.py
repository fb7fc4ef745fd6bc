"""What both sides of an audio stream settle on (RFC 3264 §6), by what one of them describes."""

from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from msgspec import structs

from media.commands import Codec
from runtime.vocabulary import plain_data
from switch.sdp.description import Attribute, MediaDescription, SessionDescription, stream_direction
from switch.sdp.direction import Direction
from switch.sdp.formats import (
    clock_of,
    longest_packet_ms,
    packet_time_ms,
    read_formats,
    takes_comfort_noise,
)
from switch.sdp.rtcp import RtcpAddress, RtcpTerms, read_rtcp_terms, take_rtcp_address
from switch.sdp.security import NO_SECURITY, PLAIN, Secured, plain_attributes

_LONGEST_ADDRESS = 45
"""Characters of an IPv6 address with an IPv4 tail."""


@plain_data
class MediaAgreement:
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
    secured: Secured = NO_SECURITY
    rtcp: RtcpTerms = RtcpTerms()
    max_ptime_ms: int | None = None
    rtcp_address: RtcpAddress | None = None
    """None for the port above RTP's."""

    def under(self, secured: Secured) -> "MediaAgreement":
        """The same, protected like this; who is found by ICE has no address yet."""
        if secured is NO_SECURITY:
            return self
        host = "" if secured.dtls and secured.dtls.ufrag else self.host
        return structs.replace(self, host=host, secured=secured)  # type: ignore[type-var]

    def at(self, host: str, port: int, rtcp_address: RtcpAddress | None = None) -> "MediaAgreement":
        """The same with other addresses."""
        return structs.replace(  # type: ignore[type-var]
            self, host=host, port=port, rtcp_address=rtcp_address
        )


class Acceptable(NamedTuple):
    """What we can agree to of a stream that the other side describes."""

    codecs: tuple[Codec, ...]
    comfort_noise: bool
    event_clocks_hz: frozenset[int]
    direction: Direction
    """As we see it."""
    rtcp_mux: bool = True
    they_choose: bool = False
    """Of several codecs the first of theirs is taken, else the first of ours."""


class _MediaAddress(NamedTuple):
    """Where the peer wants its media."""

    host: str
    nowhere: bool
    """The unspecified address."""


def agree(
    peer: SessionDescription, media: MediaDescription, ours: Acceptable
) -> tuple[MediaAgreement, MediaAgreement] | None:
    """What can be agreed about one stream of the peer's description, without its address and with it; None
    when nothing can."""
    if media.kind != "audio" or media.protocol != PLAIN or media.port == 0:
        return None
    connection = peer.connection_of(media)
    if connection is None or len(connection.address) > _LONGEST_ADDRESS:
        return None
    address = _read_address(connection.address)
    if address is None:
        return None
    media, rtcp_address = take_rtcp_address(media)
    session = plain_attributes(peer.attributes)  # what is remembered holds no password of ICE
    terms = agree_but_for_address(session, media.formats, media.attributes, address.nowhere, ours)
    return None if terms is None else (terms, terms.at(address.host, media.port, rtcp_address))


@lru_cache(maxsize=256)
def offered_terms(
    session_attributes: tuple[Attribute, ...], formats: tuple[str, ...], attributes: tuple[Attribute, ...]
) -> Acceptable:
    """What a stream of our offer allows the answer to take."""
    media = unaddressed(formats, attributes)
    codecs, noise, events = read_formats(media)
    direction = stream_direction(media.attributes, session_attributes)
    mux = read_rtcp_terms(media).mux
    return Acceptable(tuple(codecs), noise is not None, frozenset(events), direction, mux, they_choose=True)


def unaddressed(formats: tuple[str, ...], attributes: tuple[Attribute, ...]) -> MediaDescription:
    """A stream without port and ``c=``: in all else the streams of most phones are alike."""
    return MediaDescription("audio", 0, PLAIN, formats, None, attributes)


@lru_cache(maxsize=256)
def agree_but_for_address(
    session_attributes: tuple[Attribute, ...],
    numbers: tuple[str, ...],
    attributes: tuple[Attribute, ...],
    nowhere: bool,
    ours: Acceptable,
) -> MediaAgreement | None:
    """Most phones' calls differ only in their addresses, so that the last of these are kept.

    ``nowhere``: the address is the unspecified one.
    """
    media = unaddressed(numbers, attributes)
    formats = read_formats(media)
    wanted, possible = (formats.codecs, ours.codecs) if ours.they_choose else (ours.codecs, formats.codecs)
    codec = next((codec for codec in wanted if codec in possible), None)
    if codec is None:
        return None
    theirs = stream_direction(media.attributes, session_attributes)
    if nowhere:  # how RFC 2543 phones hold: there is nowhere to send (RFC 3264 §8.4)
        theirs &= Direction.SENDONLY
    direction = theirs.mirrored & ours.direction
    terms = read_rtcp_terms(media, session_attributes)
    clocks_hz = formats.events.keys() & ours.event_clocks_hz
    clock_hz = clock_of(codec, clocks_hz)
    noise = ours.comfort_noise and takes_comfort_noise(codec)
    return MediaAgreement(
        host="",
        port=0,
        codec=codec,
        payload_type=formats.codecs[codec],
        dtmf_payload_type=formats.events[clock_hz] if clock_hz in clocks_hz else None,
        dtmf_clock_hz=clock_hz,
        cn_payload_type=formats.comfort_noise if noise else None,
        ptime_ms=packet_time_ms(media, codec),
        max_ptime_ms=longest_packet_ms(media),
        sending=direction.sends,
        receiving=direction.receives,
        rtcp=RtcpTerms(terms.mux and ours.rtcp_mux, terms.voice_metrics),
    )


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
