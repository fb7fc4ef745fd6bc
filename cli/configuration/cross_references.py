"""Mistakes that only show when sections are read together."""

from collections.abc import Iterator
from pathlib import Path

import acd.config_problems
import switch.sip.transport.config as transport_config
import switch.trunks.config
from acd.config import AGENT_SCHEME, QUEUE_SCHEME
from acd.config_problems import why_no_target
from cli.configuration.sections import Configuration
from cli.configuration.toml_tree import TomlTree
from cli.paths import shown_path
from ivr.config import FLOW_SCHEME
from media.prompt_import import is_prompt_name
from runtime.problems import Finding, KeyPath, listed
from runtime.target import HANG_UP, Target, parse_target
from switch.counter.counter import COUNTER_SCHEME, RECORD
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME
from switch.feature_codes.actions import FEATURE_SCHEME, parse_action
from switch.lookups.credentials import faults_of
from switch.prompt_recording.booth import PROMPT_SCHEME
from switch.sip.transport.certificates import faults_of_connections, faults_of_listener, faults_of_pair
from switch.trunks.routing import Routing
from switch.voice_messages.voice_messages import MESSAGE_SCHEME

_NAMING_KEYS = (
    ("stations", "name"),
    ("access_codes", "number"),
    ("trunks", "name"),
    ("areas", "name"),
    ("calendars", "name"),
    ("number_lists", "name"),
    ("lookups", "name"),
    ("queues", "name"),
    ("agents", "id"),
    ("message_boxes", "name"),
    ("alarms", "name"),
    ("tokens", "name"),
    ("tokens", "sha256"),
)
"""In each list of sections, the key that tells its entries apart."""


_AT_COUNTER = Target(COUNTER_SCHEME, RECORD)
_TARGETS = (
    "flow:<name>, queue:<name>, agent:<number>, station:<name>, number:<digits>, message:<box>, "
    f"prompt:<name>, feature:<action> or {_AT_COUNTER}"
)


def find_repeated(tree: TomlTree) -> list[Finding]:
    """Names given twice, in entries that are otherwise right or not; paths count the file's entries."""
    return [finding for section, key in _NAMING_KEYS for finding in _repeated(tree, section, key)]


def find_problems(configuration: Configuration) -> list[Finding]:
    """What is wrong between sections that are each right by themselves."""
    return [
        *find_problems_of_centre(configuration),
        *switch.trunks.config.find_problems(configuration.trunks, configuration.routes, configuration.areas),
        *_overlapping_ports(configuration),
        *transport_config.find_problems(configuration.sip, configuration.listeners),
        *_unusable_certificates(configuration),
        *_phones_without_a_way(configuration),
        *_missing_folder(("media", "prompts"), configuration.media.prompts, "prompts"),
        *_missing_folder(("ivr", "flows"), configuration.ivr.flows, "flow documents"),
    ]


def find_problems_of_centre(configuration: Configuration) -> list[Finding]:
    """The same between the sections that a tenant has too."""
    return [
        *acd.config_problems.find_problems(configuration.queues, configuration.agents),
        *_unknown_calendars(configuration),
        *_unknown_services(configuration),
        *_unknown_readers(configuration),
        *_unknown_targets(configuration),
        *_missing_hashes(configuration),
        *_unusable_files(configuration),
        *_strange_agents(configuration),
        *_shared_phones(configuration),
    ]


def targets(configuration: Configuration) -> list[tuple[KeyPath, Target]]:
    """Every place that sends calls somewhere, and where to."""
    codes, lists = configuration.access_codes, configuration.number_lists
    ways_out = [
        *((("access_codes", i, "target"), code.target) for i, code in enumerate(codes)),
        *((("access_codes", i, "on_failure"), code.on_failure) for i, code in enumerate(codes)),
        *(
            pair
            for i, queue in enumerate(configuration.queues)
            for pair in acd.config_problems.ways_out(i, queue)
        ),
        *((("number_lists", i, "target"), of.target) for i, of in enumerate(lists) if of.target is not None),
    ]
    return [(path, parse_target(target)) for path, target in ways_out if target != HANG_UP]


def _repeated(tree: TomlTree, section: str, key: str) -> Iterator[Finding]:
    entries = tree.get((section,))
    first: dict[str, int] = {}
    for index in range(len(entries) if isinstance(entries, list) else 0):
        value = tree.get((section, index, key))
        if isinstance(value, str) and (earlier := first.setdefault(value, index)) != index:
            yield Finding((section, index, key), f"a {key} of its own; {section}[{earlier}] has this one")


