"""DTLS-SRTP and ICE in SDP (RFC 5763, RFC 8122, RFC 8839): certificates, who begins, how paths are proved.

We are ICE lite (RFC 8445 §2.5): one address of ours, and the peer does all the checking.
"""

import re
from collections.abc import Iterable
from hashlib import shake_256
from typing import NamedTuple

from media.commands import DtlsPeer
from switch.sdp.description import Attribute, Connection, MediaDescription

OFFERED_PROTOCOL = "UDP/TLS/RTP/SAVPF"
DTLS_PROTOCOLS = frozenset({"UDP/TLS/RTP/SAVP", OFFERED_PROTOCOL})
SOMEWHERE = Connection("IP4", "192.0.2.1")
"""Stands for the address of who tells it by ICE, and writes none or 0.0.0.0 in its ``c=``."""
_FINGERPRINT = re.compile(r"sha-256[ \t]+([0-9A-F]{2}(?::[0-9A-F]{2}){31})[ \t]*", re.IGNORECASE)
_HOST_PRIORITY = 2130706431
"""Of the first host candidate (RFC 8445 §5.1.2.1)."""
_UFRAG_OCTETS = 4
_PASSWORD_OCTETS = 16
_OFFERED_MID = "0"
_WE_BEGIN = {"actpass": False, "active": False, "passive": True}
"""By what the peer says of itself in ``a=setup`` (RFC 5763 §5)."""


class DtlsEnd(NamedTuple):
    """Our end of such a stream."""

    fingerprint: str
    """SHA-256 of our certificate, 64 hexadecimal digits."""
    secret: bytes
    """Our name and password in ICE come from it."""
    host: str
    port: int

    def __repr__(self) -> str:
        return f"DtlsEnd({self.host}:{self.port})"

    @property
    def ufrag(self) -> str:
        return shake_256(b"ice name" + self.secret).hexdigest(_UFRAG_OCTETS)

    @property
    def password(self) -> str:
        return shake_256(b"ice password" + self.secret).hexdigest(_PASSWORD_OCTETS)


class DtlsTerms(NamedTuple):
    """What a peer says of its own end, or both of theirs."""

    fingerprint: str
    we_begin: bool
    has_ice: bool
    mid: str | None
    """What it calls the stream."""

    def peer(self, ours: DtlsEnd) -> DtlsPeer:
        """What the media engine must know."""
        ufrag, password = (ours.ufrag, ours.password) if self.has_ice else ("", "")
        return DtlsPeer(fingerprint=self.fingerprint, we_begin=self.we_begin, ufrag=ufrag, password=password)


OFFERED_TERMS = DtlsTerms("", False, has_ice=True, mid=_OFFERED_MID)


def read_dtls(media: MediaDescription, session: Iterable[Attribute]) -> DtlsTerms | None:
    """What a stream says of certificate and path, or the session for it; None when that cannot be done."""
    said = dict(reversed([*media.attributes, *session]))
    fingerprints = (value for name, value in (*media.attributes, *session) if name == "fingerprint" and value)
    fingerprint = next((found[1] for value in fingerprints if (found := _FINGERPRINT.fullmatch(value))), None)
    we_begin = _WE_BEGIN.get(said.get("setup") or "actpass")
    if fingerprint is None or we_begin is None:
        return None
    return DtlsTerms(
        fingerprint.replace(":", "").lower(),
        we_begin,
        has_ice=bool(said.get("ice-ufrag") and said.get("ice-pwd")),
        mid=said.get("mid"),
    )


def offered_lines(ours: DtlsEnd, mid: str | None = _OFFERED_MID) -> tuple[Attribute, ...]:
    """What a stream of our offer says: the peer may begin."""
    return _lines(ours, OFFERED_TERMS._replace(mid=mid), "actpass")


def answering_lines(ours: DtlsEnd, theirs: DtlsTerms) -> tuple[Attribute, ...]:
    """What a stream of our answer says."""
    return _lines(ours, theirs, "active" if theirs.we_begin else "passive")


def session_lines(terms: DtlsTerms) -> tuple[Attribute, ...]:
    """What is said of the whole session."""
    lite: list[Attribute] = [("ice-lite", None)] if terms.has_ice else []
    bundle: list[Attribute] = [("group", f"BUNDLE {terms.mid}")] if terms.mid is not None else []
    return (*lite, *bundle)


def _lines(ours: DtlsEnd, terms: DtlsTerms, setup: str) -> tuple[Attribute, ...]:
    pairs = (ours.fingerprint[at : at + 2] for at in range(0, len(ours.fingerprint), 2))
    lines: list[Attribute] = [("fingerprint", f"sha-256 {':'.join(pairs).upper()}"), ("setup", setup)]
    if terms.mid is not None:
        lines.append(("mid", terms.mid))
    if terms.has_ice:
        lines += [
            ("ice-ufrag", ours.ufrag),
            ("ice-pwd", ours.password),
            ("candidate", f"1 1 udp {_HOST_PRIORITY} {ours.host} {ours.port} typ host"),
            ("end-of-candidates", None),
        ]
    return tuple(lines)
