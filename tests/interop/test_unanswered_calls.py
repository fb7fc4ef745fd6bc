"""Calls that nobody has answered yet, steered by a program: what SIPp's phones hear and are told."""

from pathlib import Path

import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, find
from sipp_scenarios.runner import Scenario, SippProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, QUEUE_ONLY, RINGING

PROMPT = "zh/greeting"
LONG_ENOUGH_S = 1.5


def arrived(centre: CallCentre) -> str:
    """The call that rings since then."""
    return str(centre.events.wait_for("call.arrived").fields["call_id"])


def beginning_of_prompt() -> Samples:
    path = Path(__file__).parents[2] / "conf" / "prompts" / f"{PROMPT}.wav"
    samples: Samples = soundfile.read(path, dtype="int16")[0]
    return samples[SAMPLE_RATE_HZ // 4 : SAMPLE_RATE_HZ]


def test_a_caller_hears_a_program_before_the_answer_and_goes_where_it_leads(centre: CallCentre) -> None:
    called, desk = centre.register("2001"), centre.seat("2002")
    call, told = centre.events.call, centre.events.wait_for
    with (
        centre.ring_in_vain(called) as ringing,
        centre.phone(desk) as agent,
        centre.caller(DIRECT) as caller,
    ):
        ringing.wait_for("ringing")
        call_id = arrived(centre)
        call("call.play", call_id=call_id, prompts=[PROMPT], times=0)
        caller.talker.wait_to_hear(LONG_ENOUGH_S)
        before_the_answer = caller.talker.heard
        assert len(call("call.stop_playing", call_id=call_id)["playback_ids"]) == 1
        assert told("call.prompt_finished", call_id=call_id).fields["reason"] == "stopped"
        call("call.answer", call_id=call_id)
        caller.wait_answered()
        call("call.redirect", call_id=call_id, target="queue:service")
        ringing.finish().check()  # it was sent CANCEL
        agent.wait_ringing()
        agent.answer()
        told("call.connected", call_id=call_id, station="2002")
        for phone in (caller, agent):
            phone.talker.wait_to_hear(LONG_ENOUGH_S)
        call("call.hang_up", call_id=call_id, cause="NORMAL_TEMPORARY_FAILURE")
        ends = [phone.wait_hung_up_on() for phone in (caller, agent)]
    assert find(beginning_of_prompt(), before_the_answer).score > 0.95
    assert find(caller.talker.heard[-8000:-2000], agent.talker.said).score > 0.95
    assert find(agent.talker.heard[-8000:-2000], caller.talker.said).score > 0.95
    for end in ends:
        assert "Reason: Q.850;cause=41" in (end.folder / "messages.log").read_text("utf-8")


def test_a_caller_who_is_turned_away_is_told_why(centre: CallCentre) -> None:
    keys: dict[str, str | int] = {"caller": "13700137000", "caller_name": "客户", "rtp_port": 9}
    scenario = Scenario(name="caller_finds_busy", switch=centre.switch.sip, dialled=RINGING, keys=keys)
    with SippProcess(scenario, centre.folder) as caller:
        centre.events.call("call.reject", call_id=arrived(centre), cause="USER_BUSY")
        caller.finish().check()
    assert centre.events.wait_for("call.ended").fields["cause"] == "USER_BUSY"


def test_a_caller_who_is_sent_elsewhere_calls_there_and_talks(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with (
        centre.phone(station) as agent,
        centre.caller(RINGING, scenario="caller_goes_where_it_is_sent") as caller,
    ):
        sent = arrived(centre)
        elsewhere = f"sip:{QUEUE_ONLY}@{centre.switch.sip}"
        centre.events.call("call.redirect", call_id=sent, target=elsewhere)
        agent.wait_ringing()
        agent.answer()
        caller.wait_answered()
        agent.talker.wait_to_hear(LONG_ENOUGH_S)
        caller.hang_up()
        agent.wait_hung_up_on()
    assert centre.events.wait_for("call.connected").fields["call_id"] != sent
    assert find(agent.talker.heard[-8000:-2000], caller.talker.said).score > 0.95
