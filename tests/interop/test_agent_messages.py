"""Texts between agents, from the control socket to a real phone, and over a restart."""

from pathlib import Path

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import SippProcess
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.written import wait_until_written

TEXT = "城东停电，预计十八点恢复"


def test_a_text_reaches_the_desktop_and_the_phone_of_an_agent(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with SippProcess(station.scenario("agent_takes_message"), centre.folder) as phone:
        sent = centre.events.call("agent.send_message", agents=["2001"], text=TEXT, by="班长")
        phone.finish().check()
    assert sent["with_phone"] == ["2001"]
    told = centre.events.wait_for("agent.message", agent="2001", message_id=sent["message_id"])
    assert (told.fields["text"], told.fields["station"]) == (TEXT, "2001")
    centre.events.wait_for("agent.message_reached", message_id=sent["message_id"], channel="phone")


def test_a_text_for_an_agent_at_home_outlives_a_kill(own_switch: SwitchProcess, tmp_path: Path) -> None:
    with EventFollower(own_switch.control_socket) as events:
        sent = events.call("agent.send_message", queues=["service"], text=TEXT, by="班长")
        assert sent["kept"] == ["2001", "2002"]
        wait_until_written(own_switch, "agent.message_kept", times=2)
        own_switch.kill()
    own_switch.start()
    with EventFollower(own_switch.control_socket) as events:
        wait_until_written(own_switch, "agent.message_kept", times=4)
        CallCentre(own_switch, events, tmp_path).register("2001")
        events.call("agent.sign_in", agent="2001", station="2001")
        told = events.wait_for("agent.message", agent="2001", message_id=sent["message_id"])
        assert told.fields["text"] == TEXT
        assert told.fields["waited_ms"] > 0
