"""``ringmain acd simulate``, and what docs/simulator.md says of it."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from acd.simulation.scenario import Scenario
from acd.simulation.spread import Spread
from cli.commands import app

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "hotline_day.toml"
WHAT_IF = ROOT / "docs" / "examples" / "more_wrap_up.toml"
PAGE = (ROOT / "docs" / "simulator.md").read_text("utf-8")
CONFIG = ROOT / "conf" / "ringmain.toml"

SMALL = """
day: {begins: 09:00, ends: "10:00"}
callers:
- queue: service
  calls_per_hour: 20
  talk: {mean_s: 120}
  patience: {kind: empirical, values_s: [30, 60, 300]}
shifts:
- agents: ["1001"]
  begins: "09:00"
  ends: "10:00"
"""


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["acd", "simulate", *map(str, words)])


def answer(*words: str | Path) -> Any:
    result = run(*words, "--config", CONFIG, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_the_example_says_how_a_day_goes_and_how_sure_that_is() -> None:
    found = answer(EXAMPLE, "--runs", "2", "--what-if", WHAT_IF)
    assert (found["runs"], found["method"]) == (2, "independent replications, Student's t")
    figures = found["as_configured"]["service"]
    assert 0 < figures["within_20_s"]["mean"] < 1
    assert figures["within_20_s"]["reach"] > 0
    assert figures["offered"]["mean"] > 2000
    other, difference = found["what_if"]["service"], found["difference"]["service"]
    for name in ("occupancy", "within_20_s"):
        assert difference[name]["mean"] == pytest.approx(
            other[name]["mean"] - figures[name]["mean"], abs=2e-6
        )
    assert difference["occupancy"]["mean"] > 0.02, "more wrap-up keeps agents busier"
    assert found["events"] > 10_000


def test_a_scenario_in_yaml_is_as_good_and_answers_alike_each_time(small: Path) -> None:
    one, two = (answer(small, "--runs", "2") for _ in range(2))
    assert one["as_configured"] == two["as_configured"]
    assert answer(small, "--runs", "2", "--seed", "7")["as_configured"] != one["as_configured"]
    assert answer(small, "--runs", "2", "--jobs", "2")["as_configured"] == one["as_configured"]


def test_people_get_a_table_and_pictures(small: Path, tmp_path: Path) -> None:
    result = run(
        small, "--config", CONFIG, "--runs", "2", "--charts", tmp_path / "charts", "--what-if", CONFIG
    )
    assert result.exit_code == 0, result.output
    assert "in 20 s" in result.stdout
    assert re.search(r"difference\n", result.stdout)
    assert re.search(r"2 runs, seed 1; .* events, \d+/s", result.stdout)
    names = sorted(path.name for path in (tmp_path / "charts").iterdir())
    assert names == [
        *("agents.svg", "service_level.svg", "waiting.svg"),
        *("what_if_agents.svg", "what_if_service_level.svg", "what_if_waiting.svg"),
    ]
    for path in (tmp_path / "charts").iterdir():
        assert ElementTree.fromstring(path.read_bytes()).tag.endswith("svg")


def test_a_table_of_shifts_names_agents_of_the_configuration(small: Path, tmp_path: Path) -> None:
    (tmp_path / "shifts.csv").write_bytes(
        "工号,上班时间,下班时间,休息\n1001,09:00,10:00,09:30-09:40\n1002,9:30,10:00,\n".encode("gbk")
    )
    two = small.with_name("two.yaml")
    two.write_text(re.sub(r"shifts:.*", "shifts: [{table: shifts.csv}]\n", SMALL, flags=re.DOTALL))
    one, both = answer(small)["as_configured"]["service"], answer(two)["as_configured"]["service"]
    assert both["within_20_s"]["mean"] > one["within_20_s"]["mean"]


def test_a_day_of_the_journal_comes_again(small: Path, tmp_path: Path) -> None:
    midnight = datetime(2026, 11, 20).astimezone().timestamp()
    journal = tmp_path / "journal"
    journal.mkdir()
    lines: list[tuple[float, str, dict[str, Any]]] = []
    for number in range(40):
        at, call = midnight + 9 * 3600 + number * 60, f"call-{number}"
        person: dict[str, Any] = {"call_id": call, "contact_id": call, "queue": "service"}
        joined = {**person, "caller_number": "138", "position": 1, "priority": 0, "requirement": ""}
        lines.append((at, "queue.caller_joined", joined))
        gone = "abandoned" if number % 4 == 0 else "connected"
        left = {**person, "reason": gone, "position": 1, "wait_ms": 5000, "offers": 1, "agent": None}
        lines.append((at + 5, "queue.caller_left", left))
        if gone == "connected":
            done = {**person, "agent": "1001", "talk_ms": 30_000, "by_agent": False}
            lines.append((at + 35, "queue.call_completed", done))
    text = "".join(
        json.dumps({"sequence": n, "time": at, "topic": topic, "fields": fields}, separators=(",", ":"))
        + "\n"
        for n, (at, topic, fields) in enumerate(lines, start=1)
    )
    (journal / "000000000001_2026-11-20.jsonl").write_text(text)
    again = small.with_name("again.yaml")
    callers = "callers: [{journal: journal, journal_day: 2026-11-20}]\n"
    again.write_text(re.sub(r"callers:.*(?=shifts:)", callers, SMALL, flags=re.DOTALL))
    figures = answer(again, "--runs", "3")["as_configured"]["service"]
    assert figures["offered"] == {"mean": 40, "reach": 0}
    # A call a minute with 30 s of talk, 10 s of wrap-up and 4 s of ringing: nobody waits but for the phone.
    assert figures["within_20_s"]["mean"] > 0.7
    wrong = again.with_name("wrong.yaml")
    wrong.write_text(again.read_text().replace("2026-11-20", "2026-11-19"))
    result = run(wrong, "--config", CONFIG)
    assert (result.exit_code, "has no callers on 2026-11-19" in result.stderr) == (1, True)


def test_queues_and_agents_of_tenants_are_those_of_the_switch(small: Path, tmp_path: Path) -> None:
    for folder in ("flows", "prompts", "tenants"):
        (tmp_path / folder).mkdir()
    config = tmp_path / "ringmain.toml"
    config.write_text('[tenants]\nfolder = "tenants"\n')
    agent = '[[agents]]\nid = "1001"\nqueues = ["service"]\n'
    (tmp_path / "tenants" / "acme.toml").write_text(f'[[queues]]\nname = "service"\n{agent}')
    text = SMALL.replace("queue: service", "queue: acme/service").replace('"1001"', "acme/1001")
    small.write_text(text)
    result = run(small, "--config", config, "--runs", "1", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["as_configured"]["acme/service"]["answered"]["mean"] > 0


def test_everything_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(
        '[day]\nbegins = "9am"\n[[callers]]\nqueue = "service"\ncalls_per_hour = -1\ntalk = { mean_s = 1 }\n'
        '[[shifts]]\ncount = 2\nqueues = ["service"]\nbreaks = ["12:00-11:00"]\nend = "18:00"\n'
    )
    result = run(path, "--config", CONFIG)
    assert result.exit_code == 1
    told = result.stderr.replace(str(path), "broken.toml")
    for place in (
        "broken.toml:2: day.begins",
        "broken.toml:5: callers[0].calls_per_hour",
        "broken.toml:11: shifts[0].end",
    ):
        assert place in told


@pytest.mark.parametrize(
    ("part", "instead", "told"),
    [
        ("queue: service", "queue: billing", "callers[0].queue"),
        ("queue: service", "queue: service?priority=999", "no number from 0 to 254"),
        ('["1001"]', '["1001", "9"]', "shifts[0].agents[1]"),
        ("calls_per_hour: 20", "forecast: nowhere.csv", "nowhere.csv"),
        (
            "calls_per_hour: 20",
            "calls_per_hour: 20\n  forecast: a.csv",
            "one of calls_per_hour, forecast and journal",
        ),
        ('["1001"]', '["1001", "1001"]', "one shift at a time"),
        ("shifts:", "# shifts:", "small.yaml"),
    ],
)
def test_what_does_not_fit_is_told(small: Path, part: str, instead: str, told: str) -> None:
    small.write_text(SMALL.replace(part, instead))
    result = run(small, "--config", CONFIG)
    assert (result.exit_code, told in result.stderr) == (1, True), result.output


def test_a_what_if_without_the_callers_queue_is_told(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(
        WHAT_IF.read_text().replace("../../conf", str(ROOT / "conf")).replace('"service"', '"x"')
    )
    result = run(small, "--config", CONFIG, "--what-if", other)
    assert (result.exit_code, "the name of a queue: x" in result.stderr) == (1, True), result.output


class TestPage:
    def test_it_explains_every_key(self) -> None:
        for section in ("day", "callers", "shifts", "habits"):
            annotation: Any = Scenario.model_fields[section].annotation
            model = getattr(annotation, "__args__", (annotation,))[0]
            for key in model.model_fields:
                assert f"`{key}`" in PAGE, f"{section}.{key}"
        for key in Spread.model_fields:
            assert f"`{key}`" in PAGE, key

    def test_its_example_prints_what_it_shows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(ROOT)
        command, shown = re.findall(r"```\n\$ ringmain acd simulate ([^\n]*)\n(.*?)```", PAGE, re.DOTALL)[0]
        printed = {line.rstrip() for line in run(*command.split()).stdout.splitlines()}
        rows = [line for line in shown.splitlines() if line.startswith(("service", "all callers", "queue"))]
        assert len(rows) == 9
        assert [line for line in rows if line not in printed] == []
