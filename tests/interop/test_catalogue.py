"""Recordings of real calls are found, noted upon and deleted from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process


@pytest.fixture
def own_switch(tmp_path: Path) -> Iterator[SwitchProcess]:
    """Its recordings lie deeper than others'."""
    path = "{date}/{access_code}/{caller}/{recording_id}"
    with switch_process(tmp_path, recordings={"path": path}) as switch:
        yield switch


def run(centre: CallCentre, *words: str) -> Any:
    """The answer of ``ringmain recordings`` as JSON; the sentence when it is refused."""
    config = str(centre.switch.log.with_name("ringmain.toml"))
    result = CliRunner().invoke(app, ["recordings", *words, "--config", config, "--json"])
    return json.loads(result.stdout) if result.exit_code == 0 else result.stderr


def ids(centre: CallCentre, *words: str) -> list[str]:
    return [row["recording_id"] for row in run(centre, "list", *words)]


def test_a_recording_is_noted_upon_while_it_runs_found_held_and_deleted(own_centre: CallCentre) -> None:
    switch, events = own_centre.switch, own_centre.events
    station = own_centre.seat("2001")
    with own_centre.phone(station) as agent, own_centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        recording_id = events.wait_for("recording.started").fields["recording_id"]
        assert run(own_centre, "tag", recording_id, "投诉", "--by", "li")["tags"] == ["投诉"]
        assert run(own_centre, "hold", recording_id, "--reason", "case 7")["held"]
        caller.hang_up()
        agent.wait_hung_up_on()
    path = Path(events.wait_for("recording.completed").fields["path"])
    assert path.parts[-3:] == (QUEUE_ONLY, "13800138000", f"{recording_id}.wav")
    assert "is held" in run(own_centre, "delete", recording_id, "--reason", "asked for")
    assert path.exists()
    switch.terminate()
    assert switch.wait(timeout_s=30) == 0
    asked = ("--agent", "2001", "--queue", "service", "--caller", "13800138000", "--tag", "投诉", "--held")
    assert ids(own_centre, *asked) == [recording_id]
    assert ids(own_centre, "--agent", "2002") == []
    switch.start()
    run(own_centre, "release", recording_id, "--reason", "settled")
    (deleted,) = run(own_centre, "delete", recording_id, "--reason", "asked for", "--by", "li")
    assert deleted["state"] == "deleted"
    assert not path.exists()
    assert list(path.parent.iterdir()) == []
    switch.terminate()
    assert switch.wait(timeout_s=30) == 0
    assert ids(own_centre, "--state", "deleted") == [recording_id]
    kinds = [change["kind"] for change in run(own_centre, "show", recording_id)["changes"]]
    assert kinds == ["tagged", "held", "released", "deleted"]
    assert run(own_centre, "verify") == [
        {
            "recording_id": recording_id,
            "path": str(path),
            "began": run(own_centre, "show", recording_id)["started_at"],
            "findings": [],
        }
    ]
