"""Who proves to be a station (RFC 3261 §22, RFC 8760)."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from runtime.tenancy import HOUSE, bare, tenant_of
from switch.sip.authentication.digest import Algorithm, Credentials, ha1, make_challenge
from switch.sip.authentication.nonces import Nonces
from switch.sip.config import SipConfig, StationConfig
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.message import Request
from switch.sip.messages.uri import SipUri, parse_uri

_NONCES_PER_STATION = 2
"""The one in use, and the one before it while both are fresh."""
_FEWEST_NONCES = 20_000


class Verdict(Enum):
    """What a request's credentials are worth."""

    PROVEN = auto()
    MISSING = auto()
    """None, or none for this realm: ask."""
    STALE = auto()
    """The right password for a challenge that cannot be used any more: ask again."""
    UNKNOWN_STATION = auto()
    WRONG_PASSWORD = auto()


class Authenticator:
    """Checks digest credentials against the hashes of the stations' passwords.

    Unknown stations take the same time and get the same answers as those that are offered the usual
    algorithms, so that nobody can find out which exist.
    """

    def __init__(
        self,
        config: SipConfig,
        stations: Sequence[StationConfig],
        nonce_key: bytes,
        realms: Mapping[str, str] | None = None,
    ) -> None:
        """``realms``: those of tenants, by tenant."""
        self._own_realm = config.realm
        self._usual = config.algorithms
        self._checks_uri = config.check_digest_uri
        self.configure(stations, realms or {})
        self._decoys = {algorithm: ha1(algorithm, "", config.realm, "") for algorithm in Algorithm}
        remembered = max(_FEWEST_NONCES, _NONCES_PER_STATION * len(stations))
        self._nonces = Nonces(nonce_key, lifetime_s=config.nonce_lifetime_s, capacity=remembered)

    def configure(self, stations: Sequence[StationConfig], realms: Mapping[str, str]) -> None:
        """Know these, and no others."""
        self._realms = {HOUSE: self._own_realm, **realms}
        self._hashes = {station.name: station.hashes(self._realm_of(station.name)) for station in stations}
        self._own_choice = {station.name: station.algorithms for station in stations if station.algorithms}

    def knows(self, station: str) -> bool:
        """Whether a station of that name is configured."""
        return station in self._hashes

    def check(self, request: Request, station: str, *, now: float) -> Verdict:
        """Whether ``request`` comes from ``station``.

        Raises SipSyntaxError for a proof that was made for another address (RFC 7616 §3.4.6).
        """
        credentials = self._credentials(request, station)
        if credentials is None:
            return Verdict.MISSING
        if self._checks_uri and not _names_same_resource(credentials.uri, request.uri):
            raise SipSyntaxError("digest uri is not the Request-URI")
        hashes = self._hashes.get(station)
        secret = (self._decoys if hashes is None else hashes).get(credentials.algorithm, "")
        proven = credentials.proves(secret, request.method)
        if hashes is None:
            return Verdict.UNKNOWN_STATION
        if not proven or not secret or credentials.username != bare(station):
            return Verdict.WRONG_PASSWORD
        if not self._nonces.spend(credentials.nonce, credentials.nonce_count, now=now):
            return Verdict.STALE
        return Verdict.PROVEN

    def challenges(self, station: str, *, stale: bool, now: float) -> list[str]:
        """WWW-Authenticate values, one for each algorithm offered (RFC 8760 §2.3)."""
        nonce = self._nonces.issue(now=now)
        offered = self._offered(station)
        realm = self._realm_of(station)
        return [make_challenge(realm, nonce, algorithm, stale) for algorithm in offered]

    def _realm_of(self, station: str) -> str:
        return self._realms.get(tenant_of(station), self._realms[HOUSE])

    def _offered(self, station: str) -> Sequence[Algorithm]:
        return self._own_choice.get(station, self._usual)

    def _credentials(self, request: Request, station: str) -> Credentials | None:
        """The first Authorization that is for us and in an algorithm we offer."""
        realm, offered = self._realm_of(station), self._offered(station)
        for value in request.headers.get_all("authorization"):
            try:
                credentials = Credentials.parse(value)
            except SipSyntaxError:
                continue
            if credentials.realm == realm and credentials.algorithm in offered:
                return credentials
        return None


def _names_same_resource(written: str, request_uri: str) -> bool:
    """Whether a proof's address is the Request-URI.

    Phones differ in how they write it: user and host must agree, and the port where both name one; the
    scheme and parameters such as ``transport`` need not.
    """
    if written == request_uri:
        return True
    try:
        ours, theirs = _resource(parse_uri(request_uri)), _resource(parse_uri(written))
    except SipSyntaxError:
        return False
    return ours[:2] == theirs[:2] and (ours[2] == theirs[2] or None in (ours[2], theirs[2]))


def _resource(uri: SipUri) -> tuple[str, str, int | None]:
    return uri.user, uri.host.lower(), uri.port
