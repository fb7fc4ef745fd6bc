"""Digest authentication of those who ask us (RFC 7616, RFC 8760; RFC 2617 for phones without qop)."""

import hmac
import re
from enum import StrEnum
from hashlib import md5, new, sha256
from typing import NamedTuple

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.header_values import format_auth, parse_auth

_BARE_IN_CHALLENGE = frozenset({"algorithm", "stale"})
_NEEDED = frozenset({"username", "realm", "nonce", "uri", "response"})
_NC_DIGITS = 8
_NC = re.compile(rf"[0-9a-fA-F]{{{_NC_DIGITS}}}")


class Algorithm(StrEnum):
    """The hash of a challenge, by its registered name."""

    MD5 = "MD5"
    SHA_256 = "SHA-256"
    SHA_512_256 = "SHA-512-256"

    @property
    def hex_digits(self) -> int:
        """Length of a hash in hexadecimal."""
        return 32 if self is Algorithm.MD5 else 64

    def digest(self, text: str) -> str:
        """Hash in lower-case hexadecimal."""
        data = text.encode("utf-8", "surrogateescape")
        if self is Algorithm.MD5:
            return md5(data, usedforsecurity=False).hexdigest()
        if self is Algorithm.SHA_256:
            return sha256(data).hexdigest()
        return new("sha512_256", data).hexdigest()


_BY_NAME = {algorithm.value: algorithm for algorithm in Algorithm}


class Credentials(NamedTuple):
    """What an Authorization header claims."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm
    qop: str | None
    """``auth``, or None from phones older than RFC 2617."""
    cnonce: str
    nc: str
    """Eight hexadecimal digits as sent; empty without qop."""

    @classmethod
    def parse(cls, value: str) -> "Credentials":
        """Read an Authorization value. Raises SipSyntaxError (400) for anything but usable Digest."""
        scheme, params = parse_auth(value)
        if scheme != "digest":
            raise SipSyntaxError(f"authorization scheme {scheme[:20]}; expected Digest")
        if not params.keys() >= _NEEDED:
            raise SipSyntaxError(f"digest credentials without {min(_NEEDED - params.keys())}")
        qop = _read_qop(params)
        return cls(
            username=params["username"],
            realm=params["realm"],
            nonce=params["nonce"],
            uri=params["uri"],
            response=params["response"],
            algorithm=_read_algorithm(params),
            qop=qop,
            cnonce=params["cnonce"] if qop else "",
            nc=params["nc"] if qop else "",
        )

    @property
    def nonce_count(self) -> int | None:
        """How often the client says it has used the nonce; None without qop."""
        return int(self.nc, 16) if self.nc else None

    def proves(self, secret: str, method: str) -> bool:
        """Whether the sender knew the password behind ``secret`` (see ``ha1``). Takes constant time."""
        expected = response(
            self.algorithm, secret, method, self.uri, self.nonce, qop=self.qop, cnonce=self.cnonce, nc=self.nc
        )
        given = self.response.lower().encode("utf-8", "surrogateescape")
        return hmac.compare_digest(expected.encode(), given)


def ha1(algorithm: Algorithm, user: str, realm: str, password: str) -> str:
    """The secret both sides share, as a hash; a server may store it in place of the password."""
    return algorithm.digest(f"{user}:{realm}:{password}")


def response(
    algorithm: Algorithm,
    secret: str,
    method: str,
    uri: str,
    nonce: str,
    *,
    qop: str | None = None,
    cnonce: str = "",
    nc: str = "",
) -> str:
    """The proof of knowing ``secret`` (RFC 7616 §3.4.1; without qop as RFC 2069 had it)."""
    request = algorithm.digest(f"{method}:{uri}")
    if qop is None:
        return algorithm.digest(f"{secret}:{nonce}:{request}")
    return algorithm.digest(f"{secret}:{nonce}:{nc}:{cnonce}:{qop}:{request}")


def make_challenge(realm: str, nonce: str, algorithm: Algorithm, stale: bool = False) -> str:
    """A WWW-Authenticate value. ``stale`` tells the client to try again with the same password."""
    params = {"realm": realm, "nonce": nonce, "algorithm": algorithm.value, "qop": "auth"}
    if stale:
        params["stale"] = "true"
    return format_auth("Digest", params, bare=_BARE_IN_CHALLENGE)


def _read_algorithm(params: dict[str, str]) -> Algorithm:
    """MD5 when none is named (RFC 7616 §3.3)."""
    name = params.get("algorithm", "MD5").upper()
    algorithm = _BY_NAME.get(name)
    if algorithm is None:
        raise SipSyntaxError(f"digest algorithm {name[:20]}; expected one of {', '.join(Algorithm)}")
    return algorithm


def _read_qop(params: dict[str, str]) -> str | None:
    qop = params.get("qop")
    if qop is None:
        return None
    if qop.lower() != "auth":
        raise SipSyntaxError(f"digest qop {qop[:20]}; expected auth")
    nc = params.get("nc", "")
    if not _NC.fullmatch(nc):
        raise SipSyntaxError(f"digest nc {nc[:20]!r}; expected {_NC_DIGITS} hexadecimal digits")
    if "cnonce" not in params:
        raise SipSyntaxError("digest credentials with qop but without cnonce")
    return qop
