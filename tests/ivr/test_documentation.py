"""docs/flows.md: its examples are flows, its mistakes are told as it says, its tables are complete."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from ivr.check import Surroundings
from ivr.document import Flow, Node
from ivr.events import FlowEnd
from ivr.expressions import ASKING, FUNCTIONS
from ivr.nodes.branch import Way
from ivr.nodes.survey import Question
from ivr.prompt_list import Piece
from ivr.reader import read_flow
from ivr.testing.document import (
    Answer,
    Call,
    Dialogues,
    EventExpected,
    Expect,
    Failing,
    QueueNow,
    RequestExpected,
    Speech,
    Step,
    TextExpected,
)
from ivr.testing.reader import read_tests
from ivr.testing.runner import play_all
from ivr.visit import FACTS
from ivr.walk import Rules
from media.prompts import load_prompts

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(name:.*?)```", TEXT, re.DOTALL)
TESTS = re.findall(r"```yaml\n(flow:.*?)```", TEXT, re.DOTALL)
TEST_MODELS: list[type[BaseModel]] = [
    Dialogues,
    Call,
    QueueNow,
    Step,
    Speech,
    Answer,
    Failing,
    Expect,
    RequestExpected,
    TextExpected,
    EventExpected,
]
(TOLD,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def surroundings() -> Surroundings:
    library, _ = load_prompts(ROOT / "conf" / "prompts")
    return Surroundings(
        prompts=library.names,
        knows_queue=lambda name: name.partition("?")[0] == "service",
        lookups={"billing"},
    )


@pytest.mark.parametrize("example", EXAMPLES[:-1], ids=lambda text: text.split("\n", 1)[0])
def test_an_example_is_a_flow(example: str, surroundings: Surroundings) -> None:
    flow, problems = read_flow(example, "example.yaml", surroundings)
    assert problems == []
    assert isinstance(flow, Flow)


@pytest.mark.parametrize("example", TESTS, ids=lambda text: text.split("\n", 1)[0])
def test_an_example_of_tests_goes_well(example: str, surroundings: Surroundings) -> None:
    read = [read_flow(text, "example.yaml", surroundings)[0] for text in EXAMPLES[:-1]]
    flows = {flow.name: flow for flow in read if flow is not None}
    tests, problems = read_tests(example, "example.test.yaml", flows)
    assert problems == []
    assert tests is not None
    assert [played.failure for played in play_all(tests, flows, Rules())] == [None] * len(
        tests.document.dialogues
    )


def test_the_mistakes_are_told_as_it_says(surroundings: Surroundings) -> None:
    _, problems = read_flow(EXAMPLES[-1], "mistaken.yaml", surroundings)
    assert [str(problem) for problem in problems] == TOLD.splitlines()


@pytest.mark.parametrize(
    "model",
    [Flow, Way, Question, Piece, *get_args(Node), *TEST_MODELS],
    ids=lambda model: model.__name__,
)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    for key, field in model.model_fields.items():
        key = field.alias or key
        assert f"`{key}`" in TEXT, key


@pytest.mark.parametrize("name", [*FACTS, *FUNCTIONS, *ASKING])
def test_every_fact_and_function_is_explained(name: str) -> None:
    assert f"`{name}`" in TEXT or f"`{name}(" in TEXT


@pytest.mark.parametrize("reason", FlowEnd)
def test_every_reason_is_explained(reason: FlowEnd) -> None:
    assert f"| `{reason}` |" in TEXT
