"""``ringmain schema``: no switch runs."""

import json

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from cli.commands import app


def told(*words: str, refused: bool = False) -> str:
    done = CliRunner().invoke(app, ["schema", *words])
    assert done.exit_code == int(refused)
    return done.output


def test_all_there_is_in_tables() -> None:
    shown = told()
    for name in ("agent.ready", "call.answered", "not_allowed"):
        assert name in shown


def test_all_there_is_as_json_schema() -> None:
    Draft202012Validator.check_schema(json.loads(told("--json")))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "agent.ask_leave",
            [
                "for agent, supervisor, administrator",
                "agent   text  the agent's number (工号)",
                "reason  text",
                "errors bad_params",
            ],
        ),
        ("trunk.enable", ["for operator, administrator; of the house"]),
        ("switch.status", ["parameters none", "  state                    up or draining"]),
        ("list.add", ["entries        list of map", "    valid_until  text; may be absent"]),
        ("call.originate", ["ring_s         number; else 60"]),
        ("call.answered", ["recording_id  text or null  The recording that begins now"]),
        ("call.ended", ["USER_BUSY"]),
        ("refused", ["Understood, but not possible now"]),
    ],
)
def test_one_of_them_in_plain_words(name: str, lines: list[str]) -> None:
    shown = told(name)
    assert shown.startswith(name)
    for line in lines:
        assert line in shown, shown


def test_one_of_them_as_json_needs_nothing_beside_it() -> None:
    verb = json.loads(told("agent.ready", "--json"))
    assert "$ref" not in json.dumps(verb)
    assert verb["parameters"]["required"] == ["agent"]


def test_a_name_that_is_none_is_told_with_the_nearest() -> None:
    assert "did you mean call.answered?" in told("call.anwsered", refused=True)
