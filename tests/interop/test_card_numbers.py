"""A card number pressed on the wire in each way there is: only who asked for it has it afterwards."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from media.recordings.tone_search import ToneSearch
from media.recordings.wav import read_recording
from media.tones import parse_tone, render_tone
from sipp_scenarios.audio import Samples, to_alaw
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CalledPhone
from sipp_scenarios.runner import Scenario
from sipp_scenarios.talker import bind_even_port
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, switch_process

PIN = "4907"
CARD = PIN * 3
"""Too long to stand anywhere by chance, as a time or an id."""
TONES = {"4": "770+1209", "9": "852+1477", "0": "941+1336", "7": "852+1209"}
TELLS_A_KEY = re.compile(
    rb'"digit":"[0-9A-D*#]"|digit=[0-9A-D*#]\\b|Signal=[0-9A-D*#]|\r\n\r\n[0-9A-D*#]\r\n'
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CallCentre]:
    """A switch that records all calls, traces all messages and logs all it can."""
    loud = '[log]\nlevel = "debug"'
    with switch_process(tmp_path, more=loud) as switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, tmp_path)


def mask(centre: CallCentre) -> str:
    """Once both talk."""
    call_id = centre.events.wait_for("call.connected").fields["call_id"]
    answer: dict[str, Any] = centre.events.call("call.mask_digits", call_id=call_id, max_s=60)
    centre.events.wait_for("recording.masked")
    return str(answer["mask_id"])


def take(centre: CallCentre, mask_id: str, keys: int) -> str:
    """When so many keys were told."""
    while len([entry for entry in centre.events.seen if entry.topic == "call.digit_received"]) < keys:
        centre.events.wait_for_next("a key")
    digits = str(centre.events.call("call.unmask_digits", mask_id=mask_id)["digits"])
    centre.events.wait_for("recording.unmasked")
    return digits


def answered(centre: CallCentre, agent: CalledPhone) -> None:
    agent.wait_ringing()
    agent.answer()


def scenario(centre: CallCentre, name: str, **more: str | int) -> ConductedScenario:
    keys: dict[str, str | int] = {"caller": "13800138000", "caller_name": "客户", **more}
    return ConductedScenario(
        Scenario(name=name, switch=centre.switch.sip, dialled=DIRECT, keys=keys), centre.folder
    )


def check(centre: CallCentre, agent: CalledPhone, source: str, keys: int) -> None:
    """The switch has ended: nothing it left behind tells a key."""
    completed = centre.events.wait_for("recording.completed").fields
    told = [entry.fields for entry in centre.events.seen if entry.topic == "call.digit_received"]
    assert [(key["digit"], key["source"]) for key in told] == [("x", source)] * keys
    recording = read_recording(Path(completed["path"]))
    for sound in (recording.customer, recording.agent, agent.talker.heard):
        assert keys_in(sound) == []
    centre.switch.terminate()
    centre.switch.wait()
    with sqlite3.connect(centre.folder / "ringmain.db") as database:
        ((digits,),) = database.execute("select digits from call_records").fetchall()
    assert digits == "x" * keys
    written = [p for d in ("journal", "trace") for p in (centre.folder / d).rglob("*") if p.is_file()]
    assert b'"digit":"x"' in b"".join(path.read_bytes() for path in written)
    assert b"digit=x" in (centre.folder / "switch.log").read_bytes()
    for path in (centre.folder / "switch.log", *written):
        octets = path.read_bytes()
        assert CARD.encode() not in octets
        assert TELLS_A_KEY.search(octets) is None, path


def keys_in(sound: Samples) -> list[str]:
    search = ToneSearch(8000)
    search.add(sound)
    return [heard.key for heard in search.found()]


def test_pressed_by_telephone_event(centre: CallCentre) -> None:
    station = centre.register("2001")
    with centre.caller(DIRECT) as caller, centre.phone(station) as agent:
        answered(centre, agent)
        caller.wait_answered()
        mask_id = mask(centre)
        for digit in CARD:
            caller.talker.press(digit)
            agent.talker.wait_to_hear(0.3)
        assert take(centre, mask_id, len(CARD)) == CARD
        caller.hang_up()
        agent.wait_hung_up_on()
    check(centre, agent, "rfc4733", len(CARD))


def test_pressed_as_tones(centre: CallCentre) -> None:
    station = centre.register("2001")
    tones = [render_tone(parse_tone(f"{TONES[key]}/100,0/100"), -10, 8000) for key in CARD]
    silence = np.zeros(8000 * 5, np.int16)
    sound = np.concatenate([silence, *tones, *[silence] * 6])
    assert keys_in(sound) == list(CARD)
    (centre.folder / "speech.alaw").write_bytes(to_alaw(sound))
    with (
        centre.phone(station) as agent,
        scenario(centre, "caller_streams", formats="8") as caller,
    ):
        answered(centre, agent)
        caller.wait_for("answered")
        mask_id = mask(centre)
        assert take(centre, mask_id, len(CARD)) == CARD
        caller.tell("hang up")
        caller.finish().check()
        agent.wait_hung_up_on()
    check(centre, agent, "in_band", len(CARD))


def test_told_by_info(centre: CallCentre) -> None:
    station = centre.register("2001")
    with centre.phone(station) as agent, bind_even_port(centre.switch.sip.host) as deaf:
        with scenario(centre, "caller_pays", rtp_port=deaf.getsockname()[1]) as caller:
            answered(centre, agent)
            caller.wait_for("answered")
            mask_id = mask(centre)
            caller.tell("pay")
            caller.wait_for("paid")
            assert take(centre, mask_id, len(PIN)) == PIN
            caller.tell("hang up")
            caller.finish().check()
        agent.wait_hung_up_on()
    check(centre, agent, "info", len(PIN))
    assert b"Signal=x" in b"".join(path.read_bytes() for path in (centre.folder / "trace").iterdir())
