"""How much of the flows dialogues reach: nodes, and roads from node to node.

Each key of a menu is a road of its own; other roads of a node that lead to the same node are one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ivr.check import roads
from ivr.document import Flow
from ivr.events import DigitAccepted, NodeEntered
from runtime.problems import key_text
from runtime.vocabulary import Output


class Road(NamedTuple):
    """From a node, by a key of its part of the document, to another node."""

    flow: str
    node: str
    key: str
    """``choices.1``, ``next``, ``ways[0].go``"""
    target: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Nodes that were entered, with their flows, and roads that were taken."""

    nodes: frozenset[tuple[str, str]] = frozenset()
    roads: frozenset[Road] = frozenset()

    def __or__(self, other: "Reached") -> "Reached":
        return Reached(self.nodes | other.nodes, self.roads | other.roads)

    @classmethod
    def by(cls, outputs: Iterable[Output], flows: Mapping[str, Flow]) -> "Reached":
        """What one call reached."""
        trail = _Trail(flows)
        for output in outputs:
            trail.follow(output)
        return cls(frozenset(trail.nodes), frozenset(trail.taken))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one flow."""

    flow: str
    nodes: int
    nodes_reached: int
    roads: int
    roads_taken: int
    missed: tuple[Road, ...]

    @property
    def percent(self) -> float:
        """Of nodes and roads together; 100 of a flow that is all reached."""
        return 100 * (self.nodes_reached + self.roads_taken) / (self.nodes + self.roads)


def coverage(flow: Flow, reached: Reached) -> Coverage:
    """How much of a flow was reached by all its dialogues, and those of others that lead through it."""
    there = roads_of(flow)
    missed = tuple(road for road in there if road not in reached.roads)
    entered = sum((flow.name, node) in reached.nodes for node in flow.nodes)
    return Coverage(flow.name, len(flow.nodes), entered, len(there), len(there) - len(missed), missed)


def roads_of(flow: Flow) -> list[Road]:
    """All roads of a flow, in the order of the document."""
    found: dict[tuple[str, str, str], Road] = {}
    for name, node in flow.nodes.items():
        for path, target in roads(node):
            key = key_text(path)
            choice = key if path[0] == "choices" else ""
            found.setdefault((name, choice, target), Road(flow.name, name, key, target))
    return list(found.values())


class _Trail:
    """A call's way, put together from what is told of it."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self.nodes: set[tuple[str, str]] = set()
        self.taken: set[Road] = set()
        self._flows = flows
        self._stands: list[tuple[str, str]] = []
        """Flow and node, the innermost last."""
        self._key = ""

    def follow(self, output: Output) -> None:
        match output:
            case DigitAccepted(digit=digit):
                self._key = f"choices.{digit}"
            case NodeEntered(flow=flow, node=node):
                self._enter(flow, node)

    def _enter(self, flow: str, node: str) -> None:
        while len(self._stands) > 1 and self._stands[-1][0] != flow and self._is_within(flow):
            self._stands.pop()
        if self._is_within(flow):
            _, before = self._stands.pop()
            self.taken |= self._roads(flow, before, node)
        self._stands.append((flow, node))
        self.nodes.add((flow, node))
        self._key = ""

    def _is_within(self, flow: str) -> bool:
        return any(around == flow for around, _ in self._stands)

    def _roads(self, flow: str, before: str, node: str) -> set[Road]:
        """The one of the key that was pressed, else the one that needs none."""
        fitting = [r for r in roads_of(self._flows[flow]) if (r.node, r.target) == (before, node)]
        return {r for r in fitting if (r.key == self._key if self._key else not r.key.startswith("choices."))}
