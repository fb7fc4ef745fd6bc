"""Flows published and rolled back while callers are in them, by the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process

NUMBER, TRIAL_NUMBER = "95611", "95612"
CODES = f"""
[[access_codes]]
number = "{NUMBER}"
target = "flow:news"
[[access_codes]]
number = "{TRIAL_NUMBER}"
target = "flow:news?draft"
"""


def document(node: str) -> str:
    """A flow that waits for a key in a node of this name."""
    return (
        f"name: news\ntitle: 通知\nlanguage: zh\nstart: {node}\nnodes:\n"
        f"  {node}: {{type: menu, prompts: [zh/greeting], choices: {{1: bye}}, timeout_s: 30, next: bye}}\n"
        "  bye: {type: hang_up}\n"
    )


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    with switch_process(tmp_path_factory.mktemp("switch")) as running:
        yield running


@pytest.fixture
def folder(switch: SwitchProcess, centre: CallCentre) -> Path:
    """Of the flow documents, with the flow ``news`` in it."""
    folder = switch.path.parent / "flows"
    (folder / "news.yaml").write_text(document("old"), "utf-8")
    text = switch.path.read_text("utf-8")
    if NUMBER not in text:
        switch.path.write_text(text + CODES, "utf-8")
    centre.events.call("configuration.reload")
    return folder


def flows(switch: SwitchProcess, *words: str) -> Any:
    return CliRunner().invoke(app, ["flows", *words, "--config", str(switch.path)])


def entered(centre: CallCentre, caller: str) -> str:
    """The first node of a caller's flow."""
    call_id = centre.events.wait_for("call.arrived", caller_number=caller).fields["call_id"]
    return str(centre.events.wait_for("flow.node_entered", call_id=call_id).fields["node"])


def test_a_flow_is_published_tried_and_rolled_back_while_a_caller_is_in_it(
    switch: SwitchProcess, centre: CallCentre, folder: Path
) -> None:
    with centre.caller(NUMBER, "13800000001") as first:
        first.wait_answered()
        assert entered(centre, "13800000001") == "old"
        published = flows(switch, "publish", "news", "--note", "第一版", "--json")
        assert json.loads(published.stdout)["version"] == 1
        (folder / "news.yaml").write_text(document("new"), "utf-8")
        with centre.caller(NUMBER, "13800000002") as second:
            second.wait_answered()
            assert entered(centre, "13800000002") == "old"
        centre.events.call("configuration.reload")
        with centre.caller(TRIAL_NUMBER, "13800000003") as tester:
            tester.wait_answered()
            assert entered(centre, "13800000003") == "new"
        assert flows(switch, "publish", "news").exit_code == 0
        with centre.caller(NUMBER, "13800000004") as third:
            third.wait_answered()
            assert entered(centre, "13800000004") == "new"
        assert flows(switch, "rollback", "news").exit_code == 0
        with centre.caller(NUMBER, "13800000005") as fourth:
            fourth.wait_answered()
            assert entered(centre, "13800000005") == "old"
        shown = json.loads(flows(switch, "history", "news", "--json").stdout)
        assert (shown["current"], [v["note"] for v in shown["versions"]]) == (1, ["", "第一版"])
        listed = {flow["name"]: flow for flow in centre.events.call("flow.list")}
        assert (listed["news"]["version"], listed["news"]["edited"]) == (1, True)
        first.hang_up()


def test_a_document_with_a_mistake_is_not_published(
    switch: SwitchProcess, centre: CallCentre, folder: Path
) -> None:
    (folder / "news.yaml").write_text(document("old").replace("zh/greeting", "zh/greting"), "utf-8")
    refused = flows(switch, "publish", "news")
    assert refused.exit_code == 1
    assert "did you mean zh/greeting?" in refused.output
    assert "news.yaml:6" in refused.output.replace("\n", "")
