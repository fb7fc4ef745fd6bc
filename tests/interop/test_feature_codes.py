"""Foreign phones steer agents and calls by their keys, and say what was done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from sipp_scenarios.audio import Samples, find, speech
from sipp_scenarios.follower import EventFollower
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, QUEUE_ONLY, Times, switch_process
from tests.helpers.toml_text import section
from tests.interop.test_phones import baresip_of, needs_baresip

PROMPTS = Path(__file__).resolve().parents[2] / "conf" / "prompts" / "zh" / "feature_codes"
CODES = {
    "*11": "sign_in",
    "*12": "sign_out",
    "*13": "ready",
    "*14": "not_ready:午休",
    "*15": "end_wrap_up",
    "*16": "leave:喝水",
    "*85": "pick_up_parked",
    "*86": "park",
    "*88": "pick_up",
}

TOLD = (
    "signed_in",
    "ready",
    "refused",
    "wrap_up_ended",
    "leave_asked",
    "ready",
    "not_ready",
    "signed_out",
)
"""What the agent hears, one call after the other."""


@pytest.fixture
def coded(tmp_path: Path) -> Iterator[CallCentre]:
    """A switch with feature codes, and an agent who has a PIN."""
    codes = [
        section("[[access_codes]]", number=number, target=f"feature:{action}", record=False)
        for number, action in CODES.items()
    ]
    agent = section("[[agents]]", id="3001", queues=["service"], pin="2580")
    with (
        switch_process(tmp_path, Times(wrap_up_s=60), more="\n".join([*codes, agent])) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


def dial(centre: CallCentre, phone: Baresip, code: str) -> str:
    sip = centre.switch.sip
    phone.order("dial", f"sip:{code}@{sip.host}:{sip.port}")
    before = len(centre.events.seen)
    while not (calls := [e for e in centre.events.seen[before:] if e.fields.get("access_code") == code]):
        centre.events.wait_for_next(f"a call to {code}")
    return str(calls[0].fields["call_id"])


def dialled(centre: CallCentre, phone: Baresip, code: str, state: str) -> None:
    """Let the agent dial a code and hear it to its end; it leaves the agent in this state."""
    call_id = dial(centre, phone, code)
    centre.events.wait_for("call.ended", call_id=call_id)
    phone.wait_for("CALL_CLOSED")
    assert centre.agent_state("3001") == state


def press(centre: CallCentre, phone: Baresip, call_id: str, keys: str) -> None:
    """Each as a key of its own."""
    for key in keys:
        seen = len([entry for entry in centre.events.seen if entry.topic == "call.digit_received"])
        phone.order("sndcode", key)
        while len([entry for entry in centre.events.seen if entry.topic == "call.digit_received"]) == seen:
            centre.events.wait_for_next(f"key {key}")
        phone.order("sndcode", "\x04")


def heard_by(centre: CallCentre, station: str) -> list[Samples]:
    """What a phone has heard, call by call."""
    calls = sorted((centre.folder / f"baresip-{station}").glob("dump-*-dec.wav"))
    return [soundfile.read(call, dtype="int16")[0] for call in calls]


def prompt(name: str) -> Samples:
    samples: Samples = soundfile.read(PROMPTS / f"{name}.wav", dtype="int16")[0]
    return samples


@needs_baresip
def test_an_agent_works_a_shift_by_the_keys_of_the_phone_alone(coded: CallCentre) -> None:
    with baresip_of(coded, "2001") as phone:
        coded.events.wait_for("station.registered", station="2001")
        call_id = dial(coded, phone, "*11")
        coded.events.wait_for("call.prompt_finished", call_id=call_id)
        press(coded, phone, call_id, "3001#")
        press(coded, phone, call_id, "2580#")
        coded.events.wait_for("agent.signed_in", agent="3001", station="2001")
        coded.events.wait_for("call.ended", call_id=call_id, by_caller=False)
        phone.wait_for("CALL_CLOSED")
        assert coded.agent_state("3001") == "NOT_READY"
        told = [seen for seen in coded.events.seen if seen.topic == "call.digit_received"]
        assert "".join(str(seen.fields["digit"]) for seen in told) == "3001#xxxxx"
        dialled(coded, phone, "*13", "AVAILABLE")
        dialled(coded, phone, "*15", "AVAILABLE")
        with coded.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            phone.wait_for("CALL_INCOMING")
            phone.order("accept")
            coded.events.wait_for("call.connected", station="2001")
            caller.hang_up()
            phone.wait_for("CALL_CLOSED")
        assert coded.agent_state("3001") == "WRAP_UP"
        dialled(coded, phone, "*15", "AVAILABLE")
        dialled(coded, phone, "*16", "AVAILABLE")
        coded.events.call("agent.approve_leave", agent="3001", by="李娜")
        coded.events.wait_for("agent.state_changed", agent="3001", reason="喝水")
        for code, state in (("*13", "AVAILABLE"), ("*14", "NOT_READY"), ("*12", "LOGGED_OUT")):
            dialled(coded, phone, code, state)
        phone.order("quit")
        phone.wait_for("EXIT")
        heard = heard_by(coded, "2001")
    assert find(prompt("enter_number")[800:], heard[0]).score > 0.9
    calls_heard = iter(heard)
    for name in TOLD:
        assert any(find(prompt(name)[1200:-1200], call).score > 0.9 for call in calls_heard), name


@needs_baresip
def test_a_call_is_parked_by_transfer_and_picked_up_by_code_and_what_rings_too(coded: CallCentre) -> None:
    sip = coded.switch.sip
    with (
        baresip_of(coded, "2001") as parker,
        baresip_of(coded, "2002") as colleague,
        coded.caller(DIRECT) as caller,
    ):
        coded.events.wait_for("station.registered", station="2002")
        coded.events.call("agent.sign_in", agent="3001", station="2002")
        parker.wait_for("CALL_INCOMING")
        parker.order("accept")
        caller.wait_answered()
        coded.events.wait_for("call.connected", station="2001")
        parker.order("transfer", f"sip:*86@{sip.host}:{sip.port}")
        parked = coded.events.wait_for("call.parked", by="2001").fields
        parker.wait_for("CALL_CLOSED")
        parker.wait_for("CALL_INCOMING")
        parker.order("accept")
        parker.wait_for("CALL_CLOSED")
        colleague.order("dial", f"sip:*85{parked['slot']}@{sip.host}:{sip.port}")
        coded.events.wait_for("call.connected", station="2002", call_id=parked["call_id"])
        assert coded.agent_state("3001") == "ON_CALL"
        caller.talker.wait_to_hear(2.0)
        caller.hang_up()
        colleague.wait_for("CALL_CLOSED")
        coded.events.wait_for("agent.state_changed", agent="3001", to_state="NOT_READY", from_state="ON_CALL")
        with coded.caller(DIRECT) as second:
            parker.wait_for("CALL_INCOMING")
            colleague.order("dial", f"sip:*882001@{sip.host}:{sip.port}")
            second.wait_answered()
            parker.wait_for("CALL_CLOSED")
            second.hang_up()
            colleague.wait_for("CALL_CLOSED")
        for phone in (parker, colleague):
            phone.order("quit")
            phone.wait_for("EXIT")
    told, picked_up = (heard_by(coded, name) for name in ("2001", "2002"))
    assert any(find(prompt("parked_at")[1200:-1200], call).score > 0.9 for call in told)
    assert find(caller.talker.heard[-8000:-2000], speech(2002, 30)).score > 0.95
    assert any(
        find(call[-8000:-2000], caller.talker.said).score > 0.95 for call in picked_up if len(call) > 8000
    )


def test_who_calls_from_outside_finds_no_feature_codes(coded: CallCentre) -> None:
    coded.run("caller_is_declined", "*11")
    coded.events.wait_for("call.ended", cause="CALL_REJECTED")
