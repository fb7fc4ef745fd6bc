"""Callers wait on the wire, and a real HTTP server is told of the alarm once."""

import json
import queue
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import SippProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.toml_text import section

_PATIENCE_S = 20.0


class _Duty(BaseHTTPRequestHandler):
    notices: "queue.Queue[dict[str, Any]]"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.notices.put({"path": self.path, **body})
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def duty() -> Iterator[tuple[str, "queue.Queue[dict[str, Any]]"]]:
    """The address of a service, and what it is told."""
    notices: queue.Queue[dict[str, Any]] = queue.Queue()
    server = HTTPServer(("127.0.0.1", 0), type("Duty", (_Duty,), {"notices": notices}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", notices
    server.shutdown()
    server.server_close()


def test_two_who_wait_are_an_alarm_of_which_a_service_hears_once_and_an_agent_reads(
    tmp_path: Path, duty: tuple[str, "queue.Queue[dict[str, Any]]"]
) -> None:
    url, notices = duty
    levels = [{"level": "warning", "on": 2, "off": 0}]
    told = {"services": ["duty"], "path": "/alarms", "agents": ["2001"]}
    keys = {"kind": "queue", "measure": "waiting", "levels": levels, **told}
    more = section("[[lookups]]", name="duty", url=url) + section(
        "[[alarms]]", name="long-line", title="排队过长", **keys
    )
    with switch_process(tmp_path, more=more) as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        station = centre.register("2001")
        events.call("agent.sign_in", agent="2001", station="2001")
        with ExitStack() as callers:
            phone = callers.enter_context(SippProcess(station.scenario("agent_takes_message"), tmp_path))
            waiting = []
            for number in ("13800000001", "13800000002"):
                caller = callers.enter_context(centre.caller(QUEUE_ONLY, number))
                waiting.append(caller)
                caller.wait_answered()
                events.wait_for("queue.caller_joined", caller_number=number)
            raised = events.wait_for("alarm.raised")
            message = events.wait_for("agent.message", agent="2001")
            assert message.fields["text"] == "[warning] 排队过长: service, waiting 2"
            phone.finish().check()
            events.wait_for("agent.message_reached", agent="2001", channel="phone")
            events.call("agent.sign_out", agent="2001")
            (listed,) = events.call("alarm.list")["raised"]
            assert listed["alarm_id"] == raised.fields["alarm_id"]
            events.call("alarm.acknowledge", alarm_id=listed["alarm_id"], by="9001")
            for caller in waiting:
                caller.hang_up()
        cleared = events.wait_for("alarm.cleared")
        centre.wait_until_nothing_is_left()
        heard = [notices.get(timeout=_PATIENCE_S) for _ in range(2)]
    assert [notice["event"] for notice in heard] == ["alarm.raised", "alarm.cleared"]
    assert {notice["path"] for notice in heard} == {"/alarms"}
    assert (heard[0]["title"], heard[0]["value"]) == ("排队过长", 2.0)
    assert {notice["alarm_id"] for notice in heard} == {cleared.fields["alarm_id"]}
    assert notices.empty()
