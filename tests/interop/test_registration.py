from sipp_scenarios.phones import Station
from sipp_scenarios.runner import run_scenario
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import STATIONS, UNLISTED


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
