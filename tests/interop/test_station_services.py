"""What phones ask for beside calls: keys by INFO, busy lamps, texts."""

from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.runner import Scenario, SippProcess, run_scenario
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, STATIONS

TEXT = "明天九点开会"


def scenario(centre: CallCentre, name: str, station: str, dialled: str, **keys: str) -> Scenario:
    """A scenario of a station's phone that knows its password."""
    return Scenario(
        name=name,
        switch=centre.switch.sip,
        dialled=dialled,
        keys={"station": station, **keys},
        user=station,
        password=STATIONS[station],
    )


def test_keys_told_by_info_reach_the_flow(centre: CallCentre) -> None:
    centre.run("caller_sends_info_digits", HOTLINE)
    centre.events.wait_for("call.digit_received", digit="1", duration_ms=160)
    centre.events.wait_for("call.digit_received", digit="2")
    centre.events.wait_for("call.ended", by_caller=True)


def test_lamps_show_that_a_station_rings_its_agent_is_asked_and_its_queue_has_callers(
    centre: CallCentre,
) -> None:
    station = centre.seat("2001")
    watched = [
        SippProcess(scenario(centre, "agent_subscribes_dialog_info", "2002", named), centre.folder)
        for named in ("2001", "agent-2001", "queue-service")
    ]
    with watched[0] as of_station, watched[1] as of_agent, watched[2] as of_queue:
        centre.wait_for_subscriptions(3)
        with centre.ring_in_vain(station), centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            centre.events.wait_for("offer.ringing")
            of_station.finish().check()
            of_agent.finish().check()
            caller.hang_up()
            of_queue.finish().check()
    centre.events.wait_for("call.ended")


def test_a_phone_picks_up_by_its_lamp_what_rings_at_another(centre: CallCentre) -> None:
    station = centre.seat("2001")
    watching = scenario(centre, "agent_sees_a_call", "2002", "2001")
    with ConductedScenario(watching, centre.folder) as lamp:
        centre.wait_for_subscriptions(1)
        with centre.ring_in_vain(station) as ringing, centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            seen = lamp.wait_for("rings")
            lamp.finish().check()
            named = {"target": seen["Target"], "replaces": seen["Replaces"]}
            picks = scenario(centre, "agent_picks_up", "2002", "2001", rtp_port="9", **named)
            with ConductedScenario(picks, centre.folder) as picking:
                picking.wait_for("answered")
                centre.events.wait_for("call.connected", station="2002")
                ringing.wait_for("ringing")
                ringing.finish().check()
                picking.tell("hang up")
                picking.finish().check()
            caller.wait_hung_up_on()


def test_a_phone_lights_its_lamp_when_messages_wait(centre: CallCentre) -> None:
    phone = scenario(centre, "agent_subscribes_message_summary", "2002", "2002")
    with SippProcess(phone, centre.folder) as lamp:
        centre.wait_for_subscriptions(1)
        centre.events.call("mailbox.set", station="2002", new=2, old=1)
        lamp.finish().check()
    centre.events.call("mailbox.set", station="2002", new=0, old=0)


def test_a_text_goes_from_phone_to_phone(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with SippProcess(station.scenario("agent_takes_message"), centre.folder) as phone:
        run_scenario(
            scenario(centre, "agent_sends_message", "2002", "2001", text=TEXT), centre.folder
        ).check()
        phone.finish().check()
    received = centre.events.wait_for("text.received", station="2002")
    assert received.fields["text"].strip() == TEXT
    centre.events.wait_for("text.delivered", text_id=received.fields["text_id"])


def test_a_text_for_an_access_code_is_an_event(centre: CallCentre) -> None:
    run_scenario(scenario(centre, "agent_sends_message", "2002", HOTLINE, text=TEXT), centre.folder).check()
    received = centre.events.wait_for("text.received", called_number=HOTLINE)
    assert received.fields["text"].strip() == TEXT


def test_a_text_of_the_switch_reaches_the_phone(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with SippProcess(station.scenario("agent_takes_message"), centre.folder) as phone:
        sent = centre.events.call("message.send", station="2001", text=TEXT)
        phone.finish().check()
    centre.events.wait_for("text.delivered", text_id=sent["text_id"])
