"""``ringmain lookups``."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_switch import TRIED, SmallSwitch


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["lookups", *words, "--socket", str(small_switch.socket)])


def test_the_list_shows_how_services_do(small_switch: SmallSwitch) -> None:
    shown = run(small_switch).output
    assert small_switch.asked == [("lookup.list", {})]
    for text in ("billing", "open", "1204", "7", "85"):
        assert text in shown


def test_one_is_tried_with_path_and_query(small_switch: SmallSwitch) -> None:
    words = ["--path", "/bills", "--query", "户号=0450012345", "--query", "note=a=b"]
    done = run(small_switch, "try", "billing", *words)
    ((verb, given),) = small_switch.asked
    assert verb == "lookup.try"
    assert given["query"] == {"户号": "0450012345", "note": "a=b"}
    assert (given["service"], given["method"], given["path"], given["body"]) == (
        "billing",
        "GET",
        "/bills",
        None,
    )
    assert done.exit_code == 0
    assert "王芳" in done.output


def test_a_body_is_sent_as_the_value_it_is(small_switch: SmallSwitch) -> None:
    done = run(small_switch, "try", "billing", "--method", "POST", "--body", '{"id": 7}', "--json")
    assert small_switch.asked[0][1]["body"] == {"id": 7}
    assert json.loads(done.output) == TRIED


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--query", "month"], "NAME=VALUE"), (["--query", "=7"], "NAME=VALUE"), (["--body", "{"], "no JSON")],
)
def test_what_cannot_be_understood_is_not_asked(
    small_switch: SmallSwitch, words: list[str], said: str
) -> None:
    done = run(small_switch, "try", "billing", *words)
    assert (done.exit_code, small_switch.asked) == (2, [])
    assert said in done.output


def test_an_attempt_without_an_answer_fails(small_switch: SmallSwitch) -> None:
    small_switch.changes = {"outcome": "circuit_open", "status": None, "answer": None}
    done = run(small_switch, "try", "billing")
    assert done.exit_code == 1
    assert "circuit_open" in done.output
