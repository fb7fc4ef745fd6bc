"""Flows from a folder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from ivr.check import Surroundings
from ivr.document import Flow
from ivr.reader import likely_name, name_in, read_flow
from runtime.problems import Problem

_SUFFIXES = (".yaml", ".yml")
TESTS_SUFFIX = ".test.yaml"
"""Of files with dialogues that test the flow beside them."""
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LoadedFlows:
    """The flows without a fault by their names, and what is wrong with the others."""

    flows: dict[str, Flow]
    problems: list[Problem]
    faulty: tuple[str | None, ...] = ()
    """Names of the others; None where a name cannot be read."""


class _Document(NamedTuple):
    flow: Flow | None
    name: str | None
    problems: list[Problem]


def load_flows(folder: Path, surroundings: Surroundings) -> LoadedFlows:
    """Read every ``*.yaml`` in a folder, tests apart. Never raises; what cannot be read is a problem."""
    if not folder.is_dir():
        missing = Problem(str(folder), 0, "ivr.flows", "", "a folder with flow documents")
        return LoadedFlows({}, [missing], (None,))
    flows: dict[str, Flow] = {}
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    faulty: list[str | None] = []
    texts = {path: _read(path) for path in sorted(_documents(folder))}
    surroundings = replace(surroundings, flows=_names(texts.values()))
    for path, text in texts.items():
        flow, name, found = _load(path, text, surroundings)
        problems += found
        if flow is None:
            faulty.append(name)
        elif flow.name in flows:
            problems.append(_taken(path, flow.name, files[flow.name]))
        else:
            flows[flow.name], files[flow.name] = flow, path
    return LoadedFlows(flows, problems, tuple(faulty))


def _taken(path: Path, name: str, owner: Path) -> Problem:
    return Problem(str(path), 0, "name", name, f"a name of its own; {owner} has this one")


def _documents(folder: Path) -> Iterator[Path]:
    files = (path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    return (path for path in files if not path.name.endswith(TESTS_SUFFIX))


def _read(path: Path) -> str | Problem:
    """The text of a document, or why it cannot be read."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return _unreadable(path, 0, f"at most {_MAX_BYTES} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        return _unreadable(path, 0, f"a readable file ({fault.strerror})")
    except UnicodeDecodeError as fault:
        return _unreadable(path, fault.object.count(b"\n", 0, fault.start) + 1, "UTF-8 text")


def _names(texts: Iterable[str | Problem]) -> frozenset[str] | None:
    """The flows there are, whatever is wrong with them; None when the name of one cannot be read."""
    names = [likely_name(text) if isinstance(text, str) else None for text in texts]
    known = [name for name in names if name is not None]
    return frozenset(known) if len(known) == len(names) else None


def _load(path: Path, text: str | Problem, surroundings: Surroundings) -> _Document:
    if isinstance(text, Problem):
        return _Document(None, None, [text])
    flow, problems = read_flow(text, str(path), surroundings)
    return _Document(flow, flow.name if flow else name_in(text), problems)


def _unreadable(path: Path, line: int, expected: str) -> Problem:
    return Problem(str(path), line, "document", "", expected)
