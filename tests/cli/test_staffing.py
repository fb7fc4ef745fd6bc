"""``ringmain acd staff`` and ``acd erlang``, and what docs/staffing.md says of them."""

import csv
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.image import imread
from openpyxl import Workbook
from typer.testing import CliRunner

from acd.forecast_cells import COLUMNS
from cli.commands import app
from runtime.sheets import read_sheet

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "forecast.csv"
PAGE = (ROOT / "docs" / "staffing.md").read_text("utf-8")


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["acd", *map(str, words)])


def answer(*words: str | Path) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def forecast(tmp_path: Path) -> Path:
    path = tmp_path / "预测.csv"
    path.write_bytes("时段,话务量,平均处理时长\n09:00-09:30,100,180\n09:30-10:00,0,\n".encode("gbk"))
    return path


class TestStaff:
    def test_the_example_is_a_whole_day_that_meets_its_goal(self) -> None:
        plan = answer("staff", EXAMPLE, "--max-occupancy", "80", "--max-abandoned", "5")
        assert (plan["model"], len(plan["steps"])) == ("a", 48)
        for step in plan["steps"]:
            assert step["service_level"] >= 0.8
            assert step["occupancy"] <= 0.8
            assert step["abandoned_share"] <= 0.05
        assert plan["totals"]["agent_hours"] == sum(step["agents"] for step in plan["steps"]) / 2

    def test_a_chinese_table_is_staffed_by_erlang_c(self, forecast: Path) -> None:
        plan = answer("staff", forecast, "--shrinkage", "30%")
        busy, quiet = plan["steps"]
        assert (plan["model"], busy["agents"], busy["paid_agents"]) == ("c", 14, 20)
        assert busy["service_level"] == pytest.approx(0.88835, abs=1e-6)
        assert (quiet["agents"], quiet["service_level"]) == (0, None)

    def test_patience_makes_it_erlang_a_unless_told_otherwise(self, forecast: Path) -> None:
        assert answer("staff", forecast, "--patience-s", "300")["steps"][0]["agents"] == 13
        by_c = answer("staff", forecast, "--patience-s", "300", "--model", "c")
        assert (by_c["model"], by_c["steps"][0]["agents"]) == ("c", 14)

    def test_an_excel_file_is_as_good(self, tmp_path: Path, forecast: Path) -> None:
        book = Workbook()
        assert book.active is not None
        for row in read_sheet(forecast):
            book.active.append(row.cells)
        path = tmp_path / "预测.xlsx"
        book.save(path)
        assert answer("staff", path) == answer("staff", forecast)

    def test_a_table_is_printed_with_the_sums(self, forecast: Path) -> None:
        result = run("staff", forecast, "--service-level", "90/10")
        assert result.exit_code == 0, result.output
        assert "agents for 90 % within 10 s, by Erlang C" in result.stdout
        assert re.search(r"09:00 +100 +180 s +10\.0 +15 +15 ", result.stdout)
        assert re.search(r"09:30 +0 +– +0\.0 +0 +0 +– +–", result.stdout)
        assert re.search(r"agents' hours +7\.5", result.stdout)

    def test_the_plan_is_written_for_excel_and_can_be_read_again(
        self, tmp_path: Path, forecast: Path
    ) -> None:
        out = tmp_path / "计划.csv"
        plan = answer("staff", forecast, "--csv", out)
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        with out.open(encoding="utf-8-sig", newline="") as file:
            written = list(csv.DictReader(file))
        expected = [{name: "" if v is None else str(v) for name, v in step.items()} for step in plan["steps"]]
        assert written == expected
        assert answer("staff", out) == plan
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([out.name, forecast.name])

    def test_the_picture_shows_agents_and_load(self, tmp_path: Path) -> None:
        png, svg = tmp_path / "plan.png", tmp_path / "plan.svg"
        for out in (png, svg):
            assert run("staff", EXAMPLE, "--shrinkage", "30", "--chart", out).exit_code == 0
        assert ElementTree.fromstring(svg.read_bytes()).tag.endswith("svg")
        picture = imread(png)[:, :, :3] * 255
        shade = (abs(picture - (0xDC, 0xEF, 0xF4)) < 3).all(axis=2)
        heights = shade.sum(axis=0)
        left, right = heights.nonzero()[0][[0, -1]]
        # The forecast has its quietest hours in the first quarter of the day, and its most at ten.
        busiest = left + (right - left) * 10.25 / 24
        assert heights[int(busiest)] > 0.98 * heights.max()
        assert heights[int(left + (right - left) * 3 / 24)] < 0.15 * heights.max()

    def test_all_mistakes_of_a_table_are_told_on_standard_error(self, tmp_path: Path) -> None:
        path = tmp_path / "broken.csv"
        path.write_text("start,calls,handle_s\n09:00,abc,180\n25:00,3,180\n")
        result = run("staff", path)
        assert result.exit_code == 1
        lines = result.stderr.replace(f"{path}", "broken.csv").splitlines()
        assert lines[-1] == "2 problems"
        for line in lines[:-1]:
            assert line in PAGE

    @pytest.mark.parametrize(
        ("option", "value", "told"),
        [
            ("--shrinkage", "0.3", "30"),
            ("--shrinkage", "much", "percent"),
            ("--max-occupancy", "120", "percent"),
            ("--service-level", "80", "80/20"),
            ("--service-level", "0.8/20", "80"),
            ("--model", "b", "one of"),
        ],
    )
    def test_an_option_that_could_be_misread_is_refused(
        self, forecast: Path, option: str, value: str, told: str
    ) -> None:
        result = run("staff", forecast, option, value)
        assert result.exit_code == 2
        assert told in result.stderr

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--service-level", "100/20"], "a service level of 100%"),
            (["--shrinkage", "100"], "a shrinkage of 100%"),
            (["--max-occupancy", "0"], "an occupancy of 0%"),
            (["--patience-s", "0"], "a patience of 0.0 s"),
            (["--model", "a"], "Erlang A needs the callers' patience"),
            (["--chart", "plan.pdf"], "plan.pdf should end in .png or .svg"),
            (["--csv", "/nowhere/plan.csv"], "cannot write /nowhere/plan.csv"),
        ],
    )
    def test_what_cannot_be_is_told_in_a_sentence(self, forecast: Path, words: list[str], told: str) -> None:
        result = run("staff", forecast, *words)
        assert (result.exit_code, told in result.stderr) == (1, True), result.output


