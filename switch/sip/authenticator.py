"""Who proves to be a station (RFC 3261 §22, RFC 8760)."""

from collections.abc import Sequence
from enum import Enum, auto

from switch.sip.digest import Algorithm, Credentials, ha1, make_challenge
from switch.sip.errors import SipSyntaxError
from switch.sip.message import Request
from switch.sip.nonces import Nonces


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
    """Checks digest credentials against the stations' passwords.

    ``algorithms`` are offered in this order. Unknown stations take the same time and get the same
    answers as known ones, so that nobody can find out which exist.
    """

    def __init__(
        self, realm: str, algorithms: Sequence[Algorithm], passwords: dict[str, str], nonces: Nonces
    ) -> None:
        self._realm = realm
        self._algorithms = tuple(algorithms)
        self._passwords = passwords
        self._nonces = nonces

    def check(self, request: Request, station: str, *, now: float) -> Verdict:
        """Whether ``request`` comes from ``station``."""
        credentials = self._credentials(request)
        if credentials is None:
            return Verdict.MISSING
        password = self._passwords.get(station)
        secret = ha1(credentials.algorithm, station, self._realm, password or "")
        proven = credentials.proves(secret, request.method)
        if password is None:
            return Verdict.UNKNOWN_STATION
        if not proven or credentials.username != station:
            return Verdict.WRONG_PASSWORD
        if not self._nonces.spend(credentials.nonce, credentials.nonce_count, now=now):
            return Verdict.STALE
        return Verdict.PROVEN

    def challenges(self, *, stale: bool, now: float) -> list[str]:
        """WWW-Authenticate values, one for each algorithm (RFC 8760 §2.3)."""
        nonce = self._nonces.issue(now=now)
        return [make_challenge(self._realm, nonce, algorithm, stale) for algorithm in self._algorithms]

    def _credentials(self, request: Request) -> Credentials | None:
        """The first Authorization that is for us and in an algorithm we offer."""
        for value in request.headers.get_all("authorization"):
            try:
                credentials = Credentials.parse(value)
            except SipSyntaxError:
                continue
            if credentials.realm == self._realm and credentials.algorithm in self._algorithms:
                return credentials
        return None
