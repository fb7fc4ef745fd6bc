"""Phones and callers at IPv6 addresses, for their signalling and their voice, beside those at IPv4 ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.audio import compare, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CallerPhone, Station
from sipp_scenarios.runner import Address, free_port
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, STATIONS, switch_process

HOST6 = "::1"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[CallCentre, Address]]:
    """A call centre, and where it listens by IPv6."""
    sip6 = Address(HOST6, free_port(HOST6))
    listener = {"transport": "udp", "host": sip6.host, "port": sip6.port}
    with (
        switch_process(tmp_path, listeners=[listener], media={"host6": HOST6}) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        yield CallCentre(switch, events, tmp_path), sip6


@pytest.mark.parametrize("caller_host", [HOST6, "127.0.0.1"])
@pytest.mark.parametrize("phone_host", [HOST6, "127.0.0.1"])
def test_each_party_is_talked_to_at_its_own_kind_of_address(
    house: tuple[CallCentre, Address], caller_host: str, phone_host: str
) -> None:
    centre, sip6 = house
    sip = {HOST6: sip6, "127.0.0.1": centre.switch.sip}
    station = Station(sip[phone_host], "2001", STATIONS["2001"], centre.folder)
    station.register()
    voice = speech(5, 30)
    with (
        station.expect_call(speech(2001, 30)) as called,
        CallerPhone(sip[caller_host], DIRECT, voice, centre.folder, "13800138000") as caller,
    ):
        called.wait_ringing()
        called.answer()
        assert caller.wait_answered().host == caller_host
        called.talker.wait_to_hear(1.5)
        caller.talker.wait_to_hear(0.5)
        called.hang_up()
        caller.wait_hung_up_on()
    assert compare(caller.talker.heard, called.talker.said).whole
    assert compare(called.talker.heard, caller.talker.said).whole
