"""The JSON Schema of flow documents: published as it is, and it takes what we take."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from ivr.schema import flow_schema

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "flow.schema.json"
SCHEMA = flow_schema()
SHIPPED = [path for path in (ROOT / "conf" / "flows").glob("*.yaml") if not path.name.endswith(".test.yaml")]
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "flows.md").read_text("utf-8"), re.DOTALL)
FLOWS = [text for text in EXAMPLES if text.startswith("name: ") and "name: mistaken" not in text]
WHOLE = (ROOT / "tests" / "fuzz" / "corpus" / "flow" / "every_node.yaml").read_text("utf-8")


def mistakes(text: str) -> list[str]:
    """As an editor would find them, for which ``1`` is a number and ``no`` is not a text."""
    document = YAML(typ="safe", pure=True).load(text)
    plain = json.loads(json.dumps(document, default=str))
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(plain)]


def test_what_is_published_is_up_to_date() -> None:
    published = json.loads(PAGE.read_text("utf-8"))
    assert published == SCHEMA, "run ringmain flows schema > docs/flow.schema.json"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_it_takes_the_shipped_flows(path: Path) -> None:
    assert mistakes(path.read_text("utf-8")) == []


@pytest.mark.parametrize("text", [*FLOWS, WHOLE], ids=lambda text: text.split("\n", 1)[0])
def test_it_takes_every_example(text: str) -> None:
    assert mistakes(text) == []


def test_it_finds_the_mistake_of_form_in_the_example_of_mistakes() -> None:
    (mistaken,) = (text for text in EXAMPLES if text.startswith("name: mistaken"))
    assert mistakes(mistaken)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("type: survey", "type: surwey"),
        ("tries: 1\n", "tries: 99\n"),
        ("prompts: [zh/menu]", "prompt: [zh/menu]"),
        ("start: 问候", "start: [问候]"),
        ("wait: false", "wait: perhaps"),
    ],
)
def test_it_finds_mistakes_of_form(right: str, wrong: str) -> None:
    assert right in WHOLE
    assert mistakes(WHOLE.replace(right, wrong, 1))


def described(part: Any, path: str = "") -> list[str]:
    """The keys without a word of explanation."""
    found = []
    for key, inner in part.get("properties", {}).items():
        if "description" not in inner and "$ref" not in inner and "const" not in inner:
            found.append(f"{path}.{key}")
    return found


def test_an_editor_can_explain_most_keys() -> None:
    bare = [key for name, part in SCHEMA["$defs"].items() for key in described(part, name)]
    keys = sum(len(part.get("properties", {})) for part in SCHEMA["$defs"].values())
    assert len(bare) / keys < 0.5
