"""Offer/answer for one leg (RFC 3264): keeps what was said on the leg, says what the endpoint must know."""

from dataclasses import replace
from functools import cache

from media.commands import Codec, ConfigureEndpoint
from media.config import DEFAULT_CODECS, Srtp
from switch.call import Leg
from switch.sdp.agreement import MediaAgreement
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer, offer_again
from switch.sdp.security import NOT_SECURED, LocalSecurity

_ONLY_RELAYED = frozenset({Codec.G729})


def give_port(
    leg: Leg,
    host: str,
    port: int,
    session_id: int,
    *,
    codecs: tuple[Codec, ...] = DEFAULT_CODECS,
    beside: MediaAgreement | None = None,
    security: LocalSecurity = NOT_SECURED,
) -> None:
    """The leg's endpoint is open: from here it can offer and answer.

    ``codecs`` are those we take, the preferred first; ``beside`` is what was agreed with whom the leg shall
    talk to, if anything was.
    """
    leg.local = LocalMedia(
        host=host,
        port=port,
        session_id=session_id,
        session_version=0,
        codecs=_alone(codecs) if beside is None else _beside(beside.codec, codecs),
        comfort_noise=beside is not None and beside.cn_payload_type is not None,
        security=security,
        rtcp_mux=security.is_web,
    )


def speaks_ipv6(sdp: str | None, peer: str) -> bool:
    """Whether a peer that describes itself so wants its media at an IPv6 address (RFC 8866 §5.7).

    One that describes nothing yet wants them where it is: at ``peer``, such as ``udp:[2001:db8::1]:5060``.
    """
    return "[" in peer if sdp is None else "\nc=IN IP6 " in sdp


def offer(leg: Leg) -> str:
    """Our offer, to be answered later through ``take_answer``."""
    leg.peer_sdp = None
    said = leg.our_sdp
    if said is None:
        leg.our_sdp = make_offer(_local(leg))
        return leg.our_sdp
    if offer_again(_local(leg), said, leg.agreement) != said:
        _raise_version(leg)
    leg.our_sdp = offer_again(_local(leg), said, leg.agreement)
    return leg.our_sdp


def answer(leg: Leg, peer_sdp: str) -> str:
    """Our answer to the peer's offer. Raises NotAcceptable or SdpSyntaxError; the leg is unchanged then."""
    text, agreement = answer_offer(peer_sdp, _local(leg))
    leg.peer_sdp, leg.our_sdp, leg.agreement = peer_sdp, text, agreement
    return text


def answer_again(leg: Leg, peer_sdp: str) -> str:
    """Answer a further offer on the leg. Raises as ``answer`` does; the leg is unchanged then."""
    text, _ = answer_offer(peer_sdp, _local(leg))
    if text != leg.our_sdp:
        _raise_version(leg)
    return answer(leg, peer_sdp)


def take_answer(leg: Leg, peer_sdp: str, srtp: Srtp | None = None) -> None:
    """The peer's answer to our offer; ``srtp`` when other rules hold for whoever answered than for the leg.

    Raises NotAcceptable or SdpSyntaxError.
    """
    assert leg.our_sdp is not None
    leg.agreement = accept_answer(leg.our_sdp, peer_sdp, _local(leg).security, srtp)
    leg.peer_sdp = peer_sdp


def configuration(leg: Leg) -> ConfigureEndpoint:
    """What the media engine must know of the agreement."""
    agreed = leg.agreement
    assert agreed is not None, f"{leg.leg_id} has agreed on nothing yet"
    return ConfigureEndpoint(
        leg.leg_id,
        agreed.host,
        agreed.port,
        agreed.codec,
        agreed.payload_type,
        agreed.dtmf_payload_type,
        agreed.ptime_ms,
        agreed.sending,
        agreed.receiving,
        dtmf_clock_hz=agreed.dtmf_clock_hz,
        cn_payload_type=agreed.cn_payload_type,
        max_ptime_ms=agreed.max_ptime_ms,
        srtp=agreed.secured.keys,
        dtls=agreed.secured.dtls,
        answered=leg.answered,
        rtcp_mux=agreed.rtcp.mux,
        rtcp_host=agreed.rtcp_address.host if agreed.rtcp_address else None,
        rtcp_port=agreed.rtcp_address.port if agreed.rtcp_address else None,
        voice_metrics=agreed.rtcp.voice_metrics,
    )


@cache
def _alone(codecs: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """What can only be relayed comes last: who speaks nothing else hears no prompt."""
    return tuple(sorted(codecs, key=_ONLY_RELAYED.__contains__))


@cache
def _beside(spoken: Codec, codecs: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """What the other leg speaks comes first, so that packets need only be relayed."""
    if spoken in _ONLY_RELAYED:
        return (spoken,)
    return (spoken, *(codec for codec in codecs if codec is not spoken and codec not in _ONLY_RELAYED))


def _raise_version(leg: Leg) -> None:
    """What we are going to say differs from what we said before (RFC 3264 §8)."""
    local = _local(leg)
    leg.local = replace(local, session_version=local.session_version + 1)


def _local(leg: Leg) -> LocalMedia:
    assert leg.local is not None, f"{leg.leg_id} has no port yet"
    return leg.local
