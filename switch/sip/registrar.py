"""The registrar: who may say where a station is, and for how long (RFC 3261 §10.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.vocabulary import Event
from switch.sip.authenticator import Authenticator, Verdict
from switch.sip.bindings import Binding, Bindings
from switch.sip.config import SipConfig, StationConfig
from switch.sip.dialled_legs import Target
from switch.sip.errors import SipSyntaxError
from switch.sip.events import RegistrationRefused, StationRegistered, StationUnregistered
from switch.sip.header_values import NameAddr, is_wildcard, parse_contacts, parse_cseq, parse_name_addr
from switch.sip.hop import Hop
from switch.sip.message import Request
from switch.sip.nonces import Nonces
from switch.sip.text import printable

_REFUSED = {Verdict.UNKNOWN_STATION: "unknown station", Verdict.WRONG_PASSWORD: "wrong password"}


@dataclass(frozen=True, slots=True)
class Registration:
    """One contact of a station, for people."""

    station: str
    contact: str
    peer: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a REGISTER is answered with, and what it changed."""

    status: int
    extra: dict[str, list[str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a REGISTER asks for one contact; ``expires_s`` 0 removes it."""

    contact: str
    expires_s: int


class Registrar:
    """Keeps the bindings of the configured stations."""

    def __init__(self, config: SipConfig, stations: Sequence[StationConfig], nonce_key: bytes) -> None:
        passwords = {station.name: station.password.get_secret_value() for station in stations}
        nonces = Nonces(nonce_key, lifetime_s=config.nonce_lifetime_s)
        self._authenticator = Authenticator(config.realm, config.algorithms, passwords, nonces)
        self._shortest_s = config.register_expires_min_s
        self._longest_s = config.register_expires_max_s
        self._default_s = config.register_expires_default_s
        self._bindings = Bindings(config.contacts_per_station)

    def register(self, request: Request, hop: Hop, now: float) -> Answer:
        """Take a REGISTER. Raises SipSyntaxError when it cannot be read; nothing has changed then."""
        station = parse_name_addr(request.headers.get("to") or "").uri.user
        verdict = self._authenticator.check(request, station, now=now)
        if verdict in _REFUSED:
            refused = RegistrationRefused(station=printable(station), peer=str(hop), reason=_REFUSED[verdict])
            return Answer(403, events=[refused])
        if verdict is not Verdict.PROVEN:
            challenges = self._authenticator.challenges(stale=verdict is Verdict.STALE, now=now)
            return Answer(401, {"www-authenticate": challenges})
        return self._update(request, station, hop, now)

    def newest(self, station: str) -> Target | None:
        """Where to call a station: the contact registered or refreshed last, by the way it registered."""
        binding = self._bindings.newest(station)
        return None if binding is None else Target(binding.contact, binding.hop)

    def is_at(self, station: str, hop: Hop) -> bool:
        """Whether that station registered from that address."""
        return any(binding.hop == hop for binding in self._bindings.of(station))

    def registrations(self, now: float) -> list[Registration]:
        """All contacts, station by station."""
        return [
            Registration(b.station, printable(b.contact), str(b.hop), _left(b, now))
            for b in self._bindings.all()
        ]

    def next_deadline(self) -> float | None:
        return self._bindings.next_deadline()

    def wake(self, *, now: float) -> list[Event]:
        """Forget the contacts that are too old."""
        return [StationUnregistered(station=s, reason="expired") for s in self._bindings.expire(now)]

    def _update(self, request: Request, station: str, hop: Hop, now: float) -> Answer:
        """All contacts of a REGISTER are taken, or none (RFC 3261 §10.3 step 7)."""
        headers = request.headers
        sip_call_id = headers.get("call-id") or ""
        cseq = parse_cseq(headers.get("cseq") or "").number
        wishes = self._wishes(request, station)
        if any(0 < wish.expires_s < self._shortest_s for wish in wishes):
            return Answer(423, {"min-expires": [str(self._shortest_s)]})
        known = {binding.contact: binding for binding in self._bindings.of(station)}
        for wish in wishes:
            old = known.get(wish.contact)
            if old is not None and old.sip_call_id == sip_call_id and old.cseq >= cseq:
                return Answer(500)
        events: list[Event] = []
        for wish in wishes:
            if wish.expires_s > 0:
                expires_at = now + wish.expires_s
                self._bindings.put(Binding(station, wish.contact, hop, sip_call_id, cseq, expires_at))
                events.append(_registered(station, wish, hop))
            elif wish.contact in known:
                self._bindings.remove(known[wish.contact])
        if known and not self._bindings.of(station):
            events.append(StationUnregistered(station=station, reason="removed"))
        return Answer(200, self._contacts(station, now), events)

    def _wishes(self, request: Request, station: str) -> list[_Wish]:
        lines = request.headers.get_all("contact")
        general = request.headers.get("expires")
        if is_wildcard(lines):
            if general is None or general.strip() != "0":
                raise SipSyntaxError("Contact * without Expires 0")
            return [_Wish(binding.contact, 0) for binding in self._bindings.of(station)]
        return [_Wish(str(contact.uri), self._granted(contact, general)) for contact in parse_contacts(lines)]

    def _granted(self, contact: NameAddr, general: str | None) -> int:
        """The contact's own time before the header's before ours; nonsense counts as none given."""
        for text in (contact.param("expires"), general):
            if text is not None and text.strip().isdecimal():
                return min(int(text.strip()[:10]), self._longest_s)
        return self._default_s

    def _contacts(self, station: str, now: float) -> dict[str, list[str]]:
        bindings = self._bindings.of(station)
        return {"contact": [f"<{b.contact}>;expires={_left(b, now)}" for b in bindings]}


def _registered(station: str, wish: _Wish, hop: Hop) -> StationRegistered:
    return StationRegistered(
        station=station, contact=printable(wish.contact), peer=str(hop), expires_s=wish.expires_s
    )


def _left(binding: Binding, now: float) -> int:
    return max(0, round(binding.expires_at - now))
