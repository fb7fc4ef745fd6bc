"""The mistakes of a flow that is well-formed: roads to nowhere, nodes nobody enters, circles without exit.

A node that could not be read stands as None: others may lead to it, and what lies beyond it is unknown.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.document import Back, Branch, HangUp, Node, Queue
from ivr.wording import guess
from runtime.problems import Finding, KeyPath

Nodes = Mapping[str, Node | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow may refer to outside itself."""

    prompts: Collection[str]
    """The names of the prompt library."""
    knows_queue: Callable[[str], bool]


def findings_of_sense(start: str | None, nodes: Nodes, surroundings: Surroundings) -> Iterator[Finding]:
    """All that is wrong with these nodes together. ``start`` is None when the document names none."""
    yield from _unknown_nodes(start, nodes)
    yield from _missing_prompts(nodes, surroundings.prompts)
    yield from _unknown_queues(nodes, surroundings.knows_queue)
    yield from _unasked_queues(nodes)
    if start is not None and start in nodes and all(nodes.values()):
        roads = {name: _neighbours(name, nodes) for name in nodes}
        reachable = _reachable(start, roads)
        yield from _unreachable(nodes, reachable)
        yield from _traps(nodes, roads, reachable)


def _unknown_nodes(start: str | None, nodes: Nodes) -> Iterator[Finding]:
    named: dict[KeyPath, str] = {} if start is None else {("start",): start}
    for name, node in nodes.items():
        exits = node.exits() if node else {}
        named |= {("nodes", name, *key): target for key, target in exits.items()}
    for path, target in named.items():
        if target not in nodes:
            yield Finding(path, "the name of a node" + guess(target, nodes), target)


def _missing_prompts(nodes: Nodes, known: Collection[str]) -> Iterator[Finding]:
    for name, node in nodes.items():
        playlists = node.playlists() if node else {}
        for key, prompts in playlists.items():
            for index, prompt in enumerate(prompts):
                if prompt not in known:
                    expected = "a prompt of the library" + guess(prompt, known)
                    yield Finding(("nodes", name, key, index), expected, prompt)


def _unknown_queues(nodes: Nodes, knows_queue: Callable[[str], bool]) -> Iterator[Finding]:
    for name, node in nodes.items():
        queue = node.queue if isinstance(node, Queue | Branch) else None
        if queue is not None and not knows_queue(queue):
            yield Finding(("nodes", name, "queue"), "the name of a configured queue", queue)


def _unasked_queues(nodes: Nodes) -> Iterator[Finding]:
    for name, node in nodes.items():
        if isinstance(node, Branch) and node.queue is None and any(way.asks_of_queue for way in node.ways):
            yield Finding(
                ("nodes", name, "queue"), "the queue that repeats, wait_s, waiting or open are about"
            )


def _unreachable(nodes: Nodes, reachable: Collection[str]) -> Iterator[Finding]:
    for name in nodes:
        if name not in reachable:
            yield Finding(("nodes", name), "a way here from start; no node on the way leads to it")


def _traps(nodes: Nodes, roads: Mapping[str, list[str]], reachable: Collection[str]) -> Iterator[Finding]:
    """Circles that a caller, once in, can only leave by hanging up: told once each."""
    back: dict[str, list[str]] = {name: [] for name in nodes}
    for name, targets in roads.items():
        for target in targets:
            back[target].append(name)
    endings = (name for name, node in nodes.items() if isinstance(node, Queue | Back | HangUp))
    settled = _reachable_from_all(endings, back)
    for name in nodes:
        if name in reachable and name not in settled:
            trapped = _reachable(name, roads)
            settled |= trapped
            names = ", ".join(other for other in nodes if other in trapped)
            yield Finding(
                ("nodes", name), f"a way on to a queue, back or hang_up node; there is only {names}"
            )


def _neighbours(name: str, nodes: Nodes) -> list[str]:
    node = nodes[name]
    return [target for target in node.exits().values() if target in nodes] if node else []


def _reachable(start: str, roads: Mapping[str, list[str]]) -> set[str]:
    return _reachable_from_all([start], roads)


def _reachable_from_all(starts: Iterable[str], roads: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = list(starts)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += roads[name]
    return seen
