"""How a stream is protected, by offer and answer: not at all, or by SRTP, with keys in SDP
(SDES, RFC 4568) or out of a handshake (DTLS-SRTP, RFC 5763).

policy     a plain offer   an encrypted offer   our own offer
off        taken           refused              RTP/AVP
accept     taken           taken                RTP/AVP
optional   taken           taken                RTP/AVP with keys (RFC 8643)
required   refused         taken                RTP/SAVP with keys
"""

from hashlib import shake_256
from typing import NamedTuple

from media.commands import DtlsPeer, SrtpKeys, SrtpSuite
from media.config import Srtp
from runtime.vocabulary import plain_data_in_order
from switch.sdp.crypto_lines import CryptoLine, read_crypto_lines
from switch.sdp.description import Attribute, MediaDescription
from switch.sdp.dtls import (
    DTLS_PROTOCOLS,
    OFFERED_PROTOCOL,
    OFFERED_TERMS,
    SOMEWHERE,
    DtlsEnd,
    answering_lines,
    offered_lines,
    read_dtls,
    session_lines,
)

PLAIN = "RTP/AVP"
ENCRYPTED = "RTP/SAVP"
_PLAIN_PROTOCOLS = frozenset({PLAIN, "RTP/AVPF"})
_ENCRYPTED_PROTOCOLS = frozenset({ENCRYPTED, "RTP/SAVPF"})
_SPOKEN_PROTOCOLS = _PLAIN_PROTOCOLS | _ENCRYPTED_PROTOCOLS
_OFFERED_SUITES = (SrtpSuite.AEAD_AES_128_GCM, SrtpSuite.AES_CM_128_HMAC_SHA1_80)
_ABOUT_SECURITY = frozenset(
    {"crypto", "fingerprint", "setup", "ice-ufrag", "ice-pwd", "candidate", "end-of-candidates"}
)


@plain_data_in_order
class LocalSecurity:
    """What our end of a stream may and must do."""

    policy: Srtp = Srtp.OFF
    secret: bytes = b""
    """32 octets that nobody can guess; the leg's keys come from it, the same ones as long as it lives."""
    fingerprint: str = ""
    """Of our certificate; without one no handshake can be had."""
    host: str = ""
    port: int = 0
    is_web: bool = False
    """Whether our offers are those of browsers: DTLS and ICE."""

    def __repr__(self) -> str:
        return f"LocalSecurity({self.policy})"

    @property
    def dtls(self) -> DtlsEnd | None:
        """Our end of a handshake, made only when it is needed; None where none can be had."""
        if not self.fingerprint:
            return None
        return DtlsEnd(self.fingerprint, self.secret, self.host, self.port)

    def key_of(self, suite: SrtpSuite) -> bytes:
        """Our master key with its salt."""
        return shake_256(suite.encode() + self.secret).digest(suite.key_octets)


NOT_SECURED = LocalSecurity()
"""For legs that are never encrypted."""


class Secured(NamedTuple):
    """How one stream is protected: what our description of it says, and what both know."""

    protocol: str
    attributes: tuple[Attribute, ...] = ()
    keys: SrtpKeys | None = None
    dtls: DtlsPeer | None = None
    session_attributes: tuple[Attribute, ...] = ()
    mid: str | None = None
    """The name of a stream with DTLS."""

    def __repr__(self) -> str:
        return f"Secured({self.protocol})"

    def describe(self, stream: MediaDescription) -> MediaDescription:
        """A stream of ours that is described as plain, as it is."""
        if self is NO_SECURITY:
            return stream
        return stream._replace(protocol=self.protocol, attributes=(*stream.attributes, *self.attributes))


NO_SECURITY = Secured(PLAIN)


def offered_security(local: LocalSecurity) -> Secured:
    """What our first offer says."""
    if local.is_web and local.dtls is not None:
        return _web_offer(local.dtls, OFFERED_TERMS.mid)
    if local.policy in (Srtp.OFF, Srtp.ACCEPT):
        return NO_SECURITY
    lines = (CryptoLine(str(tag), suite, local.key_of(suite)) for tag, suite in enumerate(_OFFERED_SUITES, 1))
    protocol = ENCRYPTED if local.policy is Srtp.REQUIRED else PLAIN
    return Secured(protocol, tuple(line.attribute for line in lines))


def repeated_security(local: LocalSecurity, agreed: Secured) -> Secured:
    """What an offer of ours in a session that is up says: what was agreed on goes on, with the same key."""
    protocol, keys = agreed.protocol, agreed.keys
    if local.dtls is not None and agreed.dtls is not None:
        return _web_offer(local.dtls, agreed.mid)._replace(protocol=protocol)
    if keys is None:
        return _without_keys(protocol)
    return Secured(protocol, (CryptoLine("1", keys.suite, local.key_of(keys.suite)).attribute,))


