"""What tenants have, put beside the house's own in the names of the switch."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cli.configuration.centres import (
    AnyName,
    CentreFlows,
    flow_store,
    named_by_centre,
    of_documents,
    read_flows,
)
from cli.configuration.qualifying import Naming, qualified, qualified_flow, qualified_queue
from cli.configuration.sections import CENTRE_SECTIONS, Configuration
from cli.configuration.tenants import TenantReading
from ivr.editions import Editions
from media.prompts import PromptLibrary, load_prompts
from runtime.problems import Problem
from runtime.tenancy import qualify
from switch.access.config import TokenConfig

_OWN_KEYS = {"ivr.flows": "tenant.flows", "media.prompts": "tenant.prompts"}
"""What names the folders of a tenant, by what names the house's."""


@dataclass(frozen=True, slots=True)
class TenantCentre:
    """All that one tenant has, in its own names."""

    tenant: TenantReading
    flows: CentreFlows
    prompts: PromptLibrary
    problems: list[Problem]
    complete: bool
    """As in CentreFlows."""

    @property
    def name(self) -> str:
        return self.tenant.name

    @property
    def naming(self) -> Naming:
        return Naming(self.name, frozenset(self.prompts.names))

    def qualified_flows(self) -> Iterator[tuple[str, Editions]]:
        """By the names of the switch."""
        naming = self.naming
        for name, editions in self.flows.flows.items():
            yield qualify(self.name, name), editions.renamed(lambda flow: qualified_flow(flow, naming))


def read_centre(tenant: TenantReading, house_prompts: Collection[str], published: Path) -> TenantCentre:
    """Read a tenant's flows and prompts. What it does not have itself it hears of the house's prompts."""
    reading, config = tenant.reading, tenant.config
    prompts, wrong = load_prompts(config.prompts) if config.prompts is not None else (PromptLibrary({}), [])
    own = {*prompts.names, *(problem.key for problem in wrong)}
    known = {*house_prompts, *own} if own and not isinstance(house_prompts, AnyName) else house_prompts
    store = flow_store(published, tenant.name)
    naming = Naming(tenant.name, frozenset(prompts.names))
    found = read_flows(
        reading,
        config.flows,
        known,
        named_by_centre(reading.configuration),
        store,
        lambda flow: qualified_flow(flow, naming),
    )
    of_files = (*of_documents(reading, wrong), *found.problems)
    problems = [*reading.problems, *(replace(p, key=_OWN_KEYS.get(p.key, p.key)) for p in of_files)]
    problems += _same_prompts(tenant, prompts, house_prompts)
    return TenantCentre(tenant, found, prompts, problems, found.complete and reading.complete)


def _same_prompts(
    tenant: TenantReading, prompts: PromptLibrary, house_prompts: Collection[str]
) -> Iterator[Problem]:
    for name in prompts.names:
        if (whole := qualify(tenant.name, name)) in house_prompts:
            expected = f"another name; the house has a prompt {whole}"
            yield Problem(str(tenant.config.prompts), 0, name, "", expected)


def put_together(house: Configuration, centres: Iterable[TenantCentre]) -> Configuration:
    """The house's sections and, in the names of the switch, those of all tenants."""
    together: dict[str, list[Any]] = {section: [*getattr(house, section)] for section in CENTRE_SECTIONS}
    together["tokens"] = [_at_home(token) for token in house.tokens]
    for centre in centres:
        for section, entries in _qualified_sections(centre):
            together[section] += entries
    return house.model_copy(update=together)


def _at_home(token: TokenConfig) -> TokenConfig:
    """A token of the main file by the names of the tenant it belongs to."""
    return qualified(token, Naming(token.tenant))


def _qualified_sections(tenant: TenantCentre) -> Iterator[tuple[str, list[Any]]]:
    """Stations with their passwords as hashes only, which are those of the tenant's realm."""
    naming, realm = tenant.naming, tenant.tenant.config.asks_in
    centre = tenant.tenant.reading.configuration
    for section in CENTRE_SECTIONS:
        if section == "queues":
            yield section, [qualified_queue(queue, naming) for queue in centre.queues]
        elif section == "stations":
            yield section, [qualified(s, naming).without_password(realm) for s in centre.stations]
        else:
            yield section, [qualified(entry, naming) for entry in getattr(centre, section)]
