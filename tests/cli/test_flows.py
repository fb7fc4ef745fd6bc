"""``ringmain flows test``, ``check`` and ``draw``."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import create_engine, insert
from typer.testing import CliRunner

from cli.commands import app
from cli.configuration.loading import load_configuration
from ivr.records import FLOW_RUNS
from runtime.clock import local_now
from tests.cli.small_installation import write_installation
from tests.cli.small_switch import SmallSwitch

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


def write_flow(config: Path, nodes: str) -> None:
    text = f"name: other\ntitle: t\nlanguage: zh\nstart: a\nnodes:\n{nodes}"
    (config.parent / "flows" / "other.yaml").write_text(text, encoding="utf-8")


LOOPING = """\
  a: { type: branch, ways: [{ tag: vip, go: z }], next: b }
  b: { type: play, prompts: [hello], next: a }
  z: { type: hang_up }
"""


def test_the_shipped_flows_are_fine() -> None:
    done = run(SHIPPED, "check", "--strict")
    assert done.exit_code == 0, done.output
    assert "cautions 0" in done.output


def test_a_caution_is_told_with_its_line_and_is_no_mistake(config: Path) -> None:
    write_flow(config, LOOPING)
    done = run(config, "check")
    assert done.exit_code == 0
    assert "other.yaml:6: nodes.a; expected a node in this circle that asks the caller" in done.output
    assert run(config, "check", "--strict").exit_code == 1
    assert run(config, "check", "hotline", "--strict").exit_code == 0


def test_mistakes_end_with_1_and_are_those_of_the_flows_that_are_named(config: Path) -> None:
    write_flow(config, LOOPING.replace("next: b", "next: c"))
    write_tests(config, GOOD.replace("press", "prss").replace("hear_out", "hear_owt"))
    told = json.loads(run(config, "check", "--json").output)
    assert {(Path(p["file"]).name, p["line"], p["key"]) for p in told["problems"]} == {
        ("other.yaml", 6, "nodes.a.next"),
        ("other.yaml", 7, "nodes.b"),
        ("hotline.test.yaml", 5, "dialogues.等候坐席[1]"),
    }
    assert told["flows"] == ["hotline", "other"]
    assert run(config, "check", "other").exit_code == 1
    assert "other.yaml" not in run(config, "check", "hotline").output
    assert "hotline.test.yaml:5" in run(config, "check", "hotline").output
    assert "there is no flow othr; did you mean other?" in run(config, "check", "othr").output


@pytest.mark.parametrize("command", ["draw", "test"])
def test_a_flow_with_a_mistake_is_told_from_one_that_is_not_there(config: Path, command: str) -> None:
    write_flow(config, LOOPING.replace("next: b", "next: c"))
    told = run(config, command, "other").output
    assert "the flow other has a mistake; `ringmain flows check other` tells it" in told
    assert "there is no flow othr; did you mean other?" in run(config, command, "othr").output


def test_the_switch_s_own_handler_catches_what_flows_do_not(config: Path) -> None:
    write_flow(config, '  a: { type: transfer, to: "station:{area}" }\n')
    assert run(config, "check", "--strict").exit_code == 1
    config.write_text(config.read_text() + '[ivr]\non_error = "queue:service"\n')
    assert run(config, "check", "--strict").exit_code == 0


def test_a_configuration_that_cannot_be_read_and_a_folder_that_is_not_there_are_told(config: Path) -> None:
    text = config.read_text()
    config.write_text(text + "[ivr\n")
    assert run(config, "check").exit_code == 1
    config.write_text(text + '[ivr]\nflows = "nowhere"\n')
    done = run(config, "check")
    assert done.exit_code == 1
    assert 'ivr.flows is "nowhere"' in done.output


def texts(path: Path) -> list[str]:
    return [text.text or "" for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def test_a_flow_is_drawn(config: Path, tmp_path: Path) -> None:
    done = run(config, "draw", "hotline", "-o", str(tmp_path / "flow.svg"))
    assert done.exit_code == 0, done.output
    for words in ("热线（hotline）", "greet", "播放 play", "wait", "排队 queue"):
        assert words in texts(tmp_path / "flow.svg")


def test_callers_are_counted_on_the_roads_they_took(config: Path, tmp_path: Path) -> None:
    write_runs(config)
    run(config, "draw", "hotline", "-o", str(tmp_path / "flow.svg"), "--counts", "--since", "7d")
    assert "×3" in texts(tmp_path / "flow.svg")
    run(config, "draw", "hotline", "-o", str(tmp_path / "flow.svg"), "--counts", "--since", "1h")
    assert "×2" in texts(tmp_path / "flow.svg")


def test_what_cannot_be_drawn_or_written_is_told(config: Path, tmp_path: Path) -> None:
    assert "did you mean hotline?" in run(config, "draw", "hotlin").output
    assert "cannot be written" in run(config, "draw", "hotline", "-o", str(tmp_path / "no" / "x.svg")).output
    assert run(config, "draw", "hotline", "--counts", "--since", "week").exit_code == 2


def test_callers_are_counted_by_node(config: Path, small_switch: SmallSwitch) -> None:
    write_runs(config)
    words = ("counts", "hotline", "--socket", str(small_switch.socket))
    counted = json.loads(run(config, *words, "--json").stdout)
    assert counted == [
        {"node": "主菜单", "now": 2, "came": 0, "left": 0},
        {"node": "再见", "now": 0, "came": 0, "left": 0},
        {"node": "greet", "now": 0, "came": 3, "left": 0},
        {"node": "wait", "now": 0, "came": 3, "left": 2},
    ]
    lately = [line.split() for line in run(config, *words, "--since", "1h").stdout.splitlines()]
    assert ["wait", "0", "2", "1"] in lately


def write_runs(config: Path) -> None:
    """Two of the last hour, of which one came by another flow; one of yesterday, one of last month."""
    (config.parent / "run").mkdir()
    engine = create_engine(load_configuration(config).records.database)
    FLOW_RUNS.create(engine)
    runs = [
        ("hotline", "greet > wait", timedelta(minutes=5)),
        ("other", "a > hotline/greet > hotline/wait", timedelta(minutes=6)),
        ("hotline", "greet > wait", timedelta(days=1)),
        ("hotline", "greet > wait", timedelta(days=30)),
    ]
    common = dict.fromkeys(("keys", "reason", "queue", "language"), "")
    with engine.begin() as connection:
        for number, (flow, path, ago) in enumerate(runs):
            at = local_now() - ago
            row = {
                "run_id": number,
                "call_id": "c",
                "flow": flow,
                "path": path,
                "left_node": path.split(" > ")[-1].partition("/")[0],
                "entered_at": at,
                "version": 0,
            }
            connection.execute(insert(FLOW_RUNS).values(**common, **row, left_at=at))
    engine.dispose()
