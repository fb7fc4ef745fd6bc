"""Folders of flows, the house's and each tenant's, for those who check, test and draw them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.configuration.centres import CentreFlows, flow_store, known_prompts, read_flows
from cli.configuration.error import ConfigurationError
from cli.configuration.loading import read_configuration, without_collecting
from cli.configuration.tenant_centres import read_centre
from cli.configuration.tenants import read_tenants
from ivr.document import Flow
from ivr.walk import Rules
from media.prompts import load_prompts
from runtime.errors import UsageError
from runtime.problems import Problem, closest
from runtime.tenancy import HOUSE, qualify


@dataclass(frozen=True, slots=True)
class FlowFolder:
    """What one call centre has of flows, in its own names."""

    tenant: str
    folder: Path
    flows: dict[str, Flow]
    """Those without a mistake."""
    problems: list[Problem]
    rules: Rules

    @property
    def mistaken(self) -> set[str]:
        """The names of documents with a mistake, which are those of their flows as a rule."""
        return {Path(problem.file).stem for problem in self.problems}

    def name_of(self, flow: str) -> str:
        """In the names of the switch."""
        return qualify(self.tenant, flow)


def read_flow_folders(path: Path) -> list[FlowFolder]:
    """Of the configuration at ``path``. What is wrong with its other sections is of no interest here.

    Raises ConfigurationError when the file cannot be read whole, or there is no folder.
    """
    with without_collecting():
        return list(_folders(path))


def chosen(folders: Collection[FlowFolder], names: Collection[str]) -> set[str]:
    """The flows that are meant, by their names in the switch; all when none is named. Raises UsageError."""
    there = {folder.name_of(flow) for folder in folders for flow in folder.flows}
    mistaken = {folder.name_of(flow) for folder in folders for flow in folder.mistaken}
    for name in names:
        if name in mistaken - there:
            raise UsageError(f"the flow {name} has a mistake; `ringmain flows check {name}` tells it")
        if name not in there:
            near = closest(name, there | mistaken)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(there)) or 'none'}"
            raise UsageError(f"there is no flow {name}; {hint}")
    return set(names) or there


def _folders(path: Path) -> Iterator[FlowFolder]:
    reading = read_configuration(path)
    wrong = [found for found in reading.problems if not reading.whole or found.key.startswith("ivr")]
    if wrong:
        raise ConfigurationError(wrong, complete=False)
    configuration = reading.configuration
    ivr = configuration.ivr
    rules = Rules(max_node_visits=ivr.max_node_visits, on_error=ivr.on_error)
    prompts, unusable = load_prompts(configuration.media.prompts)
    known = known_prompts(configuration.media.prompts, prompts.with_tones(configuration.tones), unusable)
    house = read_flows(reading, ivr.flows, known, (), flow_store(ivr.published))
    yield _folder(HOUSE, ivr.flows, house, house.problems, rules)
    for tenant in read_tenants(reading)[0]:
        if tenant.config.flows is not None:
            centre = read_centre(tenant, known, ivr.published)
            yield _folder(centre.name, tenant.config.flows, centre.flows, centre.problems, rules)


def _folder(
    tenant: str, folder: Path, found: CentreFlows, problems: list[Problem], rules: Rules
) -> FlowFolder:
    """With the mistakes in documents of published flows: the documents are what is looked at here."""
    flows = {name: editions.of_folder for name, editions in found.flows.items()}
    return FlowFolder(tenant, folder, flows, [*problems, *found.cautions], rules)
