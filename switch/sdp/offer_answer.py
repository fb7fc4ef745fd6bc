"""Offer and answer (RFC 3264) for one audio stream."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from media.commands import Codec
from media.config import Srtp
from runtime.vocabulary import plain_data
from switch.sdp.agreement import Acceptable, MediaAgreement, agree, offered_terms, unaddressed
from switch.sdp.description import Attribute, Connection, MediaDescription, SessionDescription
from switch.sdp.direction import Direction, direction_of
from switch.sdp.errors import NotAcceptable, SdpSyntaxError
from switch.sdp.formats import DEFAULT_PTIME_MS, EVENT_TYPES, Formats, format_attributes, read_formats
from switch.sdp.numbers import offered_formats
from switch.sdp.parser import parse_sdp
from switch.sdp.rtcp import RtcpTerms, read_rtcp_terms, rtcp_attributes
from switch.sdp.security import (
    NO_SECURITY,
    NOT_SECURED,
    LocalSecurity,
    Secured,
    accepted_security,
    answered_security,
    offered_security,
    repeated_security,
    without_security,
)
from switch.sdp.usual import put_together, take_apart
from switch.sdp.writer import write_session, write_stream

_EVENT_CLOCKS_HZ = frozenset(EVENT_TYPES)
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


class _Form(NamedTuple):
    """A usual description of ours, without what changes from call to call."""

    session: str
    """From behind the version in the origin to the stream."""
    stream: str
    """What stands behind the port."""

    @classmethod
    def of(cls, text: str, host: str) -> "_Form | None":
        """That of a description of ours; None when it is not usual."""
        said = take_apart(text)
        return None if said is None else cls(_host_in_origin(host) + said[0], said[2])

    def filled(self, local: LocalMedia) -> str:
        session, stream = self
        origin = f"v=0\r\no={_USERNAME} {local.session_id} {local.session_version}"
        return f"{origin}{session}m=audio {local.port} {stream}"


def make_offer(local: LocalMedia) -> str:
    """Our offer: every codec we take, in order of preference, and telephone-event."""
    secured = offered_security(local.security)
    if secured is NO_SECURITY:
        usual = _usual_offer(local.host, local.codecs, local.comfort_noise, local.rtcp_mux)
        return usual.filled(local)
    return _offer(local, secured)


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
    usual = take_apart(offer)
    if usual is not None:
        session, port, stream = usual
        known = _usual_answer(session, stream, local.host, local.codecs, local.security.policy)
        if known is not None:
            form, agreed = known
            return form.filled(local), agreed.at(agreed.host, port, agreed.rtcp_address)
    return _answer(parse_sdp(offer), local)


def accept_answer(
    offer: str, answer: str, security: LocalSecurity = NOT_SECURED, srtp: Srtp | None = None
) -> MediaAgreement:
    """What the peer's answer to our offer agreed to; ``srtp`` is the rule if not that of ``security``.

    Raises SdpSyntaxError, or NotAcceptable when the answer refuses our stream or takes what was not
    offered.
    """
    ours, theirs, rule = take_apart(offer), take_apart(answer), srtp or security.policy
    if ours is not None and theirs is not None:
        agreed = _usual_agreement(ours[0], ours[2], theirs[0], theirs[2], rule)
        if agreed is not None:
            return agreed.at(agreed.host, theirs[1], agreed.rtcp_address)
    return _accept(parse_sdp(offer), parse_sdp(answer), security, rule)


def _offer(local: LocalMedia, secured: Secured) -> str:
    stream = secured.describe(_first_stream(local.codecs, local.comfort_noise, local.rtcp_mux))
    return _write(local, ("0 0",), (write_stream(stream, local.port),), secured.session_attributes)


@lru_cache(maxsize=256)
def _usual_offer(host: str, codecs: tuple[Codec, ...], comfort_noise: bool, rtcp_mux: bool) -> _Form:
    """What we offer without keys, wherever our end of the stream is."""
    local = LocalMedia(
        host=host,
        port=9,
        session_id=0,
        session_version=0,
        codecs=codecs,
        comfort_noise=comfort_noise,
        rtcp_mux=rtcp_mux,
    )
    form = _Form.of(_offer(local, NO_SECURITY), host)
    assert form is not None, "an offer of ours is one plain stream"
    return form


def _answer(offered: SessionDescription, local: LocalMedia) -> tuple[str, MediaAgreement]:
    ours = Acceptable(local.codecs, True, _EVENT_CLOCKS_HZ, Direction.SENDRECV)
    for index, media in enumerate(offered.media):
        secured = answered_security(local.security, media, offered.attributes)
        if secured and (found := agree(offered, without_security(media), ours)):
            terms, agreed = found
            stream = write_stream(secured.describe(_answering_stream(terms)), local.port)
            before, behind = offered.media[:index], offered.media[index + 1 :]
            streams = (*map(_write_refused, before), stream, *map(_write_refused, behind))
            answer = _write(local, offered.timing, streams, secured.session_attributes)
            return answer, agreed.under(secured)
    codecs = " or ".join(local.codecs)
    raise NotAcceptable(f"no audio with {codecs} in the offer, where SRTP is {local.security.policy}")


@lru_cache(maxsize=512)
def _usual_answer(
    session: str, stream: str, host: str, codecs: tuple[Codec, ...], policy: Srtp
) -> tuple[_Form, MediaAgreement] | None:
    """What an offer with this text is answered, wherever both ends of the stream are; None for anything that
    must be looked at more closely."""
    security = LocalSecurity(policy)
    local = LocalMedia(host=host, port=9, session_id=0, session_version=0, codecs=codecs, security=security)
    try:
        text, agreed = _answer(parse_sdp(put_together(session, stream)), local)
    except (SdpSyntaxError, NotAcceptable):
        return None
    form = _Form.of(text, host)  # none where the offer has a stream more, and the answer with it
    return None if form is None else (form, agreed)


def _accept(
    ours: SessionDescription, theirs: SessionDescription, security: LocalSecurity, rule: Srtp
) -> MediaAgreement:
    if len(theirs.media) != len(ours.media):
        raise NotAcceptable(
            f"{len(theirs.media)} streams in the answer; expected {len(ours.media)} as offered"
        )
    for mine, media in zip(ours.media, theirs.media, strict=True):
        if not mine.port:
            continue
        secured = accepted_security(security, rule, mine, media, theirs.attributes)
        if secured is None:
            continue
        acceptable = offered_terms(ours.attributes, mine.formats, without_security(mine).attributes)
        if found := agree(theirs, without_security(media), acceptable):
            return found[1].under(secured)
    raise NotAcceptable("the answer refuses the audio stream or takes a codec or keys that were not offered")


@lru_cache(maxsize=512)
def _usual_agreement(
    our_session: str, our_stream: str, session: str, stream: str, rule: Srtp
) -> MediaAgreement | None:
    """What an answer with this text agrees to, at whatever port; None as with ``_usual_answer``."""
    ours, theirs = put_together(our_session, our_stream), put_together(session, stream)
    try:
        return _accept(parse_sdp(ours), parse_sdp(theirs), NOT_SECURED, rule)
    except (SdpSyntaxError, NotAcceptable):
        return None


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
    return unaddressed(numbers, attributes)


def _write(
    local: LocalMedia, timing: tuple[str, ...], streams: Sequence[str], attributes: tuple[Attribute, ...]
) -> str:
    """Our description, of streams that are written already."""
    session = write_session(_SESSION_NAME, _connection_at(local.host), timing, attributes)
    origin = f"{_USERNAME} {local.session_id} {local.session_version}{_host_in_origin(local.host)}"
    return f"v=0\r\no={origin}{session}{''.join(streams)}"


def _host_in_origin(host: str) -> str:
    return f" IN {_connection_at(host).address_type} {host}\r\n"


def _write_refused(media: MediaDescription) -> str:
    """A stream of the offer turned down in its place: port zero, formats repeated (RFC 3264 §6)."""
    return write_stream(MediaDescription(media.kind, 0, media.protocol, media.formats), 0)


@lru_cache(maxsize=64)
def _connection_at(host: str) -> Connection:
    """Of our addresses, which are few."""
    return Connection("IP6" if ":" in host else "IP4", host)
