"""Reads a scenario, TOML or YAML, or tells everything that is wrong with it."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from acd.agent_config import AgentConfig
from acd.queue_config import QueueConfig
from acd.simulation.callers import Stream
from acd.simulation.history import TOPICS, Fact, History
from acd.simulation.scenario import CallersConfig, Scenario
from acd.simulation.setting import find_problems, stream_for
from cli.configuration.error import ConfigurationError
from cli.configuration.loading import resolve
from cli.configuration.toml_syntax import sift
from cli.configuration.toml_tree import TomlTree
from cli.configuration.validation import check_sections, show
from ivr import yaml_tree
from runtime.errors import UsageError
from runtime.problems import KeyPath, Problem, key_text
from switch.records.journal_reader import JournalReader

_AT_A_TIME = 10_000


def load_scenario(path: Path, queues: Sequence[QueueConfig], agents: Sequence[AgentConfig]) -> Scenario:
    """A scenario that fits the configuration. Paths in it are relative to its folder.

    Raises ConfigurationError with every mistake at once, SheetError for its tables.
    """
    tree = _read(path)
    draft = check_sections(Scenario, tree, str(path))
    if draft.problems or draft.missing:
        raise ConfigurationError([*draft.problems, *draft.missing])
    scenario: Scenario = resolve(Scenario(**draft.sections), path.parent)
    problems = [
        Problem(
            str(path),
            tree.line_of(finding.path),
            key_text(finding.path),
            show(tree.get(finding.path)),
            finding.expected,
        )
        for finding in find_problems(scenario, queues, agents)
    ]
    if problems:
        raise ConfigurationError(problems)
    return scenario


def streams_of(scenario: Scenario, queues: Sequence[QueueConfig]) -> list[Stream | History]:
    """All who call, by section. Raises SheetError, UsageError."""
    return [stream_for(callers, scenario, queues, _facts(callers)) for callers in scenario.callers]


def _facts(callers: CallersConfig) -> list[Fact]:
    """What the journal of a section tells of its day."""
    if callers.journal is None or callers.journal_day is None:
        return []
    if not callers.journal.is_dir():
        raise UsageError(f"{callers.journal} is no journal; it is the folder that [records] journal names")
    midnight = datetime.combine(callers.journal_day, time()).timestamp()
    reader, facts = JournalReader(callers.journal, topics=TOPICS), list[Fact]()
    while entries := reader.take(_AT_A_TIME):
        facts += [
            (e.time - midnight, e.topic, e.fields) for e in entries if 0 <= e.time - midnight < 2 * 86_400
        ]
    reader.close()
    return facts


def _read(path: Path) -> TomlTree:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "text in UTF-8"
        raise ConfigurationError(
            [Problem(str(path), 0, "", "", f"a file that can be read ({reason})")]
        ) from None
    return _yaml(path, text) if path.suffix.lower() in (".yaml", ".yml") else _toml(path, text)


def _toml(path: Path, text: str) -> TomlTree:
    sifted = sift(text)
    if sifted.unreadable:
        raise ConfigurationError(
            [Problem(str(path), line.number, "", line.text, line.expected) for line in sifted.unreadable],
            complete=False,
        )
    return TomlTree(sifted.text, sifted.value)


class _YamlTree(TomlTree):
    """The same of a text in YAML."""

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        return yaml_tree.read_tree(self.text).lines


def _yaml(path: Path, text: str) -> TomlTree:
    try:
        yaml_tree.read_tree(text)
        value: Any = YAML(typ="safe", pure=True).load(text)
    except yaml_tree.UnreadableYamlError as error:
        problem = Problem(str(path), error.line, "", "", error.expected)
        raise ConfigurationError([problem], complete=False) from None
    except Exception as error:  # what the library makes of values is not told by it
        raise ConfigurationError([Problem(str(path), 0, "", "", f"plain values ({error})")]) from None
    if not isinstance(value, dict):
        raise ConfigurationError([Problem(str(path), 1, "", "", "sections such as callers and shifts")])
    return _YamlTree(text, value)
