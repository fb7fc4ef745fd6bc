"""Offer and answer (RFC 3264) for one audio stream."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from media.commands import Codec
from media.config import Srtp
from runtime.vocabulary import plain_data
from switch.sdp.description import (
    Attribute,
    Connection,
    MediaDescription,
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
    longest_packet_ms,
    packet_time_ms,
    read_formats,
    takes_comfort_noise,
)
from switch.sdp.numbers import offered_formats
from switch.sdp.parser import parse_sdp
from switch.sdp.rtcp import RtcpAddress, RtcpTerms, read_rtcp_terms, rtcp_attributes, take_rtcp_address
from switch.sdp.security import (
    NO_SECURITY,
    NOT_SECURED,
    PLAIN,
    LocalSecurity,
    Secured,
    accepted_security,
    answered_security,
    offered_security,
    plain_attributes,
    repeated_security,
    without_security,
)
from switch.sdp.writer import write_session, write_stream

_EVENT_CLOCKS_HZ = frozenset(EVENT_TYPES)
_LONGEST_ADDRESS = 45
"""Characters of an IPv6 address with an IPv4 tail."""
_USERNAME = "-"
_SESSION_NAME = "-"


@plain_data
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
    security: LocalSecurity = NOT_SECURED
    rtcp_mux: bool = False
    """Whether our offers have RTCP share the port of RTP (RFC 5761); one that offers it may have it."""


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
        return self._replace(host=host, secured=secured)

    def at(self, host: str, port: int, rtcp_address: RtcpAddress | None = None) -> "MediaAgreement":
        """The same with other addresses; ``_replace`` takes three times as long, and each leg needs one."""
        return MediaAgreement(host, port, *self[2:-1], rtcp_address)


class _Acceptable(NamedTuple):
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


def make_offer(local: LocalMedia) -> str:
    """Our offer: every codec we take, in order of preference, and telephone-event."""
    secured = offered_security(local.security)
    stream = secured.describe(_first_stream(local.codecs, local.comfort_noise, local.rtcp_mux))
    return _write(local, ("0 0",), (write_stream(stream, local.port),), secured.session_attributes)


def offer_again(local: LocalMedia, said: str, agreed: MediaAgreement | None = None) -> str:
    """Our offer in a session that is up, where we last said ``said`` and this was agreed.

    All streams stay in their places (RFC 3264 §8), and the numbers of formats keep their meaning (§8.3.2).
    """
    before = parse_sdp(said)
    streams = [_write_refused(media) for media in before.media]
    ours = next(index for index, media in enumerate(before.media) if media.port)
    if agreed is None:
        secured = offered_security(local.security)
    else:
        secured = repeated_security(local.security, agreed.secured)
    stream = secured.describe(_further_stream(local, before.media[ours]))
    streams[ours] = write_stream(stream, local.port)
    return _write(local, before.timing, streams, secured.session_attributes)


def answer_offer(offer: str, local: LocalMedia) -> tuple[str, MediaAgreement]:
    """Our answer to an offer, and what was agreed.

    The first stream we can do is taken with one codec, so that nothing else need be expected; all
    others are refused in their places.
    Raises SdpSyntaxError, or NotAcceptable when there is no such stream.
    """
    offered = parse_sdp(offer)
    ours = _Acceptable(local.codecs, True, _EVENT_CLOCKS_HZ, Direction.SENDRECV)
    for index, media in enumerate(offered.media):
        secured = answered_security(local.security, media, offered.attributes)
        if secured and (found := _agree(offered, without_security(media), ours)):
            terms, agreed = found
            stream = write_stream(secured.describe(_answering_stream(terms)), local.port)
            before, behind = offered.media[:index], offered.media[index + 1 :]
            streams = (*map(_write_refused, before), stream, *map(_write_refused, behind))
            answer = _write(local, offered.timing, streams, secured.session_attributes)
            return answer, agreed.under(secured)
    codecs = " or ".join(local.codecs)
    raise NotAcceptable(f"no audio with {codecs} in the offer, where SRTP is {local.security.policy}")


def accept_answer(
    offer: str, answer: str, security: LocalSecurity = NOT_SECURED, srtp: Srtp | None = None
) -> MediaAgreement:
    """What the peer's answer to our offer agreed to; ``srtp`` is the rule if not that of ``security``.

    Raises SdpSyntaxError, or NotAcceptable when the answer refuses our stream or takes what was not
    offered.
    """
    ours, theirs = parse_sdp(offer), parse_sdp(answer)
    if len(theirs.media) != len(ours.media):
        raise NotAcceptable(
            f"{len(theirs.media)} streams in the answer; expected {len(ours.media)} as offered"
        )
    for mine, media in zip(ours.media, theirs.media, strict=True):
        if not mine.port:
            continue
        rule = srtp or security.policy
        secured = accepted_security(security, rule, mine, media, theirs.attributes)
        if secured is None:
            continue
        acceptable = _offered(ours.attributes, mine.formats, without_security(mine).attributes)
        if found := _agree(theirs, without_security(media), acceptable):
            return found[1].under(secured)
    raise NotAcceptable("the answer refuses the audio stream or takes a codec or keys that were not offered")


def _agree(
    peer: SessionDescription, media: MediaDescription, ours: _Acceptable
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
    terms = _agree_but_for_address(session, media.formats, media.attributes, address.nowhere, ours)
    return terms and (terms, terms.at(address.host, media.port, rtcp_address))


def _unaddressed(formats: tuple[str, ...], attributes: tuple[Attribute, ...]) -> MediaDescription:
    """A stream without port and ``c=``: in all else the streams of most phones are alike."""
    return MediaDescription("audio", 0, PLAIN, formats, None, attributes)


@lru_cache(maxsize=256)
def _offered(
    session_attributes: tuple[Attribute, ...], formats: tuple[str, ...], attributes: tuple[Attribute, ...]
) -> _Acceptable:
    """What a stream of our offer allows the answer to take."""
    media = _unaddressed(formats, attributes)
    codecs, noise, events = read_formats(media)
    direction = stream_direction(media.attributes, session_attributes)
    mux = read_rtcp_terms(media).mux
    return _Acceptable(tuple(codecs), noise is not None, frozenset(events), direction, mux, they_choose=True)


@lru_cache(maxsize=256)
def _agree_but_for_address(
    session_attributes: tuple[Attribute, ...],
    numbers: tuple[str, ...],
    attributes: tuple[Attribute, ...],
    nowhere: bool,
    ours: _Acceptable,
) -> MediaAgreement | None:
    """Most phones' calls differ only in their addresses, so that the last of these are kept.

    ``nowhere``: the address is the unspecified one.
    """
    media = _unaddressed(numbers, attributes)
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


def _further_stream(local: LocalMedia, said: MediaDescription) -> MediaDescription:
    formats = offered_formats(local.codecs, read_formats(said), comfort_noise=local.comfort_noise)
    return _stream(formats, DEFAULT_PTIME_MS, Direction.SENDRECV, read_rtcp_terms(said))


@lru_cache(maxsize=256)
def _first_stream(codecs: tuple[Codec, ...], comfort_noise: bool, rtcp_mux: bool) -> MediaDescription:
    formats = offered_formats(codecs, None, comfort_noise=comfort_noise)
    return _stream(formats, DEFAULT_PTIME_MS, Direction.SENDRECV, RtcpTerms(mux=rtcp_mux))


@lru_cache(maxsize=256)
def _answering_stream(agreed: MediaAgreement) -> MediaDescription:
    direction = direction_of(sends=agreed.sending, receives=agreed.receiving)
    dtmf = agreed.dtmf_payload_type
    events = {} if dtmf is None else {agreed.dtmf_clock_hz: dtmf}
    formats = Formats({agreed.codec: agreed.payload_type}, agreed.cn_payload_type, events)
    return _stream(formats, agreed.ptime_ms, direction, agreed.rtcp)


def _stream(formats: Formats, ptime_ms: int, direction: Direction, rtcp: RtcpTerms) -> MediaDescription:
    """Of ours, without its port."""
    numbers = tuple(map(str, formats.payload_types))
    attributes = (*format_attributes(formats, ptime_ms), (direction.value, None), *rtcp_attributes(rtcp))
    return _unaddressed(numbers, attributes)


def _write(
    local: LocalMedia, timing: tuple[str, ...], streams: Sequence[str], attributes: tuple[Attribute, ...]
) -> str:
    """Our description, of streams that are written already."""
    here = _connection_at(local.host)
    origin = f"o={_USERNAME} {local.session_id} {local.session_version} IN {here.address_type} {local.host}"
    session = write_session(_SESSION_NAME, here, timing, attributes)
    return f"v=0\r\n{origin}\r\n{session}{''.join(streams)}"


def _write_refused(media: MediaDescription) -> str:
    """A stream of the offer turned down in its place: port zero, formats repeated (RFC 3264 §6)."""
    return write_stream(MediaDescription(media.kind, 0, media.protocol, media.formats), 0)


@lru_cache(maxsize=64)
def _connection_at(host: str) -> Connection:
    """Of our addresses, which are few."""
    return Connection("IP6" if ":" in host else "IP4", host)
