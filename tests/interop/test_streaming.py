"""SIPp at both ends of a call: its own player speaks at one, its own echo answers at the other."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from media.recordings.wav import RecordedAudio, read_recording
from sipp_scenarios.audio import Samples, find, from_alaw, speech, to_alaw
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.runner import Scenario
from sipp_scenarios.talker import bind_even_port
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT

VOICE = speech(11, 20.0)
PIECE = 4000
"""Samples."""
PACKETS = 150
"""Three seconds."""


def caller(centre: CallCentre, name: str) -> Scenario:
    keys: dict[str, str | int] = {"caller": "13800138000", "caller_name": "客户", "formats": "8 101"}
    return Scenario(name=name, switch=centre.switch.sip, dialled=DIRECT, keys=keys)


def echoing(scenario: Scenario) -> Scenario:
    """Let it send back what it hears, packet by packet."""
    with closing(bind_even_port(scenario.switch.host)) as probe:
        port = probe.getsockname()[1]
    keys = {**scenario.keys, "rtp_port": port}
    return replace(scenario, keys=keys, options=("-rtp_echo", "-mp", str(port)))


def talk(centre: CallCentre, caller: Scenario, agent: Scenario) -> RecordedAudio:
    """Let both talk for a while; what was recorded."""
    (centre.folder / "speech.alaw").write_bytes(to_alaw(VOICE))
    with (
        ConductedScenario(agent, centre.folder) as called,
        ConductedScenario(caller, centre.folder) as calling,
    ):
        called.wait_for("ringing")
        called.tell("answer")
        called.wait_for("answered")
        calling.wait_for("answered")
        centre.wait_for_media(lambda media: min(media["packets_received"], media["packets_sent"]) > PACKETS)
        calling.tell("hang up")
        calling.finish().check()
        called.finish().check()
    return read_recording(Path(centre.events.wait_for("recording.completed").fields["path"]))


def test_what_a_caller_streams_reaches_the_phone_and_its_echo_the_switch(centre: CallCentre) -> None:
    station = centre.register("2001")
    recorded = talk(centre, caller(centre, "caller_streams"), echoing(station.scenario("agent_answers")))
    check(recorded.customer, recorded.agent)


def test_what_a_phone_streams_reaches_the_caller_and_its_echo_the_switch(centre: CallCentre) -> None:
    station = centre.register("2001")
    recorded = talk(centre, echoing(caller(centre, "caller_talks")), station.scenario("agent_streams"))
    check(recorded.agent, recorded.customer)


def check(streamed: Samples, echoed: Samples) -> None:
    """Both are the voice. SIPp's player keeps time badly: where it falls behind, one piece is torn."""
    voice = from_alaw(to_alaw(VOICE))
    for kept in (streamed, echoed):
        heard = kept[np.flatnonzero(kept)[0] :]
        pieces = [heard[at : at + PIECE] for at in range(0, len(heard) - PIECE, PIECE)]
        assert len(pieces) >= 4
        assert sum(find(piece, voice).score > 0.98 for piece in pieces) >= len(pieces) - 1
