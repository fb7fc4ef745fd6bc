"""What the switch shows of SIP: while it happens, and from what it keeps."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.follower import EventFollower
from switch.control.client import connect_sync
from switch.sip.messages.parser import parse_message
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process


def test_who_follows_the_trace_sees_each_message_with_its_way(centre: CallCentre) -> None:
    with connect_sync(centre.switch.control_socket) as client:
        entries = client.events("trace.sip", timeout_s=60.0)
        centre.run("caller_asks_options")
        asked, answered = (next(entries).fields for _ in range(2))
    assert (asked["sent"], answered["sent"]) == (False, True)
    assert (asked["source"], asked["target"]) == (answered["target"], answered["source"])
    assert parse_message(asked["data"]).headers.get("cseq") == "1 OPTIONS"
    assert answered["data"].startswith(b"SIP/2.0 200 OK\r\n")


@contextmanager
def live_trace(*words: str) -> Iterator[subprocess.Popen[str]]:
    """``ringmain sip trace`` in a terminal, from the moment on at which it looks."""
    terminal, its_side = pty.openpty()
    command = [sys.executable, "-m", "cli.main", "sip", "trace", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=its_side, text=True) as tracing:
        os.close(its_side)
        said = b""
        while b"tracing" not in said:
            said += os.read(terminal, 4096)
        try:
            yield tracing
        finally:
            tracing.kill()
            os.close(terminal)


def test_a_call_that_is_up_is_drawn_to_its_end_with_both_legs(centre: CallCentre) -> None:
    agent = centre.seat("2001")
    with centre.caller(QUEUE_ONLY) as caller, centre.phone(agent) as phone:
        caller.wait_answered()
        phone.wait_ringing()
        phone.answer()
        call_id = centre.events.wait_for("call.connected").fields["call_id"]
        shortened, socket = call_id[:-6], str(centre.switch.control_socket)
        with live_trace("--call", shortened, "--count", "4", "--json", "--socket", socket) as tracing:
            centre.run("caller_asks_options")
            caller.hang_up()
            phone.wait_hung_up_on()
            drawn, _ = tracing.communicate(timeout=30)
    told = [json.loads(line) for line in drawn.splitlines()]
    assert sorted(one["summary"].partition(" ")[0] for one in told) == ["200", "200", "BYE", "BYE"]
    assert len({one["source"] for one in told}) == 3, "the caller, the switch and the agent's phone"
    centre.wait_until_nothing_is_left()


def test_a_call_is_drawn_with_both_its_legs_and_nothing_else(tmp_path: Path) -> None:
    with switch_process(tmp_path) as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        agent = centre.seat("2001")
        centre.run("caller_asks_options")
        with centre.caller(QUEUE_ONLY) as caller, centre.phone(agent) as phone:
            caller.wait_answered()
            phone.wait_ringing()
            phone.answer()
            call_id = events.wait_for("call.connected").fields["call_id"]
            caller.hang_up()
            phone.wait_hung_up_on()
        centre.close()
    configuration = str(tmp_path / "ringmain.toml")
    live = CliRunner().invoke(app, ["sip", "trace", "--call", call_id, "--config", configuration])
    assert "is over; --recorded draws it" in live.output
    words = ["sip", "trace", "--recorded", "--call", call_id, "--config", configuration]
    drawn = CliRunner().invoke(app, words, env={"COLUMNS": "120"})
    assert drawn.exit_code == 0, drawn.output
    invites = [line for line in drawn.output.splitlines() if " INVITE " in line and "(again)" not in line]
    assert len(invites) == 2
    assert "OPTIONS" not in drawn.output
    told = CliRunner().invoke(app, [*words, "--json", "--write", str(tmp_path / "call.pcap")])
    again = CliRunner().invoke(app, ["sip", "trace", "--read", str(tmp_path / "call.pcap"), "--json"])
    assert again.output == told.output
    methods = {json.loads(line)["summary"].partition(" ")[0] for line in told.output.splitlines()}
    assert methods - {"100"} == {"INVITE", "ACK", "BYE", "180", "200"}, "trying is said where it took a while"
    words = ["sip", "trace", "--read", str(tmp_path / "call.pcap"), "--peer", "192.0.2.200"]
    assert "no message fits" in CliRunner().invoke(app, words).output
