"""``ringmain configuration``: what it asks of the switch, and how it tells the answers."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.options import own_name
from tests.cli.small_switch import CONFIGURED, DIFFERENCE, VERSION, WRITTEN, SmallSwitch

OWN: dict[str, Any] = {"acting_for": ""}
HOUSE = OWN | {"tenant": ""}
EVERYBODY = OWN | {"tenant": None}
CHANGE = {"check": False, "by": own_name(), "why": ""}


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["configuration", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        ([], "show", HOUSE | {"section": "", "name": ""}),
        (
            ["show", "agents", "1001", "-t", "acme"],
            "show",
            OWN | {"section": "agents", "name": "1001", "tenant": "acme"},
        ),
        (
            [
                "set",
                "agents",
                "1001",
                "weight=2.5",
                "name=张伟",
                'queues=["service"]',
                "tags=",
                "--default",
                "skills",
            ],
            "set",
            HOUSE
            | CHANGE
            | {
                "section": "agents",
                "name": "1001",
                "keys": {"weight": 2.5, "name": "张伟", "queues": ["service"], "tags": "", "skills": None},
            },
        ),
        (
            ["set", "acd", "priority_level_s=30", "--check", "--by", "li", "--why", "高峰"],
            "set",
            HOUSE
            | {"section": "acd", "name": "", "keys": {"priority_level_s": 30}}
            | {"check": True, "by": "li", "why": "高峰"},
        ),
        (
            ["set", "stations", "1001", "password=a=b", "outside_level=3"],
            "set",
            HOUSE
            | CHANGE
            | {"section": "stations", "name": "1001", "keys": {"password": "a=b", "outside_level": 3}},
        ),
        (["remove", "agents", "1001"], "remove", HOUSE | CHANGE | {"section": "agents", "name": "1001"}),
        (["undo"], "undo", EVERYBODY | CHANGE | {"to": None}),
        (["undo", "--to", "3", "--tenant", "acme"], "undo", OWN | CHANGE | {"to": 3, "tenant": "acme"}),
        (["history", "-n", "5"], "history", EVERYBODY | {"limit": 5}),
        (["diff"], "diff", EVERYBODY | {"version": None, "since": None}),
        (["diff", "7", "--since", "3"], "diff", EVERYBODY | {"version": 7, "since": 3}),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_each_word_asks_its_verb(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, Any], as_json: bool
) -> None:
    result = run(small_switch, *words, *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [(f"configuration.{verb}", params)]
    if as_json:
        assert json.loads(result.stdout) in (CONFIGURED, [WRITTEN], [VERSION], [DIFFERENCE])


def test_what_stands_there_is_shown_key_by_key(small_switch: SmallSwitch) -> None:
    assert 'id = "1001", name = "张伟", queues = ["service"]' in run(small_switch, "show").stdout


def test_a_change_is_told_with_how_to_take_it_back(small_switch: SmallSwitch) -> None:
    text = run(small_switch, "set", "agents", "1001", "weight=2.5").stdout
    assert "what has changed" in text
    assert "This is version 17; ringmain configuration undo takes it back." in text


def test_a_version_is_told_with_who_and_why(small_switch: SmallSwitch) -> None:
    line = run(small_switch, "history").stdout.splitlines()[-1]
    assert line.split()[0] == "17"
    assert "an undo  李娜  误改" in line


def test_each_key_that_is_other_has_a_line(small_switch: SmallSwitch) -> None:
    first, second = run(small_switch, "diff").stdout.splitlines()[-2:]
    assert first.split() == ["–", "agents", "1001", "changed", "weight", "–", "2.5"]
    assert second.split()[-3:] == ["record", "true", "false"]


def test_a_word_without_a_value_is_told(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "set", "agents", "1001", "weight")
    assert result.exit_code == 2
    assert "'weight' is no key with a value" in result.output
    assert small_switch.asked == []


def test_values_are_shown_as_the_file_writes_them(small_switch: SmallSwitch) -> None:
    keys = {"queues": ["service", "重要"], "skills": {"billing": 3}, "record": True, "ring_s": 2.5}
    small_switch.lists["configuration.show"] = [{"section": "agents", "name": "1001", "keys": keys}]
    told = run(small_switch, "show").stdout
    assert 'queues = ["service", "重要"]' in told
    assert "skills = { billing = 3 }, record = true, ring_s = 2.5" in told


def test_a_reload_tells_what_is_seldom_meant(small_switch: SmallSwitch) -> None:
    told = CliRunner().invoke(app, ["reload", "--socket", str(small_switch.socket)])
    assert told.stdout.splitlines()[-1] == (
        "caution: ringmain.toml:7: sip.host; expected an address of this machine"
    )
