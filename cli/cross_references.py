"""Mistakes that only show when sections are read together."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import acd.config
from cli.sections import Configuration
from cli.toml_tree import KeyPath, TomlTree

_KEY_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Finding(NamedTuple):
    """A mistake by its path; the loader adds file, line and value."""

    path: KeyPath
    expected: str
    value: str = ""
    """Only where the value is a default, which no line of the file shows."""


def find_repeated(tree: TomlTree) -> list[Finding]:
    """Names given twice, in entries that are otherwise right or not; the ACD looks after its own."""
    return [
        *_repeated(tree, "stations", "name"),
        *_repeated(tree, "access_codes", "number"),
    ]


def find_problems(configuration: Configuration) -> list[Finding]:
    """What is wrong between sections that are each right by themselves."""
    return [
        *_acd_findings(configuration),
        *_unknown_targets(configuration),
        *_overlapping_ports(configuration),
        *_missing_folder(("media", "prompts"), configuration.media.prompts),
        *_missing_folder(("ivr", "flows"), configuration.ivr.flows),
    ]


def _repeated(tree: TomlTree, section: str, key: str) -> Iterator[Finding]:
    entries = tree.get((section,))
    seen: set[str] = set()
    for index in range(len(entries) if isinstance(entries, list) else 0):
        value = tree.get((section, index, key))
        if isinstance(value, str):
            if value in seen:
                yield Finding((section, index, key), f"a {key} that no other entry of {section} has")
            seen.add(value)


def _acd_findings(configuration: Configuration) -> Iterator[Finding]:
    for finding in acd.config.find_problems(configuration.queues, configuration.agents):
        path = tuple(name or int(index) for name, index in _KEY_PART.findall(finding.key))
        yield Finding(path, finding.expected)


def targets(configuration: Configuration) -> list[tuple[KeyPath, str, str]]:
    """Every place that sends calls somewhere: path, scheme and name."""
    ways_out = [
        *((("access_codes", i, "target"), code.target) for i, code in enumerate(configuration.access_codes)),
        *((("queues", i, "on_timeout"), queue.on_timeout) for i, queue in enumerate(configuration.queues)),
        *((("queues", i, "on_full"), queue.on_full) for i, queue in enumerate(configuration.queues)),
    ]
    return [
        (path, target.partition(":")[0], target.partition(":")[2])
        for path, target in ways_out
        if target != acd.config.HANG_UP
    ]


def listed(names: Iterable[str]) -> str:
    """Names to choose from, for people."""
    return ", ".join(sorted(names)) or "(there are none)"


def _unknown_targets(configuration: Configuration) -> Iterator[Finding]:
    """Names of flows are checked when the flows are loaded, the queues' own targets by the ACD."""
    queues = {queue.name for queue in configuration.queues}
    for path, scheme, name in targets(configuration):
        if scheme not in ("flow", "queue"):
            yield Finding(path, "flow:<name of a flow> or queue:<name of a queue>")
        elif scheme == "queue" and name not in queues and path[0] == "access_codes":
            yield Finding(path, f"queue:<name>, one of {listed(queues)}")


def _overlapping_ports(configuration: Configuration) -> Iterator[Finding]:
    media, port = configuration.media, configuration.sip.port
    if media.port_min <= port <= media.port_max:
        yield Finding(
            ("sip", "port"), f"a port outside media's range, {media.port_min} to {media.port_max}", str(port)
        )


def _missing_folder(path: KeyPath, folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(path, f"a folder that exists; {folder} does not", f'"{folder}"')
