"""What RFC 3261 and its extensions ask of a switch, said by scripted phones and looked at on the wire."""

from dataclasses import replace

import pytest

from sipp_scenarios.audio import speech
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.runner import SippProcess, free_port, run_scenario
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, HOTLINE, RINGING, UNLISTED

HOST = "127.0.0.1"


@pytest.mark.parametrize("name", ["caller_comes_through_a_strict_router", "caller_is_behind_nat"])
def test_what_the_switch_asks_reaches_callers_wherever_they_are(centre: CallCentre, name: str) -> None:
    centre.run(name, HOTLINE)
    centre.events.wait_for("call.ended", cause="NORMAL_CLEARING", by_caller=True)


def test_a_caller_behind_proxies_is_reached_through_them_and_reported_as_they_tell(
    centre: CallCentre,
) -> None:
    centre.run("caller_comes_through_proxies", HOTLINE)
    arrived = centre.events.wait_for("leg.arrived").fields
    assert (arrived["asserted_number"], arrived["asserted_name"]) == ("+8613900139000", "王小明")
    assert (arrived["caller_name"], arrived["privacy"], arrived["session_id"]) == ("客户", True, "a" * 32)
    (diversion,) = arrived["diversions"]
    assert diversion.startswith("<sip:95000@carrier.example>;reason=no-answer;counter=2")


def test_who_sent_a_call_on_and_who_calls_is_understood_of_older_networks_too(centre: CallCentre) -> None:
    centre.run("caller_was_sent_on", HOTLINE)
    arrived = centre.events.wait_for("leg.arrived").fields
    told = (arrived["asserted_number"], arrived["asserted_name"], arrived["privacy"])
    assert told == ("13900139000", "王小明", True)
    (diversion,) = arrived["diversions"]
    assert diversion.startswith("<sip:95000@carrier.example>;reason=user-busy;counter=1")


@pytest.mark.parametrize(
    ("name", "dialled"),
    [
        ("caller_exceeds_its_hops", HOTLINE),
        ("caller_dials_nobody", ""),
        ("caller_demands_srtp", HOTLINE),
        ("caller_speaks_of_what_never_was", HOTLINE),
    ],
)
def test_what_cannot_be_is_refused_by_its_own_status(centre: CallCentre, name: str, dialled: str) -> None:
    centre.run(name, dialled)


def test_an_invite_that_holds_for_a_second_rings_no_longer(centre: CallCentre) -> None:
    centre.run("caller_sets_a_limit", RINGING)
    centre.events.wait_for("call.ended", cause="ORIGINATOR_CANCEL", by_caller=True)


def test_an_invite_that_comes_on_two_ways_rings_once(centre: CallCentre) -> None:
    centre.run("caller_comes_twice", RINGING)
    centre.events.wait_for("call.ended", cause="ORIGINATOR_CANCEL", by_caller=True)
    assert [entry.topic for entry in centre.events.seen].count("call.arrived") == 1


def test_why_a_caller_hangs_up_is_told(centre: CallCentre) -> None:
    centre.run("caller_says_why", HOTLINE)
    centre.events.wait_for("call.ended", cause="DESTINATION_OUT_OF_ORDER", by_caller=True)


def test_of_two_phones_behind_one_address_the_first_that_is_lifted_gets_the_call(centre: CallCentre) -> None:
    station = centre.register("2001")
    phones = station.scenario("agent_forks", rtp_port=free_port(HOST), caller="none")
    with SippProcess(phones, centre.folder) as forking, centre.caller(DIRECT) as caller:
        caller.wait_answered()
        centre.events.wait_for("call.connected", station="2001")
        caller.hang_up()
        forking.finish().check()


def test_a_phone_that_is_lifted_while_its_call_is_taken_away_is_hung_up_on(centre: CallCentre) -> None:
    station = centre.register("2001")
    with ConductedScenario(station.scenario("agent_answers_too_late", rtp_port=9), centre.folder) as phone:
        order = {"whom": "station:2001", "target": "flow:hotline"}
        call_id = centre.events.call("call.originate", **order)["call_id"]
        phone.wait_for("ringing")
        centre.events.call("call.hang_up", call_id=call_id)
        phone.finish().check()
    centre.events.wait_for("call.ended", call_id=call_id, cause="MANAGER_REQUEST")


def test_a_phone_behind_a_proxy_is_called_the_way_it_registered(centre: CallCentre) -> None:
    station = centre.register("2001")
    run_scenario(station.scenario("agent_registers_through_proxy"), centre.folder).check()
    with SippProcess(station.scenario("agent_is_far"), centre.folder) as far:
        centre.run("caller_finds_busy", DIRECT)
        far.finish().check()


def test_a_phone_joins_its_customer_and_a_colleague_it_called(centre: CallCentre) -> None:
    station, other = centre.register("2001"), centre.register("2002")
    phone = station.scenario("agent_consults_and_transfers", rtp_port=free_port(HOST), target=other.name)
    phone = replace(phone, dialled=other.name)
    with (
        other.expect_call(speech(2002, 30)) as colleague,
        SippProcess(phone, centre.folder) as transferring,
        centre.caller(DIRECT) as caller,
    ):
        caller.wait_answered()
        colleague.wait_ringing()
        colleague.answer()
        centre.events.wait_for("call.transferred", kind="attended", by="2001")
        transferring.finish().check()
        colleague.talker.wait_to_hear(0.3)
        caller.talker.wait_to_hear(0.3)
        caller.hang_up()
        colleague.wait_hung_up_on()


def test_a_phone_hears_how_its_transfers_go(centre: CallCentre) -> None:
    station, other = centre.register("2001"), centre.register("2002")
    phone = station.scenario("agent_transfers", rtp_port=free_port(HOST), nobody=UNLISTED, target=other.name)
    with (
        other.expect_call(speech(2002, 30), "agent_is_transferred_to") as target,
        SippProcess(phone, centre.folder) as transferring,
        centre.caller(DIRECT) as caller,
    ):
        caller.wait_answered()
        target.wait_ringing()
        target.answer()
        centre.events.wait_for("call.transferred", kind="blind", by="2001")
        transferring.finish().check()
        caller.hang_up()
        target.wait_hung_up_on()
