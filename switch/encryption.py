"""Whose legs are encrypted: as the station or the trunk wants it, or else as is usual here."""

from collections.abc import Collection, Mapping

from media.config import Srtp
from runtime.ids import Ids
from switch.call import Call, Leg
from switch.sdp.security import NOT_SECURED, LocalSecurity

_OFFERED = frozenset({Srtp.OPTIONAL, Srtp.REQUIRED})


class EncryptionRules:
    """Tells what each leg may and must do."""

    def __init__(
        self,
        usual: Srtp = Srtp.ACCEPT,
        stations: Mapping[str, Srtp | None] | None = None,
        trunks: Mapping[str, Srtp | None] | None = None,
        *,
        web_stations: Collection[str] = (),
        fingerprint: str = "",
    ) -> None:
        """``stations`` and ``trunks`` by name; None where what is usual holds. ``web_stations`` are browsers.

        ``fingerprint`` is that of our certificate; without one there are no handshakes.
        """
        self.configure(stations or {}, web_stations)
        self._fingerprint = fingerprint
        self.usual = usual
        self._trunks = {name: rule for name, rule in (trunks or {}).items() if rule}
        offered = not _OFFERED.isdisjoint({usual, *self._trunks.values()})
        self._outside = Srtp.OPTIONAL if offered else Srtp.ACCEPT

    def configure(self, stations: Mapping[str, Srtp | None], web_stations: Collection[str]) -> None:
        """Go by these for legs that begin from now on."""
        self._web_stations = frozenset(web_stations)
        self._stations = {name: rule for name, rule in stations.items() if rule}

    def of_station(self, station: str) -> Srtp:
        return self._stations.get(station, self.usual)

    def of_trunk(self, trunk: str) -> Srtp:
        return self._trunks.get(trunk, self.usual)

    def security_of(self, call: Call, leg: Leg, host: str, port: int, ids: Ids) -> LocalSecurity:
        """The rule of a leg that has its ports now, with a secret for its keys."""
        rule = self._rule_of(call, leg)
        if rule is Srtp.OFF:
            return NOT_SECURED
        is_web = bool(self._web_stations) and call.station_of(leg) in self._web_stations
        return LocalSecurity(rule, ids.secret(), self._fingerprint, host, port, is_web)

    def _rule_of(self, call: Call, leg: Leg) -> Srtp:
        """Which trunk a call outside will take is not known yet: each is offered what it wants of it."""
        if leg is not call.customer:
            offer = call.offer_of(leg)
            return self._outside if offer.outside else self.of_station(offer.station)
        if call.caller_station is not None:
            return self.of_station(call.caller_station)
        if call.placement is not None:
            return self._outside
        return self.usual if call.trunk is None else self.of_trunk(call.trunk)
