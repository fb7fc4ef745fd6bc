"""docs/flows.md: its examples are flows, its mistakes are told as it says, its tables are complete."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from ivr.check import Surroundings
from ivr.document import Back, Branch, Flow, HangUp, Menu, Play, Queue, Way
from ivr.events import FlowEnd
from ivr.reader import read_flow
from media.prompts import load_prompts

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
(TOLD,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def surroundings() -> Surroundings:
    library, _ = load_prompts(ROOT / "conf" / "prompts")
    return Surroundings(prompts=library.names, knows_queue=lambda name: name.partition("?")[0] == "service")


@pytest.mark.parametrize("example", EXAMPLES[:-1], ids=lambda text: text.split("\n", 1)[0])
def test_an_example_is_a_flow(example: str, surroundings: Surroundings) -> None:
    flow, problems = read_flow(example, "example.yaml", surroundings)
    assert problems == []
    assert isinstance(flow, Flow)


def test_the_mistakes_are_told_as_it_says(surroundings: Surroundings) -> None:
    _, problems = read_flow(EXAMPLES[-1], "mistaken.yaml", surroundings)
    assert [str(problem) for problem in problems] == TOLD.splitlines()


@pytest.mark.parametrize(
    "model", [Flow, Play, Menu, Queue, Branch, Way, Back, HangUp], ids=lambda model: model.__name__
)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    for key in model.model_fields:
        assert f"`{key}`" in TEXT, key


@pytest.mark.parametrize("reason", FlowEnd)
def test_every_reason_is_explained(reason: FlowEnd) -> None:
    assert f"| `{reason}` |" in TEXT
