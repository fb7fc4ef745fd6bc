"""Decisions explained, and made again, from what a switch that was killed has left on disk."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from typer.testing import CliRunner

from acd.replay.folder import Start, entries_from, folder_of
from cli.commands import app
from runtime.clock import local_now
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, Times, switch_process

PATIENCE_S = 20.0
RINGS_LONG = Times(ring_timeout_s=30)


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[SwitchProcess]:
    with switch_process(tmp_path, RINGS_LONG) as switch:
        yield switch


def test_after_a_kill_decisions_are_explained_as_they_were_live_and_are_made_again_alike(
    switch: SwitchProcess, tmp_path: Path
) -> None:
    with EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        desk, other = centre.seat("2001"), centre.register("2002")
        events.call("agent.sign_in", agent="2002", station="2002")
        events.call("agent.not_ready", agent="2002", reason="午休")
        with centre.phone(desk) as agent, centre.caller(QUEUE_ONLY):
            agent.wait_ringing()
            agent.answer()
            served = events.wait_for("queue.caller_left").fields["call_id"]
            with centre.caller(QUEUE_ONLY, number="13900000001") as waiting:
                waiting.wait_answered()
                waits = wait_for_waiting(events)
                wait_until_kept(switch, waits)
                live = events.call("queue.explain", call_id=waits)
                moment = local_now()
                wait_until_written(switch, live["call_id"])
                switch.kill()

    over = ask(switch, "queues", "explain", served)
    (offered,) = [line for line in over["story"] if line["topic"] == "queue.offer_made"]
    assert over["unexplained"] == ""
    assert offered["decision"]["choice"] == {"queue": "service", "agents": ["2001"], "decided_by": "alone"}
    assert removed(offered["decision"]) == {"2001": [], "2002": ["not_ready"]}

    then = ask(switch, "queues", "explain", waits, "--at", moment.isoformat())["explained"]
    assert without_times(then) == without_times(live)
    assert abs(then["waited_s"] - live["waited_s"]) < 1
    assert removed(then) == {"2001": ["on_call"], "2002": ["not_ready"]}
    idle = ask(switch, "agents", "explain", "2002", "--at", moment.isoformat())["explained"]
    assert idle["obstacles"] == [{"kind": "not_ready", "detail": "午休"}]
    assert idle["queues"][0]["first"]["call_id"] == waits
    assert other.name == "2002"

    switch.start()
    with EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        desk.register()
        with centre.phone(desk) as agent, centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            centre.sign_in("2001")
            agent.wait_ringing()
            agent.answer()
            events.wait_for("queue.caller_left")
            caller.hang_up()
            agent.wait_hung_up_on()
        events.wait_for("call.ended")
    switch.terminate()
    switch.wait(PATIENCE_S)
    verdict = ask(switch, "acd", "replay")
    assert verdict["difference"] is None
    assert verdict["lost"] == 0
    assert verdict["events"] >= 15, "both runs are compared"


def ask(switch: SwitchProcess, *words: str) -> Any:
    command = [*words, "--json", "--config", str(switch.path)]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def removed(told: dict[str, Any]) -> dict[str, list[str]]:
    (queue,) = told["queues"]
    return {c["agent"]: [o["kind"] for o in c["obstacles"]] for c in queue["candidates"]}


def without_times(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: without_times(value) for key, value in told.items() if not key.endswith("_s")}
    return [without_times(value) for value in told] if isinstance(told, list) else told


def wait_for_waiting(events: EventFollower) -> str:
    deadline = monotonic() + PATIENCE_S
    while not (found := events.call("queue.waiting", queue="service")):
        assert monotonic() < deadline, "nobody waits"
        sleep(0.05)
    call_id: str = found[0]["call_id"]
    return call_id


def wait_until_kept(switch: SwitchProcess, call_id: str) -> None:
    """Inputs are collected for a tenth of a second."""
    folder = folder_of(switch.configuration.records.journal)
    deadline = monotonic() + PATIENCE_S
    while call_id not in [
        entry.fields.get("given", {}).get("call_id") for entry in entries_from(folder, Start(1, None))
    ]:
        assert monotonic() < deadline, "it is not kept"
        sleep(0.05)


def wait_until_written(switch: SwitchProcess, call_id: str) -> None:
    deadline = monotonic() + PATIENCE_S
    wanted = f'"queue.caller_joined","fields":{{"call_id":"{call_id}"'.encode()
    while not any(wanted in p.read_bytes() for p in switch.configuration.records.journal.glob("*.jsonl")):
        assert monotonic() < deadline, "it is not in the journal"
        sleep(0.05)
