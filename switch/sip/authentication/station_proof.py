"""Whether a request is a station's own, and what is answered when it is not (RFC 3261 §22)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runtime.vocabulary import Event
from switch.sip.authentication.authenticator import Authenticator, Verdict
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.guard import Guard
from switch.sip.guard.networks import Networks, read_address
from switch.sip.hop import Hop
from switch.sip.messages.message import Fields, Request
from switch.sip.messages.uri import SipUri
from switch.sip.registration.bindings import Bindings
from switch.sip.registration.domains import Domains

_REFUSED = {
    Verdict.UNKNOWN_STATION: RefusalKind.UNKNOWN_STATION,
    Verdict.WRONG_PASSWORD: RefusalKind.WRONG_PASSWORD,
}
"""The verdicts after which asking again is no use."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with, and what follows from it."""

    status: int
    extra: Fields = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


class StationProof:
    """Asks for passwords, and keeps those out who guess them."""

    def __init__(
        self,
        authenticator: Authenticator,
        guard: Guard,
        bindings: Bindings,
        places: Mapping[str, Networks],
        domains: Domains | None = None,
    ) -> None:
        """``places``: where the phones of a station must be, for those that may not be anywhere.

        ``domains``: those of tenants.
        """
        self._authenticator = authenticator
        self._guard = guard
        self._bindings = bindings
        self._places = places
        self.station: Callable[[SipUri], str] = (domains or Domains()).station
        """The station an address names, whether there is one or not."""
        self.knows: Callable[[str], bool] = authenticator.knows
        """Whether a station of that name is configured."""

    def configure(self, places: Mapping[str, Networks]) -> None:
        """Phones must be elsewhere from now on."""
        self._places = places

    def is_trunks(self, request: Request, station: str, hop: Hop) -> bool:
        """Whether a request in a station's name is a trunk's: the public network has numbers of its own.

        It is the station's when it brings credentials, or the phone is registered by way of that address.
        """
        if "authorization" in request.headers or not self._guard.bans.is_trunk(hop.host):
            return False
        return all(binding.hop.host != hop.host for binding in self._bindings.of(station))

    def demand(self, request: Request, station: str, hop: Hop, now: float) -> Answer | None:
        """The answer to a request that does not come from ``station``, or not provably; None when it does.

        Raises SipSyntaxError.
        """
        verdict = self._authenticator.check(request, station, now=now)
        refused = self._refusal(verdict, station, hop, now)
        if refused is not None:
            return Answer(403, events=self._guard.password_failed(refused, station, hop, now))
        if verdict is Verdict.PROVEN:
            return None
        challenges = self._authenticator.challenges(station, stale=verdict is Verdict.STALE, now=now)
        return Answer(401, {"www-authenticate": challenges})

    def _refusal(self, verdict: Verdict, station: str, hop: Hop, now: float) -> RefusalKind | None:
        """Also a right password is refused while many wrong ones come, unless the phone is here already."""
        refused = _REFUSED.get(verdict)
        if refused is not None or verdict is Verdict.MISSING:
            return refused
        if verdict is Verdict.PROVEN and not self._is_in_place(station, hop):
            return RefusalKind.WRONG_PLACE
        if not self._guard.is_under_attack(station, now):
            return None
        known = any(binding.hop.host == hop.host for binding in self._bindings.of(station))
        return None if known else RefusalKind.STATION_UNDER_ATTACK

    def _is_in_place(self, station: str, hop: Hop) -> bool:
        places = self._places.get(station)
        if places is None:
            return True
        address = read_address(hop.host)
        return address is not None and places.covers(address)
