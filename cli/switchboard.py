"""The house put together: every core and shell of one switch, wired to one driver. Decides nothing."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

import structlog
import tzlocal

import acd.service
import ivr.service
import switch.counter.service
import switch.dialling.service
import switch.voice_messages.service
from cli.configuration.installation import Installation
from cli.configuration.sections import Configuration
from cli.log import EventLog
from ivr.document import Flow
from media.engine import MediaEngine
from media.prompts import PromptLibrary
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Core, Driver, Outputs
from runtime.ids import RandomIds
from runtime.loop_probe import LoopProbe
from runtime.target import HANG_UP, parse_target
from runtime.vocabulary import Event
from switch.application import Application, Gauge, Verb
from switch.archive.listening.links import read_key
from switch.archive.phone.service import ListeningByPhone
from switch.archive.service import ArchiveService
from switch.ban_verbs import BanVerbs
from switch.calendars.calendars import Calendars
from switch.calendars.commands import StartCalendars
from switch.calendars.override_file import OverrideFile
from switch.calendars.verbs import CalendarVerbs
from switch.call_recording_verbs import CallRecordingVerbs
from switch.causes import Cause
from switch.certificate_verbs import CertificateVerbs
from switch.commands import HangUpCall
from switch.config import policies_of
from switch.control.server import ControlServer
from switch.counter.counter import CounterRecording
from switch.counter.service import CounterVerbs
from switch.customers.admission import CustomerAdmission
from switch.customers.customer_lists import CustomerLists
from switch.customers.events import ListsLoaded
from switch.customers.loader import EntryLoader
from switch.customers.number_list import NumberList
from switch.customers.verbs import ListVerbs
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME
from switch.encryption import EncryptionRules
from switch.events import SwitchStarted
from switch.exchange import Exchange
from switch.families import Families
from switch.fork_verbs import ForkVerbs
from switch.http import HttpServer
from switch.mask_verbs import MaskVerbs
from switch.media_verbs import MediaVerbs
from switch.metrics import Metrics
from switch.placing_verbs import PlacingVerbs, Reach
from switch.recording_rule import RecordingPolicies, policy_of
from switch.records.call_records import CallRecords
from switch.records.database import Database
from switch.records.errors import NoRecords
from switch.records.journal import Journal
from switch.records.number_entries import NumberEntries
from switch.records.projection import Projection
from switch.records.queries import RecordReader
from switch.registration_verbs import RegistrationVerbs
from switch.sdp.secrets import may_tell_keys, without_keys
from switch.sip.guard.admission import Admission
from switch.sip.guard.ban_file import BanFile
from switch.sip.guard.commands import DelayMeasured
from switch.sip.hop import Hop
from switch.sip.locating.locator import Locator
from switch.sip.locating.records import address_families
from switch.sip.locating.resolver import DnsResolver
from switch.sip.messages.grammar import unbracketed
from switch.sip.own_names import OwnNames
from switch.sip.registration.registration_store import RegistrationStore
from switch.sip.stack import SipStack
from switch.sip.trace.events import SipMessageTraced
from switch.sip.trace.recorder import TraceRecorder
from switch.sip.trace.tap import WireTap
from switch.sip.transport.config import all_listeners
from switch.sip.transport.transports import Transports
from switch.sip_totals import sip_totals
from switch.station_verbs import StationVerbs
from switch.trunks.areas import Areas
from switch.trunks.commands import StartTrunks
from switch.trunks.trunks import Trunks
from switch.trunks.verbs import TrunkVerbs
from switch.trunks.views import TrunkReadings
from switch.verbs import ExchangeVerbs
from switch.voice_messages.voice_messages import VoiceMessages

VERSION = version("ringmain")

LISTS_PATIENCE_S = 10.0
"""So long the first calls wait for the number lists, in case the database is slow."""

CATCH_UP_PAUSE_S = 1.0
"""Between looks whether the database has the runs before."""

log = structlog.get_logger(__name__)


class Switchboard:
    """One switch. Runs by itself between ``open`` and ``close``."""

    def __init__(self, installation: Installation, loop: asyncio.AbstractEventLoop) -> None:
        self.configuration = configuration = installation.configuration
        self._loop = loop
        self._clock = LoopClock(loop.time)
        self._ids = RandomIds()
        self._began_at = self._clock.now()
        self._faults = 0
        self.driver = Driver(self._clock, LoopAlarm(loop), self._on_fault)
        self._outside_levels = {station.name: station.outside_level for station in configuration.stations}
        self._build_telephony(installation.prompts)
        self._build_trunks(installation.areas)
        self._lists = CustomerLists(configuration.number_lists, configuration.numbering.plan())
        self._calendars = Calendars((c.calendar() for c in configuration.calendars), self._clock.wall)
        overrides = configuration.records.journal / "calendars.json"
        self._override_file = OverrideFile(overrides, self._calendars, loop)
        self._applications = self._build_applications(installation.flows)
        self.exchange = Exchange(
            configuration.access_codes,
            self._ids,
            self._knows_target,
            codecs=configuration.media.codecs,
            hold_music=configuration.switch.hold_music,
            admit=CustomerAdmission(self._lists, self._clock.wall, self._trunks.admit).admit,
            may_dial=self._may_dial,
            encryption=EncryptionRules(
                configuration.media.srtp,
                {station.name: station.srtp for station in configuration.stations},
                {trunk.name: trunk.srtp for trunk in configuration.trunks},
                web_stations=[station.name for station in configuration.stations if station.webrtc],
                fingerprint=self._media.fingerprint,
            ),
            families=Families(self._hops_to, self._trunks.hops_to),
            recording=_recording_policies(configuration),
            recording_beep=configuration.recordings.beep,
            facts_of=lambda number: self._lists.facts(number, self._clock.wall()),
        )
        self._build_observation()
        self._wire()

    def _build_telephony(self, prompts: PromptLibrary) -> None:
        configuration = self.configuration
        self._stack = SipStack(
            configuration.sip,
            configuration.stations,
            self._ids,
            nonce_key=secrets.token_bytes(32),
            listeners=configuration.listeners,
            guard=configuration.guard,
            text_numbers={code.number for code in configuration.access_codes},
            hold_back=lambda leg_id, branch, now: self._trunks.hold_back(leg_id, branch, now),
        )
        guard = self._stack.guard
        self._ban_file = BanFile(configuration.guard.ban_file, guard.bans, self._clock, self._loop)
        self._ban_verbs = BanVerbs(guard.bans, self._clock, self.driver.submit)
        self._probe = LoopProbe(self._loop, self._measured)
        self._registrations = RegistrationStore(
            configuration.sip.registrations, self._clock, self._report, fsync=configuration.records.fsync
        )
        self._transports = Transports(
            all_listeners(configuration.sip, configuration.listeners),
            configuration.connections,
            self.driver,
            self._stack.counters,
            self._stack.guard.ignores,
        )
        self.certificates = CertificateVerbs(self._transports.certificates, self.driver.submit)
        self._media = MediaEngine(
            configuration.media,
            configuration.recordings,
            self._clock,
            self.driver.submit_all,
            self._loop.call_soon,
            self.driver.submit,
        )
        for name in prompts.names:
            self._media.load_prompt(name, prompts.samples(name), prompts.wide_samples(name))

    def _build_trunks(self, areas: Areas) -> None:
        configuration = self.configuration
        listeners = all_listeners(configuration.sip, configuration.listeners)
        names = self._names = OwnNames(listeners)
        self._dns = DnsResolver(
            self.driver, configuration.dns.server_addresses(), configuration.dns.timeout_s
        )
        self._trunks = Trunks(
            configuration.trunks,
            configuration.routes,
            configuration.numbering,
            areas,
            self._ids,
            Locator(families=address_families(listener.is_ipv6 for listener in listeners)),
            our_host=lambda hop: unbracketed(names.of(hop).host),
            guests=configuration.sip.guests,
        )

    def _build_applications(self, flows: Mapping[str, Flow]) -> tuple[Application, ...]:
        configuration = self.configuration
        self._by_phone = ListeningByPhone(
            lambda recording_id: self._archive.look_up(recording_id),
            configuration.access,
            self._stack.registrar.contacts,
            self._ids,
            self.driver.submit,
            keep=self._media.load_prompt,
            forget=self._media.forget_prompt,
        )
        stations = {station.name for station in configuration.stations}
        return (
            ivr.service.build(configuration.ivr, flows, self._ids),
            *switch.dialling.service.build(
                configuration.dialling,
                self._ways_out(),
                self._ids,
                knows_station=stations.__contains__,
                has_route=self._trunks.has_route,
            ),
            acd.service.build(
                configuration.queues,
                configuration.agents,
                stations,
                ids=self._ids,
                clock=self._clock,
                submit=self.driver.submit,
                config=configuration.acd,
                whom=self._whom,
            ),
            self._by_phone.application(),
            self._build_counter(),
            switch.voice_messages.service.build(
                VoiceMessages(configuration.message_boxes, self._ids, self._recording_of)
            ),
        )

    def _recording_of(self, call_id: str) -> str | None:
        call = self.exchange.find(call_id)
        return call.recording_id if call is not None else None

    def _build_counter(self) -> Application:
        """Asks the other applications who sits at a station, once all are there."""
        recordings = self.configuration.recordings
        core = CounterRecording(
            self._ids, self._agent_at, tone=recordings.beep, limit_s=recordings.counter_limit_s
        )
        verbs = CounterVerbs(
            core,
            self._stack.registrar.contacts,
            lambda call_id: self.exchange.find(call_id),
            self._ids,
            self.driver.submit,
        )
        return switch.counter.service.build(core, verbs)

    def _build_observation(self) -> None:
        configuration = self.configuration
        self._journal = Journal(configuration.records, self._report)
        link_key = configuration.recordings.link_key
        self._archive = ArchiveService(
            configuration.recordings,
            configuration.access,
            configuration.records,
            configuration.http,
            self._journal,
            self.driver,
            self._clock,
            self._report,
            link_key=secrets.token_bytes(32) if link_key is None else read_key(link_key),
            agent_topics=[topic for app in self._applications for topic in app.agent_topics],
            knows_earlier_runs=self._knows_earlier_runs,
        )
        self._database = Database(configuration.records, self._projections(), self._journal, self._report)
        self._verbs = ExchangeVerbs(
            self.exchange,
            self._stack.registrations,
            self._counts(),
            self._clock,
            self.driver.submit,
            name=configuration.switch.name,
            version=VERSION,
        )
        self._media_verbs = MediaVerbs(self.exchange, self._media.facts_of, self._clock)
        self._station_verbs = StationVerbs(self._stack.registrar.contacts, self.driver.submit, self._ids)
        self._calendar_verbs = CalendarVerbs(
            configuration.calendars, self._calendars, self._clock, self.driver.submit
        )
        self._list_verbs = ListVerbs(self._lists, self._clock, tzlocal.get_localzone(), self.driver.submit)
        self._loader = EntryLoader(
            self._knows_earlier_runs,
            RecordReader(configuration.records).number_entries,
            self._take_lists,
            is_down=lambda: self._database.failing,
        )
        self._control = ControlServer(configuration.control, self._all_verbs(), self._audience_changed)
        self._trace = TraceRecorder(configuration.trace) if configuration.trace.enabled else None
        self._tap = WireTap(
            self._clock,
            lambda peer: self._names.of(peer).hop,
            recorder=self._trace,
            tell=self._control.tell,
        )
        readings = TrunkReadings(self._trunks)
        gauges = [gauge for application in self._applications for gauge in application.gauges]
        totals = [*sip_totals(self._stack.counters, self._stack.guard.counts), *readings.totals()]
        gauges += [
            *readings.gauges(),
            *self._calendar_verbs.gauges(),
            *self._list_verbs.gauges(),
            _loop_lag(self._stack.guard.admission),
            *self._archive.gauges(),
        ]
        totals += self._archive.totals()
        self._metrics = Metrics(gauges, self._verbs.status, totals)
        self._http = HttpServer(
            configuration.http, self._metrics.render, self._verbs.status, self._archive.pages()
        )
        self._event_log = EventLog(configuration.log, self.exchange.call_of_leg)

    def _wire(self) -> None:
        applications_cores = (core for app in self._applications for core in app.cores)
        cores: tuple[Core, ...] = (
            self._stack,
            self._transports,
            self._trunks,
            self._calendars,
            *applications_cores,
        )
        for core in cores:
            self.driver.add_core(core)
        signalling = (self._stack, self._ban_file, self._override_file, self._registrations, self._dns)
        shells_and_cores = (
            *signalling,
            self._media,
            self._trunks,
            self._calendars,
            self._lists,
            self.exchange,
        )
        for routes in (
            self._tap.around(self._transports.routes()),
            *(part.routes() for part in shells_and_cores),
            *(a.routes for a in self._applications),
        ):
            self.driver.add_routes(routes)
        self.driver.observe(self._journal.observe, lambda kind: not may_tell_keys(kind))
        self.driver.observe(self._keep_without_keys, may_tell_keys)
        self.driver.observe(self._tell_clients, lambda kind: self._control.is_heard(kind.topic))
        self.driver.observe(self._event_log.log_event, self._event_log.wants)
        self.driver.observe(self._metrics.observe, self._metrics.folds)
        self._archive.observe()

    async def open(self) -> None:
        """Start listening. Raises UsageError when an address or a folder cannot be had."""
        self._database.start()
        self._archive.start()
        self.driver.submit(SwitchStarted(version=VERSION))
        self._override_file.load()
        self.driver.submit(StartCalendars())
        self._loader.start()
        self._catching_up = self._loop.create_task(self._catch_up())
        await asyncio.to_thread(self._loader.wait, LISTS_PATIENCE_S)
        known = self._registrations.load()
        self.driver.run_step(lambda now: self._stack.registrar.restore(known, now))
        self._loop.add_reader(self._media.event_fd, self._media.drain)
        self._ban_file.load()
        if self._trace is not None:
            self._trace.start()
        self._transports.open(self._loop)
        self.driver.submit(StartTrunks())
        self._probe.start()
        await self._control.open()
        if self.configuration.http.enabled:
            await self._http.open()

    async def close(self) -> None:
        """Finish recordings, then let go of sockets, then bring journal, database and archive up to date."""
        self._probe.stop()
        self._loader.close()
        self._catching_up.cancel()
        self._archive.stop_working()
        self._loop.remove_reader(self._media.event_fd)
        self._media.close()
        await self._http.close()
        await self._control.close()
        self._archive.stop_serving()
        self._by_phone.close()
        self._dns.close()
        self._transports.close()
        if self._trace is not None:
            self._trace.close()
        await self._ban_file.close()
        await self._override_file.close()
        self.driver.run_step(lambda now: self._stack.registrar.tell_changes())
        self._registrations.close()
        self._journal.close()
        self._database.close()
        self._archive.close()

    def count_open_dialogs(self) -> int:
        """Phones that SIP still has to do with."""
        return self._stack.open_dialogs

    def status(self) -> dict[str, Any]:
        """What the verb switch.status tells."""
        return self._verbs.status()

    def _report(self, event: Event) -> None:
        """What journal or database tell on their own threads joins the other events on the loop."""
        self._loop.call_soon_threadsafe(self.driver.submit, event)

    async def _catch_up(self) -> None:
        """Let applications read of the runs before, as soon as the database has all of it."""
        readers = [app.catch_up for app in self._applications if app.catch_up is not None]
        records = RecordReader(self.configuration.records)
        while readers:
            try:
                if self._knows_earlier_runs():
                    (await asyncio.to_thread(readers[0], records))()
                    del readers[0]
                    continue
            except NoRecords as error:
                log.debug("the runs before cannot be read yet", reason=str(error))
            await asyncio.sleep(CATCH_UP_PAUSE_S)

    def _take_lists(self, lists: dict[str, NumberList]) -> None:
        """On the loader's thread."""

        def restore(now: float) -> Outputs:
            self._lists.restore(lists)
            entries = sum(map(len, lists.values()))
            return [ListsLoaded(entries=entries, duration_ms=round((now - self._began_at) * 1000))]

        self._loop.call_soon_threadsafe(self.driver.run_step, restore)

    def _knows_earlier_runs(self) -> bool:
        """Whether the database has all that the runs before wrote into the journal."""
        return self._database.caught_up_to >= self._journal.first_sequence - 1

    def _measured(self, late_s: float) -> None:
        delay_s = max(late_s, self._transports.delay_s())
        self.driver.run_step(lambda now: [DelayMeasured(delay_s)])

    def _audience_changed(self) -> None:
        self.driver.ask_observers_again()
        self._tap.set_heard(self._control.is_heard(SipMessageTraced.topic))

    def _keep_without_keys(self, event: Event, wall: float) -> None:
        self._journal.observe(without_keys(event), wall)

    def _tell_clients(self, event: Event, wall: float) -> None:
        """In the words, and with the number, of the journal, which saw the event just before."""
        if self._journal.newest is not None:
            self._control.observe(self._journal.newest)

    def _hops_to(self, station: str) -> list[Hop]:
        return [contact.hop for contact in self._stack.registrar.contacts(station)]

    def _whom(self, number: str) -> str | None:
        """How a customer is called back: at one of our phones, or through the trunks."""
        if number in self._outside_levels:
            return f"{STATION_SCHEME}:{number}"
        return f"{NUMBER_SCHEME}:{number}" if self._trunks.has_route(number) else None

    def _may_dial(self, station: str, number: str) -> bool:
        return self._trunks.may_dial(self._outside_levels.get(station, 0), number)

    def _agent_at(self, station: str) -> str | None:
        found = (app.agent_at(station) for app in self._applications)
        return next((agent for agent in found if agent is not None), None)

    def _knows_target(self, target: str) -> bool:
        scheme, name = parse_target(target)
        return any(app.takes(scheme, name) for app in self._applications)

    def _reach(self) -> Reach:
        return Reach(
            contacts=self._stack.registrar.contacts,
            has_route=self._trunks.has_route,
            may_dial=self._may_dial,
            knows_target=self._knows_target,
            access_codes=frozenset(code.number for code in self.configuration.access_codes),
        )

    def _ways_out(self) -> dict[str, str]:
        """Where callers of an access code go when a phone cannot be had."""
        codes = self.configuration.access_codes
        return {code.number: code.on_failure for code in codes if code.on_failure != HANG_UP}

    def _projections(self) -> Iterator[Projection]:
        yield CallRecords()
        yield NumberEntries()
        yield from self._archive.projections()
        for application in self._applications:
            yield from application.projections

    def _all_verbs(self) -> list[Verb]:
        registrations = RegistrationVerbs(self._stack.registrar, self._clock, self.driver.submit).verbs()
        trunk_verbs = TrunkVerbs(self._trunks, self._clock, self.driver.submit).verbs()
        fork_verbs = ForkVerbs(self.exchange, self._media.forks, self._ids, self.driver.submit).verbs()
        mask_verbs = MaskVerbs(self.exchange, self._ids, self.driver.submit).verbs()
        applications_verbs = (verb for app in self._applications for verb in app.verbs)
        return [
            *self._verbs.verbs(),
            *CallRecordingVerbs(self.exchange, self.driver.submit).verbs(),
            *PlacingVerbs(self.exchange, self._reach(), self._ids, self.driver.submit).verbs(),
            *self._media_verbs.verbs(),
            *self._station_verbs.verbs(),
            *self._archive.verbs(),
            *self._calendar_verbs.verbs(),
            *self._list_verbs.verbs(),
            *self.certificates.verbs(),
            *self._ban_verbs.verbs(),
            *registrations,
            *trunk_verbs,
            *fork_verbs,
            *mask_verbs,
            *applications_verbs,
        ]

    def _counts(self) -> dict[str, Callable[[], float]]:
        """What is zero when nobody calls, the phones that watch, and what must stay zero."""
        return {
            "open_legs": lambda: self._stack.open_legs,
            "open_transactions": lambda: self._stack.open_transactions,
            "open_dialogs": self.count_open_dialogs,
            "open_trunk_legs": lambda: self._trunks.open_legs,
            "open_endpoints": lambda: self._media.open_endpoints,
            "open_recordings": lambda: self._media.open_recordings,
            "open_forks": lambda: len(self._media.forks()),
            "connections": lambda: self._transports.open_connections,
            "bans": lambda: len(self._stack.guard.bans),
            "subscriptions": lambda: self._stack.subscriptions,
            "loop_delay_ms": lambda: self._stack.guard.admission.delay_ms,
            "registered_contacts": lambda: self._stack.registrar.registered_contacts,
            "unwritten_registrations": self._count_unwritten_registrations,
            "media_late_ms": lambda: self._media.lateness_ms[0],
            "media_late_max_ms": lambda: self._media.lateness_ms[1],
            "media_facts_lost": lambda: self._media.facts_lost,
            "faults": lambda: self._faults,
        }

    def _count_unwritten_registrations(self) -> int:
        """What a crash now would lose of who is registered."""
        return self._stack.registrar.untold_changes + self._registrations.unwritten

    def _on_fault(self, item: Any, error: Exception) -> Outputs:
        """An output's handler raised: say so, and end the one call it belongs to."""
        self._faults += 1
        call_id = getattr(item, "call_id", None) or self.exchange.call_of_leg(getattr(item, "leg_id", ""))
        log.error("fault", item=type(item).__name__, call_id=call_id, exc_info=error)
        if call_id is None or isinstance(item, HangUpCall):
            return []
        return [HangUpCall(call_id=call_id, cause=Cause.NORMAL_TEMPORARY_FAILURE)]


def _loop_lag(admission: Admission) -> Gauge:
    text = "How long work waits for the event loop, smoothed."
    return Gauge("event_loop_lag_seconds", text, (), lambda: {(): admission.delay_s})


def _recording_policies(configuration: Configuration) -> RecordingPolicies:
    dialling = configuration.dialling
    trunks = {
        trunk.name: policy
        for trunk in configuration.trunks
        if (policy := policy_of(trunk.record, trunk.record_share)) is not None
    }
    direct = policy_of(dialling.record, dialling.record_share)
    assert direct is not None, "it has a default"
    return RecordingPolicies(policies_of(configuration.access_codes), trunks, direct)
