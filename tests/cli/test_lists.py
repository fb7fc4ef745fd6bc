"""``ringmain lists``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.options import own_name
from switch.customers.number_list import Entry
from switch.customers.verbs import MOST_AT_A_TIME
from switch.records.number_entries import NumberEntries
from tests.cli.small_switch import SmallSwitch
from tests.switch.records.test_database import Run, config
from tests.switch.records.test_number_entries import added


def run(small_switch: SmallSwitch, *words: str) -> Any:
    return CliRunner().invoke(app, ["lists", *words, "--socket", str(small_switch.socket)])


def entry(number: str, **more: str) -> dict[str, str]:
    return {"number": number, "remark": "", "valid_from": "", "valid_until": "", **more}


@pytest.mark.parametrize(
    ("words", "verb", "params"),
    [
        ([], "list.list", {}),
        (["list"], "list.list", {}),
        (["show", "vip", "-n", "5"], "list.show", {"list": "vip", "limit": 5}),
        (
            ["add", "vip", "139", "--remark", "王芳", "--from", "2026-12-01", "--until", "2026-12-31"],
            "list.add",
            {
                "list": "vip",
                "entries": (entry("139", remark="王芳", valid_from="2026-12-01", valid_until="2026-12-31"),),
                "by": own_name(),
            },
        ),
        (
            ["remove", "tag:欠费", "1390*"],
            "list.remove",
            {"list": "tag:欠费", "numbers": ("1390*",), "by": own_name()},
        ),
        (["lookup", "139"], "list.lookup", {"number": "139", "tenant": ""}),
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


def test_a_look_up_says_what_follows_and_because_of_what(small_switch: SmallSwitch) -> None:
    lines = [line.split() for line in run(small_switch, "lookup", "139").stdout.splitlines()]
    assert ["rejected", "by", "black:", "CALL_REJECTED"] in lines
    assert ["black", "139*", "骚扰", "–", "–"] in lines


def test_a_table_is_imported_in_portions(small_switch: SmallSwitch, tmp_path: Path) -> None:
    count = 2 * MOST_AT_A_TIME + 1
    rows = "".join(f"{139_0000_0000 + n},备注{n}\n" for n in range(count))
    (tmp_path / "vip.csv").write_text(f"号码,备注\n{rows}", "utf-8")
    result = run(small_switch, "import", "vip", str(tmp_path / "vip.csv"))
    assert result.stdout == f"{count} numbers are on vip\n"
    sizes = [len(params["entries"]) for _, params in small_switch.asked]
    assert sizes == [MOST_AT_A_TIME, MOST_AT_A_TIME, 1]
    assert small_switch.asked[-1][1]["entries"] == (entry("13900000400", remark="备注400"),)


def test_nothing_is_imported_of_a_table_that_has_a_mistake(small_switch: SmallSwitch, tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("号码\n139\n王芳\n1*3\n", "utf-8")
    result = run(small_switch, "import", "vip", str(tmp_path / "vip.csv"))
    assert result.exit_code == 1
    assert "vip.csv:3: number is 王芳; expected a number such as" in result.stderr
    assert "2 problems" in result.stderr
    assert small_switch.asked == []


def test_a_file_that_is_no_table_is_told(small_switch: SmallSwitch, tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("a,b\n", "utf-8")
    result = run(small_switch, "import", "vip", str(tmp_path / "vip.csv"))
    assert result.exit_code == 1
    assert "expected a first line with a column number or 号码" in result.stderr


def test_what_is_exported_can_be_imported_again(small_switch: SmallSwitch, tmp_path: Path) -> None:
    records = Run(config(tmp_path), [NumberEntries()])
    records.tell((1, added("vip", Entry("1390*", '有"引号", 逗号', 1_800_000_000.0), Entry("138"))))
    records.end()
    for folder in ("flows", "prompts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ringmain.toml").write_text('[records]\ndatabase = "sqlite:///data/ringmain.db"\n')
    words = ["lists", "export", "vip", "--config", str(tmp_path / "ringmain.toml")]
    to_screen = CliRunner().invoke(app, words).stdout
    assert to_screen.splitlines()[:2] == ["number,remark,valid_from,valid_until", "138,,,"]
    result = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out.csv")])
    assert result.stdout.startswith("2 numbers are in ")
    run(small_switch, "import", "vip", str(tmp_path / "out.csv"))
    ((_, params),) = small_switch.asked
    found = [(entry["number"], entry["remark"]) for entry in params["entries"]]
    assert found == [("138", ""), ("1390*", '有"引号", 逗号')]
    assert params["entries"][1]["valid_from"].startswith("2027-01-15T")
