from pathlib import Path

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import run_scenario
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, STATIONS, UNLISTED, Times, switch_process


def test_a_phone_registers_with_its_password_and_takes_itself_off(centre: CallCentre) -> None:
    station = Station(centre.switch.sip, "2001", STATIONS["2001"], centre.folder)
    station.register()
    centre.events.wait_for("station.registered", station="2001", expires_s=600)
    assert [binding["station"] for binding in centre.events.call("station.list")] == ["2001"]
    station.register(expires_s=0)
    centre.events.wait_for("station.unregistered", station="2001", reason="removed")
    assert centre.events.call("station.list") == []


def test_a_wrong_password_is_refused_and_told(centre: CallCentre) -> None:
    station = Station(centre.switch.sip, "2001", "guessed", centre.folder)
    run_scenario(station.scenario("agent_has_wrong_password", expires=600), centre.folder).check()
    centre.events.wait_for("security.source_refused", station="2001", kind="wrong_password")
    assert centre.events.call("station.list") == []


def test_an_unknown_station_learns_no_more_than_a_wrong_password_does(centre: CallCentre) -> None:
    station = Station(centre.switch.sip, UNLISTED, "guessed", centre.folder)
    run_scenario(station.scenario("agent_has_wrong_password", expires=600), centre.folder).check()
    centre.events.wait_for("security.source_refused", station=UNLISTED, kind="unknown_station")


def test_a_phone_is_rung_where_it_was_after_the_switch_was_killed(tmp_path: Path) -> None:
    switch = switch_process(tmp_path)
    with switch:
        with EventFollower(switch.control_socket) as events:
            station = Station(switch.sip, "2001", STATIONS["2001"], tmp_path)
            station.register()
            while events.call("switch.status")["unwritten_registrations"]:
                pass  # registering once more would be one more to write
        switch.kill()
        switch.start()
        with EventFollower(switch.control_socket) as events:
            centre = CallCentre(switch, events, tmp_path)
            (found,) = events.call("station.list")
            assert (found["station"], found["expires_s"] > 500) == ("2001", True)
            centre.sign_in("2001")
            with centre.caller(QUEUE_ONLY) as caller, centre.phone(station) as agent:
                caller.wait_answered()
                agent.wait_ringing()
                agent.answer()
                events.wait_for("call.connected", station="2001")
                agent.hang_up()
                caller.wait_hung_up_on()


def test_a_phone_is_asked_whether_it_is_there_and_taken_off_when_it_is_not(tmp_path: Path) -> None:
    times = Times(t1_ms=20, station_options_interval_s=0.3)
    with switch_process(tmp_path, times) as switch, EventFollower(switch.control_socket) as events:
        station = Station(switch.sip, "2001", STATIONS["2001"], tmp_path)
        station.register()
        run_scenario(station.scenario("carrier_answers_options"), tmp_path).check()
        events.wait_for("station.unregistered", station="2001", reason="silent")


def test_a_station_may_have_several_phones(centre: CallCentre) -> None:
    phones = [Station(centre.switch.sip, "2001", STATIONS["2001"], centre.folder) for _ in range(2)]
    for phone in phones:
        phone.register()
    page = centre.events.call("registration.list", station="2001")
    assert len({found["peer"] for found in page["registrations"]}) == 2
    phones[0].register(expires_s=0)
    assert len(centre.events.call("registration.list", station="2001")["registrations"]) == 1
    phones[1].register(expires_s=0)
    centre.events.wait_for("station.unregistered", station="2001", reason="removed")
