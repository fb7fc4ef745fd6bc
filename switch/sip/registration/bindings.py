"""Where stations are: contacts with an expiry (RFC 3261 §10)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runtime.deadlines import Deadlines
from switch.sip.hop import Hop

CONNECTION_TRANSPORTS = frozenset({"tcp", "tls", "ws", "wss"})
"""A phone behind one of these can be reached as long as its connection lasts, and no longer."""


class Binding(NamedTuple):
    """One contact of a station. Values only: refreshing it makes a new one."""

    station: str
    contact_address: str
    """URI, as the phone wrote it."""
    hop: Hop
    """Where the REGISTER came from: the only address that surely reaches a phone behind NAT."""
    sip_call_id: str
    cseq: int
    expires_at: float
    registered_at: float
    """When the contact came here first, however often it was refreshed."""
    q: float = 1.0
    """Preference from 0 to 1 (RFC 3261 §20.10)."""
    path: tuple[str, ...] = ()
    """Proxies that calls go through, nearest first (RFC 3327)."""
    instance: str = ""
    """The phone's own name, whatever its address is, and …"""
    reg_id: int = 0
    """… which of its flows to us this is (RFC 5626); 0 for phones that do not say."""
    user_agent: str = ""

    @property
    def key(self) -> "BindingKey":
        """What tells it from the station's other contacts: its address, or its flow (RFC 5626 §6)."""
        if self.reg_id:
            return self.station, f"{self.instance};{self.reg_id}"
        return self.station, self.contact_address


BindingKey = tuple[str, str]


class Bindings:
    """The contacts of each station, the one registered or refreshed last at the end."""

    def __init__(self, capacity: int) -> None:
        """``capacity``: contacts kept for a station; the oldest gives way."""
        self._capacity = capacity
        self._stations: dict[str, tuple[Binding, ...]] = {}
        self._by_connection: dict[Hop, dict[BindingKey, None]] = {}
        self._deadlines: Deadlines[BindingKey] = Deadlines()

    def __len__(self) -> int:
        """How many contacts are registered."""
        return len(self._deadlines)

    def of(self, station: str) -> tuple[Binding, ...]:
        """The contacts of a station, oldest first."""
        return self._stations.get(station, ())

    def all(self) -> Iterator[Binding]:
        """Every contact of every station."""
        return (binding for bindings in self._stations.values() for binding in bindings)

    def stations(self) -> Iterable[str]:
        """The stations that have a contact."""
        return self._stations.keys()

    def put(self, binding: Binding, replaced: Binding | None = None) -> Binding | None:
        """Add, or put in the place of ``replaced``. Returns the contact that gave way, if one had to."""
        others = tuple([old for old in self.of(binding.station) if old is not replaced])
        oldest = others[0] if len(others) >= self._capacity else None
        if oldest is not None:
            self._let_go(oldest)
            others = others[1:]
        self._stations[binding.station] = (*others, binding)
        if replaced is None or not _only_lasts_longer(replaced, binding):
            self._exchange(replaced, binding)
        return oldest

    def remove(self, binding: Binding) -> None:
        """Forget a contact; no harm when it is gone already."""
        bindings = self.of(binding.station)
        left = tuple(old for old in bindings if old is not binding)
        if len(left) == len(bindings):
            return
        self._let_go(binding)
        if left:
            self._stations[binding.station] = left
        else:
            del self._stations[binding.station]

    def on_connection(self, hop: Hop) -> list[Binding]:
        """The contacts that are reached over this connection."""
        return [self._find(key) for key in self._by_connection.get(hop, ())]

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def expire(self, now: float) -> Binding | None:
        """Forget a contact that is too old, and return it."""
        while (due := self._deadlines.first_due(now)) is not None:
            binding = self._find(due)
            if binding.expires_at <= now:
                self.remove(binding)
                return binding
            self._deadlines.set(due, binding.expires_at)  # it was refreshed meanwhile
        return None

    def _find(self, key: BindingKey) -> Binding:
        return next(binding for binding in self._stations[key[0]] if binding.key == key)

    def _exchange(self, old: Binding | None, new: Binding) -> None:
        if old is not None:
            self._let_go(old)
        self._deadlines.set(new.key, new.expires_at)
        if new.hop.transport in CONNECTION_TRANSPORTS:
            self._by_connection.setdefault(new.hop, {})[new.key] = None

    def _let_go(self, binding: Binding) -> None:
        self._deadlines.cancel(binding.key)
        if binding.hop in self._by_connection:
            carried = self._by_connection[binding.hop]
            carried.pop(binding.key, None)
            if not carried:
                del self._by_connection[binding.hop]


def _only_lasts_longer(old: Binding, new: Binding) -> bool:
    """Whether a refresh changes nothing that is kept by the contact's key. Its deadline may stay where it is:
    most contacts are refreshed several times before they would expire."""
    return old.expires_at <= new.expires_at and old.key == new.key and old.hop == new.hop
