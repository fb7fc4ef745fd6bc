"""Our registration at a trunk (RFC 3261 §10.2): asked for, refreshed in time, taken back."""

from dataclasses import dataclass
from enum import StrEnum

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.header_values import parse_contacts, split_values

REFRESH_SHARE = 0.8
"""Of the time granted, after which the registration is refreshed."""
FIRST_RETRY_S = 10.0
LONGEST_RETRY_S = 600.0
_SHORTEST_S = 5.0
"""It is refreshed no more often than that, unless it was granted for less."""
_LONGEST_ASKED_S = 86_400


class RegistrationState(StrEnum):
    """Where our registration stands."""

    OFF = "off"
    """None is wanted."""
    TRYING = "trying"
    """Asked for, and not granted yet."""
    REGISTERED = "registered"
    FAILED = "failed"
    """Refused or unanswered; it will be asked for again."""


@dataclass(slots=True)
class Registration:
    """One trunk's registration. Says what to ask for and when; the core does the asking."""

    asked_s: int
    state: RegistrationState = RegistrationState.OFF
    since: float = 0.0
    """Monotonic seconds of the last change of ``state``."""
    granted_s: int = 0
    service_route: tuple[str, ...] = ()
    """The proxies that calls to this trunk must pass (RFC 3608)."""
    last_status: int | None = None
    expires_at: float = 0.0
    attempts: int = 0
    """Failures in a row; each is tried at the registrar's next address."""

    def begin(self, now: float) -> None:
        """It is wanted."""
        self.attempts = 0
        self._enter(RegistrationState.TRYING, now)

    def end(self, now: float) -> None:
        """It is wanted no more."""
        self.service_route = ()
        self._enter(RegistrationState.OFF, now)

    def grant(self, granted_s: int, service_route: tuple[str, ...], now: float) -> float:
        """The registrar took it; returns the seconds to the next refreshing."""
        self.attempts = 0
        self.last_status = 200
        self.granted_s = granted_s
        self.expires_at = now + granted_s
        self.service_route = service_route
        self._enter(RegistrationState.REGISTERED, now)
        return max(granted_s * REFRESH_SHARE, min(_SHORTEST_S, granted_s))

    def refuse(self, status: int, retry_after: str, lot: float, now: float) -> float:
        """The registrar did not take it; returns the seconds to the next attempt.

        No sooner than its Retry-After (RFC 3261 §20.33) as far as that is sensible. ``lot`` from 0 to 1
        spreads the attempts of many switches that lost one registrar. What was granted before holds until
        its time is over.
        """
        self.last_status = status
        pause_s = min(FIRST_RETRY_S * (1 << min(self.attempts, 16)), LONGEST_RETRY_S)
        asked_s = min(_seconds(retry_after.partition(";")[0].partition("(")[0].strip(), 0), LONGEST_RETRY_S)
        self.attempts += 1
        if self.state is not RegistrationState.REGISTERED or now >= self.expires_at:
            self._enter(RegistrationState.FAILED, now)
        return max(pause_s * (0.5 + lot / 2), asked_s)

    def ask_longer(self, min_expires: str) -> bool:
        """423: the registrar wants longer ones. Whether to ask again at once (RFC 3261 §10.2.8)."""
        least_s = _seconds(min_expires, 0)
        if not self.asked_s < least_s <= _LONGEST_ASKED_S:
            return False
        self.asked_s = least_s
        return True

    def _enter(self, state: RegistrationState, now: float) -> None:
        if state is not self.state:
            self.state, self.since = state, now


def granted_seconds(contact: str, expires: str, user: str, asked_s: int) -> int:
    """What a 200 OK grants: our Contact's ``expires``, else Expires, else what was asked (§10.2.4).

    ``user`` tells our Contact from others that the registrar lists beside it.
    """
    try:
        listed = [
            _seconds(value, asked_s)
            for one in parse_contacts([contact] if contact else [])
            if one.uri.user == user and (value := one.param("expires"))
        ]
    except SipSyntaxError:
        listed = []
    return max(listed, default=_seconds(expires, asked_s))


def route_set(service_route: str) -> tuple[str, ...]:
    """The values of Service-Route, in order; none when it cannot be read."""
    try:
        return tuple(split_values([service_route]))
    except SipSyntaxError:
        return ()


def _seconds(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else otherwise
