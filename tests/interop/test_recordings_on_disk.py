"""Recordings and what lies beside them on the disk, after calls with real phones."""

from pathlib import Path

import pytest

from benchmarks import kill_recordings
from media.recordings.digest import sha256_of
from media.recordings.manifest import read_manifest
from media.recordings.wav import read_recording
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process


def test_a_manifest_tells_who_called_waited_and_talked(own_centre: CallCentre) -> None:
    switch, events = own_centre.switch, own_centre.events
    station = own_centre.seat("2001")
    with own_centre.phone(station) as agent, own_centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        caller.hang_up()
        agent.wait_hung_up_on()
    completed = events.wait_for("recording.completed").fields
    switch.terminate()
    assert switch.wait(timeout_s=30) == 0
    path = Path(completed["path"])
    manifest = read_manifest(path)
    assert manifest is not None
    assert (manifest.state, manifest.sha256) == ("completed", sha256_of(path))
    assert (manifest.caller, manifest.queue) == ("13800138000", "service")
    assert (manifest.agents, manifest.stations) == (("2001",), ("2001",))
    assert [leg.channel for leg in manifest.legs] == ["customer", "agent"]
    assert all(leg.leg_id for leg in manifest.legs)
    assert manifest.channels.agent.packets == completed["agent_packets"]
    assert completed["agent_packets"] > 0


@pytest.mark.timeout(240)
def test_after_kills_under_many_calls_every_recording_is_finished_once(tmp_path: Path) -> None:
    switch = switch_process(tmp_path)
    result = kill_recordings.measure(switch, QUEUE_ONLY, tmp_path, kill_recordings.Plan(calls=40, seed=7))
    assert result.broken == []
    assert result.recordings >= 20
    assert result.recovered > 0


def test_an_agent_is_not_recorded_while_the_recording_is_paused(own_centre: CallCentre) -> None:
    events = own_centre.events
    station = own_centre.seat("2001")
    with own_centre.phone(station) as agent, own_centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        call_id = events.wait_for("call.connected").fields["call_id"]
        events.call("call.pause_recording", call_id=call_id, channel="agent")
        agent.talker.wait_to_hear(1.0)
        events.call("call.resume_recording", call_id=call_id)
        agent.talker.wait_to_hear(0.5)
        caller.hang_up()
        agent.wait_hung_up_on()
    completed = events.wait_for("recording.completed").fields
    ((why, where, began_ms, ended_ms),) = completed["marks"]
    assert (why, where) == ("paused", "agent")
    assert ended_ms - began_ms >= 900
    recording = read_recording(Path(completed["path"]))
    paused = slice(round(began_ms * 8), round(ended_ms * 8))
    assert not recording.agent[paused].any()
    assert recording.customer[paused].any()
    assert recording.agent.any()
