"""docs/verbs.md tells the truth."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, Mock
from zoneinfo import ZoneInfo

import pytest
import uvloop

import acd.service
import ivr.service
from acd.agent_config import AgentConfig
from acd.config import AcdConfig, NotReadyReason
from acd.queue_config import QueueConfig
from cli.configuration.centres import FlowCentre
from cli.configuration.installation import load_installation
from cli.house import readings
from cli.house.administration import Administration
from cli.house.draining_tenants import DrainingTenants
from cli.house.flow_publishing import FlowPublishing
from cli.house.reloading import Reloading
from cli.house.tenant_verbs import TenantVerbs
from cli.house.versions import ConfigurationVersions
from cli.house.windows import PICTURE
from ivr.check import Surroundings
from ivr.config import IvrConfig
from ivr.document import Flow
from ivr.editions import FlowSet
from ivr.publishing.index import Index
from ivr.publishing.store import FlowStore
from ivr.service import Ivr
from media.commands import StartFork, StopFork
from media.events import EndpointClosed
from media.names import ForkIdentity
from media.prompt_import import is_prompt_name
from media.recordings.removal import Remover
from media.recordings.tiers import Access
from media.speech.commands import FetchSpeech, MakeSpeech, TakeSpeech
from media.speech.making import EngineTraits, Limits, SpeechMaking
from runtime.clock import ManualClock
from runtime.driver import Outputs, ignoring_time
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.models import NoParams, Params
from runtime.vocabulary import event_fields, field_names
from switch.access.config import TokenConfig
from switch.access.door import Credentials, Door, DoorRules
from switch.access.entrance import Entrance
from switch.access.secrets import token_hash
from switch.alarms.alarms import Alarms
from switch.alarms.commands import StartAlarms
from switch.alarms.config import AlarmConfig, Severity
from switch.alarms.events import AlarmRaised
from switch.alarms.measures import Kind, Measure
from switch.alarms.reading import Reading
from switch.alarms.records import AlarmRecords
from switch.alarms.sources import Source
from switch.alarms.verbs import AlarmVerbs
from switch.application import Application, Verb
from switch.archive.catalogue.events import RecordingTagged
from switch.archive.catalogue.projections import RecordingParties, Recordings
from switch.archive.catalogue.service import Catalogue
from switch.archive.in_hand import InHand
from switch.archive.listening.finding import RecordingFinder
from switch.archive.listening.links import LinkSigner
from switch.archive.listening.verbs import LinkVerbs
from switch.archive.phone.commands import PlayToStation
from switch.archive.phone.service import ListeningByPhone
from switch.archive.retention.deletion import Deleter
from switch.ban_verbs import BanVerbs
from switch.calendars.calendars import Calendars
from switch.calendars.config import CalendarConfig
from switch.calendars.verbs import CalendarVerbs
from switch.call_media.collecting import Collections, DigitCollecting
from switch.call_media.prompt_names import PromptNames
from switch.call_media.verbs import CallMediaVerbs
from switch.call_recording_verbs import CallRecordingVerbs
from switch.certificate_verbs import CertificateVerbs
from switch.commands import AnswerCall
from switch.config import HttpConfig
from switch.control.client import ControlClient, VerbRefused
from switch.control.config import ControlConfig
from switch.control.messages import ErrorCode
from switch.control.server import ControlServer, Neighbours
from switch.counter.commands import RecordStation
from switch.counter.counter import CounterRecording
from switch.counter.service import CounterVerbs
from switch.customers.config import ListKind, NumberListConfig
from switch.customers.customer_lists import CustomerLists
from switch.customers.facts import Facts
from switch.customers.verbs import ListVerbs
from switch.data_verbs import DataVerbs
from switch.events import CallAnswered, CallEnded, CallHandedOff
from switch.fork_verbs import ForkVerbs
from switch.hooks.commands import AskApplication, TellHook
from switch.hooks.hooks import Hooks
from switch.hooks.verbs import HookVerbs
from switch.lookups.answers import Answered, AttemptEnded
from switch.lookups.commands import SendRequest
from switch.lookups.config import LookupConfig
from switch.lookups.lookups import Lookups
from switch.lookups.verbs import LookupVerbs
from switch.mask_verbs import MaskVerbs
from switch.media_verbs import MediaVerbs
from switch.mrcp.commands import Speak
from switch.mrcp.config import MrcpConfig, SpeechServerConfig
from switch.mrcp.speech import Speech
from switch.mrcp.verbs import SpeechServerVerbs
from switch.placing_verbs import PlacingVerbs
from switch.prompt_recording.commands import RecordPrompt
from switch.prompt_recording.service import PromptVerbs
from switch.reach import Reach
from switch.records.config import RecordsConfig
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader
from switch.records.recording_changes import RecordingChanges
from switch.records.segment import decode_line
from switch.records.store import RecordStore
from switch.registration_verbs import RegistrationVerbs
from switch.roles import EVERYBODY, Role
from switch.sip.commands import DialLeg, ResyncStation, SendText, SetMailbox
from switch.sip.config import SipConfig, StationConfig
from switch.sip.guard.banning import Banning
from switch.sip.guard.config import GuardConfig
from switch.sip.hop import Hop
from switch.sip.registration.bindings import Binding
from switch.sip.registration.registrations import Registration
from switch.sip.stack import SipStack
from switch.sip.transport.certificates import Certificates
from switch.speech_verbs import SpeechParams, SpeechVerbs, SpeechView
from switch.station_verbs import StationVerbs
from switch.trunks.config import NumberingConfig
from switch.trunks.verbs import TrunkVerbs
from switch.verbs import ExchangeVerbs
from tests.cli.small_installation import replace, write_installation
from tests.helpers.exchange_rig import ExchangeRig
from tests.helpers.trunks_rig import TrunksRig, trunk_config
from tests.ivr.scripted_caller import world_of
from tests.switch.control.verbs_table import with_table
from tests.switch.parking.test_parking import ParkingRig
from tests.switch.records.stories import answered_call, fold, fold_all, journal_of
from tests.switch.test_conferring import ConferenceRig

DOCUMENT = """\
name: hotline
title: 热线
language: zh
start: end
nodes: { end: { type: hang_up } }
"""
PAGE = (Path(__file__).parents[3] / "docs" / "verbs.md").read_text()


SOUND = {
    "packets_received": 4071,
    "packets_sent": 4075,
    "bytes_received": 700212,
    "bytes_sent": 700900,
    "packets_lost": 12,
    "packets_dropped": 0,
    "packets_forged": 0,
    "jitter_ms": 1.25,
    "packets_late": 3,
    "packets_duplicated": 0,
    "packets_reordered": 1,
    "rtcp_received": 16,
    "rtcp_sent": 17,
    "jitter_max_ms": 7.5,
    "round_trip_ms": 41.5,
    "round_trip_max_ms": 60.25,
    "r_factor": 88.2,
    "mos": 4.29,
    "mos_lowest": 2.87,
    "mos_lowest_at_s": 31.1,
    "remote_packets_lost": 5,
    "remote_jitter_ms": 2.0,
    "remote_mos": 4.31,
}


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the first table under a heading."""
    section = PAGE.split(f"# {heading}\n")[1].split("\n#")[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


WAITS = CallHandedOff(
    call_id="call-2",
    contact_id="contact-2",
    caller_number="13800138000",
    caller_name="",
    access_code="95598",
    target="queue:service?agent=1001&tag=老人",
)


def reloading_a_changed_queue(folder: Path, rig: ExchangeRig) -> tuple[Reloading, Administration]:
    """Of a switch with one tenant."""
    (folder / "tenants").mkdir(parents=True)
    path = write_installation(folder)
    path.write_text(path.read_text("utf-8") + '[tenants]\nfolder = "tenants"\n', "utf-8")
    code = '[[queues]]\nname = "service"\n[[access_codes]]\nnumber = "95001"\ntarget = "queue:service"\n'
    (folder / "tenants" / "acme.toml").write_text(code, "utf-8")
    running = load_installation(path)
    replace(path, 'name = "service"', 'name = "service"\nmax_wait_s = 300')
    versions = ConfigurationVersions(path, running.configuration.versions, rig.clock.wall)
    reloading = Reloading(running, Mock(open_doors=AsyncMock()), Mock(clock=rig.clock), versions)
    return reloading, Administration(reloading, versions)


def all_verbs(folder: Path) -> list[Verb]:
    """Of a switch with an agent, a call that is answered, a flow and a registered phone."""
    rig = ExchangeRig()
    rig.feed(AnswerCall(call_id=rig.arrive()))
    (call,) = rig.exchange.calls()
    call.facts = Facts(("vip",), ("大客户",))
    counts = readings.counts(Mock(), Mock(), lambda: 0)  # asked for the names only
    of_exchange = ExchangeVerbs(
        rig.exchange,
        lambda now: [Registration(station="1001", contact="sip:1001@h", peer="udp:h:5060", expires_s=60)],
        {name: lambda: 0 for name in counts},
        rig.clock,
        rig.driver.submit,
        name="ringmain",
        version="0.1.0",
    )
    banning = Banning(GuardConfig())
    rig.driver.add_routes(banning.routes())
    of_guard = BanVerbs(banning, rig.clock, rig.driver.submit)
    queues, agent = (
        [QueueConfig(name="service"), QueueConfig(name="billing")],
        AgentConfig(
            id="1001",
            queues=["service"],
            skills={"billing": 5},
            tags=["senior"],
            capacity={"voice": 1, "video": 1, "chat": 2},
        ),
    )
    reasons = AcdConfig(not_ready_reasons=[NotReadyReason(code="午" * 100)])

    def whom(number: str, level: int | None, tenant: str) -> str:
        return f"number:{number}"

    of_queues = acd.service.build(
        queues, [agent], {"1001": 0}, SeededIds(), rig.driver.submit, rig.clock, reasons, whom=whom
    )
    rig.driver.add_routes(of_queues.routes)
    rig.feed(WAITS)
    limits = {"channels": 30, "shares": {"acme": 10}}
    trunks = TrunksRig(trunk_config("carrier", networks=["192.0.2.0/28"], numbers=["95598"], **limits))
    flow = Flow(name="hotline", title="热线", language="zh", start="end", nodes={"end": {"type": "hang_up"}})
    of_flows = ivr.service.build(IvrConfig(), FlowSet.of({"hotline": flow}), SeededIds(), world_of())
    of_trunks = TrunkVerbs(trunks.trunks, trunks.clock, trunks.order)
    heeded = (SendText, SetMailbox, ResyncStation)
    rig.driver.add_routes({kind: lambda command, now: [] for kind in heeded})
    of_stations = StationVerbs(lambda station: (station,), rig.driver.submit, SeededIds()).verbs()
    of_sip = (*of_guard.verbs(), *registration_verbs(rig), *of_trunks.verbs(), *of_stations)
    certificates = Mock(spec=Certificates, files=("switch.pem",))
    certificates.untimely.return_value = [
        "switch.pem: the certificate of CN=pbx ends on 2026-12-05 08:30 UTC"
    ]
    of_certificates = CertificateVerbs(certificates, rig.driver.submit, time.time)
    reloading, administration = reloading_a_changed_queue(folder / "conf", rig)
    fork = ForkIdentity("fork-1", "leg-1", "call-1", "wss://bot.example/stream")
    rig.driver.add_routes({kind: lambda command, now: [] for kind in (StartFork, StopFork)})
    of_forks = ForkVerbs(rig.exchange, lambda: [fork], SeededIds(), rig.driver.submit).verbs()
    signer, port = LinkSigner(b"key of a test"), HttpConfig(enabled=True)
    of_recordings = LinkVerbs(signer, port, rig.clock, rig.driver.submit).verbs()
    rig.driver.add_routes({PlayToStation: lambda command, now: []})
    of_media = MediaVerbs(rig.exchange, lambda leg_id: SOUND, rig.clock)
    of_masks = MaskVerbs(rig.exchange, SeededIds(), rig.driver.submit).verbs()
    reach = Reach(lambda station: (station,), lambda _: True, lambda *_: True, lambda _: True, frozenset())
    of_calendars = calendar_verbs(rig)
    own = (
        *of_exchange.verbs(),
        *of_sip,
        *of_certificates.verbs(),
        *reloading.verbs(),
        *administration.verbs(),
        *tenant_verbs(administration, reloading),
        *of_forks,
        *speech_verbs(rig),
        *prompt_verbs(rig),
        *of_masks,
        *DataVerbs(rig.exchange, rig.driver.submit).verbs(),
        *call_media_verbs(rig),
        *call_control_verbs(),
        *PlacingVerbs(rig.exchange, reach, SeededIds(99), rig.driver.submit).verbs(),
        *of_media.verbs(),
        *speech_server_verbs(rig),
        *of_calendars,
        *by_phone(folder, rig).verbs,
        *list_verbs(rig),
        *lookup_verbs(rig),
        *hook_verbs(rig),
        *counter_verbs(rig),
        *supervisor_verbs(),
        *CallRecordingVerbs(rig.exchange, rig.driver.submit).verbs(),
        *of_recordings,
        *recording_verbs(folder, rig),
        *alarm_verbs(folder, rig),
    )
    return [*own, *of_queues.verbs, *of_flows.application.verbs, *publishing(folder, of_flows, rig).verbs()]


def tenant_verbs(administration: Administration, reloading: Reloading) -> tuple[Verb, ...]:
    """Of tenants without calls, each with one agent who waits for callers."""
    agents, queues = [{"state": "AVAILABLE"}], [{"waiting": 0}]

    def calls_of(tenant: str) -> int:
        return 0

    loop = Mock(spec=asyncio.AbstractEventLoop)  # no call is waited for
    draining = DrainingTenants(calls_of, lambda event: None, loop)
    return TenantVerbs(
        administration, reloading, calls_of, draining, lambda tenant: agents, lambda tenant: queues
    ).verbs()


def publishing(folder: Path, of_flows: Ivr, rig: ExchangeRig) -> FlowPublishing:
    """Of a folder with the document of one flow, of which another version was published."""
    documents = folder / "flows"
    documents.mkdir()
    (documents / "hotline.yaml").write_text(DOCUMENT, encoding="utf-8")
    known = Surroundings(prompts=(), knows_queue=lambda name: True)
    store = FlowStore(folder / "published")
    first = store.add("hotline", Index(), DOCUMENT.replace("热线", "旧热线"), at=0.0, by="", note="")
    store.put("hotline", Index().with_version(first, 1.0))
    centre = FlowCentre(documents, store, known, lambda flow: flow)
    reloading = Mock(spec=Reloading, running=Mock(flow_centres={"": centre}))
    reloading.alone = nullcontext
    return FlowPublishing(reloading, of_flows.interpreter, rig.clock, rig.driver.submit)


def speech_server_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch with one speech server, which never answers."""
    server = SpeechServerConfig(name="speech-1", host="192.0.2.40", max_sessions=40)
    speech = Speech(MrcpConfig(servers=[server]), SeededIds(), rig.exchange.find, lambda hop: "192.0.2.1")
    rig.driver.add_routes({DialLeg: lambda command, now: []})
    rig.driver.add_routes(speech.routes())
    submit = rig.driver.submit
    submit(Speak(request_id="speech-1", call_id=next(rig.exchange.calls()).call_id, text="您好"))
    return SpeechServerVerbs(speech, rig.exchange.find, SeededIds(), rig.clock, submit).verbs()


def by_phone(folder: Path, rig: ExchangeRig) -> Application:
    """Of a switch with one recording, whose file is there."""
    (folder / "recording-1.wav").touch()
    row = {"recording_id": "recording-1", "path": str(folder / "recording-1.wav"), "state": "running"}
    return ListeningByPhone(
        lambda recording_id: row,
        Access(),
        lambda station: (station,),
        SeededIds(),
        rig.driver.submit,
        keep=lambda *_: None,
        forget=lambda _: None,
    ).application()


def counter_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch where phones are registered at every station."""
    core = CounterRecording(SeededIds(), lambda station: None, tone="", limit_s=60)
    rig.driver.add_routes({RecordStation: core.order})
    ids, submit = SeededIds(7), rig.driver.submit
    return CounterVerbs(core, lambda station: (station,), rig.exchange.find, ids, submit).verbs()


def prompt_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch where phones are registered at every station."""
    rig.driver.add_routes({RecordPrompt: lambda command, now: []})
    ids, submit = SeededIds(9), rig.driver.submit
    return PromptVerbs(is_prompt_name, lambda station: (station,), ids, submit).verbs()


def speech_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch where the one text there is has been said before."""
    engines = [EngineTraits("espeak", "espeak-ng", {"zh": "cmn"}, at_once=2)]
    core = SpeechMaking(engines, Limits(1000, 10, 100, 64_000_000))
    verbs = SpeechVerbs(core, rig.clock, SeededIds(6), rig.driver.submit)

    def fetch(command: FetchSpeech) -> Outputs:
        return [TakeSpeech(making_id=command.making_id, length_ms=1480, size_bytes=71_040)]

    rig.driver.add_routes({MakeSpeech: core.make, TakeSpeech: core.take, FetchSpeech: ignoring_time(fetch)})
    rig.driver.add_routes(verbs.routes())
    return verbs.verbs()


def call_control_verbs() -> tuple[Verb, ...]:
    """Of a switch where a customer talks to station 1001, and others wait to be answered."""
    rig = ParkingRig()
    assert (rig.call_id, *(rig.arrive(leg_id) for leg_id in ("next", "last"))) == ("call-1", *WAITING)
    assert tuple(rig.consults_too(leg_id) for leg_id in ("third", "fourth")) == CONSULTING
    assert rig.talks_too("fifth") == PARKED
    for call in rig.exchange.calls():
        call.facts = Facts(("vip",), ("大客户",))
    return tuple(rig.control.values())


def supervisor_verbs() -> tuple[Verb, ...]:
    """Of a switch where agent 81 at station 1001 talks to a customer."""
    rig = ConferenceRig()
    assert (rig.call_id, rig.call_between("1001", "1002", "consultation")) == ("call-1", CONSULTATION)
    return (*rig.verbs.values(), *rig.conference.values())


def calendar_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch with one calendar."""
    configs = [CalendarConfig(name="office", time_zone="Asia/Shanghai", hours=["mon-fri 08:30-17:30"])]
    calendars = Calendars((config.calendar() for config in configs), rig.clock.wall)
    rig.driver.add_routes(calendars.routes())
    return CalendarVerbs(configs, calendars, rig.clock, rig.driver.submit).verbs()


def call_media_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch where every text is said, and masked keys of one collection wait to be taken."""

    async def say(params: SpeechParams) -> SpeechView:
        return {"prompt": "speech:1", "length_ms": 900, "engine": "espeak", "was_kept": True}

    collections = Collections(kept={"collection-0": "042719"})
    collecting = DigitCollecting(collections)
    rig.driver.add_routes(collecting.routes())
    ids, submit = SeededIds(5), rig.driver.submit
    prompts = PromptNames(lambda _, name: name, lambda name: True)
    return CallMediaVerbs(rig.exchange, collecting, prompts, say, ids, submit).verbs()


def list_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch with one number list."""
    configs = [NumberListConfig(name="vip", kind=ListKind.VIP, tags=["大客户"])]
    lists = CustomerLists(configs, NumberingConfig().plan())
    lists.restore({})
    rig.driver.add_routes(lists.routes())
    return ListVerbs(lists, rig.clock, ZoneInfo("Asia/Shanghai"), rig.driver.submit).verbs()


def lookup_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch with one service, which answers at once."""

    def answer(command: SendRequest, now: float) -> Outputs:
        amount = Answered(200, {"amount": "86.50"})
        return [AttemptEnded(command.lookup.request_id, command.attempt, amount)]

    lookups = Lookups([LookupConfig(name="billing", url="https://billing.example/api")])
    verbs = LookupVerbs(lookups, rig.clock, SeededIds(), rig.driver.submit)
    rig.driver.add_routes(lookups.routes() | verbs.routes() | {SendRequest: answer})
    return verbs.verbs()


def hook_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch where a flow waits for an application."""
    hooks = Hooks(SeededIds(), lambda tenant: True)
    rig.driver.add_routes(hooks.routes() | {TellHook: lambda command, now: []})
    rig.feed(AskApplication(request_id="ask-1", call_id="call-1", hook="fault", timeout_s=5))
    return HookVerbs(hooks, rig.driver.submit).verbs()


def registration_verbs(rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a registrar at which one phone is registered."""
    station = StationConfig.model_validate({"name": "1001", "password": "secret"})
    registrar = SipStack(SipConfig(), [station], SeededIds(), b"key of a test").registrar
    now = rig.clock.now()
    registrar.restore([Binding("1001", "sip:1001@h", Hop("udp", "h", 5060), "c", 1, now + 60, now)], now)
    rig.driver.add_routes(registrar.routes())
    return RegistrationVerbs(registrar, rig.clock, rig.driver.submit).verbs()


def alarm_verbs(folder: Path, rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch with one alarm, which is raised, and has been before."""
    levels = [{"level": "warning", "on": 5, "off": 3, "for_s": 30}]
    keys = {"name": "long-line", "title": "排队过长", "kind": "queue", "measure": "waiting", "levels": levels}
    config = AlarmConfig.model_validate(keys)
    source = Source(Kind.QUEUE, lambda: ("service",), lambda config, name, now: Reading(7.0, now - 60))
    alarms = Alarms([config], [source], SeededIds(), rig.clock.wall, lambda calendar: True)
    rig.driver.add_routes(alarms.routes())
    rig.feed(StartAlarms())
    records = RecordsConfig(database=f"sqlite:///{folder}/alarms.db")
    store = RecordStore(records.database, [AlarmRecords.table])
    store.open()
    raised = AlarmRaised(
        alarm_id="alarm-0",
        alarm="long-line",
        kind=Kind.QUEUE,
        subject="service",
        measure=Measure.WAITING,
        severity=Severity.WARNING,
        value=5.0,
        threshold=5.0,
    )
    fold_of = AlarmRecords()
    assert store.write({fold_of.table: list(fold(fold_of, journal_of([(0.0, raised)])))}, 1) == []
    store.close()
    return AlarmVerbs(alarms, RecordReader(records), rig.clock, rig.driver.submit).verbs()


def recording_verbs(folder: Path, rig: ExchangeRig) -> tuple[Verb, ...]:
    """Of a switch with one recording, of a call with one agent, that is tagged."""
    records = RecordsConfig(database=f"sqlite:///{folder}/records.db")
    recordings = Recordings()
    projections = (recordings, RecordingParties(recordings), RecordingChanges())
    store = RecordStore(records.database, [projection.table for projection in projections])
    store.open()
    tagged = RecordingTagged(recording_id="recording-1", tag="投诉", by="李娜")
    entries = journal_of([*answered_call(), (60.0, tagged)])
    rows = fold_all(projections, entries)
    assert store.write({table: list(some) for table, some in rows.items()}, 1) == []
    store.close()
    finder = RecordingFinder(RecordReader(records))
    deleter = Deleter(Remover(folder, None, Access()), InHand())
    catalogue = Catalogue(
        records, finder, deleter, lambda *_: None, lambda *_: None, rig.driver.submit, lambda: True
    )
    rig.driver.observe(catalogue.recent.observe, catalogue.recent.wants)
    return catalogue.verbs()


async def ask(folder: Path, *questions: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the verbs answer to a client, one after the other."""
    config = ControlConfig(socket=folder / "ringmain.sock")
    token = TokenConfig(name="workforce", role=Role.ADMINISTRATOR, sha256=token_hash(SECRET))
    entrance = Entrance(Door(DoorRules(), Credentials([token])), ManualClock(), lambda event: None)
    server = ControlServer(config, all_verbs(folder), Neighbours(picture=PICTURE, entrance=entrance))
    entrance.open({"": server})
    await server.open()
    try:
        async with ControlClient.connect(config.socket) as client:
            return [await client.call(verb, **params) for verb, params in questions]
    finally:  # a loop whose server is open does not end
        await server.close()


def test_a_question_that_is_refused_ends_the_asking(tmp_path: Path) -> None:
    with pytest.raises(VerbRefused, match="no call call-none is up"):
        uvloop.run(ask(tmp_path, ("call.show", {"call_id": "call-none"})))


def test_the_table_of_verbs_is_what_verb_list_says(tmp_path: Path) -> None:
    (verbs,) = uvloop.run(ask(tmp_path, ("verb.list", {})))
    assert with_table(PAGE, verbs) == PAGE, "write it anew: python -m tests.switch.control.verbs_table"


SECRET = "ringmain_47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
AGENT = {"agent": "1001"}
BY = {"by": "9001"}
TRUNK = {"trunk": "carrier"}
PARTY = {"call_id": "call-1", "party_id": "party-1"}
CONSULTATION = "call-5"
PARKED = "call-29"
WAITING, CONSULTING = ("call-5", "call-7"), ("call-9", "call-19")
SUPERVISE = BY | {"agent": "81", "station": "1003"}
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("call.stop_speech", {"call_id": "call-1", "request_id": "speech-1"}),
    ("call.speak", {"call_id": "call-1", "text": "您好"}),
    ("call.recognise", {"call_id": "call-1", "grammars": ["builtin:speech/transcribe"]}),
    ("speech_server.list", {}),
    ("agent.sign_in", AGENT | {"station": "1001"}),
    ("agent.ready", AGENT),
    (
        "item.submit",
        {
            "item": "chat-1",
            "medium": "chat",
            "queues": ["service"],
            "tags": ["老人"],
            "data": {"text": "停电了"},
        },
    ),
    ("item.list", {}),
    ("item.accept", AGENT | {"item": "chat-1"}),
    ("item.submit", {"item": "chat-2", "medium": "chat", "queues": ["service"]}),
    ("item.reject", AGENT | {"item": "chat-2"}),
    ("agent.not_ready", AGENT | {"reason": "午" * 100}),
    ("agent.force_ready", AGENT | BY),
    ("agent.force_not_ready", AGENT | BY | {"reason": "training"}),
    ("agent.force_ready", AGENT | BY),
    ("agent.ask_leave", AGENT | {"reason": "如厕"}),
    ("agent.deny_leave", AGENT | BY),
    ("agent.ask_leave", AGENT | {"reason": "如厕"}),
    ("agent.take_back_leave", AGENT),
    ("agent.ask_leave", AGENT | {"reason": "如厕"}),
    ("agent.approve_leave", AGENT | BY),
    ("agent.force_ready", AGENT | BY),
    ("item.submit", {"item": "video-1", "medium": "video", "queues": ["service"]}),
    ("item.accept", AGENT | {"item": "video-1"}),
    ("agent.release", AGENT | BY),
    ("agent.extend_wrap_up", AGENT | {"extend_s": 30}),
    ("agent.end_wrap_up", AGENT),
    ("agent.figures", AGENT),
    ("agent.reasons", {}),
    ("agent.list", {}),
    ("item.finish", AGENT | {"item": "chat-1"}),
    ("item.withdraw", {"item": "chat-2"}),
    ("agent.force_sign_out", AGENT | BY),
    ("agent.sign_in", AGENT | {"station": "1001"}),
    ("agent.sign_out", AGENT),
    ("ban.add", {"source": "192.0.2.66", "duration_s": 600}),
    ("ban.list", {}),
    ("ban.lift", {"source": "192.0.2.66"}),
    ("list.add", {"list": "vip", "entries": [{"number": "13900139000", "valid_until": "2099-01-01"}]}),
    ("list.list", {}),
    ("list.show", {"list": "vip"}),
    ("list.lookup", {"number": "13900139000"}),
    ("list.remove", {"list": "vip", "numbers": ["13900139000"]}),
    ("lookup.try", {"service": "billing", "path": "/bills", "query": {"户号": "0450012345"}}),
    ("lookup.list", {}),
    ("hook.answer", {"hook_id": "hook-1", "data": {"ticket": 7}}),
    ("alarm.list", {}),
    ("alarm.acknowledge", {"alarm_id": "alarm-1", "by": "9001"}),
    ("alarm.silence", {"alarm": "long-line", "for_s": 3600, "by": "9001"}),
    ("alarm.history", {}),
    ("calendar.override", {"calendar": "office", "state": "open", "until": "2030-01-01T08:00"}),
    ("calendar.list", {}),
    ("calendar.show", {"calendar": "office"}),
    ("call.list", {}),
    ("call.show", {"call_id": "call-1"}),
    (
        "call.set_data",
        {
            "call_id": "call-1",
            "data": {"order_no": "D-20261122-7", "urgent": True, "products": ["光纤", "固话"]},
        },
    ),
    ("call.get_data", {"call_id": "call-1"}),
    ("call.pause_recording", {"call_id": "call-1", "channel": "customer"}),
    ("call.resume_recording", {"call_id": "call-1"}),
    ("call.stop_recording", {"call_id": "call-1"}),
    ("call.record", {"call_id": "call-1"}),
    ("media.fork", {"call_id": "call-1", "url": "wss://bot.example/stream"}),
    ("media.forks", {}),
    ("media.unfork", {"fork_id": "fork-1"}),
    ("speech.make", {"text": "您好", "language": "zh"}),
    ("speech.engines", {}),
    ("prompt.record", {"prompt": "zh/outage", "station": "1001"}),
    ("call.play", {"call_id": "call-1", "prompts": ["zh/notice"]}),
    ("call.stop_playing", {"call_id": "call-1"}),
    ("call.say", {"call_id": "call-1", "text": "您好"}),
    ("call.send_digits", {"call_id": "call-1", "digits": "1,,204#"}),
    ("call.mute", {"call_id": "call-1", "side": "customer"}),
    ("call.unmute", {"call_id": "call-1", "side": "customer"}),
    ("call.collect", {"call_id": "call-1", "max_digits": 4}),
    ("call.stop_collecting", {"collect_id": "collection-3"}),
    ("call.take_digits", {"collect_id": "collection-0"}),
    ("call.mask_digits", {"call_id": "call-1"}),
    ("call.masked_digits", {"mask_id": "mask-1"}),
    ("call.unmask_digits", {"mask_id": "mask-1"}),
    ("call.hang_up", {"call_id": "call-1"}),
    ("call.originate", {"whom": "station:1001", "target": "number:02088886666"}),
    ("call.hold", {"call_id": "call-1"}),
    ("call.retrieve", {"call_id": "call-1"}),
    ("call.consult", {"call_id": "call-1", "target": "queue:service"}),
    ("call.toggle", {"call_id": "call-1"}),
    ("call.cancel_consultation", {"call_id": "call-1"}),
    ("call.transfer", {"call_id": "call-1", "target": "station:1003", "hold": True}),
    ("call.join", {"call_id": CONSULTING[0]}),
    ("call.complete_transfer", {"call_id": CONSULTING[1]}),
    ("call.park", {"call_id": PARKED}),
    ("park.list", {}),
    ("call.pick_up", {"slot": "701", "station": "1003"}),
    ("call.answer", {"call_id": WAITING[0]}),
    ("call.redirect", {"call_id": WAITING[0], "target": "queue:service"}),
    ("call.reject", {"call_id": WAITING[1], "cause": "USER_BUSY"}),
    ("call.monitor", SUPERVISE),
    ("call.whisper", SUPERVISE),
    ("call.barge", SUPERVISE),
    ("call.intercept", SUPERVISE),
    ("call.supervisors", {}),
    ("call.add_party", {"call_id": "call-1", "whom": "station:1002"}),
    ("call.mute_party", PARTY),
    ("call.unmute_party", PARTY),
    ("call.parties", {"call_id": "call-1"}),
    ("call.drop_party", PARTY),
    ("call.join_calls", {"call_id": "call-1", "from_call_id": CONSULTATION}),
    ("call.stop_supervising", BY | {"station": "1003"}),
    ("agent.follow", SUPERVISE | {"mode": "whisper"}),
    ("mailbox.set", {"station": "1001", "new": 2, "old": 8}),
    ("message.send", {"station": "1001", "text": "明天九点开会"}),
    ("agent.set_skills", AGENT | {"skills": {"billing": 5}}),
    ("agent.set_auto_answer", AGENT | {"on": True}),
    ("agent.set_queues", AGENT | {"queues": ["service", "billing"]}),
    ("queue.list", {}),
    ("agent.move", {"agents": ["1001"], "join": ["service"], "leave": ["billing"]}),
    ("queue.add", {"call_id": "call-2", "queue": "billing"}),
    ("queue.move_caller", {"call_id": "call-2", "queue": "service"}),
    ("queue.add", {"call_id": "call-2", "queue": "billing"}),
    ("queue.waiting", {"queue": "service"}),
    ("queue.change_caller", {"call_id": "call-2", "priority": 20}),
    ("queue.explain", {"call_id": "call-2"}),
    ("agent.explain", AGENT),
    ("queue.remove", {"call_id": "call-2", "queue": "billing"}),
    ("queue.callback", {"numbers": ["13800138000"], "queues": ["service"]}),
    ("queue.callbacks", {}),
    ("queue.cancel_callback", {"callback_id": "callback-7"}),
    ("flow.list", {}),
    ("flow.nodes", {"flow": "hotline"}),
    ("flow.publish", {"flow": "hotline", "share": 0.1, "by": "li", "note": "节日问候"}),
    ("flow.share", {"flow": "hotline", "share": 0.5}),
    ("flow.history", {"flow": "hotline"}),
    ("flow.rollback", {"flow": "hotline"}),
    ("recording.link", {"recording_id": "recording-1"}),
    ("recording.list", {"called": "95598", "tag": "投诉", "limit": 1}),
    ("station.record", {"station": "1003"}),
    ("station.stop_recording", {"station": "1003"}),
    ("station.resync", {"station": "1001"}),
    ("recording.play", {"recording_id": "recording-1", "station": "1001"}),
    ("recording.rate", {"recording_id": "recording-1", "rating": 4}),
    ("recording.tag", {"recording_id": "recording-1", "tag": "vip"}),
    ("recording.untag", {"recording_id": "recording-1", "tag": "vip"}),
    ("recording.hold", {"recording_id": "recording-1", "reason": "case 7"}),
    ("recording.release", {"recording_id": "recording-1", "reason": "settled"}),
    ("recording.show", {"recording_id": "recording-1"}),
    ("recording.convert", {"recording_id": "recording-1"}),
    ("recording.move", {"recording_id": "recording-1"}),
    ("recording.delete", {"recording_id": "recording-1", "reason": "asked for by the customer"}),
    ("registration.list", {}),
    ("registration.remove", {"station": "1001"}),
    ("configuration.reload", {"check": True}),
    ("configuration.diff", {}),
    ("configuration.reload", {}),
    (
        "configuration.set",
        {"section": "agents", "name": "1002", "keys": {"queues": ["service"]}, "by": "李娜", "why": "新员工"},
    ),
    (
        "configuration.change",
        {
            "changes": [
                {"section": "queues", "name": "billing", "keys": {"max_waiting": 20}},
                {"section": "agents", "name": "1002", "keys": {"queues": ["service", "billing"]}},
            ]
        },
    ),
    ("configuration.remove", {"section": "agents", "name": "1002"}),
    ("configuration.undo", {"by": "李娜"}),
    ("configuration.history", {}),
    ("configuration.show", {"section": "agents", "name": "1002"}),
    ("tenant.create", {"tenant": "globex", "domain": "globex.example", "by": "李娜"}),
    ("tenant.change", {"tenant": "globex", "keys": {"calls": 30}}),
    ("tenant.suspend", {"tenant": "globex", "why": "合同到期"}),
    ("tenant.resume", {"tenant": "globex"}),
    ("tenant.remove", {"tenant": "globex"}),
    ("tenant.list", {}),
    ("tenant.show", {"tenant": "acme"}),
    ("sip.reload_certificates", {}),
    ("station.list", {}),
    ("trunk.disable", TRUNK),
    ("trunk.enable", TRUNK),
    ("trunk.list", {}),
    ("trunk.show", TRUNK),
    ("switch.status", {}),
    ("event.snapshot", {"topics": ["call.*"]}),
    ("session.ping", {}),
    ("session.authenticate", {"token": SECRET}),
    ("event.subscribe", {"topics": ["agent.*", "call.ended"]}),
    ("event.unsubscribe", {"topics": ["call.ended"]}),
    ("verb.list", {}),
    ("agent.sign_in", AGENT | {"station": "1001"}),
    ("agent.send_message", {"agents": ["1001"], "text": "九点开会", "by": "9001"}),
    ("agent.messages", AGENT),
    ("agent.confirm_message", AGENT | {"message_id": "message-9"}),
]


def test_the_sound_of_a_leg_is_told_as_at_its_end() -> None:
    assert {"leg_id", *SOUND} == set(field_names(EndpointClosed))


def test_every_verb_answers_as_its_example_does(tmp_path: Path) -> None:
    answers = dict(zip((verb for verb, _ in QUESTIONS), uvloop.run(ask(tmp_path, *QUESTIONS)), strict=True))
    listed = answers.pop("verb.list")
    assert {verb["name"] for verb in listed} == {"verb.list", *answers}
    assert example_of("verb.list")[0] in listed
    for verb, answer in answers.items():
        example = example_of(verb)
        if isinstance(example, list) and isinstance(answer, dict):
            example = example[0]  # "one such map"
        assert alike(example, answer), f"{verb} answers {answer}"


def example_of(verb: str) -> Any:
    """The first JSON below the paragraph that begins the verb's answer."""
    answers = PAGE.split("### What they answer")[1].split("\n## ")[0]
    return json.loads(answers.split(f"`{verb}`", 1)[1].split("```json\n", 1)[1].split("```", 1)[0])


def alike(example: Any, real: Any) -> bool:
    """Whether two values have the same keys and types; null stands for any of them."""
    match example, real:
        case (None, _) | (_, None):
            return True
        case dict(), dict():
            return example.keys() == real.keys() and all(alike(example[key], real[key]) for key in example)
        case [], list():
            return True
        case list(), list():
            return bool(real) and alike(example[0], real[0])
        case (float(), int() | float()):
            return True
    return type(example) is type(real)


def test_the_page_names_every_error_code() -> None:
    documented = {words(code)[0] for code, _ in rows("Errors")} | {"malformed"}
    assert documented == {code.value for code in ErrorCode}
    assert "`malformed`" in PAGE


def test_the_line_of_the_journal_is_one() -> None:
    (line,) = re.findall(r"```json\n(.*)\n```", PAGE.split("## The journal")[1])
    event = CallAnswered(call_id="call-5f0c9a1e7b2d4c38")
    assert decode_line(line.encode()) == JournalEntry(
        412, 1790000003.25, CallAnswered.topic, event_fields(event)
    )


class Agent(Params):
    agent: str
    reason: str = ""


@pytest.mark.parametrize(
    ("example", "printed"),
    [(0, ["7 call.answered {}", "8 call.ended {}"]), (1, ["1001 available", "refused they talk"])],
)
def test_the_examples_run(
    example: int, printed: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[example]
    uvloop.run(run_beside_a_switch(program, tmp_path))
    assert capfd.readouterr().out.splitlines() == printed


async def run_beside_a_switch(program: str, folder: Path) -> None:
    def ready(params: Agent) -> None:
        for sequence, topic in ((6, "agent.state_changed"), (7, CallAnswered.topic), (8, CallEnded.topic)):
            server.observe(JournalEntry(sequence, 0.0, topic, {}))

    def refuse(params: Agent) -> None:
        raise UsageError("they talk")

    server = ControlServer(
        ControlConfig(socket=folder / "run" / "ringmain.sock"),
        [
            Verb("agent.ready", Agent, ready, "Ready.", who=EVERYBODY),
            Verb("agent.not_ready", Agent, refuse, "Not ready.", who=EVERYBODY),
            Verb(
                "agent.list",
                NoParams,
                lambda _: [{"id": "1001", "state": "available"}],
                "Agents.",
                who=EVERYBODY,
            ),
        ],
    )
    await server.open()
    here = os.getcwd()
    os.chdir(folder)
    try:
        await asyncio.to_thread(exec, compile(program, "docs/verbs.md", "exec"), {})
    finally:
        os.chdir(here)
        await server.close()
