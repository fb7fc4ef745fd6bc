"""From the text of a document of tests to its dialogues, or to everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ivr.document import Flow
from ivr.testing.document import Dialogues
from ivr.wording import fields_at, findings_of_form, guess
from ivr.yaml_tree import UnreadableYamlError, YamlTree, read_tree, with_json
from runtime.problems import Finding, Problem, key_text, shorten


@dataclass(frozen=True, slots=True)
class TestFile:
    """Dialogues, and where each step of them stands."""

    __test__ = False

    file: str
    document: Dialogues
    tree: YamlTree

    def line_of(self, dialogue: str, step: int, *keys: str) -> int:
        """Of a step, or of one key in it."""
        return self.tree.line_of(("dialogues", dialogue, step, *keys))


def read_tests(text: str, file: str, flows: Mapping[str, Flow]) -> tuple[TestFile | None, list[Problem]]:
    """Read and check a document of tests of these flows. Never raises, whatever the text.

    Returns the tests when there is no problem, else None and every problem, by line.
    """
    try:
        tree = read_tree(text)
    except UnreadableYamlError as fault:
        return None, [Problem(file, fault.line, "document", "", fault.expected)]
    findings = [Finding(path, "each key once", "repeated") for path in tree.repeated]
    try:
        document = Dialogues.model_validate(_with_answers(tree))
        findings += _findings_of_sense(document, flows)
    except ValidationError as fault:
        findings += findings_of_form(fault, lambda path: fields_at(Dialogues, path[:-1]))
    if findings:
        return None, sorted(_problem(finding, file, tree) for finding in findings)
    return TestFile(file, document, tree), []


def _problem(finding: Finding, file: str, tree: YamlTree) -> Problem:
    key = key_text(finding.path) or "document"
    return Problem(file, tree.line_of(finding.path), key, shorten(finding.value), finding.expected)


def _with_answers(tree: YamlTree) -> Any:
    """The value, with the answers of services as JSON has them: a number is a number."""
    paths = [path for path in tree.lines if path[:1] == ("dialogues",) and path[3:] == ("answer", "json")]
    return with_json(tree, paths)


def _findings_of_sense(document: Dialogues, flows: Mapping[str, Flow]) -> Iterator[Finding]:
    if document.flow not in flows:
        yield Finding(
            ("flow",), "the name of a flow without a mistake" + guess(document.flow, flows), document.flow
        )
    nodes = {node for flow in flows.values() for node in flow.nodes}
    for name, steps in document.dialogues.items():
        for place, step in enumerate(steps):
            path = ("dialogues", name, place)
            if step.call is not None and place:
                yield Finding((*path, "call"), "the call as the first step")
            node = step.expect.node if step.expect is not None else None
            if node is not None and node not in nodes:
                yield Finding((*path, "expect", "node"), "the name of a node" + guess(node, nodes), node)
