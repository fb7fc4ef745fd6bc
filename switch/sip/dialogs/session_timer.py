"""How long a session lasts without a sign of life, and who gives the sign (RFC 4028). No timers here."""

from typing import NamedTuple

from switch.sip.capabilities import names_token
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import find_parameter, read_parameters
from switch.sip.messages.message import Fields, Headers
from switch.sip.refusal import Refusal

_TAG = "timer"
_LONGEST_S = 2**31 - 1
_MOST_RAISES = 5
"""Proxies that may each refuse an INVITE with a Min-SE of their own, before we give up."""
_LONGEST_MARGIN_S = 32
"""A session is ended a third of its interval, but at most so long, before it expires (§10)."""


class SessionTerms(NamedTuple):
    """What both sides agreed on."""

    interval_s: int
    we_refresh: bool

    @property
    def pause_s(self) -> float:
        """When to act: to refresh at half time if that is ours to do (§7.2), else to hang up (§10)."""
        return self.interval_s / 2 if self.we_refresh else self.patience_s

    @property
    def patience_s(self) -> float:
        """How long a session may go without a refresh before it is ended."""
        return self.interval_s - min(_LONGEST_MARGIN_S, self.interval_s / 3)


class SessionAsk(NamedTuple):
    """What a request of ours asks for. A new INVITE starts with ``SessionPolicy.ask``."""

    interval_s: int
    min_s: int
    refresher: str = ""
    """``uac`` (we) or ``uas`` (the peer) where the roles are settled already; else the peer chooses."""
    raises: int = 0

    def headers(self) -> Fields:
        """Session-Expires and Min-SE. Supported with ``timer`` must stand beside them."""
        refresher = f";refresher={self.refresher}" if self.refresher else ""
        return {"session-expires": f"{self.interval_s}{refresher}", "min-se": str(self.min_s)}

    def after_refusal(self, headers: Headers) -> "SessionAsk | None":
        """What to ask next after a 422 with these headers (§7.4); None when asking again makes no sense."""
        min_s = _read_seconds(headers.get("min-se") or "")
        if min_s is None or min_s <= self.min_s or self.raises == _MOST_RAISES:
            return None
        interval_s = max(self.interval_s, min_s)
        return self._replace(interval_s=interval_s, min_s=min_s, raises=self.raises + 1)


class SessionPolicy:
    """What we want and take: sessions of ``expires_s``, none shorter than ``min_s``."""

    def __init__(self, expires_s: int, min_s: int) -> None:
        self._expires_s = expires_s
        self._min_s = min_s
        self.ask = SessionAsk(expires_s, min_s)
        """What every new INVITE of ours asks for, and …"""
        self.asking = self.ask.headers()
        """… the headers that say so."""

    def check(self, headers: Headers) -> Refusal | None:
        """422 to a request whose sender knows of Min-SE and asks for too short a session (§9).

        Raises SipSyntaxError when its Session-Expires or Min-SE cannot be read.
        """
        if "min-se" in headers:
            _demand_seconds(headers.get("min-se") or "")
        if "session-expires" not in headers:
            return None
        interval_s, _ = _demand_session_expires(headers)
        if interval_s >= self._min_s or not names_token(headers, "supported", _TAG):
            return None
        return Refusal(422, {"min-se": str(self._min_s)})

    def accept(self, headers: Headers) -> tuple[SessionTerms, Fields] | None:
        """What we grant a request (§9, table 2), and the headers of the 2xx that say so.

        None when the session shall not expire: nobody on the way knows how it could.
        """
        knows = names_token(headers, "supported", _TAG)
        asked = _read_session_expires(headers) if "session-expires" in headers else None
        if asked is None and not knows:
            return None
        min_s = max(self._min_s, _read_seconds(headers.get("min-se") or "") or 0)
        asked_s, refresher = asked or (max(self._expires_s, min_s), "")
        if asked_s < self._min_s:  # by a proxy; its sender cannot be told of Min-SE
            return None
        interval_s = min(asked_s, max(self._expires_s, min_s))
        if not knows or refresher == "uas":
            return SessionTerms(interval_s, True), {"session-expires": f"{interval_s};refresher=uas"}
        granted: Fields = {"session-expires": f"{interval_s};refresher=uac", "require": _TAG}
        return SessionTerms(interval_s, False), granted

    def ask_again(self, terms: SessionTerms) -> SessionAsk:
        """What a request inside the dialog asks for: the same, with the same roles (§7.4)."""
        return SessionAsk(terms.interval_s, self._min_s, "uac" if terms.we_refresh else "uas")

    def settle(self, headers: Headers) -> SessionTerms | None:
        """What a 2xx to our request settles (§7.2); None when the session does not expire."""
        granted = _read_session_expires(headers)
        if granted is None:
            return None
        interval_s, refresher = granted
        return SessionTerms(max(interval_s, self._min_s), refresher != "uas")


def _read_session_expires(headers: Headers) -> tuple[int, str] | None:
    """Interval and refresher (``uac``, ``uas`` or empty); None when absent or malformed."""
    try:
        return _demand_session_expires(headers)
    except SipSyntaxError:
        return None


def _demand_session_expires(headers: Headers) -> tuple[int, str]:
    seconds, semicolon, rest = (headers.get("session-expires") or "").partition(";")
    refresher = find_parameter(read_parameters(semicolon + rest), "refresher") or ""
    return _demand_seconds(seconds), refresher.lower()


def _demand_seconds(text: str) -> int:
    seconds = _read_seconds(text.partition(";")[0])
    if seconds is None:
        raise SipSyntaxError(f"session interval {text[:20]!r}; expected seconds")
    return seconds


def _read_seconds(text: str) -> int | None:
    digits = text.partition(";")[0].strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    return min(int(digits), _LONGEST_S)
