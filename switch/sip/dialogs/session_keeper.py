"""Session timers at work: what was agreed for each leg, and when somebody has to act on it (RFC 4028)."""

from switch.sip.capabilities import names_token
from switch.sip.dialogs.session_timer import SessionPolicy, SessionTerms
from switch.sip.legs.legs import Legs, LegTimer, SipLeg
from switch.sip.messages.message import Fields, Headers

_PUT_OFF_S = 5.0
"""When a refresh is due while an offer is on its way: that one refreshes the session, unless it fails."""


class SessionKeeper:
    """Keeps ``leg.terms`` and the timer of the leg's session."""

    def __init__(self, policy: SessionPolicy, legs: Legs) -> None:
        self.policy = policy
        self._timers = legs.timers

    def grant(self, leg: SipLeg, headers: Headers, now: float) -> Fields:
        """Accept a peer's INVITE or UPDATE; returns what the 2xx has to say about it."""
        granted = self.policy.accept(headers)
        if granted is None:
            if leg.terms is not None:
                self._stop(leg)
            return {}
        terms, lines = granted
        leg.peer_updates = names_token(headers, "allow", "UPDATE")
        self._start(leg, terms, now)
        return lines

    def settle(self, leg: SipLeg, headers: Headers, now: float) -> None:
        """A 2xx to an INVITE or UPDATE of ours came."""
        terms = self.policy.settle(headers) if "session-expires" in headers else None
        if terms is not None:
            if "allow" in headers:
                leg.peer_updates = names_token(headers, "allow", "UPDATE")
            self._start(leg, terms, now)
        elif leg.terms is not None:
            self._stop(leg)

    def lines(self, leg: SipLeg) -> Fields:
        """What a re-INVITE or UPDATE of ours has to say."""
        return {} if leg.terms is None else self.policy.ask_again(leg.terms).headers()

    def raise_interval(self, leg: SipLeg, refusal: Headers) -> bool:
        """A 422 came to such a request: ask for longer; False when that makes no sense (§7.4)."""
        if leg.terms is None:
            return False
        ask = self.policy.ask_again(leg.terms).after_refusal(refusal)
        if ask is None or ask.interval_s <= leg.terms.interval_s:
            return False
        leg.terms = leg.terms._replace(interval_s=ask.interval_s)
        return True

    def is_over(self, leg: SipLeg, now: float) -> bool:
        """The timer rang: whether the session has to end now. Else it is time to refresh it."""
        return now >= leg.expires_at

    def await_refresh(self, leg: SipLeg) -> None:
        """A refresh is on its way; the session ends when it stays without success."""
        self._timers.set((leg, LegTimer.SESSION), leg.expires_at)

    def put_off(self, leg: SipLeg, now: float) -> None:
        """Something else is on its way; look again soon."""
        self._timers.set((leg, LegTimer.SESSION), now + _PUT_OFF_S)

    def _stop(self, leg: SipLeg) -> None:
        """The session expires no more."""
        leg.terms = None
        self._timers.cancel((leg, LegTimer.SESSION))

    def _start(self, leg: SipLeg, terms: SessionTerms, now: float) -> None:
        leg.terms = terms
        leg.expires_at = now + terms.patience_s
        self._timers.set((leg, LegTimer.SESSION), now + terms.pause_s)
