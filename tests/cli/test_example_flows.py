"""conf/examples and docs/example-flows.md: what they show can be loaded, and does what is told."""

import json
import re
import runpy
import threading
import tomllib
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.configuration.installation import load_installation
from ivr.check import Surroundings
from ivr.reader import read_flow

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "conf" / "examples" / "ringmain.toml"
SETTING = tomllib.loads(CONFIGURATION.read_text("utf-8"))
PAGE = (ROOT / "docs" / "example-flows.md").read_text("utf-8")
STUB = runpy.run_path(str(ROOT / "docs" / "examples" / "power_service.py"))


def test_nothing_is_wrong_with_the_examples() -> None:
    installation = load_installation(CONFIGURATION)
    assert set(installation.flows) == {"power_hotline", "identify", "city_hotline", "bill_collection"}


def test_the_pictures_of_the_page_show_every_node() -> None:
    flows = load_installation(CONFIGURATION).flows
    pictures = re.findall(r"\((examples/(\w+)\.svg)\)", PAGE)
    assert [name for _, name in pictures] == ["power_hotline", "city_hotline", "bill_collection"]
    for path, name in pictures:
        shown = (ROOT / "docs" / path).read_text("utf-8")
        assert [node for node in flows[name].current.flow.nodes if f">{node}<" not in shown] == []


@pytest.fixture(scope="module")
def report() -> Any:
    words = ["flows", "test", "--min-coverage", "100", "--json", "--config", str(CONFIGURATION)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_dialogues_reach_every_node_and_road(report: Any) -> None:
    assert report["problems"] == []
    assert {one["flow"]: one["percent"] for one in report["coverage"]} == {
        "power_hotline": 100,
        "identify": 100,
        "city_hotline": 100,
        "bill_collection": 100,
    }


def test_the_page_names_what_there_is(report: Any) -> None:
    calendars = {calendar["name"] for calendar in SETTING["calendars"]}
    assert set(re.findall(r"calendars override (\S+)", PAGE)) <= calendars
    assert set(re.findall(r"in_hours: ([^,}\s]+)", PAGE)) <= calendars
    assert set(re.findall(r"lists add (\S+)", PAGE)) <= {one["name"] for one in SETTING["number_lists"]}
    for file in re.findall(r"`(\w+\.yaml)`", PAGE):
        assert (CONFIGURATION.parent / "flows" / file).is_file(), file


def test_the_switch_of_the_page_is_that_of_the_configuration() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (calendar,) = tomllib.loads(shown)["calendars"]
    assert calendar in SETTING["calendars"]


def test_the_flow_of_the_page_has_no_mistake() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    known = Surroundings(
        prompts={"zh/power/outage"},
        knows_queue=lambda name: name in {queue["name"] for queue in SETTING["queues"]},
        lists={one["name"] for one in SETTING["number_lists"]},
        calendars={one["name"] for one in SETTING["calendars"]},
    )
    flow, problems = read_flow(shown, "example-flows.md", known)
    assert (problems, flow is not None) == ([], True)


def test_the_results_of_the_page_are_those_of_the_flow() -> None:
    flow = (CONFIGURATION.parent / "flows" / "bill_collection.yaml").read_text("utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert told == set(re.findall(r"结果: \"'(\w+)'\"", flow))


@pytest.fixture
def service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), STUB["PowerService"]) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_stub_answers_what_the_flows_take(service: str) -> None:
    def ask(path: str) -> Any:
        with urlopen(f"{service}/api/{path}", timeout=10) as answer:
            return json.load(answer)

    account = ask("telephones/13800138000")["account"]
    assert ask(f"accounts/{account}") == {"name": "王芳"}
    assert ask(f"accounts/{account}/bill")["amount"] == 86.5
    assert set(ask("arrears/13800138000")) == {"name", "amount", "due"}
    with pytest.raises(HTTPError, match="404"):
        ask("accounts/4500000000")
