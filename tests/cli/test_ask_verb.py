"""ask: any verb by its own name, with what is typed read as the verb takes it."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.ask_verb import read_parameters
from cli.commands import app
from tests.cli.small_switch import CALL, SmallSwitch

SCHEMA: dict[str, Any] = {
    "$defs": {"Way": {"type": "string", "enum": ["1", "2"]}, "Step": {"type": "object"}},
    "properties": {
        "agent": {"type": "string"},
        "way": {"$ref": "#/$defs/Way"},
        "step": {"$ref": "#/$defs/Step"},
        "ring_s": {"type": "number"},
        "reason": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "agents": {"anyOf": [{"type": "string"}, {"type": "array"}]},
    },
}


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["ask", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("agent=1001", "1001"),
        ("agent=null", "null"),
        ("way=2", "2"),
        ('step={"say": "请"}', {"say": "请"}),
        ("ring_s=2.5", 2.5),
        ("reason=null", None),
        ("reason=午休", "午休"),
        ("agents=1001", "1001"),
        ('agents=["1001"]', ["1001"]),
        ("unknown=3", 3),
        ("agent=a=b", "a=b"),
    ],
)
def test_what_is_typed_is_read_as_the_verb_takes_it(typed: str, meant: object) -> None:
    (value,) = read_parameters([typed], SCHEMA).values()
    assert value == meant


def test_the_answer_is_shown_to_people_and_programs(small_switch: SmallSwitch) -> None:
    told = run(small_switch, "call.list")
    assert told.exit_code == 0, told.output
    assert CALL["caller_number"] in told.stdout
    assert CALL in json.loads(run(small_switch, "call.list", "--json").stdout)
    assert "open_calls" in run(small_switch, "switch.status").stdout


def test_a_verb_is_carried_out_with_what_was_given(small_switch: SmallSwitch) -> None:
    assert run(small_switch, "agent.not_ready", "agent=1001", "reason=午休").exit_code == 0
    assert small_switch.asked[-1] == ("agent.not_ready", {"agent": "1001", "reason": "午休"})


def test_what_cannot_be_asked_is_told(small_switch: SmallSwitch) -> None:
    misspelt = run(small_switch, "agent.redy")
    assert misspelt.exit_code == 1
    assert "no verb 'agent.redy'; did you mean agent.ready?" in misspelt.stderr
    assert "agent is missing" in run(small_switch, "agent.ready").stderr
    assert "expected name=value" in run(small_switch, "agent.ready", "1001").stderr
