"""The applications of docs/integrating.md, each a process of its own, while a caller is served."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
CODE = "12345"
(FLOW,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "integrating.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CallCentre]:
    code = section("[[access_codes]]", number=CODE, target="flow:hotline_12345")
    switch = switch_process(tmp_path, more=code)
    (tmp_path / "flows" / "hotline_12345.yaml").write_text(FLOW, "utf-8")
    with switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, tmp_path)


@contextmanager
def running(name: str, *arguments: object, says: str = "") -> Iterator[subprocess.Popen[str]]:
    """An example that has begun, as far as it says so."""
    command = [sys.executable, "-u", str(EXAMPLES / name), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if says:
            assert says in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def orders_at(port: int) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/orders", timeout=5) as answer:
        found: list[dict[str, Any]] = json.load(answer)
        return found


def until_answering(port: int) -> None:
    for _ in range(100):
        try:
            orders_at(port)
        except OSError:
            sleep(0.1)
        else:
            return
    raise AssertionError("the order service does not answer")


def test_a_caller_is_advised_gets_a_work_order_and_rates_it(desk: CallCentre) -> None:
    """The business system comes late, and the customer is passed on to another agent."""
    port, socket = free_port("127.0.0.1"), desk.switch.control_socket
    first, second = desk.seat("2001"), desk.register("2002")
    with (
        running("queue_bot.py", socket, says="answering queue.advice"),
        running("screen_pop_12345.py", socket, f"http://127.0.0.1:{port}", says="opening work orders"),
        desk.phone(first) as agent,
        desk.caller(CODE) as caller,
    ):
        caller.wait_answered()
        assert desk.events.wait_for("hook.completed").fields["outcome"] == "answered"
        agent.wait_ringing()
        agent.answer()
        connected = desk.events.wait_for("call.connected", station="2001")
        began, call_id = monotonic(), connected.fields["call_id"]
        with running("order_service.py", port):
            until_answering(port)
            order = wait_for_order(port, "id")
            assert monotonic() - began < 20
            call = desk.events.call("call.show", call_id=call_id)
            assert (order["contact_id"], order["agent"]) == (call["contact_id"], "2001")
            assert order["recording_id"] == call["recording_id"] is not None
            desk.sign_in("2002")
            with desk.phone(second) as expert:
                desk.events.call("call.transfer", call_id=call_id, target="agent:2002")
                expert.wait_ringing()
                expert.answer()
                desk.events.wait_for("call.connected", call_id=call_id, station="2002")
                agent.wait_hung_up_on()
                expert.hang_up()
            desk.events.wait_for("flow.node_entered", node="评")
            caller.talker.press("2")
            desk.events.wait_for("flow.survey_answered", answer="2")
            caller.wait_hung_up_on()
            rated = wait_for_order(port, "rating", "talk_ms")
            assert (rated["id"], rated["rating"]) == (order["id"], "2")
            assert rated["recording_id"] == call["recording_id"]
            assert len(orders_at(port)) == 1


def test_a_caller_comes_to_the_queue_where_no_bot_runs(desk: CallCentre) -> None:
    station = desk.seat("2001")
    with desk.phone(station) as agent, desk.caller(CODE) as caller:
        caller.wait_answered()
        agent.wait_ringing()


def wait_for_order(port: int, *keys: str) -> dict[str, Any]:
    """The first order, once it has all of these."""
    for _ in range(200):
        for order in orders_at(port):
            if all(order.get(key) is not None for key in keys):
                return order
        sleep(0.1)
    raise AssertionError(f"no order has {keys}: {orders_at(port)}")


def test_the_wallboard_shows_queues_and_agents_and_what_changes(desk: CallCentre) -> None:
    socket = desk.switch.control_socket
    once = [sys.executable, str(EXAMPLES / "wallboard.py"), str(socket), "--once"]
    shown = subprocess.run(
        once,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    for text in ("QUEUES 队列", "AGENTS 坐席", "2001", "LOGGED_OUT"):
        assert text in shown
    with running("wallboard.py", socket) as board:
        assert board.stdout is not None
        desk.register("2001")
        read_until(board, "LOGGED_OUT")
        desk.sign_in("2001")
        read_until(board, "AVAILABLE")


def read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"it ended before it showed {text}")


@pytest.mark.parametrize("name", ["queue_bot.py", "screen_pop_12345.py", "wallboard.py", "order_service.py"])
def test_examples_are_short(name: str) -> None:
    assert len((EXAMPLES / name).read_text("utf-8").splitlines()) < 150
