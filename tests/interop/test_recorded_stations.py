"""Calls that no customer makes are recorded too: of a station to a station, and of one that is alone."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sipp_scenarios.audio import Samples, find, speech
from sipp_scenarios.follower import EventFollower
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import STATIONS, switch_process

pytestmark = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)

COUNTER = "80"
RATE_HZ = 8000
_SECTIONS = f"""
[dialling]
record = "from_connect"
[[access_codes]]
number = "{COUNTER}"
target = "flow:counter"
record = "on_command"
"""
_FLOW = """
name: counter
title: 营业厅录音
language: zh
record: true
start: listen
nodes:
  listen:
    type: menu
    prompts: ["tone:recorded"]
    choices: {"#": end}
    timeout_s: 60
    tries: 10
    next: listen
  end: {type: hang_up}
"""


def test_stations_are_recorded_when_they_talk_to_each_other_and_when_one_is_alone(tmp_path: Path) -> None:
    voice = speech(3, 30)
    with (
        counter_switch(tmp_path) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre, sip = CallCentre(switch, events, tmp_path), switch.sip
        station = centre.register("2001")
        account = f"<sip:2002@{sip.host}:{sip.port}>;auth_pass={STATIONS['2002']};answermode=manual"
        with Baresip(sip.host, account, voice, tmp_path / "baresip") as baresip:
            events.wait_for("station.registered", station="2002")
            with centre.phone(station) as called:
                baresip.order("dial", f"sip:2001@{sip.host}:{sip.port}")
                called.wait_ringing()
                called.answer()
                called.talker.wait_to_hear(3)
                baresip.order("hangup")
                called.wait_hung_up_on()
                between = recorded(events.wait_for("recording.completed").fields["path"])
                assert beeps_in(between.T.ravel()) == 0
                assert find(voice[RATE_HZ : 2 * RATE_HZ], between[:, 0]).score > 0.9
                assert find(called.talker.said[RATE_HZ : 2 * RATE_HZ], between[:, 1]).score > 0.9
            events.seen.clear()
            baresip.order("dial", f"sip:{COUNTER}@{sip.host}:{sip.port}")
            events.wait_for("call.prompt_finished")
            centre.wait_for_media(lambda media: media["packets_received"] > 100)
            baresip.order("sndcode", "#")
            alone = recorded(events.wait_for("recording.completed").fields["path"])
            # The phone may have begun to talk just before the recording did.
            assert find(voice[RATE_HZ // 10 : RATE_HZ], alone[:, 0]).score > 0.9
            assert not alone[:, 1].any()
        centre.wait_until_nothing_is_left()
        centre.close()


def counter_switch(folder: Path):  # type: ignore[no-untyped-def]
    switch = switch_process(folder, recordings={"beep": "tone:recorded"}, more=_SECTIONS)
    (folder / "flows" / "counter.yaml").write_text(_FLOW, "utf-8")
    return switch


def recorded(path: str) -> Samples:
    samples: Samples = soundfile.read(path, dtype="int16", always_2d=True)[0]
    return samples


def beeps_in(samples: Samples) -> float:
    """For how many seconds of it 1400 Hz hold nearly all of the energy."""
    windows = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(float)
    wave = np.exp(-2j * np.pi * 1400 / RATE_HZ * np.arange(160))
    tone, all_of_it = 2 * np.abs(windows @ wave) ** 2 / 160, (windows**2).sum(axis=1)
    return float(((tone > 0.9 * all_of_it) & (all_of_it > 160 * 1000)).sum() * 0.02)
