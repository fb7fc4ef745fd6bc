"""Cells, durations, fields, problems and errors."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.output import cell, duration, print_fields, print_json, print_problems
from runtime.problems import Problem
from tests.cli.small_installation import replace
from tests.cli.small_switch import SmallSwitch


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


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("bans --json", 2, "No such command 'bans'. Did you mean 'sip bans'?"),
        ("sip bans add --json", 2, "Missing argument 'source'."),
        ("agents --json --bogus", 2, "No such option: --bogus"),
        ("agents ready 1001 --json --socket /nowhere", 1, "no switch listens at /nowhere"),
        ("sip trace --peer 张伟 --json", 1, "张伟 is no IP address"),
    ],
)
def test_errors_are_json_where_the_answer_is_to_be(
    line: str, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = CliRunner().invoke(app, line.split())
    assert (result.exit_code, result.stdout) == (code, "")
    told = json.loads(result.stderr)
    assert list(told["error"]) == ["message"]
    assert told["error"]["message"].startswith(message)


def test_a_refusal_as_json_tells_what_the_switch_told(small_switch: SmallSwitch) -> None:
    words = ["--socket", str(small_switch.socket), "--json"]
    wrong = CliRunner().invoke(app, ["sip", "bans", "add", "192.0.2.1", "--seconds", "-5", *words])
    assert wrong.exit_code == 1
    assert json.loads(wrong.stderr)["error"] == {
        "code": "bad_params",
        "message": "--seconds must be more than 0.0; it is -5.0",
        "data": {"fields": {"duration_s": "must be more than 0.0; it is -5.0"}},
    }
    small_switch.refusal = "no; call.list names those that are"
    refused = CliRunner().invoke(app, ["flows", *words])
    assert json.loads(refused.stderr)["error"] == {
        "code": "refused",
        "message": "no; `ringmain calls` names those that are",
    }


def test_mistakes_of_files_as_json_are_told_in_words_and_one_by_one(configuration_path: Path) -> None:
    replace(configuration_path, 'music = "hello"', "wrap_up_s = -1")
    result = CliRunner().invoke(app, ["records", "--json", "--config", str(configuration_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    error = json.loads(result.stderr)["error"]
    [line, count] = error["message"].splitlines()
    assert line.endswith("queues[0].wrap_up_s is -1; expected a number from 0 to 3600")
    assert count == "1 problem"
    assert error["data"]["complete"]
    assert error["data"]["problems"][0]["key"] == "queues[0].wrap_up_s"


def test_errors_are_sentences_again_for_people() -> None:
    CliRunner().invoke(app, ["sip", "trace", "--peer", "1001", "--json"])
    told = CliRunner().invoke(app, ["sip", "trace", "--peer", "1001"]).stderr
    assert told.startswith("ringmain: 1001 is no IP address")
