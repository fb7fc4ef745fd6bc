"""Flows from a folder of documents, and from the store of what was published of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from ivr.check import Surroundings
from ivr.document import Flow
from ivr.editions import FOLDER, Edition, Editions
from ivr.publishing.index import BadIndex, Index
from ivr.publishing.store import FlowStore
from ivr.reader import is_well_formed, likely_name, name_in, read_flow
from runtime.problems import Problem

_SUFFIXES = (".yaml", ".yml")
TESTS_SUFFIX = ".test.yaml"
"""Of files with dialogues that test the flow beside them."""
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LoadedFlows:
    """The flows without a fault by their names, and what is wrong with the others."""

    flows: dict[str, Editions]
    problems: list[Problem]
    faulty: tuple[str | None, ...] = ()
    """Names of the others; None where a name cannot be read."""
    cautions: list[Problem] = field(default_factory=list)
    """Mistakes in documents that do not run, since another version of the flow is published."""
    complete: bool = True
    """False when more mistakes may show once these are mended."""


class Document(NamedTuple):
    """One file, as far as it can be read."""

    file: Path
    flow: Flow | None
    name: str | None
    problems: list[Problem]
    well_formed: bool = True
    """Whether all of it could be looked at."""


def load_flows(folder: Path, surroundings: Surroundings, store: FlowStore | None = None) -> LoadedFlows:
    """Read every ``*.yaml`` in a folder, tests apart, and what is published of them.

    Never raises; what cannot be read is among the problems.
    """
    if not folder.is_dir():
        missing = Problem(str(folder), 0, "ivr.flows", "", "a folder of flow documents here, be it empty")
        return LoadedFlows({}, [missing], (None,), complete=False)
    texts = {path: read_document(path) for path in sorted(documents(folder))}
    published = store.published() if store is not None else []
    names = _names(texts.values())
    surroundings = replace(surroundings, flows=None if names is None else {*names, *published})
    drafts = [_load(path, text, surroundings) for path, text in texts.items()]
    loaded = LoadedFlows({}, [])
    in_force = _published(store, published, surroundings, loaded) if store is not None else {}
    return _put_together(drafts, in_force, loaded)


def load_flow(
    folder: Path, name: str, index: Index, store: FlowStore, surroundings: Surroundings
) -> LoadedFlows:
    """Read what one flow would be if these of its versions ran."""
    loaded = LoadedFlows({}, [])
    file = find_document(folder, name)
    drafts = [] if file is None else [check_document(file, surroundings)]
    editions = _in_force(store, name, index, surroundings, loaded)
    return _put_together(drafts, {name: editions} if editions else {}, loaded)


def check_document(path: Path, surroundings: Surroundings) -> Document:
    """Read one document by itself."""
    return _load(path, read_document(path), surroundings)


def read_document(path: Path) -> str | Problem:
    """The text of a document, or why it cannot be read."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return _unreadable(path, 0, f"at most {_MAX_BYTES} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        return _unreadable(path, 0, f"a readable file ({fault.strerror})")
    except UnicodeDecodeError as fault:
        return _unreadable(path, fault.object.count(b"\n", 0, fault.start) + 1, "UTF-8 text")


def find_document(folder: Path, name: str) -> Path | None:
    """The document of a flow in a folder; None when there is none."""
    for path in sorted(documents(folder)):
        text = read_document(path)
        if isinstance(text, str) and name in (likely_name(text), name_in(text)):
            return path
    return None


def _put_together(drafts: list[Document], in_force: dict[str, Editions], loaded: LoadedFlows) -> LoadedFlows:
    files: dict[str, Path] = {}
    faulty: list[str | None] = list(loaded.faulty)
    for file, flow, name, found, _ in drafts:
        if name in in_force:
            loaded.cautions.extend(found)
        else:
            loaded.problems.extend(found)
        if flow is None:
            faulty += [] if name in in_force else [name]
        elif flow.name in files:
            loaded.problems.append(_taken(file, flow.name, files[flow.name]))
        else:
            files[flow.name] = file
            loaded.flows[flow.name] = _with_draft(flow, in_force.get(flow.name))
    for name, editions in in_force.items():
        loaded.flows.setdefault(name, editions)
    complete = loaded.complete and all(draft.well_formed or draft.name in in_force for draft in drafts)
    return replace(loaded, faulty=tuple(faulty), complete=complete)


def _with_draft(flow: Flow, in_force: Editions | None) -> Editions:
    if in_force is None:
        return Editions(Edition(flow))
    if in_force.current.version == FOLDER:
        return replace(in_force, current=Edition(flow))
    return in_force if in_force.current.flow == flow else replace(in_force, draft=flow)


def _published(
    store: FlowStore, names: Iterable[str], surroundings: Surroundings, loaded: LoadedFlows
) -> dict[str, Editions]:
    """The versions in force of each published flow; what is wrong with them goes to ``loaded``."""
    found: dict[str, Editions] = {}
    for name in names:
        try:
            index = store.index(name)
        except BadIndex as fault:
            loaded.problems.append(_unreadable(store.index_file(name), 0, str(fault)))
            continue
        editions = _in_force(store, name, index, surroundings, loaded)
        if editions is not None:
            found[name] = editions
    return found


def _in_force(
    store: FlowStore, name: str, index: Index, surroundings: Surroundings, loaded: LoadedFlows
) -> Editions | None:
    flows: dict[int, Flow] = {}
    for number in index.in_force():
        document = check_document(store.file(name, number), surroundings)
        loaded.problems.extend(document.problems)
        if document.flow is not None:
            flows[number] = document.flow
    if index.current not in flows:
        return None
    canary = Edition(flows[index.canary], index.canary) if index.canary in flows else None
    return Editions(Edition(flows[index.current], index.current), canary, index.share if canary else 0.0)


def _taken(path: Path, name: str, owner: Path) -> Problem:
    return Problem(str(path), 0, "name", name, f"a name of its own; {owner} has this one")


def documents(folder: Path) -> Iterator[Path]:
    """The files that should be flows."""
    files = (path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    return (path for path in files if not path.name.endswith(TESTS_SUFFIX))


def _names(texts: Iterable[str | Problem]) -> frozenset[str] | None:
    """The flows there are, whatever is wrong with them; None when the name of one cannot be read."""
    names = [likely_name(text) if isinstance(text, str) else None for text in texts]
    known = [name for name in names if name is not None]
    return frozenset(known) if len(known) == len(names) else None


def _load(path: Path, text: str | Problem, surroundings: Surroundings) -> Document:
    if isinstance(text, Problem):
        return Document(path, None, None, [text], well_formed=False)
    flow, problems = read_flow(text, str(path), surroundings)
    if flow is not None:
        return Document(path, flow, flow.name, problems)
    return Document(path, None, name_in(text), problems, is_well_formed(text))


def _unreadable(path: Path, line: int, expected: str) -> Problem:
    return Problem(str(path), line, "document", "", expected)
