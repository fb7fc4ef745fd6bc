"""Calls for one agent, over the wire: SIPp dials an access code that leads to an agent."""

from pathlib import Path

from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

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
