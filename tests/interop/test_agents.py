"""An agent who does not take the call: the caller keeps their place and the next agent gets it."""

import socket

import pytest

from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.runner import ScenarioError, SippProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY


def talks_to(centre: CallCentre, station: str) -> None:
    centre.events.wait_for("call.connected", station=station)
    assert not [entry for entry in centre.events.seen if entry.topic == "call.ended"]


@pytest.mark.parametrize(("scenario", "result"), [("agent_is_busy", "busy"), ("agent_rejects", "rejected")])
def test_next_agent_gets_the_call_of_one_who_refuses(centre: CallCentre, scenario: str, result: str) -> None:
    first, second = centre.seat("2001"), centre.seat("2002")
    with (
        SippProcess(first.scenario(scenario), centre.folder) as refusing,
        centre.phone(second) as agent,
        centre.caller(QUEUE_ONLY) as caller,
    ):
        caller.wait_answered()
        refusing.finish().check()
        agent.wait_ringing()
        agent.answer()
        talks_to(centre, "2002")
        centre.events.wait_for("queue.offer_ended", agent="2001", result=result)
        caller.hang_up()
        agent.wait_hung_up_on()
    assert centre.agent_state("2001") == "AVAILABLE"


def test_next_agent_gets_the_call_of_one_who_does_not_answer(centre: CallCentre) -> None:
    first, second = centre.seat("2001"), centre.seat("2002")
    with (
        centre.ring_in_vain(first) as silent,
        centre.phone(second) as agent,
        centre.caller(QUEUE_ONLY) as caller,
    ):
        caller.wait_answered()
        silent.wait_for("ringing")
        silent.finish().check()
        agent.wait_ringing()
        agent.answer()
        talks_to(centre, "2002")
        caller.hang_up()
        agent.wait_hung_up_on()
    centre.events.wait_for("queue.offer_ended", agent="2001", result="no_answer")
    assert centre.agent_state("2001") == "NOT_READY"


def test_caller_waits_for_the_only_agent_to_come_back(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with centre.caller(QUEUE_ONLY) as caller:
        with centre.ring_in_vain(station) as silent:
            caller.wait_answered()
            silent.wait_for("ringing")
            silent.finish().check()
        centre.events.wait_for("agent.state_changed", agent="2001", to_state="NOT_READY", reason="no_answer")
        with centre.phone(station) as agent:
            centre.events.call("agent.ready", agent="2001")
            agent.wait_ringing()
            agent.answer()
            talks_to(centre, "2001")
            caller.hang_up()
            agent.wait_hung_up_on()


def test_a_phone_that_gave_no_sign_is_rung_again_once_it_refreshes_its_registration(
    centre: CallCentre,
) -> None:
    station = centre.seat("2001")
    with centre.caller(QUEUE_ONLY) as caller:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stalled:
            stalled.bind((centre.switch.sip.host, station.port))
            caller.wait_answered()
            centre.events.wait_for("queue.offer_ended", agent="2001", result="unreachable")
        station.register()
        centre.events.wait_for("station.refreshed", station="2001")
        with centre.phone(station) as agent:
            agent.wait_ringing()
            agent.answer()
            talks_to(centre, "2001")
            caller.hang_up()
            agent.wait_hung_up_on()


def test_callers_are_served_in_the_order_they_came(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with centre.caller(QUEUE_ONLY, "13800000001") as first, centre.phone(station) as agent:
        first.wait_answered()
        agent.wait_ringing()
        with centre.caller(QUEUE_ONLY, "13800000002") as second:
            second.wait_answered()
            agent.answer()
            talked = centre.events.wait_for("call.connected").fields["call_id"]
            arrived = centre.events.wait_for("call.arrived", caller_number="13800000001")
            assert arrived.fields["call_id"] == talked
            second.hang_up()
        first.hang_up()
        agent.wait_hung_up_on()


def test_a_conducted_phone_that_is_never_rung_is_noticed(centre: CallCentre) -> None:
    """The scenarios themselves can fail."""
    station = centre.seat("2001")
    with (
        ConductedScenario(station.scenario("agent_does_not_answer"), centre.folder) as phone,
        pytest.raises(ScenarioError, match="said nothing in time"),
    ):
        phone.wait_for("ringing", timeout_s=0.2)
