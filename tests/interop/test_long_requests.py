"""Requests that are too long for UDP, to phones other people wrote (RFC 3261 §18.1.1)."""

import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from sipp_scenarios.runner import Scenario, SippProcess, free_port
from switch.causes import Cause
from switch.sip.commands import DialLeg, HangUpLeg
from switch.sip.events import DialogsClosed, LegAnswered
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, Forking
from tests.helpers.dialler import Dialler
from tests.helpers.sip_messages import SDP

HOST = "127.0.0.1"
LONG_SDP = SDP + "".join(f"a=x-line-{n}:of a description that takes every codec\r\n" for n in range(30))
START_S = 10.0


@pytest.fixture
def dialler() -> Iterator[Dialler]:
    with Dialler() as dialler:
        yield dialler


def wait_until_it_listens(port: int) -> None:
    deadline = monotonic() + START_S
    while True:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            assert monotonic() < deadline, "SIPp never listened"
        else:
            return


@pytest.mark.parametrize("transport", ["t1", "u1"])
def test_a_long_invite_goes_by_tcp_to_a_phone_that_takes_it_and_by_udp_to_one_that_does_not(
    dialler: Dialler, transport: str, tmp_path: Path
) -> None:
    port = free_port(HOST)
    scenario = Scenario(
        name="carrier_answers", switch=dialler.address, port=port, transport=transport, timeout_s=60
    )
    branch = Branch(
        uri=f"sip:1001@{HOST}:{port}",
        hop=Hop("udp", HOST, port),
        caller=f"<sip:95598@{HOST}>",
        called=f"<sip:1001@{HOST}>",
    )
    with SippProcess(scenario, tmp_path) as phone:
        if transport == "t1":
            wait_until_it_listens(port)
        dialler.order(DialLeg(leg_id="leg", branches=(branch,), sdp=LONG_SDP, forking=Forking.PARALLEL))
        dialler.wait_for(LegAnswered)
        dialler.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING))
        dialler.wait_for(DialogsClosed)
        heard = phone.finish().check().folder / "messages.log"
    used = "TCP" if transport == "t1" else "UDP"
    assert f"Via: SIP/2.0/{used} {HOST}" in heard.read_text("utf-8")
