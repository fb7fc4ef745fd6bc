"""``ringmain check``: configuration, flows and prompts together."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from cli.configuration.installation import load_installation
from cli.configuration.loading import ConfigurationError
from cli.main import app

SHIPPED = Path(__file__).parents[2] / "conf" / "ringmain.toml"
FLOW = """\
name: hotline
title: 热线
language: zh
start: greet
nodes:
  greet:
    type: play
    prompts: [hello]
    next: wait
  wait:
    type: queue
    queue: service
"""
CONFIGURATION = """\
[[access_codes]]
number = "95598"
target = "flow:hotline"
[[queues]]
name = "service"
music = "hello"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small installation without a mistake."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "flows").mkdir()
    soundfile.write(tmp_path / "prompts" / "hello.wav", np.zeros(800), 8000)
    (tmp_path / "flows" / "hotline.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "ringmain.toml").write_text(CONFIGURATION)
    return tmp_path / "ringmain.toml"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def places(path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(ConfigurationError) as caught:
        load_installation(path)
    return [(Path(problem.file).name, problem.line, problem.key) for problem in caught.value.problems]


def test_an_installation_without_a_mistake_is_loaded(path: Path) -> None:
    installation = load_installation(path)
    assert set(installation.flows) == {"hotline"}
    assert installation.prompts.names == ("hello",)


def test_a_target_to_an_unknown_flow_is_told_at_its_line(path: Path) -> None:
    replace(path, "flow:hotline", "flow:hotlien")
    assert places(path) == [("ringmain.toml", 3, "access_codes[0].target")]


def test_music_that_is_no_prompt_is_told_at_its_line(path: Path) -> None:
    replace(path, 'music = "hello"', 'music = "polka"')
    assert places(path) == [("ringmain.toml", 6, "queues[0].music")]


def test_a_way_out_of_a_queue_to_an_unknown_flow_is_told(path: Path) -> None:
    replace(path, 'music = "hello"', 'on_full = "flow:closed"')
    assert places(path) == [("ringmain.toml", 6, "queues[0].on_full")]


def test_mistakes_of_all_files_are_told_together(path: Path) -> None:
    replace(path, 'music = "hello"', "wrap_up_s = -1")
    replace(path.parent / "flows" / "hotline.yaml", "queue: service", "queue: sales")
    (path.parent / "prompts" / "bad.wav").write_bytes(b"no sound")
    assert places(path) == [
        ("hotline.yaml", 12, "nodes.wait.queue"),
        ("bad.wav", 0, "bad"),
        ("ringmain.toml", 6, "queues[0].wrap_up_s"),
    ]


def test_a_missing_folder_is_told_once(path: Path) -> None:
    (path.parent / "flows" / "hotline.yaml").unlink()
    (path.parent / "flows").rmdir()
    assert places(path) == [("ringmain.toml", 0, "ivr.flows")]


def test_a_syntax_mistake_does_not_spread_to_the_flows(path: Path) -> None:
    replace(path, 'name = "service"', 'name = "service')
    assert places(path) == [("ringmain.toml", 5, "name")]


def test_the_shipped_installation_is_fine() -> None:
    result = CliRunner().invoke(app, ["check", str(SHIPPED)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("fine: ")
    assert "agents 3" in result.stdout


def test_problems_are_a_table_and_the_exit_code_is_1(path: Path) -> None:
    replace(path, 'music = "hello"', "wrap_up_s = -1")
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 1
    row = next(line for line in result.stdout.splitlines() if "wrap_up_s" in line)
    assert row.split()[1:] == ["queues[0].wrap_up_s", "-1", "a", "number", "from", "0", "to", "3600"]
    assert "ringmain.toml:6" in row
    assert "1 problem" in result.stdout


def test_as_json_it_is_one_document_either_way(path: Path) -> None:
    good = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["problems"] == []
    replace(path, 'music = "hello"', "wrap_up_s = -1")
    bad = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)["problems"] == [
        {
            "file": str(path),
            "line": 6,
            "key": "queues[0].wrap_up_s",
            "value": "-1",
            "expected": "a number from 0 to 3600",
        }
    ]


def test_the_file_may_come_from_the_environment(path: Path) -> None:
    result = CliRunner().invoke(app, ["check", "--json"], env={"RINGMAIN_CONFIG": str(path)})
    assert json.loads(result.stdout)["file"] == str(path)


def test_serve_does_not_start_with_a_mistake(path: Path) -> None:
    replace(path, "flow:hotline", "flow:hotlien")
    result = CliRunner().invoke(app, ["serve", "--config", str(path)])
    assert result.exit_code == 1
    assert "ringmain.toml:3" in result.stderr
