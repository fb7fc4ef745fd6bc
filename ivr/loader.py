"""Flows from a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.check import Surroundings
from ivr.document import Flow
from ivr.reader import read_flow
from runtime.problems import Problem

_SUFFIXES = (".yaml", ".yml")
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LoadedFlows:
    """The flows without a fault by their names, and what is wrong with the others."""

    flows: dict[str, Flow]
    problems: list[Problem]


def load_flows(folder: Path, surroundings: Surroundings) -> LoadedFlows:
    """Read every ``*.yaml`` in a folder. Never raises; what cannot be read is among the problems."""
    if not folder.is_dir():
        return LoadedFlows({}, [Problem(str(folder), 0, "ivr.flows", "", "a folder with flow documents")])
    flows: dict[str, Flow] = {}
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in sorted(_documents(folder)):
        flow, found = _load(path, surroundings)
        problems += found
        if flow and flow.name in flows:
            problems.append(_taken(path, flow.name, files[flow.name]))
        elif flow:
            flows[flow.name], files[flow.name] = flow, path
    return LoadedFlows(flows, problems)


def _taken(path: Path, name: str, owner: Path) -> Problem:
    return Problem(str(path), 0, "name", name, f"a name of its own; {owner} has this one")


def _documents(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix in _SUFFIXES)


def _load(path: Path, surroundings: Surroundings) -> tuple[Flow | None, list[Problem]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None, [Problem(str(path), 0, "document", "", f"at most {_MAX_BYTES} bytes")]
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        return None, [Problem(str(path), 0, "document", "", f"a readable file ({fault.strerror})")]
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        return None, [Problem(str(path), line, "document", "", "UTF-8 text")]
    return read_flow(text, str(path), surroundings)
