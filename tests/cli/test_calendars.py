"""``ringmain calendars``."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.options import own_name
from runtime.clock import local_now
from tests.cli.small_switch import SmallSwitch

BY_HAND = {"calendar": "office", "until": None, "reason": "", "by": own_name()}


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["calendars", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        ([], "calendar.list", {}),
        (["list"], "calendar.list", {}),
        (["show", "office", "--days", "30"], "calendar.show", {"calendar": "office", "days": 30}),
        (["override", "office", "hours"], "calendar.override", BY_HAND | {"state": "hours"}),
        (
            ["override", "office", "closed", "--reason", "演练", "--until", "2026-11-23T10:00"],
            "calendar.override",
            BY_HAND | {"state": "closed", "reason": "演练", "until": datetime(2026, 11, 23, 10)},  # noqa: DTZ001
        ),
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


def test_calendars_are_a_table(small_switch: SmallSwitch) -> None:
    office = next(line for line in run(small_switch).stdout.splitlines() if line.startswith("office"))
    shown = ["office", "营业厅", "closed", "2026-11-23 10:00", "closed, by li, 演练", "Asia/Shanghai"]
    assert office.split() == " ".join(shown).split()


def test_a_calendar_is_shown_day_by_day(small_switch: SmallSwitch) -> None:
    lines = [line.split() for line in run(small_switch, "show", "office").stdout.splitlines()]
    assert ["2026-11-22", "sun", "closed", "–"] in lines
    assert ["2026-11-23", "mon", "08:30-12:00,", "14:00-17:30", "–"] in lines
    assert ["2026-11-24", "tue", "closed", "厂庆"] in lines
    assert ["2026-11-23", "08:30", "opens"] in lines


def test_an_override_may_be_given_a_length(small_switch: SmallSwitch) -> None:
    before = local_now()
    said = run(small_switch, "override", "office", "closed", "--for", "2h")
    assert said.stdout == "office is closed until 2026-11-23 10:00\n"
    ((_, params),) = small_switch.asked
    assert timedelta(0) <= params["until"] - before - timedelta(hours=2) < timedelta(minutes=1)


@pytest.mark.parametrize("words", [["--for", "soon"], ["--for", "1h", "--until", "2026-11-23T10:00"]])
def test_an_end_that_makes_no_sense_is_a_mistake(small_switch: SmallSwitch, words: list[str]) -> None:
    assert run(small_switch, "override", "office", "closed", *words).exit_code == 2
    assert small_switch.asked == []
