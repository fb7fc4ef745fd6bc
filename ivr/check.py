"""The mistakes of a flow that is well-formed: roads to nowhere, nodes nobody enters, circles without exit.

A node that could not be read stands as None: others may lead to it, and what lies beyond it is unknown.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ivr.document import Flow, Node
from ivr.expressions import Expression
from ivr.nodes.branch import Branch
from ivr.nodes.node import Node as AnyNode
from ivr.parts import (
    BoxName,
    CalendarName,
    FlowName,
    ListName,
    LookupName,
    NodeName,
    Part,
    PromptName,
    QueueTargetName,
    Reference,
    expressions,
    found_in,
    references,
)
from ivr.texts import Text
from ivr.visit import FACTS
from ivr.wording import guess
from runtime.problems import Finding, KeyPath

Nodes = Mapping[str, Node | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow may refer to outside itself. What is None is not checked."""

    prompts: Collection[str]
    """The names of the prompt library."""
    knows_queue: Callable[[str], bool]
    lists: Collection[str] | None = None
    calendars: Collection[str] | None = None
    boxes: Collection[str] | None = None
    flows: Collection[str] | None = None
    lookups: Collection[str] | None = None

    def known(self, kind: type[Reference]) -> Collection[str] | None:
        """The names there are of a kind."""
        kinds: Mapping[type[Reference], Collection[str] | None] = {
            ListName: self.lists,
            CalendarName: self.calendars,
            BoxName: self.boxes,
            FlowName: self.flows,
            LookupName: self.lookups,
        }
        return kinds.get(kind)


