"""Where keys stand in a TOML text."""

import pytest
import tomli

from cli.configuration.toml_tree import TomlTree, key_parts
from runtime.problems import KeyPath

TEXT = """\
top = 1

[sip]
timers.t1 = { "a b" = 1, c = [1,   # a comment
  2, { d = 3 }] }

[[queues]]
name = "first"
  [queues.hours]
  open = 8
[[queues]]
name = \"""
第二
\"""
[queues.hours]
open = 9
[[queues.breaks]]
at = 12
[[queues.breaks]]
at = 13
"""


def tree_of(text: str) -> TomlTree:
    return TomlTree(text, tomli.loads(text))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("sip",), 3),
        (("sip", "timers"), 4),
        (("sip", "timers", "t1", "a b"), 4),
        (("sip", "timers", "t1", "c", 0), 4),
        (("sip", "timers", "t1", "c", 1), 5),
        (("sip", "timers", "t1", "c", 2, "d"), 5),
        (("queues",), 7),
        (("queues", 0), 7),
        (("queues", 0, "name"), 8),
        (("queues", 0, "hours", "open"), 10),
        (("queues", 1), 11),
        (("queues", 1, "name"), 12),
        (("queues", 1, "hours"), 15),
        (("queues", 1, "hours", "open"), 16),
        (("queues", 1, "breaks", 0, "at"), 18),
        (("queues", 1, "breaks", 1, "at"), 20),
    ],
)
def test_each_key_is_found_on_its_line(path: KeyPath, line: int) -> None:
    tree = tree_of(TEXT)
    assert tree.lines[path] == line
    assert tree.line_of(path) == line


def test_a_missing_key_has_the_line_of_what_is_around_it() -> None:
    tree = tree_of(TEXT)
    assert tree.line_of(("queues", 1, "title")) == 11
    assert tree.line_of(("nowhere", "at", "all")) == 0


def test_windows_line_ends_count_once() -> None:
    assert tree_of("a = 1\r\n\r\nb = 2\r\n").line_of(("b",)) == 3


def test_values_are_found_by_path() -> None:
    tree = tree_of(TEXT)
    assert tree.get(("queues", 1, "hours", "open")) == 9
    assert tree.get(("sip", "timers", "t1", "c", 2)) == {"d": 3}
    assert tree.get(("queues", 7, "name")) is None
    assert tree.get(("top", "deeper")) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a", ("a",)), ("a.b", ("a", "b")), ('a."b.c"', ("a", "b.c")), ("'客户'.x", ("客户", "x"))],
)
def test_keys_are_taken_apart(text: str, parts: KeyPath) -> None:
    assert key_parts(text) == parts
