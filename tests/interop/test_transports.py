"""Calls over every transport, by phones other people wrote."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sipp_scenarios.audio import compare, find, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import Address, Scenario, free_port, run_scenario
from switch.sip.messages.message import Request
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.sip_house import Authority
from tests.helpers.sip_messages import SDP
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, STATIONS, switch_process
from tests.helpers.web_phone import WebPhone

HOST = "127.0.0.1"
NEEDS_BARESIP = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)


@dataclass
class Everywhere:
    """A switch that listens on every transport."""

    centre: CallCentre
    authority: Authority
    ports: dict[str, int]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def running(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CallCentre, dict[str, int]]]:
    folder = tmp_path_factory.mktemp("everywhere")
    files = authority.issue(HOST)
    ports = {name: free_port(HOST) for name in ("tls", "ws", "wss")} | {"ipv6": free_port("::1")}
    listeners: list[dict[str, object]] = [
        {"transport": "tls", "host": HOST, "port": ports["tls"], **files},
        {"transport": "ws", "host": HOST, "port": ports["ws"]},
        {"transport": "wss", "host": HOST, "port": ports["wss"], **files},
        {"transport": "udp", "host": "::1", "port": ports["ipv6"]},
        {"transport": "tcp", "host": "::1", "port": ports["ipv6"]},
    ]
    with (
        switch_process(folder, listeners=listeners) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        yield CallCentre(switch, events, folder), ports


@pytest.fixture
def everywhere(running: tuple[CallCentre, dict[str, int]], authority: Authority) -> Iterator[Everywhere]:
    centre, ports = running
    yield Everywhere(centre, authority, ports)
    centre.wait_until_nothing_is_left()
    centre.close()


@pytest.mark.parametrize("transport", ["u1", "t1", "tn"])
@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
def test_callers_are_answered_over_udp_and_tcp_by_both_families(
    everywhere: Everywhere, transport: str, family: str
) -> None:
    switch = everywhere.centre.switch.sip if family == "IPv4" else Address("::1", everywhere.ports["ipv6"])
    scenario = Scenario(
        name="caller_calls_briefly",
        switch=switch,
        dialled=QUEUE_ONLY,
        keys={"caller": "13700137000", "caller_name": "客户", "rtp_port": 9},
        transport=transport,
        calls=5,
    )
    run_scenario(scenario, everywhere.centre.folder).check()


@NEEDS_BARESIP
@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_baresip_calls_and_reaches_an_agent(everywhere: Everywhere, transport: str) -> None:
    centre = everywhere.centre
    voice = speech(3, 30)
    port = everywhere.ports.get(transport, centre.switch.sip.port)
    station = centre.seat("2001")
    account = f"<sip:13900139000@{HOST};transport={transport}>;regint=0"
    folder = centre.folder / f"baresip-caller-{transport}"
    trust = f"sip_cafile {everywhere.authority.ca}"
    with Baresip(HOST, account, voice, folder, trust) as baresip, centre.phone(station) as agent:
        baresip.order("dial", f"sip:{QUEUE_ONLY}@{HOST}:{port};transport={transport}")
        baresip.wait_for("CALL_ESTABLISHED")
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(2)
        baresip.order("hangup")
        agent.wait_hung_up_on()
        assert compare(agent.talker.heard, voice).whole
        baresip.order("quit")
        baresip.wait_for("EXIT")
    centre.events.wait_for("call.ended", by_caller=True)


@NEEDS_BARESIP
@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_baresip_is_the_agents_phone(everywhere: Everywhere, transport: str) -> None:
    centre = everywhere.centre
    voice = speech(4, 30)
    port = everywhere.ports.get(transport, centre.switch.sip.port)
    account = f"<sip:2002@{HOST}:{port};transport={transport}>;auth_pass={STATIONS['2002']};answermode=manual"
    folder = centre.folder / f"baresip-agent-{transport}"
    trust = f"sip_cafile {everywhere.authority.ca}"
    with Baresip(HOST, account, voice, folder, trust) as baresip:
        centre.events.wait_for("station.registered", station="2002")
        centre.sign_in("2002")
        with centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            baresip.wait_for("CALL_INCOMING")
            baresip.order("accept")
            centre.events.wait_for("call.connected", station="2002")
            caller.talker.wait_to_hear(2)
            caller.hang_up()
            baresip.wait_for("CALL_CLOSED")
            assert find(voice[:8000], caller.talker.heard).score > 0.95
        baresip.order("quit")
        baresip.wait_for("EXIT")


def certificate_of(port: int, trust: ssl.SSLContext) -> bytes | None:
    """What the switch shows to who connects now."""
    with (
        socket.create_connection((HOST, port), timeout=5) as plain,
        trust.wrap_socket(plain, server_hostname=HOST) as secured,
    ):
        return secured.getpeercert(binary_form=True)


def test_sighup_reads_certificates_anew_without_a_restart(everywhere: Everywhere) -> None:
    centre, trust = everywhere.centre, everywhere.authority.client()
    old = certificate_of(everywhere.ports["tls"], trust)
    files = everywhere.authority.issue(HOST)
    centre.switch.read_anew()
    reloaded = centre.events.wait_for("sip.certificates_reloaded")
    assert list(reloaded.fields["certificates"]) == [files["certificate"]]
    new = {certificate_of(everywhere.ports[name], trust) for name in ("tls", "wss")}
    assert len(new) == 1
    assert old not in new


@pytest.mark.parametrize("transport", ["ws", "wss"])
def test_a_web_phone_registers_calls_and_is_called(everywhere: Everywhere, transport: str) -> None:
    centre = everywhere.centre
    trust = everywhere.authority.client() if transport == "wss" else None
    uri = f"{transport}://{HOST}:{everywhere.ports[transport]}/sip"
    with WebPhone(uri, "2002", STATIONS["2002"], trust) as phone:
        assert phone.ping() == b"\r\n"
        assert phone.register().status == 200
        invite, answer = phone.call(HOTLINE)
        assert answer.status == 200
        assert f"{everywhere.ports[transport]};transport=ws" in (answer.headers.get("contact") or "")
        assert phone.hang_up(invite, answer).status == 200
        centre.sign_in("2002")
        with centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            ringing = phone.hear_request("INVITE")
            phone.answer(ringing, 180)
            phone.answer(ringing, 200, SDP)
            assert isinstance(phone.hear_request("ACK"), Request)
            centre.events.wait_for("call.connected", station="2002")
            caller.hang_up()
            phone.answer(phone.hear_request("BYE"), 200)
