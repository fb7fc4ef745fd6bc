"""The words for what is wrong in a document."""

import pytest

from runtime.problems import KeyPath, Problem, closest, key_text, listed, shorten


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("sip", "port"), "sip.port"),
        (("queues", 1, "name"), "queues[1].name"),
        (("节点", 0, 2), "节点[0][2]"),
        (("nodes", "two\nlines"), "nodes.two lines"),
    ],
)
def test_a_path_is_written_as_people_write_it(path: KeyPath, text: str) -> None:
    assert key_text(path) == text


def test_a_short_text_keeps_its_blanks_and_a_long_one_is_cut() -> None:
    assert shorten("two  blanks") == "two  blanks"
    assert shorten("很" * 60) == "很" * 60
    assert shorten("很" * 61) == "很" * 59 + "…"


def test_the_name_that_was_probably_meant_is_found() -> None:
    assert closest("prot", ["host", "port"]) == "port"
    assert closest("zzz", ["host", "port"]) is None


def test_names_to_choose_from_are_sorted() -> None:
    assert listed({"sales", "报修", "billing"}) == "billing, sales, 报修"
    assert listed([]) == "(there are none)"


def test_a_problem_says_file_line_key_value_and_what_was_expected() -> None:
    assert str(Problem("a.toml", 3, "sip.port", "0", "at least 1")) == (
        "a.toml:3: sip.port is 0; expected at least 1"
    )
    assert str(Problem("a.toml", 3, "sip.port", "", "a number")) == "a.toml:3: sip.port; expected a number"
