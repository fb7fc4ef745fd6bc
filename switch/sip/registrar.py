"""The registrar: who may say where a station is, and for how long (RFC 3261 §10.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.vocabulary import Event
from switch.sip.authenticator import Authenticator, Verdict
from switch.sip.bindings import Binding, Bindings
from switch.sip.config import SipConfig, StationConfig
from switch.sip.directory import ContactAddress
from switch.sip.errors import SipSyntaxError
from switch.sip.events import StationRegistered, StationUnregistered
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.guard import Guard
from switch.sip.header_values import NameAddr, is_wildcard, parse_contacts, parse_cseq, parse_name_addr
from switch.sip.hop import Hop
from switch.sip.message import Request
from switch.sip.nonces import Nonces
from switch.sip.text import printable

_REFUSED = {
    Verdict.UNKNOWN_STATION: RefusalKind.UNKNOWN_STATION,
    Verdict.WRONG_PASSWORD: RefusalKind.WRONG_PASSWORD,
}


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
class _RequestedBinding:
    """What a REGISTER asks for one contact address; ``expires_s`` 0 removes it."""

    contact_address: str
    expires_s: int


class Registrar:
    """Keeps the bindings of the configured stations."""

    def __init__(
        self, config: SipConfig, stations: Sequence[StationConfig], nonce_key: bytes, guard: Guard
    ) -> None:
        self._guard = guard
        passwords = {station.name: station.password.get_secret_value() for station in stations}
        nonces = Nonces(nonce_key, lifetime_s=config.nonce_lifetime_s)
        self._authenticator = Authenticator(config.realm, config.algorithms, passwords, nonces)
        self._shortest_s = config.register_expires_min_s
        self._longest_s = config.register_expires_max_s
        self._default_s = config.register_expires_default_s
        self._bindings = Bindings(config.bindings_per_station)

    def register(self, request: Request, hop: Hop, now: float) -> Answer:
        """Take a REGISTER. Raises SipSyntaxError when it cannot be read; nothing has changed then."""
        station = parse_name_addr(request.headers.get("to") or "").uri.user
        verdict = self._authenticator.check(request, station, now=now)
        refused = self._refusal(verdict, station, hop, now)
        if refused is not None:
            return Answer(403, events=self._guard.password_failed(refused, station, hop, now))
        if verdict is not Verdict.PROVEN:
            challenges = self._authenticator.challenges(stale=verdict is Verdict.STALE, now=now)
            return Answer(401, {"www-authenticate": challenges})
        return self._update(request, station, hop, now)

    def _refusal(self, verdict: Verdict, station: str, hop: Hop, now: float) -> RefusalKind | None:
        """Also a right password is refused while many wrong ones come, unless the phone is here already."""
        refused = _REFUSED.get(verdict)
        if refused is not None or verdict is Verdict.MISSING:
            return refused
        if not self._guard.is_under_attack(station, now):
            return None
        known = any(binding.hop.host == hop.host for binding in self._bindings.of(station))
        return None if known else RefusalKind.STATION_UNDER_ATTACK

    def contacts(self, station: str) -> list[ContactAddress]:
        """Where to call a station: all its contacts, each by the way it registered."""
        return [ContactAddress(b.contact_address, b.hop) for b in self._bindings.of(station)]

    def registrations(self, now: float) -> list[Registration]:
        """All contacts, station by station."""
        return [
            Registration(b.station, printable(b.contact_address), str(b.hop), _left(b, now))
            for b in self._bindings.all()
        ]

    def next_deadline(self) -> float | None:
        return self._bindings.next_deadline()

    def wake(self, *, now: float) -> list[Event]:
        """Forget the contact that is too old first."""
        station = self._bindings.expire(now)
        return [StationUnregistered(station=station, reason="expired")] if station else []

    def _update(self, request: Request, station: str, hop: Hop, now: float) -> Answer:
        """All contacts of a REGISTER are taken, or none (RFC 3261 §10.3 step 7)."""
        headers = request.headers
        sip_call_id = headers.get("call-id") or ""
        cseq = parse_cseq(headers.get("cseq") or "").number
        requested = self._requested(request, station)
        if any(0 < asked.expires_s < self._shortest_s for asked in requested):
            return Answer(423, {"min-expires": [str(self._shortest_s)]})
        known = {binding.contact_address: binding for binding in self._bindings.of(station)}
        for asked in requested:
            old = known.get(asked.contact_address)
            if old is not None and old.sip_call_id == sip_call_id and old.cseq >= cseq:
                return Answer(500)
        events: list[Event] = []
        for asked in requested:
            if asked.expires_s > 0:
                address, expires_at = asked.contact_address, now + asked.expires_s
                self._bindings.put(Binding(station, address, hop, sip_call_id, cseq, expires_at))
                events.append(_registered(station, asked, hop))
            elif asked.contact_address in known:
                self._bindings.remove(known[asked.contact_address])
        if known and not self._bindings.of(station):
            events.append(StationUnregistered(station=station, reason="removed"))
        return Answer(200, self._contacts(station, now), events)

    def _requested(self, request: Request, station: str) -> list[_RequestedBinding]:
        lines = request.headers.get_all("contact")
        general = request.headers.get("expires")
        if is_wildcard(lines):
            if general is None or general.strip() != "0":
                raise SipSyntaxError("Contact * without Expires 0")
            return [_RequestedBinding(binding.contact_address, 0) for binding in self._bindings.of(station)]
        return [
            _RequestedBinding(str(contact.uri), self._granted(contact, general))
            for contact in parse_contacts(lines)
        ]

    def _granted(self, contact: NameAddr, general: str | None) -> int:
        """Seconds: the contact's own time before the header's before ours; nonsense counts as none given."""
        for text in (contact.param("expires"), general):
            if text is not None and text.strip().isdecimal():
                return min(int(text.strip()[:10]), self._longest_s)
        return self._default_s

    def _contacts(self, station: str, now: float) -> dict[str, list[str]]:
        bindings = self._bindings.of(station)
        return {"contact": [f"<{b.contact_address}>;expires={_left(b, now)}" for b in bindings]}


def _registered(station: str, asked: _RequestedBinding, hop: Hop) -> StationRegistered:
    return StationRegistered(
        station=station, contact=printable(asked.contact_address), peer=str(hop), expires_s=asked.expires_s
    )


def _left(binding: Binding, now: float) -> int:
    return max(0, round(binding.expires_at - now))
