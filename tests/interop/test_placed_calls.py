"""Calls that the switch makes, to scripted phones and carriers, for a flow, a queue or another phone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from media.recordings.wav import read_recording
from sipp_scenarios.audio import Samples, compare, find, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import SippProcess, free_port
from switch.control.inbox import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, switch_process
from tests.helpers.toml_text import section
from tests.interop.test_trunks import CARRIER, at, carrier, site


def originate(centre: CallCentre, whom: str, target: str, **more: object) -> str:
    """Have the switch call somebody; returns the call."""
    answer = centre.events.call("call.originate", whom=whom, target=target, **more)
    return str(answer["call_id"])


def ended(centre: CallCentre, call_id: str) -> dict[str, Any]:
    """How the call ended; the record tells the same."""
    return dict(centre.events.wait_for("call.ended", call_id=call_id).fields)


def test_who_is_called_for_a_queue_talks_to_an_agent_and_is_recorded_on_the_left(centre: CallCentre) -> None:
    called, desk = centre.register("2002"), centre.seat("2001")
    with centre.phone(called) as customer, centre.phone(desk) as agent:
        call_id = originate(
            centre, "station:2002", "queue:service", access_code=HOTLINE, caller_number="13900139000"
        )
        customer.wait_ringing()
        centre.events.wait_for("call.ringing", call_id=call_id)
        customer.answer()
        agent.wait_ringing()
        agent.answer()
        centre.events.wait_for("call.connected", call_id=call_id, station="2001")
        agent.talker.wait_to_hear(1.5)
        customer.hang_up()
        agent.wait_hung_up_on()
    assert ended(centre, call_id)["by_caller"]
    assert compare(agent.talker.heard, customer.talker.said).whole
    completed = centre.events.wait_for("recording.completed", call_id=call_id)
    recording = read_recording(Path(completed.fields["path"]))
    assert compare(customer.talker.said, recording.customer).whole
    assert compare(agent.talker.said, recording.agent).whole
    joined = centre.events.wait_for("queue.caller_joined", call_id=call_id)
    assert joined.fields["caller_number"] == "13900139000"


def test_who_is_called_for_a_flow_hears_it_and_presses_keys(centre: CallCentre) -> None:
    called, desk = centre.register("2002"), centre.seat("2001")
    with centre.phone(called) as customer, centre.phone(desk) as agent:
        call_id = originate(centre, "station:2002", "flow:hotline")
        customer.wait_ringing()
        customer.answer()
        customer.talker.wait_to_hear(0.5)
        customer.talker.press("1")
        centre.events.wait_for("call.digit_received", call_id=call_id, digit="1")
        agent.wait_ringing()
        agent.answer()
        centre.events.wait_for("call.connected", call_id=call_id)
        agent.hang_up()
        customer.wait_hung_up_on()
    assert not ended(centre, call_id)["by_caller"]


def test_two_phones_are_joined_that_called_nobody(centre: CallCentre) -> None:
    """Click to call: the first is rung, and when it answers the second."""
    first, second = centre.register("2001"), centre.register("2002")
    with centre.phone(first) as one, centre.phone(second) as other:
        call_id = originate(centre, "station:2001", "station:2002")
        one.wait_ringing()
        one.answer()
        other.wait_ringing()
        other.answer()
        centre.events.wait_for("call.connected", call_id=call_id, station="2002")
        one.talker.wait_to_hear(1.0)
        other.talker.wait_to_hear(1.0)
        one.hang_up()
        other.wait_hung_up_on()
    ended(centre, call_id)
    heard = find(one.talker.said[4000:8000], other.talker.heard)
    assert heard.score > 0.95


def test_an_agent_who_is_called_first_hears_the_second_ring_talks_and_wraps_up(centre: CallCentre) -> None:
    desk, other = centre.seat("2001"), centre.register("2002")
    with centre.phone(desk) as agent, centre.phone(other) as called:
        call_id = originate(centre, "agent:2001", "station:2002", ring_s=20)
        agent.wait_ringing()
        assert centre.agent_state("2001") == "OFFERED"
        with pytest.raises(VerbRefused) as refused:
            originate(centre, "agent:2001", "station:2002")
        assert refused.value.data == {"reason": "rung"}
        agent.answer()
        called.wait_ringing()
        assert centre.agent_state("2001") == "ON_CALL"
        agent.talker.wait_to_hear(1.0)
        called.answer()
        centre.events.wait_for("call.connected", call_id=call_id, station="2002")
        called.talker.wait_to_hear(1.0)
        agent.talker.wait_to_hear(2.0)
        agent.hang_up()
        called.wait_hung_up_on()
    assert ended(centre, call_id)["cause"] == "NORMAL_CLEARING"
    for state in ("OFFERED", "ON_CALL", "WRAP_UP"):
        assert centre.events.wait_for("agent.state_changed", call_id=call_id, to_state=state)
    assert find(_ring_back(0.25), agent.talker.heard).score > 0.9
    assert find(called.talker.said[4000:8000], agent.talker.heard).score > 0.95


def test_an_agent_who_is_called_first_hears_what_the_second_says_before_it_answers(
    centre: CallCentre,
) -> None:
    desk, other = centre.seat("2001"), centre.register("2002")
    with centre.phone(desk) as agent, other.expect_call(speech(2002, 30), "agent_announces") as called:
        call_id = originate(centre, "agent:2001", "station:2002")
        agent.wait_ringing()
        agent.answer()
        called.announce()
        agent.talker.wait_to_hear(1.0)
        early = agent.talker.heard
        centre.events.call("call.hang_up", call_id=call_id, cause="NORMAL_CLEARING")
        agent.wait_hung_up_on()
    assert find(early[:4000], called.talker.said).score > 0.95
    ended(centre, call_id)
    centre.events.wait_for("agent.state_changed", call_id=call_id, to_state="WRAP_UP")


def test_a_phone_answers_holds_and_retrieves_as_programs_tell_it(centre: CallCentre) -> None:
    """The other does not say that it understands, and is not told."""
    obeying, other = centre.register("2001"), centre.register("2002")
    with obeying.expect_call(speech(2001, 30), "agent_obeys") as first, centre.phone(other) as second:
        call_id = originate(centre, "station:2001", "station:2002")
        first.wait_ringing()
        centre.events.wait_for("call.ringing", call_id=call_id)
        centre.events.call("call.answer", call_id=call_id, station="2001")
        first.wait_answered()
        second.wait_ringing()
        centre.events.wait_for("offer.ringing", call_id=call_id)
        with pytest.raises(VerbRefused, match="Allow-Events: talk") as refused:
            centre.events.call("call.answer", call_id=call_id, station="2002")
        assert refused.value.data == {"reason": "phone_cannot"}
        second.answer()
        centre.events.wait_for("call.connected", call_id=call_id)
        first.talker.wait_to_hear(0.5)
        held = {"call_id": call_id, "station": "2001", "by_phone": True}
        centre.events.call("call.hold", **held)
        centre.events.wait_for("call.held", call_id=call_id)
        centre.events.call("call.retrieve", **held)
        centre.events.wait_for("call.resumed", call_id=call_id)
        first.talker.wait_to_hear(0.5)
        second.hang_up()
        first.wait_hung_up_on()
    assert ended(centre, call_id)["cause"] == "NORMAL_CLEARING"


def _ring_back(duration_s: float) -> Samples:
    """As the tone of a phone that rings begins."""
    seconds = np.arange(int(8000 * duration_s)) / 8000
    return (3000 * np.sin(2 * np.pi * 450 * seconds)).astype(np.int16)


@pytest.mark.parametrize(
    ("scenario", "cause"),
    [
        ("agent_is_ambiguous", "UNALLOCATED_NUMBER"),
        ("agent_is_busy", "USER_BUSY"),
        ("agent_is_called_in_a_loop", "EXCHANGE_ROUTING_ERROR"),
        ("agent_is_too_far", "EXCHANGE_ROUTING_ERROR"),
        ("agent_misses_digits", "INVALID_NUMBER_FORMAT"),
        ("agent_rejects", "CALL_REJECTED"),
        ("agent_speaks_no_such_codec", "INCOMPATIBLE_DESTINATION"),
    ],
)
def test_a_phone_that_refuses_is_told_with_its_cause(centre: CallCentre, scenario: str, cause: str) -> None:
    called = centre.register("2002")
    with SippProcess(called.scenario(scenario), centre.folder) as refusing:
        call_id = originate(centre, "station:2002", "flow:hotline")
        refusing.finish().check()
        over = ended(centre, call_id)
        assert (over["cause"], over["by_caller"]) == (cause, True)


def test_a_phone_that_nobody_answers_stops_ringing_in_time(centre: CallCentre) -> None:
    called = centre.register("2002")
    with centre.ring_in_vain(called) as silent:
        call_id = originate(centre, "station:2002", "flow:hotline", ring_s=1)
        silent.wait_for("ringing")
        silent.finish().check()
        assert ended(centre, call_id)["cause"] == "NO_ANSWER"


def test_a_call_that_rings_is_taken_back(centre: CallCentre) -> None:
    called = centre.register("2002")
    with centre.ring_in_vain(called) as silent:
        call_id = originate(centre, "station:2002", "flow:hotline")
        silent.wait_for("ringing")
        (call,) = centre.events.call("call.list")
        assert (call["state"], call["whom"]) == ("calling", "station:2002")
        centre.events.call("call.hang_up", call_id=call_id)
        silent.finish().check()
        assert ended(centre, call_id)["cause"] == "MANAGER_REQUEST"


def test_who_was_called_hangs_up_while_waiting(centre: CallCentre) -> None:
    called = centre.register("2002")
    with centre.phone(called) as customer:
        call_id = originate(centre, "station:2002", "queue:service")
        customer.wait_ringing()
        customer.answer()
        customer.talker.wait_to_hear(0.5)
        customer.hang_up()
    assert ended(centre, call_id)["by_caller"]
    left = centre.events.wait_for("queue.caller_left", call_id=call_id)
    assert left.fields["reason"] == "abandoned"


def test_who_was_called_hangs_up_while_an_agent_is_rung(centre: CallCentre) -> None:
    called, desk = centre.register("2002"), centre.seat("2001")
    with centre.phone(called) as customer, centre.ring_in_vain(desk) as ringing:
        call_id = originate(centre, "station:2002", "queue:service")
        customer.wait_ringing()
        customer.answer()
        ringing.wait_for("ringing")
        customer.hang_up()
        ringing.finish().check()
    assert ended(centre, call_id)["by_caller"]


def test_a_number_is_called_past_a_trunk_that_refuses(tmp_path: Path) -> None:
    busy, good = free_port(CARRIER), free_port(CARRIER)
    first = {"name": "telecom", "addresses": at(busy)}
    second = {"name": "mobile", "addresses": at(good), "record": True}
    with (
        site(tmp_path, first, second) as there,
        carrier(tmp_path, "carrier_refuses", busy) as refusing,
        carrier(tmp_path, "carrier_answers", good) as answering,
    ):
        order = {"whom": "number:01012345678", "target": "flow:hotline", "shown_number": HOTLINE}
        call_id = there.events.call("call.originate", **order)["call_id"]
        answered = there.events.wait_for("call.answered", call_id=call_id).fields
        assert answered["trunk"] == "mobile"
        assert answered["recording_id"]
        there.events.wait_for("call.handed_off", call_id=call_id, target="flow:hotline")
        (call,) = there.events.call("call.list")
        assert call["trunk"] == "mobile"
        there.events.call("call.hang_up", call_id=call_id)
        refusing.finish().check()
        invites = (answering.finish().check().folder / "messages.log").read_text("utf-8")
        there.events.wait_for("call.ended", call_id=call_id)
    assert f"Call-ID: {answered['sip_call_id']}" in invites
    assert f"<sip:{HOTLINE}@" in invites


def test_a_number_that_no_trunk_carries_is_told(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port)}) as there,
        carrier(tmp_path, "carrier_refuses", port) as refusing,
    ):
        order = {"whom": "number:01012345678", "target": "flow:hotline"}
        call_id = there.events.call("call.originate", **order)["call_id"]
        refusing.finish().check()
        over = there.events.wait_for("call.ended", call_id=call_id).fields
        assert over["cause"] == "NORMAL_TEMPORARY_FAILURE"


def test_a_station_and_a_number_outside_are_joined(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port)}) as there,
        carrier(tmp_path, "carrier_answers", port) as answering,
    ):
        centre = CallCentre(there.switch, there.events, tmp_path)
        with centre.phone(centre.register("2001")) as phone:
            call_id = originate(centre, "station:2001", "number:01012345678")
            phone.wait_ringing()
            phone.answer()
            centre.events.wait_for("call.connected", call_id=call_id, station="01012345678")
            phone.hang_up()
        answering.finish().check()
        ended(centre, call_id)


def test_what_a_phone_announces_before_it_answers_is_recorded_where_that_is_the_rule(tmp_path: Path) -> None:
    code = section("[[access_codes]]", number="12345", target="flow:hotline", record="from_arrival")
    with switch_process(tmp_path, more=code) as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        voice = speech(2002, 30)
        with centre.register("2002").expect_call(voice, "agent_announces") as phone:
            call_id = originate(centre, "station:2002", "flow:hotline", access_code="12345")
            phone.announce()
            events.wait_for("call.ringing", call_id=call_id, early_media=True)
            centre.wait_for_media(lambda media: media["packets_received"] > 60)
            (call,) = events.call("call.list")
            assert (call["state"], call["recording_id"] is None) == ("calling", False)
            phone.answer()
            events.wait_for("call.handed_off", call_id=call_id)
            phone.hang_up()
        path = events.wait_for("recording.completed", call_id=call_id).fields["path"]
    assert find(voice[:8000], read_recording(Path(path)).customer).score > 0.95


def test_a_trunk_that_is_full_takes_no_further_call(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port), "channels_out": 1}) as there,
        carrier(tmp_path, "carrier_answers", port) as answering,
    ):
        order = {"whom": "number:01012345678", "target": "flow:hotline"}
        first = there.events.call("call.originate", **order)["call_id"]
        there.events.wait_for("call.answered", call_id=first)
        second = there.events.call("call.originate", **order)["call_id"]
        over = there.events.wait_for("call.ended", call_id=second).fields
        assert over["cause"] == "NORMAL_CIRCUIT_CONGESTION"
        there.events.call("call.hang_up", call_id=first)
        answering.finish().check()
