"""Cells, durations and tables."""

from datetime import UTC, datetime

import pytest

from cli.output import cell, duration, print_json, print_problems, print_table
from runtime.problems import Problem


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        ([], "–"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        (("a", "b"), "a, b"),
        ("张伟", "张伟"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert cell(value) == text


def test_no_duration_is_a_dash() -> None:
    assert duration(None) == "–"
    assert duration(61.5) == "1:01"


def test_what_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[bold]names[/]", ("name",), [["[red]x[/]"]])
    assert "[red]x[/]" in capsys.readouterr().out


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("calls", ("call",), [])
    assert capsys.readouterr().out == "calls: none\n"


def test_a_wide_table_is_not_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("wide", ("a", "b"), [["x" * 90, "y" * 90]])
    out = capsys.readouterr().out
    assert "x" * 90 in out
    assert "y" * 90 in out


def test_json_keeps_chinese_and_writes_moments_in_iso(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "张伟", "at": datetime(2026, 1, 2, tzinfo=UTC)})
    assert capsys.readouterr().out == '{\n  "name": "张伟",\n  "at": "2026-01-02T00:00:00+00:00"\n}\n'


def test_problems_without_a_line_show_the_file_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([Problem("a.toml", 0, "k", "", "x"), Problem("b.toml", 3, "k", "1", "y")], stderr=True)
    streams = capsys.readouterr()
    assert "a.toml " in streams.err
    assert "b.toml:3 " in streams.err
    assert "2 problems" in streams.err
    assert streams.out == ""
