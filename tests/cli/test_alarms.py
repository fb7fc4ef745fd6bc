"""``ringmain alarms``."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.options import own_name
from tests.cli.small_switch import SmallSwitch

BY = {"by": own_name() or "cli"}


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["alarms", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        ([], "alarm.list", {}),
        (["list"], "alarm.list", {}),
        (["list", "--rules"], "alarm.list", {}),
        (
            ["acknowledge", "alarm-1", "--note", "加派"],
            "alarm.acknowledge",
            BY | {"alarm_id": "alarm-1", "note": "加派"},
        ),
        (
            ["silence", "long-line", "--for", "90m", "--of", "service"],
            "alarm.silence",
            BY | {"alarm": "long-line", "subject": "service", "for_s": 5400.0, "reason": ""},
        ),
        (["history", "-a", "down"], "alarm.history", {"alarm": "down", "limit": 50, "tenant": None}),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_each_command_asks_one_verb_once(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, Any], as_json: bool
) -> None:
    result = run(small_switch, *words, *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [(verb, params)]
    if as_json:
        json.loads(result.stdout)


def test_what_is_raised_is_a_table(small_switch: SmallSwitch) -> None:
    line = next(line for line in run(small_switch).stdout.splitlines() if line.startswith("alarm-1"))
    assert line.split()[:6] == ["alarm-1", "warning", "long-line", "service", "waiting", "7.0"]


def test_rules_tell_their_thresholds_and_the_past_what_it_was_of(small_switch: SmallSwitch) -> None:
    assert "warning 5/3" in run(small_switch, "list", "--rules").stdout
    past = run(small_switch, "history").stdout
    assert "the switch" in past
    assert "李娜" in past


def test_a_silence_without_a_sense_is_not_asked_for(small_switch: SmallSwitch) -> None:
    result = run(small_switch, "silence", "long-line", "--for", "soon")
    assert (result.exit_code, small_switch.asked) == (2, [])
