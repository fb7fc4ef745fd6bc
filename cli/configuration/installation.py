"""Everything people wrote for a switch: its configuration, its tenants', its flows, its prompts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.configuration.cautions import find_cautions, find_cautions_of_centre
from cli.configuration.centres import (
    CentreFlows,
    FlowCentre,
    flow_store,
    known_prompts,
    named_by_house,
    of_documents,
    read_flows,
)
from cli.configuration.error import ConfigurationError
from cli.configuration.loading import read_configuration, without_collecting
from cli.configuration.sections import Configuration
from cli.configuration.tenant_centres import put_together, read_centre
from cli.configuration.tenants import (
    TenantReading,
    find_clashes,
    find_strange_tokens,
    find_unknown_shares,
    read_tenants,
)
from cli.configuration.texts import Texts
from ivr.editions import Editions
from media.prompts import PromptLibrary, load_prompts
from runtime.clock import local_now
from runtime.problems import Problem
from switch.tenants.config import TenantConfig
from switch.trunks.area_file import load_areas
from switch.trunks.areas import Areas


@dataclass(frozen=True, slots=True)
class Installation:
    """What ``serve`` starts from, without a mistake."""

    path: Path
    """Of the configuration's file."""
    configuration: Configuration
    """With what tenants have, in the names of the switch."""
    flows: dict[str, Editions]
    prompts: PromptLibrary
    areas: Areas
    cautions: tuple[Problem, ...]
    """What is no mistake, and yet seldom what was meant."""
    tenants: Mapping[str, TenantConfig]
    """By name, in alphabetical order."""
    flow_centres: Mapping[str, FlowCentre]
    """Where flows of the house, under the empty name, and of each tenant are, and what they may name."""
    texts: Texts
    """Of its file and those of its tenants."""


def load_installation(path: Path, texts: Texts | None = None) -> Installation:
    """Read the configuration at ``path``, those of its tenants, and the flows and prompts they name.

    ``texts``: what is known of the files already. Raises ConfigurationError with every mistake in all of them
    at once.
    """
    with without_collecting():
        return _load(path, texts)


def _flow_centres(flows: Mapping[str, CentreFlows]) -> dict[str, FlowCentre]:
    return {tenant: each.centre for tenant, each in flows.items() if each.centre is not None}


def _load(path: Path, texts: Texts | None) -> Installation:
    reading = read_configuration(path, texts)
    configuration = reading.configuration
    files, prompt_problems = load_prompts(configuration.media.prompts)
    prompts = files.with_tones(configuration.tones)
    known = known_prompts(configuration.media.prompts, prompts, prompt_problems)
    published = configuration.ivr.published
    house = read_flows(
        reading, configuration.ivr.flows, known, named_by_house(configuration), flow_store(published)
    )
    problems = [*reading.problems, *house.problems]
    if reading.whole:
        problems += of_documents(reading, prompt_problems)
    tenants, problems_of_files = read_tenants(reading)
    centres = [read_centre(tenant, known, published) for tenant in tenants]
    problems += [*problems_of_files, *find_clashes(configuration, tenants)]
    if not problems_of_files:
        strange = (find_unknown_shares(configuration, tenants), find_strange_tokens(configuration, tenants))
        problems += [problem for findings in strange for problem in reading.place(findings)]
    problems += [problem for centre in centres for problem in centre.problems]
    areas, area_problems = load_areas(configuration.areas, configuration.numbering.areas_file)
    problems += area_problems
    if problems:
        complete = reading.complete and house.complete and all(centre.complete for centre in centres)
        unread = [*problems_of_files, *(problem for problem in area_problems if not problem.line)]
        raise ConfigurationError(problems, complete=complete and not unread)
    own_stations = len(reading.positions.get("stations", ()))
    cautions = (
        *reading.place(find_cautions(configuration, own_stations, local_now())),
        *house.cautions,
        *(caution for tenant in tenants for caution in _cautions_of(tenant)),
        *(caution for centre in centres for caution in centre.flows.cautions),
    )
    return Installation(
        path=path.absolute(),
        configuration=put_together(_without_passwords(configuration), centres),
        flows=house.flows | {name: flow for centre in centres for name, flow in centre.qualified_flows()},
        prompts=prompts.beside({centre.name: centre.prompts for centre in centres}),
        areas=areas,
        cautions=cautions,
        tenants={tenant.name: tenant.config for tenant in tenants},
        flow_centres=_flow_centres({"": house, **{centre.name: centre.flows for centre in centres}}),
        texts=reading.texts,
    )


def _cautions_of(tenant: TenantReading) -> Iterator[Problem]:
    return tenant.reading.place(find_cautions_of_centre(tenant.reading.configuration))


def _without_passwords(configuration: Configuration) -> Configuration:
    """The same with the stations' passwords as hashes only: no running switch needs them."""
    realm = configuration.sip.realm
    stations = [station.without_password(realm) for station in configuration.stations]
    return configuration.model_copy(update={"stations": stations})
