"""Reads the tenants' files, each as a call centre by itself, in its own names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.configuration.cross_references import find_problems_of_centre, find_repeated
from cli.configuration.error import ConfigurationError
from cli.configuration.loading import Reading, read_document, resolve, without_collecting
from cli.configuration.sections import CENTRE_SECTIONS, Configuration, TenantFile
from cli.paths import shown_path
from runtime.problems import Finding, Problem, listed
from runtime.tenancy import TENANT_PATTERN
from switch.alarms.measures import Kind
from switch.tenants.config import TenantConfig

TENANT_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class TenantReading:
    """A tenant's file, as far as it is right."""

    name: str
    config: TenantConfig
    reading: Reading
    """Its configuration is the house's with the tenant's own sections, in its own names, in their place."""


def read_tenants(house: Reading) -> tuple[list[TenantReading], list[Problem]]:
    """All tenants, in the order of their names, and what is wrong with their files beside what they hold."""
    folder = house.configuration.tenants.folder
    if folder is None:
        return [], []
    paths = house.texts.listed(folder, TENANT_SUFFIX)
    if not paths and not folder.is_dir():
        missing = Finding(
            ("tenants", "folder"),
            f"a folder of tenants' files, but {shown_path(folder)} is none: make it, or name another",
        )
        return [], [*house.place([missing])]
    tenants: list[TenantReading] = []
    problems: list[Problem] = []
    with without_collecting():
        for path in paths:
            try:
                tenants.append(_read_tenant(path, house))
            except ConfigurationError as error:
                problems += error.problems
    return tenants, [*problems, *_unlike_names(tenants)]


def _read_tenant(path: Path, house: Reading) -> TenantReading:
    document = read_document(path, TenantFile, house.texts)
    file = resolve(TenantFile(**document.draft.sections), path.parent)
    reading = document.reading(_view(house.configuration, file), whole=document.whole and house.whole)
    if reading.whole:
        reading.problems.extend(reading.place(find_problems_of_centre(reading.configuration)))
        reading.problems.extend(reading.place(find_repeated(reading.tree), counted_in_file=True))
        own = [*_homeless_stations(file), *_too_many(file), *_tokens_of_others(file), *_strange_alarms(file)]
        reading.problems.extend(reading.place(own))
    return TenantReading(path.stem, file.tenant, reading)


def _view(house: Configuration, file: TenantFile) -> Configuration:
    update: dict[str, Any] = {section: getattr(file, section) for section in CENTRE_SECTIONS}
    update["sip"] = house.sip.model_copy(update={"realm": file.tenant.asks_in, "stations_file": None})
    return house.model_copy(update=update)


def _homeless_stations(file: TenantFile) -> Iterator[Finding]:
    if file.stations and file.tenant.domain is None:
        yield Finding(("tenant", "domain"), "the domain that its stations register at")


def _too_many(file: TenantFile) -> Iterator[Finding]:
    for section in ("agents", "queues", "stations"):
        most, there = getattr(file.tenant, section), len(getattr(file, section))
        if most and there > most:
            yield Finding((section, most), f"{most} {section} at most, as [tenant] allows; there are {there}")


def _tokens_of_others(file: TenantFile) -> Iterator[Finding]:
    for index, token in enumerate(file.tokens):
        if token.tenant:
            yield Finding(("tokens", index, "tenant"), "nothing: tokens of a tenant's file are the tenant's")


def _strange_alarms(file: TenantFile) -> Iterator[Finding]:
    """Trunks and the switch are the house's."""
    for index, alarm in enumerate(file.alarms):
        if alarm.kind not in (Kind.QUEUE, Kind.AGENT):
            yield Finding(("alarms", index, "kind"), "queue or agent, of which a tenant has its own")


def _unlike_names(tenants: Iterable[TenantReading]) -> Iterator[Problem]:
    for tenant in tenants:
        if not re.fullmatch(TENANT_PATTERN, tenant.name):
            expected = f"a name of 1 to 24 of a-z, 0-9 and _, such as acme{TENANT_SUFFIX}"
            yield Problem(str(tenant.reading.path), 0, "", tenant.name, expected)


def find_unknown_shares(house: Configuration, tenants: Sequence[TenantReading]) -> list[Finding]:
    """Channels of trunks that are kept for nobody."""
    names = {tenant.name for tenant in tenants}
    return [
        Finding(("trunks", index, "shares", name), "the name of a tenant", name)
        for index, trunk in enumerate(house.trunks)
        for name in sorted(trunk.shares.keys() - names)
    ]


def find_strange_tokens(house: Configuration, tenants: Sequence[TenantReading]) -> list[Finding]:
    """Tokens of the main file for tenants or agents of tenants that there are not."""
    agents = {each.name: {agent.id for agent in each.reading.configuration.agents} for each in tenants}
    findings = []
    for index, token in enumerate(house.tokens):
        if token.tenant and token.tenant not in agents:
            findings.append(Finding(("tokens", index, "tenant"), f"a tenant: {listed(agents)}"))
        elif token.tenant and token.agent and token.agent not in agents[token.tenant]:
            expected = f"an agent of {token.tenant}: {listed(agents[token.tenant])}"
            findings.append(Finding(("tokens", index, "agent"), expected))
    return findings


def find_clashes(house: Configuration, tenants: Sequence[TenantReading]) -> list[Problem]:
    """Numbers, domains and phones that more than one of them has."""
    numbers = {code.number: "the house" for code in house.access_codes}
    phones = {station.mac_digits: "the house" for station in house.stations}
    domains: dict[str, str] = {}
    problems: list[Problem] = []
    for tenant in tenants:
        codes = tenant.reading.configuration.access_codes
        findings = [
            Finding(("access_codes", index, "number"), f"a number of its own; {owner} has this one")
            for index, code in enumerate(codes)
            if (owner := numbers.setdefault(code.number, tenant.name)) != tenant.name
        ]
        findings += _phones_of_others(tenant, phones)
        domain = tenant.config.domain
        if domain and (owner := domains.setdefault(domain.lower(), tenant.name)) != tenant.name:
            findings.append(Finding(("tenant", "domain"), f"a domain of its own; {owner} has this one"))
        problems += tenant.reading.place(findings)
    return problems


def _phones_of_others(tenant: TenantReading, owners: dict[str, str]) -> list[Finding]:
    """Hardware addresses by which a phone would fetch the file of another centre's station.

    Tenants set these themselves, so they are not told whose it is. ``owners``: by address; this tenant's are
    added.
    """
    return [
        Finding(("stations", index, "mac"), "an address of its own; another centre's station has this one")
        for index, station in enumerate(tenant.reading.configuration.stations)
        if (mac := station.mac_digits) and owners.setdefault(mac, tenant.name) != tenant.name
    ]
