"""What is no mistake in a flow, and yet seldom meant: told as cautions by ``ringmain flows check``."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from ivr.check import roads
from ivr.document import Flow, Node
from ivr.expressions import Expression
from ivr.nodes.asking import Hook, Lookup
from ivr.nodes.branch import Branch, Way
from ivr.nodes.collect import Collect
from ivr.nodes.menu import Menu
from ivr.nodes.play import Say
from ivr.nodes.queue import Agent, Callback, Queue
from ivr.nodes.recognise import Recognise
from ivr.nodes.survey import Survey
from ivr.nodes.transfer import Dial, Transfer, VoiceMessage
from ivr.parts import expressions
from ivr.texts import Text
from ivr.visit import FACTS
from runtime.problems import Finding, KeyPath

_LONGEST_WAY = 12
"""Nodes of a way that a message tells."""
_IN_TURN = ("values", "set", "default")
"""Keys whose variables get their values one after the other."""
_AT_LEAST = ("repeats", "wait_s", "waiting")
_ONE_OF = ("number", "called", "area")


class _Road(NamedTuple):
    """From one node to another."""

    target: str
    gives: frozenset[str]
    """Variables that have a value behind it."""


def cautions(flow: Flow, *, is_caught: bool) -> list[Finding]:
    """All of one flow. ``is_caught``: the switch has a target for callers whose flow fails."""
    return [
        *_valueless(flow),
        *_silent_circles(flow),
        *_uncaught(flow, is_caught=is_caught or flow.on_error is not None),
        *_untaken_ways(flow),
    ]


# -- variables that have no value on some way ----------------------------------------------------------


def _valueless(flow: Flow) -> Iterator[Finding]:
    ahead = {name: list(_roads_from(node, flow)) for name, node in flow.nodes.items()}
    ways: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for name, node in flow.nodes.items():
        for key, expression in expressions(node):
            for variable in sorted(expression.names - _known_at(node, key)):
                if variable not in ways:
                    ways[variable] = _ways_without(variable, flow, ahead)
                if name in ways[variable]:
                    way = _written(ways[variable][name])
                    expected = f"a variable that has a value on every way here; it has none by {way}"
                    yield Finding(("nodes", name, *key), expected, variable)


def _known_at(node: Node, key: KeyPath) -> frozenset[str]:
    """What has a value at a place in a node, whichever way led there."""
    local = node.LOCAL_NAMES.get(str(key[0]), ())
    names = [name for _, name in node.assigned()] if isinstance(node, Survey) else []
    if key[0] in _IN_TURN:
        given = list(getattr(node, str(key[0])))
        names += given[: given.index(key[1])]
    return frozenset((*FACTS, *local, *names))


def _ways_without(
    variable: str, flow: Flow, ahead: Mapping[str, list[_Road]]
) -> Mapping[str, tuple[str, ...]]:
    """The shortest way to each node that can be reached before the variable has a value."""
    if variable in flow.variables:
        return {}
    ways: dict[str, tuple[str, ...]] = {flow.start: (flow.start,)}
    pending = [flow.start]
    for name in pending:
        for road in ahead[name]:
            if road.target not in ways and variable not in road.gives:
                ways[road.target] = (*ways[name], road.target)
                pending.append(road.target)
    return ways


def _written(way: tuple[str, ...]) -> str:
    shown = way if len(way) <= _LONGEST_WAY else (*way[: _LONGEST_WAY - 1], "…", way[-1])
    return " → ".join(shown)


def _roads_from(node: Node, flow: Flow) -> Iterator[_Road]:
    for key, target in roads(node):
        yield _Road(target, _given(node, str(key[0])))
    if flow.on_error is not None and node.on_error is None:
        yield _Road(flow.on_error, frozenset())


def _given(node: Node, key: str) -> frozenset[str]:
    """The variables that have a value when a node is left by this key."""
    if isinstance(node, Lookup | Hook):
        return _given_by_answer(node, key)
    if key in ("otherwise", "on_error"):
        return frozenset()
    return frozenset(name for _, name in node.assigned())


def _given_by_answer(node: Lookup | Hook, key: str) -> frozenset[str]:
    if key == "on_error" or (isinstance(node, Hook) and not node.wait):
        return frozenset()
    if key == "otherwise":
        return frozenset(node.default)
    may_do_without = node.otherwise is None and bool(node.default)
    return frozenset(node.set) & frozenset(node.default) if may_do_without else frozenset(node.set)


# -- circles in which the caller is never asked --------------------------------------------------------


def _silent_circles(flow: Flow) -> Iterator[Finding]:
    silent = {name: node for name, node in flow.nodes.items() if not _waits(node)}
    ahead = {name: [target for _, target in roads(node) if target in silent] for name, node in silent.items()}
    reached = {name: _beyond(name, ahead) for name in silent}
    told: set[str] = set()
    for name in silent:
        if name in reached[name] and name not in told:
            circle = [other for other in silent if other in reached[name] and name in reached[other]]
            told.update(circle)
            if not _counts(circle, silent):
                expected = "a node in this circle that asks the caller or lets somebody talk; there is only "
                yield Finding(("nodes", name), expected + ", ".join(circle[:_LONGEST_WAY]))


def _waits(node: Node) -> bool:
    """Whether something happens in it that a person does."""
    asks = isinstance(node, Menu | Collect | Recognise | Survey | Dial | VoiceMessage)
    return asks or isinstance(node, Queue | Agent) or (isinstance(node, Hook) and node.wait)


def _counts(circle: list[str], nodes: Mapping[str, Node]) -> bool:
    """Whether a branch in the circle goes by a variable that the circle changes, as one that counts does."""
    changed = {name for node in circle for _, name in nodes[node].assigned()}
    branches = [nodes[name] for name in circle if isinstance(nodes[name], Branch)]
    return any(expression.names & changed for branch in branches for _, expression in expressions(branch))


def _beyond(start: str, ahead: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    pending = list(ahead[start])
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += ahead[name]
    return seen


# -- what can fail and is not caught -------------------------------------------------------------------


def _uncaught(flow: Flow, *, is_caught: bool) -> Iterator[Finding]:
    for name, node in flow.nodes.items():
        if node.on_error is not None:
            continue
        if isinstance(node, Say):
            expected = "an on_error; without speech nothing is heard here, and the flow goes on"
            yield Finding(("nodes", name), expected)
        elif not is_caught and (why := _why_it_can_fail(node)):
            yield Finding(("nodes", name), f"an on_error, here or of the flow: {why}")


def _why_it_can_fail(node: Node) -> str:
    if isinstance(node, Lookup | Hook):
        goes_on = node.otherwise is not None or node.default or (isinstance(node, Hook) and not node.wait)
        return "" if goes_on else "there may be no answer, and there is neither otherwise nor default"
    if isinstance(node, Transfer | Dial) and not node.to.is_fixed:
        return "there may be nobody of that name"
    if isinstance(node, Queue | Agent | Callback) and isinstance(node.queue, Text):
        return "there may be no queue of that name"
    return ""


# -- ways of a branch that are never taken -------------------------------------------------------------


def _untaken_ways(flow: Flow) -> Iterator[Finding]:
    for name, node in flow.nodes.items():
        if isinstance(node, Branch):
            told: set[int] = set()
            for (first, earlier), (second, later) in combinations(enumerate(node.ways), 2):
                if second not in told and _holds_too(earlier, later):
                    told.add(second)
                    expected = f"a way that can be taken; wherever it suits, ways[{first}] does"
                    yield Finding(("nodes", name, "ways", second), expected)


def _holds_too(earlier: Way, later: Way) -> bool:
    """Whether all of the earlier way holds wherever all of the later one does."""
    conditions = [key for key in Way.model_fields if key != "go" and getattr(earlier, key) is not None]
    return all(_follows(key, getattr(earlier, key), getattr(later, key)) for key in conditions)


def _follows(key: str, earlier: object, later: object) -> bool:
    match later:
        case None:
            return False
        case float() | int() if key in _AT_LEAST and isinstance(earlier, int | float):
            return later >= earlier
        case tuple() if key in _ONE_OF and isinstance(earlier, tuple):
            return set(later) <= set(earlier)
        case Expression():
            return later == earlier
    return later == earlier
