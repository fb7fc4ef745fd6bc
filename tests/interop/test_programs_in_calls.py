"""What programs do in a conversation beside playing: keys, texts, recordings begun anew and paused."""

from pathlib import Path

import pytest
import soundfile

from media.prompts import resampled
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, compare, find
from sipp_scenarios.phones import CallerPhone
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import LISTEN_S, Floor
from tests.helpers.manifests import manifest_beside
from tests.interop.test_recorded_stations import recorded

TEXT = "您的工单号是七，稍后为您办理。"


def press(customer: CallerPhone, keys: str) -> None:
    for key in keys:
        customer.talker.press(key)


def test_keys_are_pressed_on_either_line_and_taken_from_the_customer(centre: CallCentre) -> None:
    with Floor(centre, "colleague") as floor:
        call_id, call, told = floor.call_id, floor.events.call, floor.events.wait_for
        call("call.send_digits", call_id=call_id, digits="12,#")
        call("call.send_digits", call_id=call_id, digits="9*", to="station")
        assert floor.customer.talker.wait_for_keys(3) == "12#"
        assert floor.agent.talker.wait_for_keys(2) == "9*"

        open_keys = call("call.collect", call_id=call_id, max_digits=4)["collect_id"]
        press(floor.customer, "45#")
        taken = told("call.digits_collected", collect_id=open_keys).fields
        assert (taken["digits"], taken["reason"], taken["terminator"]) == ("45", "terminated", "#")

        given_up = call("call.collect", call_id=call_id, max_digits=4)["collect_id"]
        call("call.stop_collecting", collect_id=given_up)
        assert told("call.digits_collected", collect_id=given_up).fields["reason"] == "stopped"

        hidden = call("call.collect", call_id=call_id, max_digits=2, masked=True)["collect_id"]
        press(floor.customer, "78")
        assert told("call.digits_collected", collect_id=hidden).fields["digits"] == ""
        assert call("call.take_digits", collect_id=hidden)["digits"] == "78"

        told("media.unmasked")  # no key of the one is taken for one of the other
        mask_id = call("call.mask_digits", call_id=call_id, max_s=60)["mask_id"]
        press(floor.customer, "3")
        told("call.digit_received", digit="x")
        assert call("call.masked_digits", mask_id=mask_id)["digits"] == "3"
        assert call("call.unmask_digits", mask_id=mask_id)["digits"] == "3"
        floor.customer.hang_up()
        floor.agent.wait_hung_up_on()
    assert floor.agent.talker.wait_for_keys(5) == "9*45#"  # and none that was masked


def test_a_text_is_said_and_a_recording_is_begun_anew_and_paused(centre: CallCentre) -> None:
    with Floor(centre, "colleague") as floor:
        call_id, call, told = floor.call_id, floor.events.call, floor.events.wait_for
        playback = call("call.say", call_id=call_id, text=TEXT)["playback_id"]
        assert told("call.prompt_finished", playback_id=playback).fields["reason"] == "finished"
        floor.customer.talker.wait_to_hear(LISTEN_S)
        first = call("call.stop_recording", call_id=call_id)["recording_id"]
        first_path = told("recording.completed", recording_id=first).fields["path"]

        second = call("call.record", call_id=call_id)["recording_id"]
        floor.customer.talker.wait_to_hear(LISTEN_S)
        call("call.pause_recording", call_id=call_id, channel="agent")
        floor.customer.talker.wait_to_hear(LISTEN_S)
        call("call.resume_recording", call_id=call_id)
        floor.customer.talker.wait_to_hear(LISTEN_S)
        call("call.hang_up", call_id=call_id, leg="station")
        floor.agent.wait_hung_up_on()
        floor.customer.wait_hung_up_on()
        second_path = told("recording.completed", recording_id=second).fields["path"]
    text = newest_text(centre.switch.path.parent / "speech")
    assert find(text, floor.customer.talker.heard).score > 0.95
    assert find(text, recorded(first_path)[:, 0]).score < 0.3
    assert compare(recorded(first_path)[:, 1], floor.agent.talker.said).whole
    customer, agent = recorded(second_path).T
    assert compare(customer, floor.customer.talker.said).whole
    stopped, whole = manifest_beside(first_path), manifest_beside(second_path)
    assert stopped.stopped_ms == pytest.approx(stopped.duration_ms, abs=500)
    assert whole.stopped_ms is None
    (pause,) = whole.marks
    assert (pause.kind, pause.channels) == ("paused", "agent")
    begins, ends = (round(ms * SAMPLE_RATE_HZ / 1000) for ms in (pause.from_ms, pause.to_ms))
    assert not agent[begins:ends].any()
    for spoken in (agent[:begins], agent[ends:]):
        assert compare(spoken, floor.agent.talker.said).whole


def newest_text(folder: Path) -> Samples:
    """What was said last, as a telephone carries it."""
    file = max(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
    samples, rate_hz = soundfile.read(file, dtype="int16")
    return resampled(samples, rate_hz, SAMPLE_RATE_HZ)
