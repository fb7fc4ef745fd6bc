"""From the text of a flow document to a flow, or to everything that is wrong with it."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ivr.check import Surroundings, mistakes_of_sense
from ivr.document import AnyNode, Flow, Node
from ivr.mistake import Mistake, located
from ivr.wording import mistakes_of_form
from ivr.yaml_tree import UnreadableYamlError, YamlTree, read_tree
from runtime.problems import Problem

_NODE: TypeAdapter[Node] = TypeAdapter(AnyNode)


def read_flow(text: str, file: str, surroundings: Surroundings) -> tuple[Flow | None, list[Problem]]:
    """Read and check one document; ``file`` is its name for people.

    Returns the flow when there is no problem, else None and every problem, by line. Never raises,
    whatever the text.
    """
    try:
        tree = read_tree(text)
    except UnreadableYamlError as fault:
        return None, [located(Mistake((), None, fault.expected), file, fault.line)]
    flow, mistakes = _judge(tree, surroundings)
    problems = [located(mistake, file, tree.line_of(mistake.path)) for mistake in mistakes]
    return (None if problems else flow), sorted(problems)


def _judge(tree: YamlTree, surroundings: Surroundings) -> tuple[Flow | None, list[Mistake]]:
    mistakes = [Mistake(path, "repeated", "each key once") for path in tree.repeated]
    try:
        flow = Flow.model_validate(tree.value)
    except ValidationError as fault:
        mistakes += [*mistakes_of_form(fault), *_sense_of_the_rest(tree.value, surroundings)]
        return None, mistakes
    return flow, [*mistakes, *mistakes_of_sense(flow.start, flow.nodes, surroundings)]


def _sense_of_the_rest(value: Any, surroundings: Surroundings) -> Iterator[Mistake]:
    """What can be said of the readable nodes of a document that is not whole."""
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), dict):
        return
    start = value.get("start")
    readable = {name: _node_or_none(node) for name, node in value["nodes"].items()}
    yield from mistakes_of_sense(start if isinstance(start, str) else None, readable, surroundings)


def _node_or_none(value: Any) -> Node | None:
    try:
        return _NODE.validate_python(value)
    except ValidationError:
        return None
