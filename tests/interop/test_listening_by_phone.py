"""A recording played to a phone that the switch calls for it, and steered by the phone's keys."""

import pytest
import soundfile
from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.audio import Samples, find
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY

RATE_HZ = 8000


def recorded_call(centre: CallCentre) -> tuple[str, Samples]:
    """A customer who talks to an agent for some seconds; returns the recording and what the customer said."""
    station = centre.seat("2001")
    with centre.phone(station) as agent, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(6)
        caller.hang_up()
        agent.wait_hung_up_on()
        said = caller.talker.said
    completed = centre.events.wait_for("recording.completed").fields
    (customer, agent_side) = soundfile.read(completed["path"], dtype="int16")[0].T
    assert customer.any()
    assert agent_side.any()
    centre.events.call("agent.sign_out", agent="2001")
    centre.events.seen.clear()
    return completed["recording_id"], said


def test_a_station_hears_a_recording_and_leads_through_it_by_key(centre: CallCentre) -> None:
    recording_id, said = recorded_call(centre)
    with centre.phone(centre.register("2002")) as phone:
        answer = centre.events.call(
            "recording.play", recording_id=recording_id, station="2002", channel="customer", who="李娜"
        )
        phone.wait_ringing()
        phone.answer()
        listened = centre.events.wait_for("recording.listened", recording_id=recording_id).fields
        assert (listened["who"], listened["station"]) == ("李娜", "2002")
        phone.talker.wait_to_hear(4)
        phone.talker.press("0")
        centre.events.wait_for("call.digit_received", call_id=answer["call_id"], digit="0")
        phone.talker.wait_to_hear(4)
        phone.talker.press("#")
        phone.wait_hung_up_on()
        heard = phone.talker.heard
    first_second = said[:RATE_HZ]
    once = find(first_second, heard)
    again = find(first_second, heard[once.at + RATE_HZ :])
    assert once.score > 0.95
    assert again.score > 0.95
    over = centre.events.wait_for("call.ended", call_id=answer["call_id"]).fields
    assert over["cause"] == "NORMAL_CLEARING"
    assert not [entry for entry in centre.events.seen if entry.topic == "recording.started"]


def test_a_recording_is_heard_to_its_end_and_the_phone_is_released(centre: CallCentre) -> None:
    recording_id, said = recorded_call(centre)
    with centre.phone(centre.register("2002")) as phone:
        words = ["recordings", "play", recording_id, "--station", "2002", "--channel", "customer"]
        said_by_command = CliRunner().invoke(app, [*words, "--socket", str(centre.switch.control_socket)])
        assert said_by_command.exit_code == 0, said_by_command.output
        phone.wait_ringing()
        phone.answer()
        phone.wait_hung_up_on()
        heard = phone.talker.heard
    for at_s in (1, 3, 5):
        assert find(said[at_s * RATE_HZ : (at_s + 1) * RATE_HZ], heard).score > 0.95
    centre.events.wait_for("call.ended", cause="NORMAL_CLEARING")


def test_nobody_is_called_for_what_cannot_be_heard(centre: CallCentre) -> None:
    centre.register("2002")
    with pytest.raises(VerbRefused, match="recording-none"):
        centre.events.call("recording.play", recording_id="recording-none", station="2002")
    with pytest.raises(VerbRefused, match="no phone is registered at station 2001"):
        centre.events.call("recording.play", recording_id="recording-none", station="2001")
