"""Documents with every type of node, damaged in every way: each is a flow or has problems."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.document import Flow, Node
from ivr.reader import read_flow
from ivr.yaml_tree import read_tree
from tests.fuzz.flow_property import SURROUNDINGS, check_flow_text

CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus" / "flow"
WHOLE = (CORPUS / "every_node.yaml").read_text("utf-8")
TREE: dict[str, Any] = read_tree(WHOLE).value
KEYS = sorted({key for kind in (Flow, *get_args(Node)) for key in kind.model_fields})
ODD_TEXTS = [
    "",
    "{",
    "}",
    "{{",
    "{caller_number",
    "{1 +}",
    "1 +",
    "(" * 300,
    "9" * 5000,
    "1e999",
    "nan",
    "'\\d'",
    "f'{x}'",
    "a.b.c[0](1)",
    "not " * 200 + "a",
    "-" * 900 + "1",
    "service?priority={",
    "service?require=)(&agent=%ff",
    "\x07\u2028\u200f",
    "𝟏",
    "[key]",
]
TEXTS = st.one_of(st.sampled_from([*ODD_TEXTS, *KEYS]), st.text(max_size=8))
TREES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
TURNS = 8
Place = tuple[dict[str, Any] | list[Any], Any]
"""A mapping or list, and a key or index in it."""


def places(value: Any) -> Iterator[Place]:
    keys = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def damage(document: dict[str, Any], data: st.DataObject) -> None:
    """Take something out, put something else or another part there, or call it otherwise."""
    holder, key = data.draw(st.sampled_from(list(places(document))))
    match data.draw(st.sampled_from(["other", "part", "gone", "renamed"])):
        case "other":
            holder[key] = data.draw(TREES)
        case "part":
            inner, name = data.draw(st.sampled_from(list(places(TREE))))
            holder[key] = deepcopy(inner[name])
        case "gone":
            del holder[key]
        case _ if isinstance(holder, dict):
            holder[data.draw(TEXTS)] = holder.pop(key)


def test_the_whole_document_has_every_type_of_node_and_no_mistake() -> None:
    assert check_flow_text(WHOLE)
    flow, _ = read_flow(WHOLE, "every_node.yaml", SURROUNDINGS)
    assert flow is not None
    assert {type(node) for node in flow.nodes.values()} == set(get_args(Node))


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.stem)
def test_any_document_of_the_corpus_is_a_flow_or_has_problems(path: Path) -> None:
    assert check_flow_text(path.read_text("utf-8")) == (path.stem == "every_node")


@pytest.mark.parametrize("odd", ODD_TEXTS, ids=lambda odd: ascii(odd)[:20])
def test_odd_texts_are_judged_wherever_one_stands(odd: str) -> None:
    """At each in turn of some 250 places, several of them in one document."""
    for turn in range(TURNS):
        document = deepcopy(TREE)
        for holder, key in list(places(document))[turn::TURNS]:
            if isinstance(holder[key], str) and key != "type":
                holder[key] = odd
        assert not check_flow_text(json.dumps(document, ensure_ascii=False))


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_tree_is_a_flow_or_has_problems(data: st.DataObject) -> None:
    document = deepcopy(TREE)
    for _ in range(data.draw(st.integers(1, 4))):
        damage(document, data)
    check_flow_text(json.dumps(document, ensure_ascii=False))


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_text_is_a_flow_or_has_problems(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(begin, min(begin + 40, len(WHOLE))))
    check_flow_text(WHOLE[:begin] + data.draw(TEXTS) + WHOLE[end:])
