"""A recorded call that the switch converts and encrypts, opened by the tool other people wrote."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import soundfile

from sipp_scenarios.audio import find
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process


@pytest.mark.skipif(shutil.which("age") is None, reason="needs Debian's age")
def test_a_call_ends_as_an_envelope_that_age_and_a_browser_open(tmp_path: Path) -> None:
    key = tmp_path / "identity.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout
    http = f"[http]\nenabled = true\nport = {free_port('127.0.0.1')}\n"
    kept = {"convert": "flac", "encrypt_to": [public.strip()], "identity": str(key)}
    with (
        switch_process(tmp_path, recordings=kept, more=http) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        station = centre.seat("2001")
        with centre.phone(station) as agent, centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            agent.wait_ringing()
            agent.answer()
            events.wait_for("call.connected", station="2001")
            caller.talker.wait_to_hear(2)
            caller.hang_up()
            agent.wait_hung_up_on()
            said = caller.talker.said
        encrypted = events.wait_for("recording.encrypted").fields
        lies = Path(encrypted["path"])
        assert sorted(path.suffix for path in lies.parent.iterdir()) == [".age", ".json"]
        flac = tmp_path / "opened.flac"
        subprocess.run(["age", "--decrypt", "-i", key, "-o", flac, lies], check=True)
        customer = soundfile.read(flac, dtype="int16")[0][:, 0]
        assert find(customer[-12_000:-4_000], said).score > 0.9
        link = ringmain(tmp_path, "link", encrypted["recording_id"])["sound"]
        with urlopen(link) as answer:
            assert answer.read() == flac.read_bytes()
        (exported,) = ringmain(tmp_path, "export", encrypted["recording_id"], "--to", str(tmp_path / "out"))
        assert Path(exported["path"]).read_bytes() == flac.read_bytes()
        assert [one["findings"] for one in ringmain(tmp_path, "verify")] == [[]]
        centre.wait_until_nothing_is_left()
        centre.close()


def ringmain(folder: Path, *words: str) -> Any:
    config = ("--config", str(folder / "ringmain.toml"), "--json")
    command = [sys.executable, "-m", "cli.main", "recordings", *words, *config]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)