_SPELT: Mapping[type[Reference], str] = {
    ListName: "a number list",
    CalendarName: "a calendar",
    BoxName: "a message box",
    FlowName: "a flow",
    LookupName: "a lookup service",
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a document says besides its nodes, as far as it can be read."""

    start: str | None = None
    languages: tuple[str, ...] = ()
    on_error: str | None = None
    variables: Mapping[str, Expression] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow) -> "Header":
        return cls(flow.start, flow.languages or (flow.language,), flow.on_error, flow.variables)


def findings_of_sense(header: Header, nodes: Nodes, surroundings: Surroundings) -> Iterator[Finding]:
    """All that is wrong with these nodes together."""
    yield from _unknown_nodes(header, nodes)
    for path, part in _parts(nodes):
        yield from _at(path, _missing_prompts(part, surroundings.prompts, header.languages))
        yield from _at(path, _unknown_names(part, surroundings))
    yield from _unasked_queues(nodes)
    if all(nodes.values()):
        yield from _unknown_variables(header, nodes)
    if header.start is not None and header.start in nodes and all(nodes.values()):
        yield from _wrong_roads(header, nodes)


def roads(node: AnyNode) -> Iterator[tuple[KeyPath, str]]:
    """The nodes that can follow a node, by the keys that name them."""
    return ((path, name) for path, name in references(node) if isinstance(name, NodeName))


def _parts(nodes: Nodes) -> Iterator[tuple[KeyPath, Node]]:
    return ((("nodes", name), node) for name, node in nodes.items() if node is not None)


def _at(path: KeyPath, findings: Iterable[Finding]) -> Iterator[Finding]:
    return (Finding((*path, *found.path), found.expected, found.value) for found in findings)


def _unknown_nodes(header: Header, nodes: Nodes) -> Iterator[Finding]:
    named: dict[KeyPath, str | None] = {("start",): header.start, ("on_error",): header.on_error}
    for path, node in _parts(nodes):
        named |= {(*path, *key): target for key, target in roads(node)}
    for key, target in named.items():
        if target is not None and target not in nodes:
            yield Finding(key, "the name of a node" + guess(target, nodes), target)


def _missing_prompts(part: Part, known: Collection[str], languages: tuple[str, ...]) -> Iterator[Finding]:
    for path, prompt in found_in(part, PromptName):
        if prompt not in known:
            yield Finding(_bare(path), "a prompt of the library" + guess(prompt, known), prompt)
    for path, text in found_in(part, Text):
        if path[-1:] == ("prompt",) and text.names == {"language"}:
            yield from _missing_in(path, text, known, languages)


def _missing_in(
    path: KeyPath, text: Text, known: Collection[str], languages: tuple[str, ...]
) -> Iterator[Finding]:
    for language in languages:
        prompt = text.filled(lambda _, language=language: language)  # type: ignore[misc]
        if prompt not in known:
            yield Finding(
                _bare(path), "a prompt of the library in each language" + guess(prompt, known), prompt
            )


def _bare(path: KeyPath) -> KeyPath:
    """A prompt that is written as a text alone has no key of its own."""
    return path[:-1] if path[-1] == "prompt" else path


def _unknown_names(part: Part, surroundings: Surroundings) -> Iterator[Finding]:
    for path, name in references(part):
        if isinstance(name, QueueTargetName):
            if not surroundings.knows_queue(name):
                yield Finding(path, "the name of a configured queue", name)
            continue
        known = surroundings.known(type(name))
        if known is not None and name not in known:
            yield Finding(path, f"the name of {_SPELT[type(name)]}" + guess(name, known), name)


def _unasked_queues(nodes: Nodes) -> Iterator[Finding]:
    for path, node in _parts(nodes):
        if isinstance(node, Branch) and node.queue is None and any(way.asks_of_queue for way in node.ways):
            expected = "the queue that repeats, wait_s, waiting or open are about"
            yield Finding((*path, "queue"), expected)


def _unknown_variables(header: Header, nodes: Nodes) -> Iterator[Finding]:
    assigned: set[tuple[KeyPath, str]] = {(("variables", name), name) for name in header.variables}
    assigned |= {((*path, *key), name) for path, node in _parts(nodes) for key, name in node.assigned()}
    for path, name in sorted(assigned, key=str):
        if name in FACTS:
            yield Finding(path, f"a name of its own; {name} is {FACTS[name]}", name)
    known = {*FACTS, *(name for _, name in assigned)}
    for name, expression in header.variables.items():
        yield from _unknown_in(("variables", name), expression, known)
    for path, node in _parts(nodes):
        for key, expression in expressions(node):
            local = node.LOCAL_NAMES.get(str(key[0]), ())
            yield from _unknown_in((*path, *key), expression, known.union(local))


def _unknown_in(path: KeyPath, expression: Expression, known: Collection[str]) -> Iterator[Finding]:
    for name in sorted(expression.names):
        if name not in known:
            yield Finding(path, "a variable that is given a value somewhere" + guess(name, known), name)


def _wrong_roads(header: Header, nodes: Nodes) -> Iterator[Finding]:
    ahead = {name: _neighbours(name, nodes) for name in nodes}
    starts = [name for name in (header.start, header.on_error) if name in nodes and name is not None]
    reachable = _reachable_from_all(starts, ahead)
    for name in nodes:
        if name not in reachable:
            yield Finding(("nodes", name), "a way here from start; no node on the way leads to it")
    yield from _traps(nodes, ahead, reachable)


def _traps(nodes: Nodes, ahead: Mapping[str, list[str]], reachable: Collection[str]) -> Iterator[Finding]:
    """Circles that a caller, once in, can only leave by hanging up: told once each."""
    back: dict[str, list[str]] = {name: [] for name in nodes}
    for name, targets in ahead.items():
        for target in targets:
            back[target].append(name)
    endings = (name for name, node in nodes.items() if node is not None and node.ends)
    settled = _reachable_from_all(endings, back)
    for name in nodes:
        if name in reachable and name not in settled:
            trapped = _reachable_from_all([name], ahead)
            settled |= trapped
            names = ", ".join(other for other in nodes if other in trapped)
            expected = (
                f"a way on to a node that ends the flow, such as queue or hang_up; there is only {names}"
            )
            yield Finding(("nodes", name), expected)


def _neighbours(name: str, nodes: Nodes) -> list[str]:
    node = nodes[name]
    return [target for _, target in roads(node) if target in nodes] if node else []


def _reachable_from_all(starts: Iterable[str], ahead: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    pending = list(starts)
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += ahead[name]
    return seen
