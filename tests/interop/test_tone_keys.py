"""Callers whose phones know no telephone-event and send keys as tones in their audio, played by SIPp."""

import numpy as np
import pytest

from media.tones import parse_tone, render_tone
from sipp_scenarios.audio import Samples, to_alaw
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.runner import Scenario
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE

KEYS = {"1": "697+1209", "9": "852+1477", "#": "941+1477"}


def pressed(keys: str, *, press_ms: int = 80, pause_ms: int = 80) -> Samples:
    """The keys as tones, a while after the greeting began, and silence to the end of the call."""
    tones = [render_tone(parse_tone(f"{KEYS[key]}/{press_ms},0/{pause_ms}"), -10, 8000) for key in keys]
    silence = [np.zeros(8000 * seconds, np.int16) for seconds in (1, 30)]
    return np.concatenate([silence[0], *tones, silence[1]])


def caller(centre: CallCentre, sound: Samples, formats: str) -> ConductedScenario:
    (centre.folder / "speech.alaw").write_bytes(to_alaw(sound))
    keys: dict[str, str | int] = {"caller": "13800138000", "caller_name": "客户", "formats": formats}
    scenario = Scenario(name="caller_streams", switch=centre.switch.sip, dialled=HOTLINE, keys=keys)
    return ConductedScenario(scenario, centre.folder)


@pytest.mark.parametrize("press_ms", [50, 400])
def test_a_caller_gets_through_the_menu_by_tones(centre: CallCentre, press_ms: int) -> None:
    with caller(centre, pressed("1", press_ms=press_ms), "8") as phone:
        phone.wait_for("answered")
        key = centre.events.wait_for("call.digit_received", digit="1").fields
        assert key["source"] == "in_band"
        assert key["duration_ms"] == pytest.approx(press_ms, abs=25)
        centre.events.wait_for("flow.digit_accepted", digit="1")
        centre.events.wait_for("queue.caller_joined")
        phone.tell("hang up")
        phone.finish().check()
    assert centre.events.wait_for("call.ended").fields["call_id"] == key["call_id"]


def test_a_phone_that_could_send_events_is_not_listened_to_for_tones(centre: CallCentre) -> None:
    with caller(centre, pressed("1"), "8 101") as phone:
        phone.wait_for("answered")
        centre.events.wait_for("flow.menu_timed_out")
        phone.tell("hang up")
        phone.finish().check()
    centre.events.wait_for("call.ended")
