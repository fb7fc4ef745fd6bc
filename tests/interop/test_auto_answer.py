"""Phones that answer by themselves: asked by a header they know, after a tone."""

import pytest

from media.tones import TonesConfig
from sipp_scenarios.audio import SAMPLE_RATE_HZ, find, speech
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY


@pytest.mark.parametrize("scenario", ["agent_answers_to_call_info", "agent_answers_to_alert_info"])
def test_a_phone_that_knows_the_header_answers_and_the_agent_hears_a_tone_first(
    centre: CallCentre, scenario: str
) -> None:
    station = centre.seat("2001")
    assert centre.events.call("agent.set_auto_answer", agent="2001", on=True)["auto_answer"]
    try:
        with station.expect_call(speech(2001, 30), scenario) as agent, centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            agent.wait_answered()
            centre.events.wait_for("call.connected", station="2001")
            agent.talker.wait_to_hear(1.5)
            caller.hang_up()
            agent.wait_hung_up_on()
    finally:
        centre.events.call("agent.set_auto_answer", agent="2001", on=False)
    heard, zip_tone = agent.talker.heard, TonesConfig().rendered(SAMPLE_RATE_HZ)["tone:zip"]
    tone, voice = find(zip_tone, heard), find(caller.talker.said[8000:12000], heard)
    assert tone.score > 0.95
    assert voice.score > 0.95
    assert tone.at < voice.at
