"""YAML text as plain data with lines."""

from pathlib import Path
from typing import NoReturn

import pytest

from ivr import yaml_tree
from ivr.yaml_tree import UnreadableYamlError, read_tree

CONF = Path(__file__).parents[2] / "conf"


def test_scalars_stay_as_written_except_nothing() -> None:
    tree = read_tree("{a: 1, b: no, c: 1.50, d: null, e: ~, f: 'null', g: '', h: 01, i: }")
    assert tree.value == {
        "a": "1",
        "b": "no",
        "c": "1.50",
        "d": None,
        "e": None,
        "f": "null",
        "g": "",
        "h": "01",
        "i": None,
    }


def test_every_key_and_list_item_has_its_line() -> None:
    tree = read_tree("a: 1\n节点:\n  - x\n  - b:\n      c: 2\n")
    assert tree.value == {"a": "1", "节点": ["x", {"b": {"c": "2"}}]}
    assert tree.lines == {
        ("a",): 1,
        ("节点",): 2,
        ("节点", 0): 3,
        ("节点", 1): 4,
        ("节点", 1, "b"): 4,
        ("节点", 1, "b", "c"): 5,
    }


def test_a_missing_key_has_the_line_of_what_is_around_it() -> None:
    tree = read_tree("a:\n\n  b:\n    c: 2\n")
    assert tree.line_of(("a", "b", "d", 0)) == 3
    assert tree.line_of(("z",)) == 1


def test_a_key_given_twice_holds_its_last_value_and_is_told() -> None:
    tree = read_tree("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert tree.value == {"a": "3", "b": {"c": "2"}}
    assert tree.repeated == [("b", "c"), ("a",)]
    assert tree.line_of(("a",)) == 3


def test_an_empty_text_holds_nothing() -> None:
    assert read_tree("# only a comment\n").value is None


def test_what_cannot_be_read_is_refused_with_its_line() -> None:
    with pytest.raises(UnreadableYamlError) as refused:
        read_tree("a: 1\nb: [1, 2\nc: 3\n")
    assert refused.value.line == 3


DOCUMENTS = [
    "a: {b: [1, 'zwei', \"三\"], c: }\nd: |\n  x\n   y\n\ne: >-\n  x\n  y\n",
    'a:\n- b: "\\u4e2d"\n\n-\n- ~ # nothing\n',
    *(path.read_text(encoding="utf-8") for path in sorted((CONF / "flows").glob("*.yaml"))),
]


@pytest.mark.parametrize("text", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_the_careful_reader_reads_as_the_fast_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> NoReturn:
        raise ValueError

    fast = read_tree(text)
    monkeypatch.setattr(yaml_tree, "_read_fast", refuse)
    assert read_tree(text) == fast


def test_nesting_is_bounded() -> None:
    assert read_tree("[" * 16 + "]" * 16).value is not None
    with pytest.raises(UnreadableYamlError, match="at most 16 levels"):
        read_tree("[" * 100_000)
