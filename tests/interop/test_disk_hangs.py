"""The disk of recordings hangs while a call is recorded: its recording goes on in the spool."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from media.recordings.manifest import read_manifest
from media.recordings.wav_file import read_wav_file
from sipp_scenarios.audio import speech, to_alaw
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.rtp_capture import capture
from sipp_scenarios.runner import Scenario, SippProcess
from tests.helpers.bad_disks import hanging_disk
from tests.helpers.switch_process import QUEUE_ONLY, switch_process

LAGGING_AFTER_S = 1.0
CALM_S = 10.0
"""So long a disk must take all in time before it has recovered, as docs/recordings.md says."""
PATIENCE_S = 20.0
TOLD = (
    "recording.started",
    "storage.lagging",
    "recording.waiting",
    "recording.completed",
    "storage.recovered",
)
"""In this order, each once."""


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.timeout(180)
def test_a_recording_leaves_a_disk_that_hangs_and_comes_back_whole(tmp_path: Path) -> None:
    (tmp_path / "speech-60ms.pcap").write_bytes(capture(to_alaw(speech(11, 30.0)), 60))
    spool = tmp_path / "spool"
    with hanging_disk(tmp_path / "recordings", tmp_path / "image", size_mb=64) as disk:
        recordings = {"spool": str(spool), "lagging_after_s": LAGGING_AFTER_S}
        switch = switch_process(tmp_path, recordings=recordings)
        caller = Scenario(
            name="caller_speaks_in_long_packets",
            switch=switch.sip,
            dialled=QUEUE_ONLY,
            keys={"caller": "13800138000", "caller_name": "客户"},
        )
        with switch, EventFollower(switch.control_socket) as events, SippProcess(caller, tmp_path):
            started = events.wait_for("recording.started").fields
            wait_until(lambda: Path(started["path"]).stat().st_size > 20_000)
            disk.hang()
            try:
                lagging = events.wait_for("storage.lagging").fields
                assert (lagging["folder"], lagging["reason"]) == (str(disk.place), "the disk is too slow")
                wait_until(lambda: list(spool.glob("**/*.rest.wav")))
                events.call("call.hang_up", call_id=started["call_id"])
                waiting = events.wait_for("recording.waiting").fields
                assert waiting["path"] == started["path"]
                assert "hangs" in waiting["reason"]
            finally:
                disk.go_on()
                went_on = time.time()
            completed = events.wait_for("recording.completed").fields
            recovered = events.wait_for("storage.recovered")
            wait_until(lambda: read_manifest(Path(started["path"])))
            told = [entry.topic for entry in events.seen if entry.topic in TOLD]
        manifest = read_manifest(Path(started["path"]))
        assert (completed["path"], completed["unwritten"]) == (started["path"], [])
        assert read_wav_file(Path(started["path"])).duration_ms == completed["duration_ms"]
        assert manifest is not None
        assert [mark for mark in manifest.marks if mark.kind == "lost"] == []
        assert list(spool.glob("**/*.wav")) == []
        assert recovered.time - went_on > CALM_S - 1
        assert told == list(TOLD)
