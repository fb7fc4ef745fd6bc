"""From the text of a flow document to a flow, or to everything that is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ivr.check import Header, Surroundings, findings_of_sense
from ivr.document import AnyNode, Flow, Node
from ivr.expressions import Expression
from ivr.parts import Values
from ivr.wording import findings_of_form
from ivr.yaml_tree import UnreadableYamlError, YamlTree, read_tree
from runtime.problems import Finding, Problem, key_text, shorten

_NAME = re.compile(r"""^\{?\s*["']?name["']?\s*:\s*["']?(?P<name>[\w-]+)""", re.MULTILINE)

_NODE: TypeAdapter[Node] = TypeAdapter(AnyNode)
_VALUES: TypeAdapter[dict[str, Expression]] = TypeAdapter(Values)


def read_flow(text: str, file: str, surroundings: Surroundings) -> tuple[Flow | None, list[Problem]]:
    """Read and check one document; ``file`` is its name for people.

    Returns the flow when there is no problem, else None and every problem, by line. Never raises,
    whatever the text.
    """
    try:
        tree = read_tree(text)
    except UnreadableYamlError as fault:
        return None, [_problem(Finding((), fault.expected), file, fault.line)]
    flow, findings = _judge(tree, surroundings)
    problems = [_problem(finding, file, tree.line_of(finding.path)) for finding in findings]
    return (None if problems else flow), sorted(problems)


def _problem(finding: Finding, file: str, line: int) -> Problem:
    key = key_text(finding.path) or "document"
    return Problem(file, line, key, shorten(finding.value), finding.expected)


def placed(tree: YamlTree, file: str, findings: Iterable[Finding]) -> list[Problem]:
    """Findings in a document, with their lines."""
    return sorted(_problem(finding, file, tree.line_of(finding.path)) for finding in findings)


def is_well_formed(text: str) -> bool:
    """Whether every node of a document can be read, so that all mistakes in it are seen at once."""
    try:
        Flow.model_validate(read_tree(text).value)
    except (UnreadableYamlError, ValidationError):
        return False
    return True


def name_in(text: str) -> str | None:
    """The name a document gives itself, whatever else is wrong with it; None when it cannot be read."""
    try:
        return name_of(read_tree(text))
    except UnreadableYamlError:
        return None


def name_of(tree: YamlTree) -> str | None:
    """The same of a document that is read."""
    name = tree.value.get("name") if isinstance(tree.value, dict) else None
    return name if isinstance(name, str) else None


def likely_name(text: str) -> str | None:
    """The same by a look at the text alone, which takes no time; None when none is seen."""
    found = _NAME.search(text)
    return found["name"] if found else None


def _judge(tree: YamlTree, surroundings: Surroundings) -> tuple[Flow | None, list[Finding]]:
    findings = [Finding(path, "each key once", "repeated") for path in tree.repeated]
    try:
        flow = Flow.model_validate(tree.value)
    except ValidationError as fault:
        findings += [*findings_of_form(fault), *_sense_of_the_rest(tree.value, surroundings)]
        return None, findings
    return flow, [*findings, *findings_of_sense(Header.of(flow), flow.nodes, surroundings)]


def _sense_of_the_rest(value: Any, surroundings: Surroundings) -> Iterator[Finding]:
    """What can be said of the readable nodes of a document that is not whole."""
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), dict):
        return
    readable = {name: _node_or_none(node) for name, node in value["nodes"].items()}
    yield from findings_of_sense(_header(value), readable, surroundings)


def _header(value: dict[str, Any]) -> Header:
    start, on_error = (
        name if isinstance(name, str) else None for name in map(value.get, ("start", "on_error"))
    )
    variables = value.get("variables")
    known = _variables_or_none(variables) if isinstance(variables, dict) else {}
    return Header(start, (), on_error, known or {})


def _variables_or_none(variables: dict[str, Any]) -> Mapping[str, Expression] | None:
    try:
        return _VALUES.validate_python(variables)
    except ValidationError:
        return None


def _node_or_none(value: Any) -> Node | None:
    try:
        return _NODE.validate_python(value)
    except ValidationError:
        return None
