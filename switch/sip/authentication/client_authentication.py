"""Proving to others who we are: digest authentication as a client (RFC 3261 §22, RFC 7616, RFC 8760)."""

from dataclasses import dataclass, field
from typing import NamedTuple

from runtime.ids import Ids
from switch.sip.authentication.digest import Algorithm, ha1, response
from switch.sip.errors import SipSyntaxError
from switch.sip.hop import Hop
from switch.sip.messages.header_values import format_auth, parse_auth
from switch.sip.messages.message import Headers, Request, Response

_PROOF_OF = {"www-authenticate": "authorization", "proxy-authenticate": "proxy-authorization"}
"""Which header answers a challenge: of a server (RFC 3261 §22.2) or of a proxy (§22.3)."""
_STRENGTH = {algorithm: rank for rank, algorithm in enumerate(Algorithm)}
_BARE = frozenset({"algorithm", "qop", "nc"})
_FIRST_USE = "00000001"
_MOST_REALMS = 4
"""Proxies and servers on one way that ask for a password; more would only be a trap."""
_MOST_NEIGHBOURS = 1024


@dataclass(frozen=True, slots=True)
class Account:
    """A user name and its password at somebody else's server."""

    user: str
    password: str = field(repr=False)


class Challenge(NamedTuple):
    """What a WWW-Authenticate or Proxy-Authenticate header asks for."""

    realm: str
    nonce: str
    algorithm: Algorithm
    names_algorithm: bool
    """Whether the header says which; servers older than RFC 2617 expect no word about it."""
    with_qop: bool
    """Whether uses are counted (``qop=auth``)."""
    opaque: str | None
    is_stale: bool
    """Whether only the nonce of the last proof was too old (``stale=true``, RFC 7616 §3.3)."""

    @classmethod
    def parse(cls, value: str) -> "Challenge":
        """Raises SipSyntaxError for a challenge that we cannot answer."""
        scheme, params = parse_auth(value)
        if scheme != "digest" or "realm" not in params or "nonce" not in params:
            raise SipSyntaxError("challenge that is no complete Digest")
        name = params.get("algorithm")
        qop = params.get("qop")
        if qop is not None and "auth" not in [option.strip().lower() for option in qop.split(",")]:
            raise SipSyntaxError(f"challenge with qop {qop[:20]}; expected auth")
        return cls(
            params["realm"],
            params["nonce"],
            _known_algorithm(name or Algorithm.MD5),
            name is not None,
            qop is not None,
            params.get("opaque"),
            params.get("stale", "").lower() == "true",
        )


class _Proofs:
    """The proofs given for one challenge."""

    __slots__ = ("_challenge", "_cnonce", "_count", "_secret", "_user")

    def __init__(self, challenge: Challenge, account: Account, cnonce: str) -> None:
        self._challenge = challenge
        self._user = account.user
        self._secret = ha1(challenge.algorithm, account.user, challenge.realm, account.password)
        self._cnonce = cnonce
        self._count = 0

    @property
    def is_spent(self) -> bool:
        """Without a count every use looks like the first: such a challenge is answered once only."""
        return self._count > 0 and not self._challenge.with_qop

    def next(self, method: str, uri: str) -> str:
        """The value of Authorization or Proxy-Authorization for a request."""
        challenge = self._challenge
        self._count += 1
        use = (
            {"qop": "auth", "cnonce": self._cnonce, "nc": f"{self._count:08x}"} if challenge.with_qop else {}
        )
        proof = response(challenge.algorithm, self._secret, method, uri, challenge.nonce, **use)
        fields = {"username": self._user, "realm": challenge.realm, "nonce": challenge.nonce, "uri": uri}
        fields["response"] = proof
        if challenge.names_algorithm:
            fields["algorithm"] = challenge.algorithm
        if challenge.opaque is not None:
            fields["opaque"] = challenge.opaque
        return format_auth("Digest", {**fields, **use}, bare=_BARE)


class ClientAuthentication:
    """What one neighbour asked of one account, and the proofs it is given.

    A challenge is answered as often as the neighbour takes it, so that only the first request of many is
    sent twice (RFC 7616 §3.6).
    """

    def __init__(self, account: Account, ids: Ids) -> None:
        self._account = account
        self._ids = ids
        self._asked: dict[tuple[str, str], _Proofs] = {}

    def put_on(self, request: Request) -> None:
        """Add a proof for each challenge known; none before the first was met."""
        if not self._asked:
            return
        values: dict[str, list[str]] = {}
        for (header, _), proofs in self._asked.items():
            if not proofs.is_spent:
                values.setdefault(header, []).append(proofs.next(request.method, request.uri))
        for header, lines in values.items():
            request.headers.set_all(header, lines)

    def take(self, request: Request, refusal: Response) -> bool:
        """Learn the challenges of a 401 or 407; whether the request should be sent again.

        Not when we cannot answer them, nor when the first use of a challenge was refused: then the password
        is wrong (RFC 3261 §22.2), unless it is said that the nonce was only too old, as by one of several
        servers that another one's nonce comes to.
        """
        learnt: dict[tuple[str, str], _Proofs] = {}
        for header, proof_header in _PROOF_OF.items():
            for realm, challenge in _strongest(refusal.headers.get_all(header)).items():
                if not challenge.is_stale and _was_fresh(request.headers, proof_header, realm):
                    self._asked.clear()
                    return False
                learnt[proof_header, realm] = _Proofs(challenge, self._account, self._ids.token())
        if len(self._asked | learnt) > _MOST_REALMS:
            self._asked.clear()
            return False
        self._asked |= learnt
        return bool(learnt)


class ClientAuthentications:
    """The challenges met at each neighbour by each account; those met longest ago are forgotten first."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._known: dict[tuple[Account, Hop], ClientAuthentication] = {}

    def of(self, account: Account, hop: Hop) -> ClientAuthentication:
        """What is known of this account there."""
        found = self._known.get((account, hop))
        if found is None:
            if len(self._known) >= _MOST_NEIGHBOURS:
                del self._known[next(iter(self._known))]
            found = self._known[account, hop] = ClientAuthentication(account, self._ids)
        return found


def _known_algorithm(name: str) -> Algorithm:
    try:
        return Algorithm(name.upper())
    except ValueError:
        raise SipSyntaxError(f"challenge with algorithm {name[:20]}") from None


def _strongest(values: list[str]) -> dict[str, Challenge]:
    """Of each realm the challenge with the best hash that we know (RFC 8760 §2.4)."""
    best: dict[str, Challenge] = {}
    for value in values:
        try:
            challenge = Challenge.parse(value)
        except SipSyntaxError:
            continue
        known = best.get(challenge.realm)
        if known is None or _STRENGTH[challenge.algorithm] > _STRENGTH[known.algorithm]:
            best[challenge.realm] = challenge
    return best


def _was_fresh(headers: Headers, proof_header: str, realm: str) -> bool:
    """Whether a request already carried the first proof for a challenge of this realm."""
    for value in headers.get_all(proof_header):
        _, params = parse_auth(value)
        if params.get("realm") == realm:
            return params.get("nc", _FIRST_USE) == _FIRST_USE
    return False