def _unknown_targets(configuration: Configuration) -> Iterator[Finding]:
    """Names of flows are checked when the flows are loaded, the queues' own targets by the ACD."""
    queues = {queue.name for queue in configuration.queues}
    agents = acd.config_problems.own_queues(configuration.agents)
    stations = {station.name for station in configuration.stations}
    boxes = {str(Target(MESSAGE_SCHEME, box.name)) for box in configuration.message_boxes}
    routing = Routing(configuration.routes)
    for path, target in targets(configuration):
        if target == _AT_COUNTER or str(target) in boxes:
            continue
        if target.scheme == PROMPT_SCHEME and is_prompt_name(target.name):
            continue
        if target.scheme == FEATURE_SCHEME and parse_action(target.name) is not None:
            continue
        if target.scheme not in (FLOW_SCHEME, QUEUE_SCHEME, AGENT_SCHEME, STATION_SCHEME, NUMBER_SCHEME):
            yield Finding(path, _TARGETS)
        elif path[0] != "queues" and (expected := why_no_target(str(target), queues, agents)) is not None:
            yield Finding(path, expected)
        elif target.scheme == STATION_SCHEME and target.name not in stations:
            yield Finding(path, f"station:<name>, one of {listed(stations)}")
        elif target.scheme == NUMBER_SCHEME and routing.find(target.name) is None:
            yield Finding(path, "number:<digits> that a route in [[routes]] carries")


def _unknown_calendars(configuration: Configuration) -> Iterator[Finding]:
    names = {calendar.name for calendar in configuration.calendars}
    for index, queue in enumerate(configuration.queues):
        for key, name in (("calendar", queue.calendar), ("callback_calendar", queue.callback_calendar)):
            if name and name not in names:
                yield Finding(("queues", index, key), f"the name of a calendar: {listed(names)}")
    for index, alarm in enumerate(configuration.alarms):
        if alarm.calendar and alarm.calendar not in names:
            yield Finding(("alarms", index, "calendar"), f"the name of a calendar: {listed(names)}")


def _unknown_services(configuration: Configuration) -> Iterator[Finding]:
    """Whom alarms would tell."""
    names = {lookup.name for lookup in configuration.lookups}
    for index, alarm in enumerate(configuration.alarms):
        for place, name in enumerate(alarm.services):
            if name not in names:
                yield Finding(
                    ("alarms", index, "services", place), f"a service of [[lookups]]: {listed(names)}"
                )


def _unknown_readers(configuration: Configuration) -> Iterator[Finding]:
    """Agents whom alarms would tell."""
    agents = {agent.id for agent in configuration.agents}
    for index, alarm in enumerate(configuration.alarms):
        for place, number in enumerate(alarm.agents):
            if number not in agents:
                yield Finding(("alarms", index, "agents", place), f"an agent: {listed(agents)}")


def _missing_hashes(configuration: Configuration) -> Iterator[Finding]:
    """A station must be able to prove itself by every algorithm it is offered."""
    sip = configuration.sip
    for index, station in enumerate(configuration.stations):
        offered = station.algorithms or sip.algorithms
        missing = [algorithm for algorithm in offered if algorithm not in station.hashes(sip.realm)]
        if missing:
            yield Finding(("stations", index, "ha1"), f"a hash for {missing[0]} too, which it is offered")


def _overlapping_ports(configuration: Configuration) -> Iterator[Finding]:
    media, port = configuration.media, configuration.sip.port
    if media.port_min <= port <= media.port_max:
        yield Finding(
            ("sip", "port"), f"a port outside media's range, {media.port_min} to {media.port_max}", str(port)
        )


def _unusable_certificates(configuration: Configuration) -> Iterator[Finding]:
    for index, listener in enumerate(configuration.listeners):
        for key, expected in faults_of_listener(listener):
            yield Finding(("listeners", index, key), expected)
    for key, expected in faults_of_connections(configuration.connections):
        yield Finding(("connections", key), expected)
    for index, door in enumerate(configuration.control.listeners):
        for key, expected in faults_of_listener(door):
            yield Finding(("control", "listeners", index, key), expected)
    http = configuration.http
    if http.certificate is not None and http.private_key is not None:
        for key, expected in faults_of_pair(http.certificate, http.private_key):
            yield Finding(("http", key), expected)


def _phones_without_a_way(configuration: Configuration) -> Iterator[Finding]:
    """Files with passwords go by TLS, or through networks that are named."""
    provisioning, http = configuration.provisioning, configuration.http
    is_served = provisioning.folder is not None and http.enabled
    if is_served and http.certificate is None and not provisioning.networks:
        expected = "http.certificate, or networks that phones fetch from without TLS, beside it"
        yield Finding(("provisioning", "folder"), expected)


def _shared_phones(configuration: Configuration) -> Iterator[Finding]:
    macs: dict[str, str] = {}
    for index, station in enumerate(configuration.stations):
        digits = station.mac_digits
        if digits and (other := macs.setdefault(digits, station.name)) != station.name:
            yield Finding(("stations", index, "mac"), f"an address of its own; station {other} has this one")


def _unusable_files(configuration: Configuration) -> Iterator[Finding]:
    for index, lookup in enumerate(configuration.lookups):
        for key, expected in faults_of(lookup):
            yield Finding(("lookups", index, key), expected)


def _strange_agents(configuration: Configuration) -> Iterator[Finding]:
    """Agents of tenants are known when their files are read."""
    agents = {agent.id for agent in configuration.agents}
    for index, token in enumerate(configuration.tokens):
        if token.agent and not token.tenant and token.agent not in agents:
            yield Finding(("tokens", index, "agent"), f"an agent: {listed(agents)}")


def _missing_folder(path: KeyPath, folder: Path, of: str) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(
            path,
            f"a folder of {of}, but {shown_path(folder)} is none: make it, be it empty, or name another",
        )
