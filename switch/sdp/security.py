"""How a stream is protected, by offer and answer: not at all, or by SRTP with keys in SDP (SDES, RFC 4568).

policy     a plain offer   an encrypted offer   our own offer
off        taken           refused              RTP/AVP
accept     taken           taken                RTP/AVP
optional   taken           taken                RTP/AVP with keys (RFC 8643)
required   refused         taken                RTP/SAVP with keys
"""

from hashlib import shake_256
from typing import NamedTuple

from media.commands import SrtpKeys, SrtpSuite
from media.config import Srtp
from switch.sdp.crypto_lines import CryptoLine, read_crypto_lines
from switch.sdp.description import Attribute, MediaDescription

PLAIN = "RTP/AVP"
ENCRYPTED = "RTP/SAVP"
_PLAIN_PROTOCOLS = frozenset({PLAIN, "RTP/AVPF"})
_ENCRYPTED_PROTOCOLS = frozenset({ENCRYPTED, "RTP/SAVPF"})
_OFFERED_SUITES = (SrtpSuite.AEAD_AES_128_GCM, SrtpSuite.AES_CM_128_HMAC_SHA1_80)
_ABOUT_SECURITY = frozenset({"crypto"})


class LocalSecurity(NamedTuple):
    """What our end of a stream may and must do."""

    policy: Srtp = Srtp.OFF
    secret: bytes = b""
    """32 octets that nobody can guess; the leg's keys come from it, the same ones as long as it lives."""

    def __repr__(self) -> str:
        return f"LocalSecurity({self.policy})"

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

    @property
    def is_plain(self) -> bool:
        return self.protocol == PLAIN and not self.attributes and self.keys is None

    def describe(self, stream: MediaDescription) -> MediaDescription:
        """A stream of ours that is described as plain, as it is."""
        if self.is_plain:
            return stream
        return stream._replace(protocol=self.protocol, attributes=(*stream.attributes, *self.attributes))


def offered_security(local: LocalSecurity) -> Secured:
    """What our first offer says."""
    if local.policy in (Srtp.OFF, Srtp.ACCEPT):
        return Secured(PLAIN)
    lines = (CryptoLine(str(tag), suite, local.key_of(suite)) for tag, suite in enumerate(_OFFERED_SUITES, 1))
    protocol = ENCRYPTED if local.policy is Srtp.REQUIRED else PLAIN
    return Secured(protocol, tuple(line.attribute for line in lines))


def repeated_security(local: LocalSecurity, protocol: str, keys: SrtpKeys | None) -> Secured:
    """What an offer of ours in a session that is up says: what was agreed on goes on, with the same key."""
    if keys is None:
        return Secured(protocol)
    return Secured(protocol, (CryptoLine("1", keys.suite, local.key_of(keys.suite)).attribute,))


def answered_security(local: LocalSecurity, offered: MediaDescription) -> Secured | None:
    """What our answer says to a stream that the peer offers; None when it cannot be taken."""
    protocol = offered.protocol.upper()
    if protocol not in _PLAIN_PROTOCOLS | _ENCRYPTED_PROTOCOLS:
        return None
    lines = [] if local.policy is Srtp.OFF else read_crypto_lines(offered.attributes)
    if lines:
        return _answered(local, offered.protocol, lines[0])
    must_be_encrypted = local.policy is Srtp.REQUIRED or protocol in _ENCRYPTED_PROTOCOLS
    return None if must_be_encrypted else Secured(offered.protocol)


def accepted_security(policy: Srtp, ours: MediaDescription, answered: MediaDescription) -> Secured | None:
    """What the peer's answer makes of the stream ``ours``; None when it takes what was not offered."""
    protocol = answered.protocol.upper()
    if protocol not in _PLAIN_PROTOCOLS | _ENCRYPTED_PROTOCOLS:
        return None
    offered = {(line.tag, line.suite): line.key for line in read_crypto_lines(ours.attributes)}
    for line in read_crypto_lines(answered.attributes):
        key = offered.get((line.tag, line.suite))
        if key is not None:
            return Secured(protocol, keys=SrtpKeys(suite=line.suite, ours=key, theirs=line.key))
    must_be_encrypted = policy is Srtp.REQUIRED or ENCRYPTED in (protocol, ours.protocol.upper())
    return None if must_be_encrypted else Secured(protocol)


def demand_security(media: MediaDescription) -> MediaDescription:
    """A stream offered with keys as one that is not to be had without."""
    return media._replace(protocol=ENCRYPTED)


def without_security(media: MediaDescription) -> MediaDescription:
    """The stream as if it were plain; what is remembered of it holds no keys then."""
    if media.protocol == PLAIN and not any(line[0] in _ABOUT_SECURITY for line in media.attributes):
        return media
    kept = tuple(line for line in media.attributes if line[0] not in _ABOUT_SECURITY)
    return media._replace(protocol=PLAIN, attributes=kept)


def _answered(local: LocalSecurity, protocol: str, theirs: CryptoLine) -> Secured:
    ours = CryptoLine(theirs.tag, theirs.suite, local.key_of(theirs.suite))
    keys = SrtpKeys(suite=ours.suite, ours=ours.key, theirs=theirs.key)
    return Secured(protocol, (ours.attribute,), keys)
