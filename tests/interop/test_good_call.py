"""The way the whole exchange was built for, at every step: see ``make demo``."""

from media.recordings.wav import read_recording
from sipp_scenarios.audio import compare
from sipp_scenarios.demo.call import Cast, place_call
from sipp_scenarios.demo.checks import check_audio
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, STATIONS


def test_caller_hears_the_greeting_presses_a_key_waits_and_talks(centre: CallCentre) -> None:
    cast = Cast(
        sip=centre.switch.sip,
        dialled=HOTLINE,
        agent="2001",
        station="2001",
        password=STATIONS["2001"],
        talk_s=2.0,
    )
    evidence = place_call(cast, centre.events, centre.folder, progress=lambda step: None)
    recording = read_recording(evidence.recording)
    assert [check for check in check_audio(evidence, recording) if not check.good] == []
    assert evidence.left_open == {}


def test_what_a_phone_hears_is_one_continuous_stream(centre: CallCentre) -> None:
    """Music, then the agent: SSRC never changes, so that a phone's jitter buffer has no reason to stumble."""
    station = centre.seat("2001")
    with centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        caller.talker.wait_to_hear(0.3)
        with centre.phone(station) as agent:
            agent.wait_ringing()
            agent.answer()
            agent.talker.wait_to_hear(0.5)
            caller.hang_up()
            agent.wait_hung_up_on()
        assert len(caller.talker.sources_heard) == 1
        assert len(agent.talker.sources_heard) == 1


def test_two_calls_do_not_hear_each_other(centre: CallCentre) -> None:
    first, second = centre.seat("2001"), centre.seat("2002")
    with (
        centre.phone(first) as agent_1,
        centre.phone(second) as agent_2,
        centre.caller(QUEUE_ONLY, "13800000001") as caller_1,
    ):
        caller_1.wait_answered()
        agent_1.wait_ringing()
        agent_1.answer()
        with centre.caller(QUEUE_ONLY, "13800000002") as caller_2:
            caller_2.wait_answered()
            agent_2.wait_ringing()
            agent_2.answer()
            agent_2.talker.wait_to_hear(1.5)
            caller_2.hang_up()
        caller_1.hang_up()
        agent_1.wait_hung_up_on()
        agent_2.wait_hung_up_on()
    for agent, caller in ((agent_1, caller_1), (agent_2, caller_2)):
        assert compare(agent.talker.heard, caller.talker.said).whole
