"""``ringmain check``: tells all mistakes as a table or as JSON."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from tests.cli.small_installation import replace

SHIPPED = Path(__file__).parents[2] / "conf" / "ringmain.toml"


def test_the_shipped_installation_is_fine() -> None:
    result = CliRunner().invoke(app, ["check", str(SHIPPED)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("fine: ")
    assert "agents 3" in result.stdout


def test_problems_are_a_table_and_the_exit_code_is_1(configuration_path: Path) -> None:
    replace(configuration_path, 'music = "hello"', "wrap_up_s = -1")
    result = CliRunner().invoke(app, ["check", str(configuration_path)])
    assert result.exit_code == 1
    row = next(line for line in result.stdout.splitlines() if "wrap_up_s" in line)
    assert row.split()[1:] == ["queues[0].wrap_up_s", "-1", "a", "number", "from", "0", "to", "3600"]
    assert "ringmain.toml:6" in row
    assert "1 problem" in result.stdout


def test_as_json_it_is_one_document_either_way(configuration_path: Path) -> None:
    good = CliRunner().invoke(app, ["check", str(configuration_path), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["problems"] == []
    replace(configuration_path, 'music = "hello"', "wrap_up_s = -1")
    bad = CliRunner().invoke(app, ["check", str(configuration_path), "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)["problems"] == [
        {
            "file": str(configuration_path),
            "line": 6,
            "key": "queues[0].wrap_up_s",
            "value": "-1",
            "expected": "a number from 0 to 3600",
        }
    ]


def test_the_file_may_come_from_the_environment(configuration_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", "--json"], env={"RINGMAIN_CONFIG": str(configuration_path)})
    assert json.loads(result.stdout)["file"] == str(configuration_path)


def test_serve_does_not_start_with_a_mistake(configuration_path: Path) -> None:
    replace(configuration_path, "flow:hotline", "flow:hotlien")
    result = CliRunner().invoke(app, ["serve", "--config", str(configuration_path)])
    assert result.exit_code == 1
    assert "ringmain.toml:3" in result.stderr
