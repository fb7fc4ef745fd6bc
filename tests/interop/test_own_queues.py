"""Calls for one agent, over the wire: SIPp dials an access code that leads to an agent."""

from pathlib import Path

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import Station
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

CUSTOMER = "13700137000"
KNOWN = "\n".join(
    [
        section("[[queues]]", name="known", repeat="last_agent", repeat_wait_s=30, wrap_up_s=0),
        section("[[access_codes]]", number="95003", target="queue:known"),
    ]
)
OWN_NUMBER = section("[[access_codes]]", number="95002", target="agent:2002")


def test_a_call_for_an_agent_waits_for_that_agent_and_says_why(tmp_path: Path) -> None:
    with switch_process(tmp_path, more=OWN_NUMBER) as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        centre.seat("2001")
        wanted = centre.register("2002")
        with centre.phone(wanted) as agent, centre.caller("95002") as caller:
            caller.wait_answered()
            joined = events.wait_for("queue.caller_joined").fields
            told = events.call("queue.explain", call_id=joined["call_id"])
            assert told["choice"] is None
            obstacles = {
                candidate["agent"]: [obstacle["kind"] for obstacle in candidate["obstacles"]]
                for candidate in told["queues"][0]["candidates"]
            }
            assert obstacles["2001"] == ["others_preferred"]
            assert obstacles["2002"] == ["signed_out"]
            centre.sign_in("2002")
            agent.wait_ringing()
            agent.answer()
            events.wait_for("call.connected", station="2002")
            caller.hang_up()
            agent.wait_hung_up_on()
        centre.close()


def serve(centre: CallCentre, number: str, expected: Station) -> int:
    """One call from a customer to an agent and its end; how often the customer had talked before."""
    centre.events.seen.clear()
    with centre.phone(expected) as agent, centre.caller("95003", number) as caller:
        agent.wait_ringing()
        agent.answer()
        caller.wait_answered()
        centre.events.wait_for("call.connected", station=expected.name)
        caller.hang_up()
        agent.wait_hung_up_on()
    centre.events.wait_for("queue.call_completed", agent=expected.name)
    repeats = centre.events.wait_for("queue.offer_made").fields["repeats"]
    assert isinstance(repeats, int)
    return repeats


def test_who_calls_again_gets_the_same_agent_also_after_a_restart(tmp_path: Path) -> None:
    with switch_process(tmp_path, more=KNOWN) as switch:
        with EventFollower(switch.control_socket) as events:
            centre = CallCentre(switch, events, tmp_path)
            first, _ = centre.seat("2001"), centre.seat("2002")
            for agent in ("2001", "2002"):
                events.call("agent.set_queues", agent=agent, queues=["known"])
            assert [serve(centre, CUSTOMER, first), serve(centre, CUSTOMER, first)] == [0, 1]
            centre.close()
        switch.terminate()
        switch.wait()
        switch.start()
        with EventFollower(switch.control_socket) as events:
            centre = CallCentre(switch, events, tmp_path)
            for _ in range(10):
                with centre.caller("95003", CUSTOMER) as caller:
                    caller.wait_answered()
                    joined = events.wait_for("queue.caller_joined").fields
                    caller.hang_up()
                if joined["repeats"] == 2:
                    return
                events.seen.clear()
    raise AssertionError("the conversations before the restart are not known")