def answered_security(
    local: LocalSecurity, offered: MediaDescription, session: tuple[Attribute, ...]
) -> Secured | None:
    """What our answer says to a stream that the peer offers; None when it cannot be taken."""
    protocol = offered.protocol.upper()
    if protocol in DTLS_PROTOCOLS:
        return _answered_web(local, offered, session)
    if protocol not in _SPOKEN_PROTOCOLS:
        return None
    lines = [] if local.policy is Srtp.OFF else read_crypto_lines(offered.attributes)
    if lines:
        return _answered(local, offered.protocol, lines[0])
    must_be_encrypted = local.policy is Srtp.REQUIRED or protocol in _ENCRYPTED_PROTOCOLS
    return None if must_be_encrypted else _without_keys(offered.protocol)


def accepted_security(
    local: LocalSecurity,
    policy: Srtp,
    ours: MediaDescription,
    answered: MediaDescription,
    session: tuple[Attribute, ...],
) -> Secured | None:
    """What the peer's answer makes of the stream ``ours``; None when it takes what was not offered."""
    protocol = answered.protocol.upper()
    if ours.protocol in DTLS_PROTOCOLS:
        return _accepted_web(local, ours, answered, session) if protocol in DTLS_PROTOCOLS else None
    if protocol not in _SPOKEN_PROTOCOLS:
        return None
    for line in read_crypto_lines(answered.attributes):
        for mine in read_crypto_lines(ours.attributes):
            if (mine.tag, mine.suite) == (line.tag, line.suite):
                return Secured(protocol, keys=SrtpKeys(suite=line.suite, ours=mine.key, theirs=line.key))
    must_be_encrypted = policy is Srtp.REQUIRED or ENCRYPTED in (protocol, ours.protocol.upper())
    return None if must_be_encrypted else _without_keys(protocol)


def demand_security(media: MediaDescription) -> MediaDescription:
    """A stream offered with keys as one that is not to be had without."""
    return media._replace(protocol=ENCRYPTED)


def plain_attributes(attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """Those that say nothing of keys, fingerprints and paths."""
    if _ABOUT_SECURITY.isdisjoint(dict(attributes)):
        return attributes
    return tuple(line for line in attributes if line[0] not in _ABOUT_SECURITY)


def without_security(media: MediaDescription) -> MediaDescription:
    """The stream as if it were plain; what is remembered of it holds no keys then."""
    if media.protocol == PLAIN and _ABOUT_SECURITY.isdisjoint(dict(media.attributes)):
        return media
    kept = plain_attributes(media.attributes)
    by_ice = media.attribute("ice-ufrag") is not None
    connection = SOMEWHERE if by_ice else media.connection
    return media._replace(protocol=PLAIN, attributes=kept, connection=connection)


def _without_keys(protocol: str) -> Secured:
    return NO_SECURITY if protocol == PLAIN else Secured(protocol)


def _answered(local: LocalSecurity, protocol: str, theirs: CryptoLine) -> Secured:
    ours = CryptoLine(theirs.tag, theirs.suite, local.key_of(theirs.suite))
    keys = SrtpKeys(suite=ours.suite, ours=ours.key, theirs=theirs.key)
    return Secured(protocol, (ours.attribute,), keys)


def _web_offer(ours: DtlsEnd, mid: str | None) -> Secured:
    terms = OFFERED_TERMS._replace(mid=mid)
    return Secured(
        OFFERED_PROTOCOL, offered_lines(ours, mid), session_attributes=session_lines(terms), mid=mid
    )


def _answered_web(
    local: LocalSecurity, offered: MediaDescription, session: tuple[Attribute, ...]
) -> Secured | None:
    theirs = read_dtls(offered, session)
    if local.policy is Srtp.OFF or local.dtls is None or theirs is None:
        return None
    return Secured(
        offered.protocol,
        answering_lines(local.dtls, theirs),
        dtls=theirs.peer(local.dtls),
        session_attributes=session_lines(theirs),
        mid=theirs.mid,
    )


def _accepted_web(
    local: LocalSecurity, ours: MediaDescription, answered: MediaDescription, session: tuple[Attribute, ...]
) -> Secured | None:
    theirs = read_dtls(answered, session)
    if local.dtls is None or theirs is None:
        return None
    return Secured(answered.protocol, dtls=theirs.peer(local.dtls), mid=ours.attribute("mid"))