class TestErlang:
    WORDS = ("erlang", "--calls-per-hour", "200", "--handle-s", "180")

    def test_it_answers_by_all_three_models(self) -> None:
        found = answer(*self.WORDS, "--agents", "14", "--patience-s", "300")
        assert found["load_erlang"] == pytest.approx(10)
        assert found["erlang_b"]["blocked_share"] == pytest.approx(0.0568, abs=5e-5)
        assert found["erlang_c"]["waiting_share"] == pytest.approx(0.1741, abs=5e-5)
        assert 0 < found["erlang_a"]["abandoned_share"] < found["erlang_b"]["blocked_share"]

    def test_a_queue_that_grows_for_ever_is_told(self) -> None:
        result = run(*self.WORDS, "--agents", "10")
        assert result.exit_code == 0
        assert "for ever" in result.stdout
        assert "--patience-s" in result.stderr
        found = answer(*self.WORDS, "--agents", "10")
        assert (found["erlang_c"]["mean_wait_s"], found["erlang_a"]) == (None, None)

    def test_a_handle_time_of_nothing_is_refused(self) -> None:
        result = run("erlang", "--calls-per-hour", "200", "--handle-s", "0", "--agents", "14")
        assert result.exit_code == 1
        assert "a handle time of 0.0 s" in result.stderr


class TestPage:
    EXAMPLES = re.findall(r"```\n\$ ringmain acd ((?:erlang|staff docs)[^\n]*)\n(.*?)```", PAGE, re.DOTALL)

    @pytest.mark.parametrize(("command", "shown"), EXAMPLES)
    def test_its_examples_answer_as_it_says(
        self, command: str, shown: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(ROOT)
        printed = {line.rstrip() for line in run(*command.split()).stdout.splitlines()}
        assert [line for line in shown.splitlines() if line not in printed] == []

    def test_it_has_both_commands(self) -> None:
        assert [command.split()[0] for command, _ in self.EXAMPLES] == ["erlang", "staff"]

    def test_it_names_all_columns(self) -> None:
        for column, others in COLUMNS.items():
            assert f"| `{column}` | {', '.join(f'`{name}`' for name in others)} |" in PAGE
