"""``ringmain trunks``."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_switch import TRUNK, SmallSwitch


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["trunks", *words, "--socket", str(small_switch.socket)])


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        ([], "trunk.list", {}),
        (["list"], "trunk.list", {}),
        (["show", "telecom"], "trunk.show", {"trunk": "telecom"}),
        (["enable", "telecom"], "trunk.enable", {"trunk": "telecom"}),
        (["disable", "telecom"], "trunk.disable", {"trunk": "telecom"}),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_each_command_asks_one_verb_once(
    small_switch: SmallSwitch, words: list[str], verb: str, params: dict[str, str], as_json: bool
) -> None:
    result = run(small_switch, *words, *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.output
    assert small_switch.asked == [(verb, params)]
    if as_json:
        json.loads(result.stdout)


def test_trunks_are_found_where_they_were_before(small_switch: SmallSwitch) -> None:
    old = CliRunner().invoke(app, ["sip", "trunks", "--socket", str(small_switch.socket)])
    assert (old.exit_code, old.stdout) == (0, run(small_switch).stdout)
    assert "trunks" not in CliRunner().invoke(app, ["sip", "--help"]).stdout


def test_trunks_are_a_table(small_switch: SmallSwitch) -> None:
    lines = run(small_switch).stdout.splitlines()
    telecom = next(line for line in lines if line.startswith("telecom"))
    assert telecom.split()[:8] == ["telecom", "degraded", "registered", "12", "3", "30", "11.2", "ms"]
    assert "udp:192.0.2.2:5060 down" in telecom
    mobile = next(line for line in lines if line.startswith("mobile"))
    assert mobile.split()[1] == "disabled"


def test_one_trunk_is_shown_with_its_addresses(small_switch: SmallSwitch) -> None:
    shown = run(small_switch, "show", "telecom").stdout
    address = next(line for line in shown.splitlines() if line.startswith("udp:192.0.2.1"))
    assert " ".join(address.split()) == "udp:192.0.2.1:5060 up, paused for 12 s 1:02:05 11.2 ms 200 0 1"


def test_one_trunk_is_shown_in_words(small_switch: SmallSwitch) -> None:
    title, *lines = run(small_switch, "show", "telecom").stdout.partition("\naddresses\n")[0].splitlines()
    assert title == "trunk telecom"
    assert [" ".join(line.split()) for line in lines] == [
        "state degraded",
        "registration registered for 1:02:05, expires in 5:12",
        "registers as 95598",
        "registrar's answer 200",
        "domain gx.ims.example",
        "networks 192.0.2.0/28",
        "numbers 95598, 95599",
        "codecs PCMA",
        "round trip 11.2 ms",
        "calls 15 of 30",
        "calls in 12, no limit",
        "calls out 3 of 20",
        "shares acme 2 of 10",
        "a second in no limit",
        "a second out 2.5 calls at most",
        "turned away in 0",
        "turned away out 4",
    ]


def test_what_a_trunk_has_not_is_a_dash(small_switch: SmallSwitch) -> None:
    small_switch.changes = {
        "enabled": False,
        "registration": "off",
        "registration_since_s": None,
        "registration_expires_s": None,
        "registration_status": None,
        "registration_user": "",
        "shares": [],
        "networks": [],
    }
    lines = [" ".join(line.split()) for line in run(small_switch, "show", "telecom").stdout.splitlines()]
    assert lines[1:5] == ["state disabled", "registration –", "registers as –", "registrar's answer –"]
    assert {"shares –", "networks –"} <= set(lines)


def test_a_trunk_whose_registration_failed_tells_for_how_long(small_switch: SmallSwitch) -> None:
    small_switch.changes = {"registration": "failed", "registration_expires_s": None}
    assert "registration        failed for 1:02:05\n" in run(small_switch, "show", "telecom").stdout


def test_disabling_tells_how_many_calls_are_still_up(small_switch: SmallSwitch) -> None:
    said = run(small_switch, "disable", "telecom").stdout
    assert said == f"telecom carries no new calls; {TRUNK['calls_in'] + TRUNK['calls_out']} still up\n"  # type: ignore[operator]
