"""Call data that stations and trunks tell in headers when they call, and are told when they are rung."""

from collections.abc import Callable, Collection, Mapping

from runtime.contact_data import Data, DataValue
from switch.sip.headers.data_headers import DataHeaders, lowered, read_data, write_data
from switch.sip.legs.branches import HeaderFields

FieldsOf = Callable[[str, Collection[str]], HeaderFields]
"""Takes a leg and lower-case names; these headers of its INVITE, or of the address of its REFER."""


def _nothing(leg_id: str, names: Collection[str]) -> HeaderFields:
    return ()


class CallHeaders:
    """What was agreed on with each; all others neither tell nor learn anything."""

    def __init__(
        self,
        stations: Mapping[str, Mapping[str, str]] | None = None,
        trunks: Mapping[str, Mapping[str, str]] | None = None,
        fields_of: FieldsOf = _nothing,
    ) -> None:
        """``stations`` and ``trunks``: by name, their ``data_headers``."""
        self._fields_of = fields_of
        self._trunks = _agreed(trunks or {})
        self.configure(stations or {})

    def configure(self, stations: Mapping[str, Mapping[str, str]]) -> None:
        """Go by these for calls that come from now on."""
        self._stations = _agreed(stations)

    def told_by_trunk(self, leg_id: str, trunk: str) -> Data:
        """What a call brought that came in there."""
        return self._read(leg_id, self._trunks.get(trunk))

    def told_by_station(self, leg_id: str, station: str | None) -> Data:
        """What a station told that calls, or asks for a transfer."""
        return self._read(leg_id, self._stations.get(station or ""))

    def for_station(self, station: str, data: Mapping[str, DataValue]) -> HeaderFields:
        """What a station is told that is rung."""
        agreed = self._stations.get(station)
        return tuple(write_data(agreed, data)) if agreed else ()

    def _read(self, leg_id: str, agreed: DataHeaders | None) -> Data:
        return read_data(agreed, self._fields_of(leg_id, agreed.keys())) if agreed else {}


def _agreed(parties: Mapping[str, Mapping[str, str]]) -> dict[str, DataHeaders]:
    return {name: lowered(headers) for name, headers in parties.items() if headers}
