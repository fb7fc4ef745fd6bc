"""``ringmain flows test``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_installation import write_installation

GOOD = """\
flow: hotline
dialogues:
  等候坐席:
    - expect: { prompt: hello }
    - hear_out
    - expect: { target: "queue:service" }
"""
SHIPPED = Path(__file__).parents[2] / "conf" / "ringmain.toml"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_installation(tmp_path)


def run(config: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["flows", *words, "--config", str(config)])


def write_tests(config: Path, text: str) -> None:
    (config.parent / "flows" / "hotline.test.yaml").write_text(text, encoding="utf-8")


def test_the_shipped_flows_do_as_their_tests_say_and_are_all_reached() -> None:
    done = run(SHIPPED, "test", "--min-coverage", "100")
    assert done.exit_code == 0, done.output


def test_dialogues_that_go_well_are_counted(config: Path) -> None:
    write_tests(config, GOOD)
    done = run(config, "test", "hotline")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1].split() == ["hotline", "1", "0", "2/2", "1/1", "100", "%"]


def test_one_that_fails_is_told_with_its_place_and_story(config: Path) -> None:
    write_tests(config, GOOD.replace("queue:service", "queue:sales"))
    done = run(config, "test")
    assert done.exit_code == 1
    told = "hotline.test.yaml:6: 等候坐席: expected target queue:sales; what came: queue:service"
    assert told in done.output
    assert "0.0 s    gives the call to queue:service" in done.output


def test_programs_learn_all_of_it(config: Path) -> None:
    write_tests(config, GOOD.replace("queue:service", "queue:sales"))
    told = json.loads(run(config, "test", "--json").output)
    (dialogue,) = told["dialogues"]
    assert (dialogue["flow"], dialogue["name"], dialogue["line"]) == ("hotline", "等候坐席", 4)
    assert dialogue["failure"] == {
        "line": 6,
        "expected": "target queue:sales",
        "happened": "queue:service",
    }
    (coverage,) = told["coverage"]
    assert (coverage["nodes_reached"], coverage["roads_taken"], coverage["percent"]) == (2, 1, 100)


def test_too_little_coverage_ends_with_1(config: Path) -> None:
    write_tests(config, GOOD.replace('    - hear_out\n    - expect: { target: "queue:service" }\n', ""))
    assert run(config, "test").exit_code == 0
    done = run(config, "test", "--min-coverage", "90")
    assert done.exit_code == 1
    assert "hotline: 33 % reached, not 90" in done.output


def test_mistakes_in_tests_and_in_flows_are_told(config: Path) -> None:
    write_tests(config, GOOD.replace("hear_out", "hear_owt"))
    (config.parent / "flows" / "other.yaml").write_text("name: other\n")
    done = run(config, "test")
    assert done.exit_code == 1
    assert "hotline.test.yaml:5: dialogues.等候坐席[1] is hear_owt" in done.output
    assert "other.yaml:1: nodes" in done.output


def test_a_flow_there_is_none_of_is_told(config: Path) -> None:
    done = run(config, "test", "hotlin")
    assert done.exit_code == 1
    assert "did you mean hotline?" in done.output
