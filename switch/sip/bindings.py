"""Where stations are: contacts with an expiry (RFC 3261 §10)."""

from dataclasses import dataclass

from runtime.deadlines import Deadlines
from switch.sip.hop import Hop


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of a station."""

    station: str
    contact_address: str
    """URI, as the phone wrote it."""
    hop: Hop
    """Where the REGISTER came from: the only address that surely reaches a phone behind NAT."""
    sip_call_id: str
    cseq: int
    expires_at: float


class Bindings:
    """The contacts of each station, the one registered or refreshed last at the end."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._stations: dict[str, dict[str, Binding]] = {}
        self._deadlines: Deadlines[tuple[str, str]] = Deadlines()

    def of(self, station: str) -> list[Binding]:
        """The contacts of a station, oldest first."""
        return list(self._stations.get(station, {}).values())

    def all(self) -> list[Binding]:
        """Every contact of every station."""
        return [binding for contacts in self._stations.values() for binding in contacts.values()]

    def newest(self, station: str) -> Binding | None:
        """The contact registered or refreshed last; None when the station has none."""
        contacts = self._stations.get(station)
        return contacts[next(reversed(contacts))] if contacts else None

    def put(self, binding: Binding) -> None:
        """Add or refresh; the oldest gives way when a station has too many."""
        contacts = self._stations.setdefault(binding.station, {})
        contacts.pop(binding.contact_address, None)
        contacts[binding.contact_address] = binding
        self._deadlines.set((binding.station, binding.contact_address), binding.expires_at)
        if len(contacts) > self._capacity:
            self.remove(contacts[next(iter(contacts))])

    def remove(self, binding: Binding) -> None:
        """Forget a contact; no harm when it is gone already."""
        contacts = self._stations.get(binding.station, {})
        if contacts.pop(binding.contact_address, None) is not None and not contacts:
            del self._stations[binding.station]
        self._deadlines.cancel((binding.station, binding.contact_address))

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def expire(self, now: float) -> str | None:
        """Forget the contact that is too old first; return its station when it has none left by that."""
        due = self._deadlines.first_due(now)
        if due is None:
            return None
        station, contact = due
        self.remove(self._stations[station][contact])
        return station if station not in self._stations else None
