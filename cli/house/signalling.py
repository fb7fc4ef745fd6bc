"""All that speaks SIP: the stack, its sockets, the trunks, and what of them outlives a restart."""

import secrets
from collections.abc import Mapping

from cli.configuration.installation import Installation
from cli.configuration.sections import Configuration
from cli.house.ground import Ground
from runtime.driver import Core
from switch.application import Verb
from switch.ban_verbs import BanVerbs
from switch.certificate_verbs import CertificateVerbs
from switch.config import owners_of
from switch.registration_verbs import RegistrationVerbs
from switch.sip.event_packages.lamps import LampSource
from switch.sip.guard.ban_file import BanFile
from switch.sip.hop import Hop
from switch.sip.locating.locator import Locator
from switch.sip.locating.records import address_families
from switch.sip.locating.resolver import DnsResolver
from switch.sip.messages.grammar import unbracketed
from switch.sip.own_names import OwnNames
from switch.sip.registration.domains import Domain
from switch.sip.registration.registration_store import RegistrationStore
from switch.sip.stack import SipStack
from switch.sip.transport.config import all_listeners
from switch.sip.transport.transports import Transports
from switch.station_verbs import StationVerbs
from switch.tenants.config import TenantConfig
from switch.trunks.areas import Areas
from switch.trunks.commands import StartTrunks
from switch.trunks.incoming import OwnerOf
from switch.trunks.trunks import Trunks
from switch.trunks.verbs import TrunkVerbs


class Signalling:
    """Opened in two steps: phones are known again before the first of them can be heard."""

    def __init__(
        self, installation: Installation, ground: Ground, owner_of: OwnerOf, lamps: LampSource
    ) -> None:
        """``owner_of`` tells whose an access code is."""
        self._lamps = lamps
        configuration = installation.configuration
        self._ground = ground
        self._listeners = all_listeners(configuration.sip, configuration.listeners)
        self.names = OwnNames(self._listeners)
        self.trunks = self._build_trunks(configuration, installation.areas, owner_of)
        self.stack = self._build_stack(configuration, installation.tenants)
        self.transports = Transports(
            self._listeners,
            configuration.connections,
            ground.driver,
            self.stack.counters,
            self.stack.guard.ignores,
        )
        self.certificates = CertificateVerbs(
            self.transports.certificates, ground.driver.submit, ground.clock.wall
        )
        bans = self.stack.guard.bans
        self._ban_file = BanFile(configuration.guard.ban_file, bans, ground.clock, ground.loop)
        self.registrations = RegistrationStore(
            configuration.sip.registrations, ground.clock, ground.report, fsync=configuration.records.fsync
        )
        dns = configuration.dns
        self._dns = DnsResolver(ground.driver, dns.server_addresses(), dns.timeout_s)
        self.cores: tuple[Core, ...] = (self.stack, self.transports, self.trunks)
        self.parts = (self.stack, self._ban_file, self.registrations, self._dns, self.trunks)
        """All with routes, but for the transports, at which messages may be looked at."""

    def _build_trunks(self, configuration: Configuration, areas: Areas, owner_of: OwnerOf) -> Trunks:
        return Trunks(
            configuration.trunks,
            configuration.routes,
            configuration.numbering,
            areas,
            self._ground.ids,
            Locator(families=address_families(listener.is_ipv6 for listener in self._listeners)),
            our_host=self.our_host,
            guests=configuration.sip.guests,
            owner_of=owner_of,
        )

    def _build_stack(self, configuration: Configuration, tenants: Mapping[str, TenantConfig]) -> SipStack:
        return SipStack(
            configuration.sip,
            configuration.stations,
            self._ground.ids,
            nonce_key=secrets.token_bytes(32),
            listeners=configuration.listeners,
            guard=configuration.guard,
            text_numbers=owners_of(configuration.access_codes),
            hold_back=self.trunks.hold_back,
            domains=_domains_of(tenants),
            lamps=self._lamps,
        )

    def our_host(self, hop: Hop) -> str:
        """What we are called towards a neighbour."""
        return unbracketed(self.names.of(hop).host)

    def configure(self, configuration: Configuration, tenants: Mapping[str, TenantConfig]) -> None:
        """Know other stations, access codes and domains from now on."""
        stations, numbers = configuration.stations, owners_of(configuration.access_codes)
        domains = _domains_of(tenants)
        self._ground.driver.run_step(lambda now: self.stack.configure(stations, numbers, domains, now))

    def open(self) -> None:
        """Listen. Raises UsageError when an address cannot be had."""
        known, driver = self.registrations.load(), self._ground.driver
        driver.run_step(lambda now: self.stack.registrar.restore(known, now))
        self._ban_file.load()
        self.transports.open(self._ground.loop)
        driver.submit(StartTrunks())

    def close(self) -> None:
        self._ground.driver.run_step(self.stack.end_subscriptions)
        self._dns.close()
        self.transports.close()

    async def save(self) -> None:
        """Keep, once nobody is heard any more, who was banned and who is registered."""
        await self._ban_file.close()
        self._ground.driver.run_step(lambda now: self.stack.registrar.tell_changes())
        self.registrations.close()

    def verbs(self) -> list[Verb]:
        registrar, clock, submit = self.stack.registrar, self._ground.clock, self._ground.driver.submit
        return [
            *RegistrationVerbs(registrar, clock, submit).verbs(),
            *StationVerbs(registrar.contacts, submit, self._ground.ids).verbs(),
            *TrunkVerbs(self.trunks, clock, submit).verbs(),
            *self.certificates.verbs(),
            *BanVerbs(self.stack.guard.bans, clock, submit).verbs(),
        ]


def _domains_of(tenants: Mapping[str, TenantConfig]) -> dict[str, Domain]:
    return {name: Domain(tenant.domain, tenant.asks_in) for name, tenant in tenants.items() if tenant.domain}
