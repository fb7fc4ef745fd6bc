"""A recorded call goes to a store that other people wrote, and is listened to, exported and deleted there."""

import json
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import Any
from urllib.request import Request, urlopen

import pytest

from media.recordings.config import SecondTierConfig
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.object_store import client_of, keys_in, object_store
from tests.helpers.switch_process import QUEUE_ONLY, switch_process


@pytest.mark.timeout(120)
def test_a_call_ends_in_a_store_from_which_it_is_heard_exported_and_deleted(tmp_path: Path) -> None:
    with (
        object_store(tmp_path) as tier,
        switch_process(tmp_path, more=_sections(tier)) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        _call(switch, events, tmp_path)
        moved = events.wait_for("recording.moved").fields
        recording_id = moved["recording_id"]
        assert [path for path in (tmp_path / "recordings").rglob("*.wav")] == []
        key = moved["path"].removeprefix(f"s3://{tier.bucket}/")
        octets = client_of(tier).get_object(Bucket=tier.bucket, Key=key)["Body"].read()
        assert len(octets) == moved["size_bytes"]
        link = events.call("recording.link", recording_id=recording_id)
        with urlopen(Request(link["sound"], headers={"Range": "bytes=1000-20999"})) as answer:
            assert (answer.status, answer.read()) == (206, octets[1000:21_000])
        with urlopen(link["picture"]) as answer:
            assert answer.read(4) == b"\x89PNG"
        (exported,) = ringmain(tmp_path, "export", recording_id, "--to", str(tmp_path / "out"))
        assert Path(exported["path"]).read_bytes() == octets
        assert [one["findings"] for one in ringmain(tmp_path, "verify")] == [[]]
        assert events.call("recording.show", recording_id=recording_id)["moved_to"] == moved["path"]
        events.call("recording.delete", recording_id=recording_id, reason="a test")
        assert keys_in(tier) == []


def _sections(tier: SecondTierConfig) -> str:
    keys = tier.model_dump(mode="json", exclude_none=True)
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    port = free_port("127.0.0.1")
    return "\n".join(["[second_tier]", *lines, f"[http]\nenabled = true\nport = {port}\n"])


def _call(switch: SwitchProcess, events: EventFollower, folder: Path) -> None:
    centre = CallCentre(switch, events, folder)
    station = centre.seat("2001")
    with centre.phone(station) as agent, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        events.wait_for("call.connected", station="2001")
        caller.talker.wait_to_hear(2)
        caller.hang_up()
        agent.wait_hung_up_on()
    centre.wait_until_nothing_is_left()
    centre.close()


def ringmain(folder: Path, *words: str) -> Any:
    config = ("--config", str(folder / "ringmain.toml"), "--json")
    command = [sys.executable, "-m", "cli.main", "recordings", *words, *config]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.timeout(120)
def test_an_operator_moves_a_recording_before_its_time(tmp_path: Path) -> None:
    second = tmp_path / "second"
    section = f'[second_tier]\nto = "{second}"\nafter_days = 30\n'
    with (
        switch_process(tmp_path, more=section) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        _call(switch, events, tmp_path)
        completed = events.wait_for("recording.completed").fields
        recording_id = completed["recording_id"]
        for _ in range(100):  # its row follows its event
            if events.call("recording.list")["recordings"]:
                break
            sleep(0.1)
        named = [{"recording_id": recording_id, "path": completed["path"]}]
        assert ringmain(tmp_path, "move", recording_id, "--dry-run") == named
        assert not list(second.rglob("*.wav"))
        assert ringmain(tmp_path, "move", recording_id, "--by", "李娜") == named
        moved = events.wait_for("recording.moved").fields
        assert (moved["recording_id"], moved["by"]) == (recording_id, "李娜")
        assert Path(moved["path"]).is_relative_to(second)
        assert [one["findings"] for one in ringmain(tmp_path, "verify")] == [[]]
