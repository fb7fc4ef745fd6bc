"""delete, convert and move for many recordings: what is refused for one is told, the others are done."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_switch import SmallSwitch

HELD = "recording recording-2 is held; call.list tells nothing of it"
IDS = ["recording-1", "recording-2", "recording-3"]


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["recordings", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("words", "verb", "done"),
    [
        (["delete", *IDS, "--reason", "asked for"], "recording.delete", "deleted"),
        (["convert", *IDS], "recording.convert", "will be converted"),
    ],
)
def test_one_that_is_refused_is_told_and_the_others_go_on(
    small_switch: SmallSwitch, words: list[str], verb: str, done: str
) -> None:
    small_switch.refusal, small_switch.refused_id = HELD, "recording-2"
    told = run(small_switch, *words)
    assert told.exit_code == 1
    assert [(name, params["recording_id"]) for name, params in small_switch.asked] == [
        (verb, recording_id) for recording_id in IDS
    ]
    assert told.stdout.splitlines()[-1] == f"2 {done}"
    assert "is held; `ringmain calls` tells nothing of it" in " ".join(told.stdout.split())
    as_json = json.loads(run(small_switch, *words, "--json").stdout)
    assert [one.get("problem") for one in as_json] == [
        None,
        None,
        HELD.replace("call.list", "`ringmain calls`"),
    ]


def test_one_alone_is_refused_as_any_command(small_switch: SmallSwitch) -> None:
    small_switch.refusal = "recording recording-2 is held"
    told = run(small_switch, "delete", "recording-2", "--reason", "asked for")
    assert (told.exit_code, told.stdout, told.stderr) == (1, "", "ringmain: recording recording-2 is held\n")
