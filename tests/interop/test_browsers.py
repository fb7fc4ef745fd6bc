"""Browsers as phones: SIP over WebSocket, ICE, DTLS-SRTP, by libraries other people wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.audio import find, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from tests.helpers.browser import Browser
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, STATIONS, switch_process
from tests.helpers.web_phone import WebPhone

HOST = "127.0.0.1"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[CallCentre, str]]:
    """A switch that listens for browsers, and where."""
    port = free_port(HOST)
    listeners = [{"transport": "ws", "host": HOST, "port": port}]
    with (
        switch_process(tmp_path, listeners=listeners, browsers=["2002"]) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre, f"ws://{HOST}:{port}/sip"
        centre.wait_until_nothing_is_left()
        centre.close()


def test_a_browser_calls_and_both_sides_hear_each_other(house: tuple[CallCentre, str]) -> None:
    centre, uri = house
    voice = speech(7, 60)
    station = centre.seat("2001")
    with WebPhone(uri, "2002", STATIONS["2002"]) as phone, Browser(voice) as browser:
        phone.register()
        with centre.phone(station) as agent:
            invite, answer = phone.call(QUEUE_ONLY, browser.offer())
            assert answer.status == 200
            browser.take_answer(answer.body.decode())
            agent.wait_ringing()
            agent.answer()
            centre.events.wait_for("call.connected", station="2001")
            browser.wait_to_hear(7)
            assert find(browser.heard[-12_000:-4_000], agent.talker.said).score > 0.9
            agent.talker.wait_to_hear(2)
            phone.hang_up(invite, answer)
            agent.wait_hung_up_on()
            assert find(agent.talker.heard[-12_000:-4_000], voice).score > 0.9
    closed = [centre.events.wait_for("endpoint.closed").fields for _ in range(2)]
    assert [leg["packets_forged"] for leg in closed] == [0, 0]
    # Only who could read our reports can answer them.
    assert any(leg["rtcp_received"] and leg["round_trip_ms"] is not None for leg in closed)


def test_a_browser_is_the_agents_phone(house: tuple[CallCentre, str]) -> None:
    centre, uri = house
    voice = speech(8, 60)
    with WebPhone(uri, "2002", STATIONS["2002"]) as phone, Browser(voice) as browser:
        phone.register()
        centre.sign_in("2002")
        with centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            ringing = phone.hear_request("INVITE")
            phone.answer(ringing, 180)
            phone.answer(ringing, 200, browser.answer(ringing.body.decode()))
            phone.hear_request("ACK")
            centre.events.wait_for("call.connected", station="2002")
            browser.wait_to_hear(3)
            assert find(browser.heard[-12_000:-4_000], caller.talker.said).score > 0.9
            caller.talker.wait_to_hear(2)
            caller.hang_up()
            phone.answer(phone.hear_request("BYE"), 200)
            assert find(caller.talker.heard[-12_000:-4_000], voice).score > 0.9
