"""What ``ringmain acd simulate`` works with: one or two configurations under the same scenario."""

from dataclasses import dataclass
from pathlib import Path

from acd.simulation.day import Centre
from acd.simulation.runs import Plan
from acd.simulation.setting import centre_of, edges_of
from cli.configuration.installation import load_installation
from cli.configuration.loading import load_configuration
from cli.configuration.sections import Configuration
from cli.scenario_file import load_scenario, streams_of


@dataclass(frozen=True, slots=True)
class Setting:
    """What is run, where."""

    plan: Plan
    centres: list[Centre]
    """As configured, and what if."""


def prepare(scenario: Path, config: Path, what_if: Path | None, seed: int) -> Setting:
    """Read everything. Raises ConfigurationError, SheetError, UsageError with what is wrong.

    The callers are made of the first configuration, so that the second meets the same ones.
    """
    paths = [config] if what_if is None else [config, what_if]
    configurations = [_load(path) for path in paths]
    scenarios = [load_scenario(scenario, one.queues, one.agents) for one in configurations]
    first = scenarios[0]
    streams = streams_of(first, configurations[0].queues)
    for one in configurations[1:]:
        streams_of(first, one.queues)  # tells of callers who would find no queue
    centres = [centre_of(first, one.queues, one.agents, one.acd) for one in configurations]
    return Setting(Plan(streams, edges_of(first), seed), centres)


def _load(path: Path) -> Configuration:
    """With what tenants have, where there are any: only then are flows and prompts read too."""
    configuration = load_configuration(path)
    return configuration if configuration.tenants.folder is None else load_installation(path).configuration
