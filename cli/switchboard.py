"""The house put together: the parts of one switch (``cli/house``), wired to one driver. Decides nothing."""

import asyncio
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import structlog

from acd.replay.keeping import InputKeeper, Tidying
from cli.configuration.addresses import refuse_taken
from cli.configuration.changing.versions import Origin
from cli.configuration.comparison import ChangeKind, Comparison
from cli.configuration.installation import Installation
from cli.configuration.sections import Configuration
from cli.house import readings
from cli.house.access import Access
from cli.house.administration import Administration
from cli.house.alarms import HouseAlarms
from cli.house.applications import Applications
from cli.house.call_rules import (
    auto_answers,
    data_headers,
    encryption_of_stations,
    encryption_rules,
    recording_beep,
    recording_policies,
)
from cli.house.customers import Customers
from cli.house.directory import Directory
from cli.house.draining_tenants import DrainingTenants
from cli.house.flow_publishing import FlowPublishing
from cli.house.ground import Ground
from cli.house.lamps import Lamps
from cli.house.memory import Memory
from cli.house.outside import Outside
from cli.house.own_numbers import numbers_of
from cli.house.popped_calls import PoppedCalls
from cli.house.reloading import Reloading
from cli.house.signalling import Signalling
from cli.house.speech_servers import SpeechServers
from cli.house.tenant_verbs import TenantVerbs
from cli.house.versions import ConfigurationVersions
from cli.house.windows import Windows
from ivr.editions import FlowSet
from ivr.paths import FlowPaths
from media._core import Ways
from media.engine import MediaEngine
from media.prompts import PromptLibrary
from media.recordings.disks import Disks
from media.speech.service import SpeechService, build_engine
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver, Outputs
from runtime.ids import Ids, RandomIds
from runtime.loop_probe import LoopProbe
from switch.access.agent_reach import AgentReach
from switch.access.participation import talks_anywhere
from switch.alarms.switch_source import switch_source
from switch.application import Gauge, Verb, routes_of
from switch.archive.attendance import Attendance
from switch.archive.known_disks import meet_disks
from switch.call_control.phone_keys import PhoneKeys
from switch.call_control.targets import Targets
from switch.call_control.transfer_verbs import TransferVerbs
from switch.call_control.verbs import CallControlVerbs
from switch.call_headers import CallHeaders
from switch.call_media.collecting import DigitCollecting
from switch.call_media.prompt_names import PromptNames
from switch.call_media.verbs import CallMediaVerbs
from switch.call_recording_verbs import CallRecordingVerbs
from switch.causes import Cause
from switch.commands import HangUpCall
from switch.conference_verbs import ConferenceVerbs
from switch.customers.admission import CustomerAdmission
from switch.data_verbs import DataVerbs
from switch.events import SwitchStarted
from switch.exchange import Exchange
from switch.families import Families
from switch.fork_verbs import ForkVerbs
from switch.mask_verbs import MaskVerbs
from switch.media_verbs import MediaVerbs
from switch.metrics import Metrics
from switch.parking.service import ParkingVerbs
from switch.placing_verbs import PlacingVerbs
from switch.provisioning.site import PhoneSite
from switch.recording_beeps import RecordingBeeps
from switch.sip.auto_answer import AutoAnswering
from switch.sip.guard.commands import DelayMeasured
from switch.speech_verbs import SpeechVerbs
from switch.supervision.verbs import SupervisorVerbs
from switch.tenants.config import TenantConfig
from switch.tenants.events import TenantRemoved, TenantResumed, TenantSuspended
from switch.tenants.limits import CallLimits
from switch.trunks.alarm_source import trunk_source
from switch.verbs import ExchangeVerbs, StatusView

VERSION = version("ringmain")

log = structlog.get_logger(__name__)


