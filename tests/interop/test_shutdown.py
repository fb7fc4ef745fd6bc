"""SIGTERM: what callers, recordings and records see of it. Each test ends a switch of its own."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cli.recording_verification import verify_since
from media.recordings.digest import sha256_of
from media.recordings.wav import read_recording
from runtime.clock import local_now
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import SippProcess
from sipp_scenarios.switch_process import SwitchProcess
from switch.access.records import OperationSearch, found_by
from switch.records.queries import RecordReader
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, STATIONS, Times, switch_process


def test_the_command_ends_at_once_when_the_switch_is_idle(tmp_path: Path) -> None:
    with switch_process(tmp_path, begun_as=SwitchProcess) as switch:
        switch.terminate()
        assert switch.wait(timeout_s=15) == 0


def test_draining_refuses_new_calls_lets_running_ones_finish_and_has_watchers_come_back(
    own_centre: CallCentre,
) -> None:
    switch = own_centre.switch
    watcher = Station(switch.sip, "2002", STATIONS["2002"], own_centre.folder)
    watching = replace(watcher.scenario("agent_watches_to_the_end"), dialled="2001")
    with SippProcess(watching, own_centre.folder) as watch, own_centre.caller(HOTLINE) as caller:
        caller.wait_answered()
        own_centre.wait_for_subscriptions(1)
        caller.talker.wait_to_hear(0.3)
        switch.terminate()
        own_centre.events.wait_for("switch.drain_started", calls=1)
        with own_centre.conduct("caller_is_refused", HOTLINE) as late:
            assert late.wait_for("refused")["Retry-After"] == str(Times().retry_after_s)
            late.finish().check()
        caller.talker.wait_to_hear(0.3)
        caller.hang_up()
        assert switch.wait(timeout_s=15) == 0
        watch.finish().check()


def test_a_call_that_outlasts_the_drain_is_hung_up(tmp_path: Path) -> None:
    with switch_process(tmp_path, Times(drain_s=1)) as switch:
        with (
            EventFollower(switch.control_socket) as events,
            CallCentre(switch, events, tmp_path).caller(HOTLINE) as caller,
        ):
            caller.wait_answered()
            switch.terminate()
            caller.wait_hung_up_on()
        assert switch.wait(timeout_s=15) == 0


def test_a_second_signal_ends_at_once_and_recording_and_records_are_whole(own_centre: CallCentre) -> None:
    switch, events = own_centre.switch, own_centre.events
    with own_centre.caller(HOTLINE) as caller:
        caller.wait_answered()
        started = events.wait_for("recording.started").fields
        caller.talker.wait_to_hear(1.5)
        events.call("call.set_data", call_id=started["call_id"], data={"order_no": "D-7"})
        switch.terminate()
        events.wait_for("switch.drain_started")
        switch.terminate()
        assert switch.wait(timeout_s=15) == 0
        caller.wait_hung_up_on()
    recording = read_recording(Path(started["path"]))
    assert recording.duration_s >= 1.4
    assert Path(started["path"]).stat().st_size == 44 + 4 * len(recording.customer)
    records = RecordReader(switch.configuration.records)
    (operation,) = records.rows(found_by(OperationSearch(verb="call.*")))
    assert (operation["verb"], operation["source"]) == ("call.set_data", "unix")
    record = records.call(started["call_id"])
    assert record["disposition"] == "ANSWERED"
    assert record["recording_sha256"] == sha256_of(Path(started["path"]))
    began = local_now() - timedelta(minutes=5)
    checked = verify_since(began, local_now(), switch.configuration)
    assert [(one.recording_id, one.findings) for one in checked] == [(record["recording_id"], ())]
