"""Screen-pops on the wire: what a desktop is told of callers from a flow, dialled calls and transfers."""

from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, HOTLINE
from tests.interop.test_phones import baresip_of, needs_baresip

PATH = ["greeting", "main_menu", "connecting", "service"]


def test_a_caller_through_a_flow_pops_up_before_the_phone_rings_and_when_they_talk(
    centre: CallCentre,
) -> None:
    station = centre.seat("2001")
    with centre.phone(station) as agent, centre.caller(HOTLINE, "13912345678") as caller:
        caller.wait_answered()
        call_id = centre.events.wait_for("flow.node_entered", node="main_menu").fields["call_id"]
        centre.events.call("call.set_data", call_id=call_id, data={"business_type": "报修", "户号": "0042"})
        caller.talker.press("1")
        offered = centre.events.wait_for("agent.popup", agent="2001", phase="offered").fields
        agent.wait_ringing()
        agent.answer()
        answered = centre.events.wait_for("agent.popup", agent="2001", phase="answered").fields
        assert topics_before_ringing(centre.events, offered["offer_id"])
        caller.hang_up()
        agent.wait_hung_up_on()
    assert offered["caller_number"] == "13912345678"
    assert (offered["queue"], offered["access_code"], offered["station"]) == ("service", HOTLINE, "2001")
    assert (offered["flow"], list(offered["flow_path"]), offered["flow_keys"]) == ("hotline", PATH, "1")
    assert (offered["business_type"], offered["data"]["户号"]) == ("报修", "0042")
    assert offered["repeats"] == 0
    same = offered.keys() - {"phase", "waited_ms", "recording_id"}
    assert {key: answered[key] for key in same} == {key: offered[key] for key in same}
    assert answered["recording_id"] is not None
    assert answered["waited_ms"] >= offered["waited_ms"]


def test_who_calls_again_is_marked_with_the_last_agent(centre: CallCentre) -> None:
    station = centre.seat("2001")
    for times in (0, 1):
        with centre.phone(station) as agent, centre.caller("95599", "13987654321") as caller:
            caller.wait_answered()
            agent.wait_ringing()
            agent.answer()
            told = centre.events.wait_for("agent.popup", phase="answered", repeats=times).fields
            caller.hang_up()
            agent.wait_hung_up_on()
        centre.events.wait_for("agent.wrap_up_ended")
        assert told["last_agent"] == ("2001" if times else "")
        assert (told["last_talk_at"] is not None) == bool(times)


def test_a_call_that_is_dialled_straight_to_a_phone_pops_up_for_who_sits_there(centre: CallCentre) -> None:
    station = centre.register("2001")
    centre.events.call("agent.sign_in", agent="2002", station="2001")
    with centre.phone(station) as phone, centre.caller(DIRECT) as caller:
        phone.wait_ringing()
        offered = centre.events.wait_for("agent.popup", agent="2002", phase="offered").fields
        phone.answer()
        centre.events.wait_for("agent.popup", agent="2002", phase="answered", offer_id=offered["offer_id"])
        caller.hang_up()
        phone.wait_hung_up_on()
    assert (offered["queue"], offered["waited_ms"], offered["station"]) == ("", 0, "2001")


def topics_before_ringing(events: EventFollower, offer_id: str) -> bool:
    """Whether the pop-up of an offer came before the phone rang."""
    told = [
        entry.topic
        for entry in events.seen
        if entry.topic in ("agent.popup", "offer.ringing") and entry.fields["offer_id"] == offer_id
    ]
    return told[0] == "agent.popup"


@needs_baresip
def test_a_call_that_is_transferred_pops_up_for_the_next_agent(centre: CallCentre) -> None:
    station, sip = centre.register("2002"), centre.switch.sip
    centre.events.call("agent.sign_in", agent="2002", station="2002")
    with (
        baresip_of(centre, "2001") as baresip,
        centre.phone(station) as target,
        centre.caller(DIRECT, "13711112222") as caller,
    ):
        baresip.wait_for("CALL_INCOMING")
        baresip.order("accept")
        caller.wait_answered()
        centre.events.wait_for("call.connected", station="2001")
        baresip.order("transfer", f"sip:2002@{sip.host}:{sip.port}")
        target.wait_ringing()
        offered = centre.events.wait_for("agent.popup", agent="2002", phase="offered").fields
        target.answer()
        centre.events.wait_for("agent.popup", agent="2002", phase="answered", offer_id=offered["offer_id"])
        caller.hang_up()
        target.wait_hung_up_on()
    assert offered["caller_number"] == "13711112222"