class Switchboard:
    """One switch. Runs by itself between ``open`` and ``close``."""

    def __init__(self, installation: Installation, loop: asyncio.AbstractEventLoop) -> None:
        self.configuration = configuration = installation.configuration
        self._faults = 0
        self._gauges: dict[str, Gauge] = {}
        clock = LoopClock(loop.time)
        self.driver = Driver(clock, LoopAlarm(loop), self._on_fault, Ways())
        ground = self._ground = Ground(loop, clock, RandomIds(), self.driver)
        self._lamps = Lamps(
            lambda number: self._directory.target_of(number),
            lambda target: self._applications.knows_target(target),
        )
        self._signalling = Signalling(
            installation, ground, lambda number: self._directory.owner_of(number), self._lamps
        )
        self.certificates = self._signalling.certificates
        disks = _disks(configuration, ground.ids)
        self._media = self._build_media(installation.prompts, disks)
        self._speech = self._build_speech()
        self._speech_verbs = SpeechVerbs(self._speech.core, clock, ground.ids, self.driver.submit)
        self._probe = LoopProbe(loop, self._measured)
        self._customers = Customers(configuration, ground)
        self._directory = Directory(configuration, self._signalling)
        self._acd_inputs = InputKeeper(configuration.records, ground.report, clock.wall)
        self._applications = Applications(
            installation,
            self._directory,
            self._customers,
            self._media,
            ground,
            find_call=lambda call_id: self.exchange.find(call_id),
            calls=lambda: self.exchange.calls(),
            look_up=lambda recording_id: self._memory.archive.look_up(recording_id),
            acd_inputs=self._acd_inputs,
            data_of=lambda call_id: self.exchange.data_of(call_id),
            popped_calls=self._build_popped_calls,
        )
        self._outside = Outside(configuration, ground, lambda tenant: self._windows.hears_hooks(tenant))
        self._speech_servers = SpeechServers(
            configuration.mrcp,
            ground,
            find_call=lambda call_id: self.exchange.find(call_id),
            our_host=self._signalling.our_host,
        )
        self._auto_answering = AutoAnswering(auto_answers(configuration))
        self._call_headers = CallHeaders(
            data_headers(configuration),
            {trunk.name: trunk.data_headers for trunk in configuration.trunks},
            self._signalling.stack.fields_of,
        )
        self._encryption = encryption_rules(configuration, self._media.fingerprint)
        self._limits = CallLimits(installation.tenants)
        self._reach = self._directory.reach(
            self._applications.knows_target,
            self._applications.obstacle,
            self._applications.agent_facts.station_to_call,
        )
        self._targets = Targets(self._reach)
        self.exchange = self._build_exchange()
        self._alarms = self._build_alarms()
        self._collecting = DigitCollecting()
        self._beeps = RecordingBeeps(self.exchange.find, configuration.recordings.beep_every_s)
        more = self._alarms.projections
        self._memory = Memory(configuration, self._applications, self._customers.lists, disks, ground, more)
        self._versions = ConfigurationVersions(installation.path, configuration.versions, clock.wall)
        self.reloading = Reloading(installation, self, ground, self._versions)
        self._tidying = Tidying(self._acd_inputs.folder, lambda: self.reloading.rules, clock.wall)
        self._draining = DrainingTenants(self.exchange.calls_of, self.driver.submit, loop)
        self._verbs = self._build_verbs()
        self._access = self._build_access()
        self._phone_site = self._build_phone_site()
        self._windows = self._build_windows(installation.tenants)
        self._wire()

    def _build_media(self, prompts: PromptLibrary, disks: Disks) -> MediaEngine:
        media = MediaEngine(
            self.configuration.media,
            self.configuration.recordings,
            self._ground.clock,
            self.driver.submit_all,
            self._ground.loop.call_later,
            self.driver.submit,
            disks,
        )
        for name in prompts.names:
            _load(media, prompts, name)
        return media

    def _build_popped_calls(self, paths: FlowPaths) -> PoppedCalls:
        return PoppedCalls(
            find_call=lambda call_id: self.exchange.find(call_id),
            find_leg=lambda leg_id: self.exchange.find_leg(leg_id),
            told_data=lambda call_id: self.exchange.told_data_of(call_id),
            paths=paths,
        )

    def _build_speech(self) -> SpeechService:
        config, ground = self.configuration.speech, self._ground
        return SpeechService(
            config,
            {engine.name: build_engine(engine, ground.clock.now) for engine in config.engines},
            keep=self._media.load_prompt,
            forget=self._media.forget_prompt,
            submit=lambda command: ground.loop.call_soon_threadsafe(ground.driver.submit, command),
        )

    def _build_exchange(self) -> Exchange:
        configuration, trunks = self.configuration, self._signalling.trunks
        wall, owner = self._ground.clock.wall, self._directory.owner_of
        admission = CustomerAdmission(self._customers.lists, wall, trunks.admit, owner)
        return Exchange(
            configuration.access_codes,
            self._ground.ids,
            self._applications.knows_target,
            codecs=configuration.media.codecs,
            hold_music=configuration.switch.hold_music,
            personal_data=configuration.switch.personal_data,
            admit=admission.admit,
            may_dial=self._directory.may_dial,
            encryption=self._encryption,
            families=self._build_families(),
            recording=recording_policies(configuration),
            recording_beep=recording_beep(configuration.recordings),
            facts_of=self._customers.facts_of,
            auto_answering=self._auto_answering,
            call_headers=self._call_headers,
            refuse_target=self._targets.refuse_what_is_in_vain,
            limits=self._limits,
        )

    def _build_families(self) -> Families:
        """Where we have no IPv6 nobody need be looked for to know that a voice goes by IPv4."""
        media = self.configuration.media
        if not (media.host6 or media.advertised_host6):
            return Families()
        return Families(self._directory.hops_to, self._signalling.trunks.hops_to)

    def _build_verbs(self) -> ExchangeVerbs:
        return ExchangeVerbs(
            self.exchange,
            self._signalling.stack.registrations,
            readings.counts(self._signalling, self._media, lambda: self._faults),
            self._ground.clock,
            self.driver.submit,
            name=self.configuration.switch.name,
            version=VERSION,
        )

    def _build_alarms(self) -> HouseAlarms:
        trunks = self._signalling.trunks
        sources = [source for application in self._applications for source in application.alarm_sources]
        sources += [trunk_source(trunks), switch_source(lambda: self.exchange.open_calls, self._gauges)]
        return HouseAlarms(self.configuration, sources, self._customers.is_open, self._ground)

    def _build_access(self) -> Access:
        applications, exchange, directory = self._applications, self.exchange, self._directory
        return Access(
            self.configuration,
            applications.agent_facts,
            exchange.find,
            AgentReach(
                directory.bars,
                numbers_of=lambda queues: numbers_of(self.reloading.running, queues),
                talks=lambda station: talks_anywhere(station, exchange.calls()),
            ),
            self._memory.journal,
            self._ground,
        )

    def _build_windows(self, tenants: Mapping[str, TenantConfig]) -> Windows:
        archive = self._memory.archive
        gauges = [
            *readings.gauges(self._signalling, self._applications),
            *self._customers.gauges(),
            *self._outside.gauges(),
            *self._speech_servers.gauges(),
            *archive.gauges(),
            *self._speech_verbs.gauges(),
            *self._alarms.gauges(),
        ]
        self._gauges.update((gauge.name, gauge) for gauge in gauges)
        totals = [
            *readings.totals(self._signalling),
            *self._outside.totals(),
            *archive.totals(),
            *self._speech_verbs.totals(),
        ]
        return Windows(
            self.configuration,
            tenants,
            list(self._all_verbs()),
            Metrics(gauges, self._verbs.status, totals),
            self._verbs.status,
            self._memory,
            self._ground,
            our_hop=lambda peer: self._signalling.names.of(peer).hop,
            call_of_leg=self.exchange.call_of_leg,
            access=self._access,
            phone_site=self._phone_site,
        )

    def _build_phone_site(self) -> PhoneSite:
        knows, ignores = self._directory.stations.__contains__, self._signalling.stack.guard.ignores
        return PhoneSite(self.configuration.provisioning, knows, ignores, self.driver.submit)

    def _all_verbs(self) -> Iterator[Verb]:
        exchange, ids, submit = self.exchange, self._ground.ids, self.driver.submit
        reach, targets = self._reach, self._targets
        clock = self._ground.clock
        yield from self._verbs.verbs()
        yield from self.reloading.verbs()
        administration = Administration(self.reloading, self._versions)
        yield from administration.verbs()
        yield from self._tenant_verbs(administration)
        yield from self._flow_publishing().verbs()
        yield from CallRecordingVerbs(exchange, submit).verbs()
        yield from PlacingVerbs(exchange, reach, ids, submit).verbs()
        phone_keys = PhoneKeys(self._signalling.stack.orders_understood, submit)
        yield from CallControlVerbs(exchange, targets, phone_keys, clock, submit).verbs()
        yield from ParkingVerbs(self._applications.parking, exchange, targets, clock, submit).verbs()
        yield from TransferVerbs(exchange, targets, ids, clock, submit).verbs()
        yield from ConferenceVerbs(exchange, reach, ids, submit).verbs()
        yield from MediaVerbs(exchange, self._media.facts_of, clock).verbs()
        yield from ForkVerbs(exchange, self._media.forks, ids, submit).verbs()
        yield from self._speech_verbs.verbs()
        yield from DataVerbs(exchange, submit).verbs()
        yield from CallMediaVerbs(
            exchange,
            self._collecting,
            PromptNames(self._applications.own_prompt, self._media.has_prompt),
            self._speech_verbs.make,
            ids,
            submit,
        ).verbs()
        yield from MaskVerbs(exchange, ids, submit).verbs()
        supervision, house = self._applications.supervision, self._applications.house()
        yield from SupervisorVerbs(supervision, exchange, house, ids, submit).verbs()
        yield from self._memory.archive.verbs()
        yield from self._customers.verbs()
        yield from self._outside.verbs()
        yield from self._signalling.verbs()
        yield from self._speech_servers.verbs()
        yield from self._alarms.verbs()
        for application in self._applications:
            yield from application.verbs

    def _tenant_verbs(self, administration: Administration) -> tuple[Verb, ...]:
        listed = self._applications.listed
        return TenantVerbs(
            administration,
            self.reloading,
            calls_of=self.exchange.calls_of,
            draining=self._draining,
            agents_of=listed("agent.list"),
            queues_of=listed("queue.list"),
        ).verbs()

    def _flow_publishing(self) -> FlowPublishing:
        interpreter, clock = self._applications.flow_interpreter, self._ground.clock
        return FlowPublishing(self.reloading, interpreter, clock, self.driver.submit)

    def _wire(self) -> None:
        cores = (core for application in self._applications for core in application.cores)
        for core in (
            *self._signalling.cores,
            *self._customers.cores,
            *self._outside.cores,
            self._beeps,
            self._collecting,
            self._speech.core,
            *self._speech_servers.cores,
            *cores,
            *self._alarms.cores,
        ):
            self.driver.add_core(core)
        attendance = Attendance(self._applications.agent_facts.agent_at)
        exchange = (self._media, self.exchange, self._beeps, self._collecting, attendance)
        speech = (self._speech, self._speech_verbs, *self._speech_servers.parts)
        asked = (*self._outside.parts, self._windows, self._lamps)
        parts = (*self._signalling.parts, *self._customers.parts, *exchange, *speech, *asked)
        for routes in (
            self._signalling.transports.routes(),
            *(part.routes() for part in parts),
            *routes_of(self._applications),
            *(part.routes() for part in self._alarms.parts),
        ):
            self.driver.add_routes(routes)
        self._memory.observe()
        self._windows.observe()
        self.driver.observe(self._draining.observe, self._draining.wants)
        self._memory.archive.observe()

    async def open(self) -> None:
        """Start listening. Raises UsageError when an address or a folder cannot be had."""
        refuse_taken(self.configuration)  # before it is told, and written, that the switch has started
        self._memory.open()
        self._versions.note(self.reloading.running.texts, Origin.START, "")
        self._tidying.start()
        self.driver.submit(SwitchStarted(version=VERSION))
        self._customers.open()
        await self._memory.earlier_runs.open()
        self._ground.loop.add_reader(self._media.event_fd, self._media.drain)
        self._windows.open_trace()
        self._signalling.open()
        self._speech_servers.open()
        self._probe.start()
        self._alarms.open()
        await self._windows.open()

    async def close(self) -> None:
        """Finish recordings, then let go of sockets, then bring journal, database and archive up to date."""
        self._probe.stop()
        self._memory.earlier_runs.close()
        self._memory.archive.stop_working()
        self._speech.close()
        self._ground.loop.remove_reader(self._media.event_fd)
        self._media.close()
        await self._windows.close()
        self._memory.archive.stop_serving()
        self._applications.close()
        await self._outside.close()
        await self._alarms.close()
        self._speech_servers.close()
        self._signalling.close()
        self._windows.close_trace()
        await self._customers.close()
        await self._signalling.save()
        self._tidying.close()
        self._acd_inputs.close()
        self._memory.close()

    def prepare(self, installation: Installation, comparison: Comparison) -> None:
        """Have other prompts, calendars, flows and ways, before the ACD has other queues.

        Calls under way go on as they began.
        """
        for change in comparison.changes:
            if change.section == "prompts" and change.kind is not ChangeKind.REMOVED:
                _load(self._media, installation.prompts, change.name)
        configuration = installation.configuration
        if comparison.touches("tenants"):
            self._configure_tenants(installation.tenants)
        self._outside.configure(configuration)
        if comparison.touches("calendars", "number_lists"):
            self.driver.run_step(lambda now: self._customers.configure(configuration, now))
        # From here to the ACD's new rules nobody is sent on: what its old ones lead to may be gone.
        if comparison.touches("flows", "prompts", "message_boxes"):
            prompts = installation.prompts.names
            self._applications.configure(FlowSet(installation.flows), prompts, configuration.message_boxes)
        if comparison.touches("feature_codes"):
            self._applications.configure_feature_codes(configuration.feature_codes)
        if comparison.touches("routes"):
            self._signalling.trunks.configure(configuration.routes)
        if comparison.touches("stations", "access_codes"):
            self._directory.configure(configuration)
            self._encryption.configure(*encryption_of_stations(configuration))
            self._auto_answering.configure(auto_answers(configuration))
            self._call_headers.configure(data_headers(configuration))
            self.exchange.configure(configuration.access_codes)

    async def open_doors(self, installation: Installation, comparison: Comparison) -> None:
        """Have the control sockets of these tenants."""
        await self._windows.configure(installation.tenants)

    def _configure_tenants(self, tenants: Mapping[str, TenantConfig]) -> None:
        before = self.reloading.running.tenants
        self._limits.configure(tenants)
        self._applications.configure_tenants(tenants)
        suspended = {name for name, tenant in tenants.items() if tenant.suspended}
        known = {name for name, tenant in before.items() if tenant.suspended}
        for name in sorted(suspended - known):
            self.driver.submit(TenantSuspended(tenant=name, calls=self.exchange.calls_of(name)))
        for name in sorted(known & tenants.keys() - suspended):
            self.driver.submit(TenantResumed(tenant=name))
        for name in sorted(before.keys() - tenants.keys()):
            self.driver.submit(TenantRemoved(tenant=name))

    def configure_phones(self, installation: Installation, comparison: Comparison) -> None:
        """Forget phones that are in the configuration no more. Their calls go on. Then look at clients."""
        if comparison.touches("stations", "access_codes", "tenants"):
            self._signalling.configure(installation.configuration, installation.tenants)
        self._access.configure(installation.configuration)
        self._phone_site.configure(installation.configuration.provisioning)
        self._windows.reload_certificate()

    def configure_alarms(self, installation: Installation) -> None:
        """Watch what there is now, once all else is as it is to be."""
        self._alarms.configure(installation.configuration)

    def count_open_dialogs(self) -> int:
        """Phones that SIP still has to do with."""
        return self._signalling.stack.open_dialogs

    def status(self) -> StatusView:
        """What the verb switch.status tells."""
        return self._verbs.status()

    def _measured(self, late_s: float) -> None:
        delay_s = max(late_s, self._signalling.transports.delay_s())
        self.driver.run_step(lambda now: [DelayMeasured(delay_s)])

    def _on_fault(self, item: Any, error: Exception) -> Outputs:
        """An output's handler raised: say so, and end the one call it belongs to."""
        self._faults += 1
        call_id = getattr(item, "call_id", None) or self.exchange.call_of_leg(getattr(item, "leg_id", ""))
        log.error("fault", item=type(item).__name__, call_id=call_id, exc_info=error)
        if call_id is None or isinstance(item, HangUpCall):
            return []
        return [HangUpCall(call_id=call_id, cause=Cause.NORMAL_TEMPORARY_FAILURE)]


def _load(media: MediaEngine, prompts: PromptLibrary, name: str) -> None:
    media.load_prompt(name, prompts.samples(name), prompts.wide_samples(name))


def _disks(configuration: Configuration, ids: Ids) -> Disks:
    recordings, tier = configuration.recordings, configuration.second_tier
    folders = (recordings.folder, recordings.spool, tier.folder)
    return meet_disks(configuration.records.journal, folders, ids.new)
