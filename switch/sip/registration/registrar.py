"""The registrar: who may say where a station is, and for how long (RFC 3261 §10.3)."""

from collections.abc import Callable, Iterable

from runtime.driver import Handler
from runtime.tenancy import tenant_of
from runtime.vocabulary import Event, Output
from switch.sip.authentication.station_proof import Answer, StationProof
from switch.sip.commands import AwaitRefresh, RemoveRegistrations
from switch.sip.config import SipConfig
from switch.sip.counters import Counters
from switch.sip.errors import SipSyntaxError
from switch.sip.events import RegistrationsRestored, StationRefreshed, StationRegistered, StationUnregistered
from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Request
from switch.sip.messages.text import printable
from switch.sip.messages.uri import SipUri, parse_uri
from switch.sip.messages.uri_equality import same_address
from switch.sip.registration.binding_changes import BindingChanges
from switch.sip.registration.bindings import CONNECTION_TRANSPORTS, Binding, Bindings
from switch.sip.registration.directory import ContactAddress
from switch.sip.registration.registration_answer import accepted, refusal_of
from switch.sip.registration.registration_request import AskedContact, RegistrationRequest, read_registration
from switch.sip.registration.registrations import Registration, seconds_left, shown


class Registrar:
    """Keeps the bindings of the configured stations."""

    def __init__(
        self, config: SipConfig, proof: StationProof, bindings: Bindings, counters: Counters
    ) -> None:
        self._config = config
        self._proof = proof
        self._bindings = bindings
        self._counters = counters
        self._changes = BindingChanges()
        self._awaited: set[str] = set()
        """Registered stations whose next refresh is to be told."""

    @property
    def registered_contacts(self) -> int:
        return len(self._bindings)

    @property
    def untold_changes(self) -> int:
        """Changes that are still to be told to whoever keeps contacts."""
        return len(self._changes)

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {RemoveRegistrations: self.remove, AwaitRefresh: self.await_refresh}

    def register(self, request: Request, hop: Hop, now: float) -> Answer:
        """Take a REGISTER. Raises SipSyntaxError when it cannot be read; nothing has changed then."""
        station = self._proof.station(_address_of_record(request))
        unproved = self._proof.demand(request, station, hop, now)
        if unproved is not None:
            return unproved
        return self._update(read_registration(request, self._config), station, hop, now)

    def contacts(self, station: str) -> list[ContactAddress]:
        """Where to call a station, by the way it registered: the most preferred first, then the newest."""
        bindings = self._bindings.of(station)
        if len(bindings) > 1:
            bindings = tuple(sorted(reversed(bindings), key=lambda binding: -binding.q))
        return list(map(_place_of, bindings))

    def bindings(self) -> list[Binding]:
        """All contacts as they are now."""
        return [*self._bindings.all()]

    def holds(self, binding: Binding) -> bool:
        """Whether a contact is registered still, and reached the same way."""
        known = self._bindings.of(binding.station)
        return any(old.key == binding.key and old.hop == binding.hop for old in known)

    def give_up(self, binding: Binding, now: float) -> list[Event]:
        """Forget a contact that leads nowhere, unless it was registered anew since."""
        return self._forget(
            [old for old in self._bindings.of(binding.station) if old == binding], "silent", now
        )

    def registrations(self, now: float) -> list[Registration]:
        """All contacts, station by station."""
        return [shown(binding, now) for binding in self._bindings.all()]

    def registrations_of(self, station: str, now: float) -> list[Registration]:
        """The contacts of one station, oldest first."""
        return [shown(binding, now) for binding in self._bindings.of(station)]

    def stations_after(self, station: str, limit: int, of: Callable[[str], bool]) -> list[str]:
        """The next stations with a contact, by name, of the tenants that ``of`` means."""
        names = (name for name in self._bindings.stations() if name > station and of(tenant_of(name)))
        return sorted(names)[:limit]

    def count_contacts(self, of: Callable[[str], bool]) -> int:
        """How many are registered at the stations of these tenants."""
        return sum(of(tenant_of(binding.station)) for binding in self._bindings.all())

    def restore(self, bindings: Iterable[Binding], now: float) -> list[Event]:
        """Take up the contacts of the last run, as far as they can still be reached."""
        events: list[Event] = []
        dropped = 0
        for binding in bindings:
            if self._outlives_restart(binding, now):
                self._bindings.put(binding)
                events.append(_registered(binding, now, restored=True))
            else:
                self._changes.note(binding.key, None, now)
                dropped += 1
        if events or dropped:
            events.append(RegistrationsRestored(contacts=len(events), dropped=dropped))
        return events

    def tell_changes(self) -> list[Output]:
        """What is not written down yet, now rather than a little later."""
        return [*self._changes.take()]

    def forget_strangers(self, now: float) -> list[Event]:
        """Forget the contacts of stations that are configured no longer."""
        gone = [binding for binding in self._bindings.all() if not self._proof.knows(binding.station)]
        return self._forget(gone, "no longer configured", now)

    def remove(self, command: RemoveRegistrations, now: float) -> list[Event]:
        """Forget a station's contacts, or one of them, because somebody here says so."""
        bindings = self._bindings.of(command.station)
        named = [b for b in bindings if command.contact in (None, printable(b.contact_address))]
        return self._forget(named, "cleared", now)

    def await_refresh(self, command: AwaitRefresh, now: float) -> list[Event]:
        """Tell of the station's next refresh. One without a contact is told of when it registers."""
        if self._bindings.of(command.station):
            self._awaited.add(command.station)
        return []

    def connection_closed(self, hop: Hop, now: float) -> list[Event]:
        """What was reached over this connection cannot be reached any more."""
        return self._forget(self._bindings.on_connection(hop), "connection closed", now)

    def next_deadline(self) -> float | None:
        expires, told = self._bindings.next_deadline(), self._changes.next_deadline()
        return told if expires is None else expires if told is None else min(expires, told)

    def wake(self, *, now: float) -> list[Output]:
        """Forget the contact that is too old first, or else tell what changed."""
        expired = self._bindings.expire(now)
        if expired is not None:
            return [*self._gone([expired], "expired", now)]
        told_at = self._changes.next_deadline()
        return self.tell_changes() if told_at is not None and told_at <= now else []

    def _outlives_restart(self, binding: Binding, now: float) -> bool:
        reachable = binding.hop.transport not in CONNECTION_TRANSPORTS
        return reachable and binding.expires_at > now and self._proof.knows(binding.station)

    def _update(self, asked: RegistrationRequest, station: str, hop: Hop, now: float) -> Answer:
        """All contacts of a REGISTER are taken, or none (RFC 3261 §10.3 step 7)."""
        refusal = refusal_of(asked, self._config)
        if refusal is not None:
            return refusal
        if self._is_late(asked, station):
            return Answer(500)
        events: list[Event] = []
        for contact in asked.contacts:
            if contact.expires_s:
                old = _match(contact, self._bindings.of(station))
                events += self._put(_bound(contact, old, asked, station, hop, now), old, now)
        events += self._forget(self._removed(asked, station), "removed", now)
        return Answer(200, accepted(asked, self._bindings.of(station), hop, self._config, now), events)

    def _is_late(self, asked: RegistrationRequest, station: str) -> bool:
        """Whether a later REGISTER of the same series changed one of these contacts (§10.3 step 7)."""
        known = self._bindings.of(station)
        touched = known if asked.removes_all else [_match(contact, known) for contact in asked.contacts]
        return any(
            old is not None and old.sip_call_id == asked.sip_call_id and old.cseq >= asked.cseq
            for old in touched
        )

    def _removed(self, asked: RegistrationRequest, station: str) -> list[Binding]:
        known = self._bindings.of(station)
        if asked.removes_all:
            return list(known)
        named = [contact for contact in asked.contacts if not contact.expires_s]
        return [old for old in (_match(contact, known) for contact in named) if old is not None]

    def _put(self, binding: Binding, old: Binding | None, now: float) -> list[Event]:
        gave_way = self._bindings.put(binding, old)
        for lost in (old, gave_way):
            if lost is not None and lost.key != binding.key:
                self._changes.note(lost.key, None, now)
        self._changes.note(binding.key, binding, now)
        if old is not None and _leads_alike(old, binding):
            self._counters.registrations_refreshed += 1
            return self._refreshed(binding.station)
        self._awaited.discard(binding.station)
        return [_registered(binding, now)]

    def _refreshed(self, station: str) -> list[Event]:
        if station not in self._awaited:
            return []
        self._awaited.remove(station)
        return [StationRefreshed(station=station)]

    def _forget(self, bindings: Iterable[Binding], reason: str, now: float) -> list[Event]:
        gone = list(bindings)
        for binding in gone:
            self._bindings.remove(binding)
        return self._gone(gone, reason, now) if gone else []

    def _gone(self, bindings: list[Binding], reason: str, now: float) -> list[Event]:
        """Note what was forgotten; only the last contact of a station is news."""
        for binding in bindings:
            self._changes.note(binding.key, None, now)
        lost = dict.fromkeys(b.station for b in bindings if not self._bindings.of(b.station))
        self._awaited.difference_update(lost)
        return [StationUnregistered(station=station, reason=reason) for station in lost]


