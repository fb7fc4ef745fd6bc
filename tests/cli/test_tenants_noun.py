"""``ringmain tenants``: what it asks of the switch, and how it tells the answers."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.options import own_name
from tests.cli.small_switch import SmallSwitch

ASKED: dict[str, Any] = {"tenant": "acme", "check": False, "by": own_name(), "why": ""}
MADE: dict[str, Any] = {"domain": "", "title": "", "template": "", "keys": {}, "changes": []}


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["tenants", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        ([], "list", {}),
        (["show", "acme"], "show", {"tenant": "acme"}),
        (["create", "acme"], "create", ASKED | MADE),
        (
            [
                "create",
                "acme",
                "calls=30",
                "--domain",
                "acme.example",
                "--title",
                "供电",
                "--template",
                "basic",
            ],
            "create",
            ASKED
            | MADE
            | {"domain": "acme.example", "title": "供电", "template": "basic", "keys": {"calls": 30}},
        ),
        (
            ["change", "acme", "calls=30", "--default", "title"],
            "change",
            ASKED | {"keys": {"calls": 30, "title": None}},
        ),
        (["suspend", "acme", "--why", "合同到期"], "suspend", ASKED | {"why": "合同到期"}),
        (["resume", "acme", "--by", "li"], "resume", ASKED | {"by": "li"}),
        (["remove", "acme", "--check"], "remove", ASKED | {"check": True, "drain": False}),
        (["remove", "acme", "--drain"], "remove", ASKED | {"drain": True}),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_each_word_asks_its_verb(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, Any], as_json: bool
) -> None:
    result = run(small_switch, *words, *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [(f"tenant.{verb}", params)]
    if as_json:
        json.loads(result.stdout)


def test_tenants_are_a_table(small_switch: SmallSwitch) -> None:
    line = run(small_switch).stdout.splitlines()[-1]
    assert line.split() == ["acme", "供电服务", "acme.example", "open", "12", "8", "3"]


def test_a_tenant_is_shown_with_limits_and_use(small_switch: SmallSwitch) -> None:
    text = run(small_switch, "show", "acme").stdout
    assert "agents: 2 AVAILABLE, 6 ON_CALL" in text
    assert [line.split() for line in text.splitlines()[-4:]] == [
        ["calls", "12", "30"],
        ["agents", "10", "no", "limit"],
        ["queues", "4", "no", "limit"],
        ["stations", "10", "20"],
    ]
