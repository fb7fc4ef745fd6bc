"""Cells, durations, fields and problems."""

from datetime import UTC, datetime

import pytest

from cli.output import cell, duration, print_fields, print_json, print_problems
from runtime.problems import Problem


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        ([], "–"),
        (0, "0"),
        (1.9480000000000002, "1.948"),
        (4.0, "4.0"),
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


def test_json_keeps_chinese_and_writes_moments_in_iso(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "张伟", "at": datetime(2026, 1, 2, tzinfo=UTC)})
    assert capsys.readouterr().out == '{\n  "name": "张伟",\n  "at": "2026-01-02T00:00:00+00:00"\n}\n'


def test_problems_without_a_line_show_the_file_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([Problem("a.toml", 0, "k", "", "x"), Problem("b.toml", 3, "k", "1", "y")], stderr=True)
    streams = capsys.readouterr()
    assert streams.err.splitlines() == ["a.toml: k; expected x", "b.toml:3: k is 1; expected y", "2 problems"]
    assert streams.out == ""


def test_a_long_value_of_one_thing_is_not_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_fields("recording-1", {"path": "/" + "x" * 100, "station": None})
    assert capsys.readouterr().out.splitlines() == [
        "recording-1",
        "path     /" + "x" * 100,
        "station  –",
    ]


def test_one_thing_without_fields_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields("data of contact-1", {})
    assert capsys.readouterr().out == "data of contact-1: none\n"