def _address_of_record(request: Request) -> SipUri:
    """The station's in To. An address of another kind is none of ours: 416 is for Request-URIs."""
    try:
        return parse_name_addr(request.headers.get("to") or "").uri
    except SipSyntaxError as error:
        raise SipSyntaxError(error.reason) from error


def _place_of(binding: Binding) -> ContactAddress:
    """As a Request-URI, which is without the headers of the contact (RFC 3261 §19.1.1): a stranger could make
    us send them (§19.1.5)."""
    uri, phone = binding.contact_address.partition("?")[0], binding.instance if binding.reg_id else ""
    return ContactAddress(uri, binding.hop, binding.q, binding.path, phone)


def _match(asked: AskedContact, known: Iterable[Binding]) -> Binding | None:
    """The contact that is refreshed, moved or removed: of the same flow (RFC 5626 §6), or address."""
    if asked.reg_id:  # rare: most phones have one address, and write it alike each time
        flow = (asked.instance, asked.reg_id)
        found = next((old for old in known if (old.instance, old.reg_id) == flow), None)
        return found or next((old for old in known if not old.reg_id and _is_at(old, asked)), None)
    for old in known:
        if _is_at(old, asked):
            return old
    return None


def _is_at(binding: Binding, asked: AskedContact) -> bool:
    if binding.contact_address == asked.contact_address:
        return True
    return same_address(parse_uri(binding.contact_address), asked.uri)


def _bound(
    contact: AskedContact, old: Binding | None, asked: RegistrationRequest, station: str, hop: Hop, now: float
) -> Binding:
    return Binding(
        station=station,
        contact_address=contact.contact_address,
        hop=hop,
        sip_call_id=asked.sip_call_id,
        cseq=asked.cseq,
        expires_at=now + contact.expires_s,
        registered_at=now if old is None else old.registered_at,
        q=contact.q,
        path=asked.path,
        instance=contact.instance,
        reg_id=contact.reg_id,
        user_agent=asked.user_agent,
    )


def _leads_alike(old: Binding, new: Binding) -> bool:
    """Whether a call to either takes the same way."""
    return old.hop == new.hop and old.contact_address == new.contact_address and old.path == new.path


def _registered(binding: Binding, now: float, *, restored: bool = False) -> StationRegistered:
    return StationRegistered(
        station=binding.station,
        contact=printable(binding.contact_address),
        peer=str(binding.hop),
        expires_s=seconds_left(binding, now),
        user_agent=printable(binding.user_agent),
        restored=restored,
    )
