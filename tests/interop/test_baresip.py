"""The same call with a phone other people wrote, once as the caller and once as the agent."""

import shutil

import pytest

from sipp_scenarios.audio import compare, find, speech
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, STATIONS

pytestmark = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)


def test_baresip_calls_and_reaches_an_agent(centre: CallCentre) -> None:
    voice = speech(3, 30)
    host = centre.switch.sip.host
    station = centre.seat("2001")
    account = f"<sip:13900139000@{host}>;regint=0"
    with Baresip(host, account, voice, centre.folder / "baresip") as baresip, centre.phone(station) as agent:
        baresip.order("dial", f"sip:{HOTLINE}@{host}:{centre.switch.sip.port}")
        baresip.wait_for("CALL_ESTABLISHED")
        centre.events.wait_for("media.started")
        baresip.order("sndcode", "1")
        centre.events.wait_for("call.digit_received", digit="1")
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(2)
        baresip.order("hangup")
        agent.wait_hung_up_on()
        assert compare(agent.talker.heard, voice).whole
        baresip.order("quit")
        baresip.wait_for("EXIT")
        assert find(agent.talker.said[:8000], baresip.heard).score > 0.95
    centre.events.wait_for("call.ended", by_caller=True)


def test_baresip_is_the_agents_phone(centre: CallCentre) -> None:
    voice = speech(4, 30)
    sip = centre.switch.sip
    account = f"<sip:2002@{sip.host}:{sip.port}>;auth_pass={STATIONS['2002']};answermode=manual"
    with Baresip(sip.host, account, voice, centre.folder / "baresip") as baresip:
        centre.events.wait_for("station.registered", station="2002")
        centre.sign_in("2002")
        with centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            baresip.wait_for("CALL_INCOMING")
            centre.events.wait_for("offer.ringing")
            baresip.order("accept")
            centre.events.wait_for("call.connected", station="2002")
            caller.talker.wait_to_hear(2)
            baresip.order("hangup")
            caller.wait_hung_up_on()
            baresip.order("quit")
            baresip.wait_for("EXIT")
            assert find(voice[:8000], caller.talker.heard).score > 0.95
            assert compare(baresip.heard, caller.talker.said).whole
    centre.events.wait_for("call.ended", by_caller=False)
