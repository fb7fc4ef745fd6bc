"""One call over all transports: the customer by TCP, one phone by TLS, the other by WebSocket."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CallerPhone
from sipp_scenarios.runner import free_port
from sipp_scenarios.talker import Talker
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LATELY, LISTEN_S
from tests.helpers.mixture import speakers
from tests.helpers.sip_house import Authority
from tests.helpers.switch_process import QUEUE_ONLY, STATIONS, switch_process
from tests.helpers.web_phone import WebPhone
from tests.interop.test_phones import needs_baresip
from tests.interop.test_recorded_stations import recorded

HOST = "127.0.0.1"
VOICE = speech(2001, 60)
pytestmark = [needs_baresip, pytest.mark.timeout(180)]

_SDP = (
    "v=0\r\no=web 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class Colleague:
    """Station 2002 over WebSocket. Use it as a context manager."""

    def __init__(self, uri: str) -> None:
        self.talker = Talker(speech(2002, 30))
        self._phone = WebPhone(uri, "2002", STATIONS["2002"])

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            begun.enter_context(self.talker)
            begun.enter_context(self._phone)
            self._phone.register()
            self._begun = begun.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._begun.close()

    def answer(self) -> None:
        ringing = self._phone.hear_request("INVITE")
        self._phone.answer(ringing, 180)
        self._phone.answer(ringing, 200, _SDP.format(host=HOST, port=self.talker.port))
        self._phone.hear_request("ACK")
        port = re.search(r"m=audio (\d+)", ringing.body.decode())
        assert port is not None
        self.talker.talk_to(HOST, int(port[1]))

    def wait_hung_up_on(self) -> None:
        self._phone.answer(self._phone.hear_request("BYE"), 200)


class Mixed:
    """Three phones of different makes, and who hears whom."""

    def __init__(self, caller: CallerPhone, agent: Baresip, colleague: Colleague) -> None:
        self._caller = caller.talker
        self._agent = agent
        self._colleague = colleague.talker

    def hearing(self, *names: str) -> dict[str, set[str]]:
        """Now, of those named."""
        talkers = {"customer": self._caller, "colleague": self._colleague}
        enough = {name: talkers[name].heard_s + LISTEN_S for name in names if name in talkers}
        if "agent" in names:
            self._agent.wait_to_hear(LISTEN_S)
        for name, whole_s in enough.items():
            talkers[name].wait_until_heard(whole_s)
        return {name: self._heard_by(name) for name in names}

    def _heard_by(self, listener: str) -> set[str]:
        ears: dict[str, Talker | Baresip] = {"customer": self._caller, "colleague": self._colleague}
        return speakers(ears.get(listener, self._agent).heard[-JUDGED:], self._said(listener))

    def _said(self, listener: str) -> dict[str, Samples]:
        """By the others."""
        lately = {
            "customer": self._caller.said[-LATELY:],
            "agent": VOICE,
            "colleague": self._colleague.said[-LATELY:],
        }
        return {name: said for name, said in lately.items() if name != listener and len(said)}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[CallCentre, Authority, dict[str, int]]]:
    authority = Authority(tmp_path)
    ports = {name: free_port(HOST) for name in ("tls", "ws")}
    listeners: list[dict[str, object]] = [
        {"transport": "tls", "host": HOST, "port": ports["tls"], **authority.issue(HOST)},
        {"transport": "ws", "host": HOST, "port": ports["ws"]},
    ]
    with (
        switch_process(tmp_path, listeners=listeners) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre, authority, ports
        centre.wait_until_nothing_is_left()
        centre.close()


def test_hold_consultation_three_and_transfer_are_heard_and_recorded_across_all_transports(
    house: tuple[CallCentre, Authority, dict[str, int]],
) -> None:
    centre, authority, ports = house
    call, told = centre.events.call, centre.events.wait_for
    account = f"<sip:2001@{HOST}:{ports['tls']};transport=tls>;auth_pass={STATIONS['2001']};answermode=manual"
    trust = f"sip_cafile {authority.ca}"
    with (
        Baresip(HOST, account, VOICE, centre.folder / "baresip", trust) as agent,
        Colleague(f"ws://{HOST}:{ports['ws']}/sip") as colleague,
    ):
        told("station.registered", station="2001")
        centre.sign_in("2001")
        with centre.caller(QUEUE_ONLY, transport="t1") as caller:
            caller.wait_answered()
            agent.wait_for("CALL_INCOMING")
            agent.order("accept")
            call_id = told("call.connected", station="2001").fields["call_id"]
            assert told("call.arrived").fields["peer"].startswith("tcp:")
            mixed = Mixed(caller, agent, colleague)
            talking = {"customer": {"agent"}, "agent": {"customer"}}
            assert mixed.hearing("customer", "agent") == talking
            call("call.hold", call_id=call_id)
            assert mixed.hearing("customer") == {"customer": set()}
            call("call.retrieve", call_id=call_id)
            call("call.consult", call_id=call_id, target="station:2002")
            colleague.answer()
            told("call.connected", station="2002")
            aside = {"customer": set(), "agent": {"colleague"}, "colleague": {"agent"}}
            assert mixed.hearing("customer", "agent", "colleague") == aside
            call("call.toggle", call_id=call_id)
            assert mixed.hearing("customer", "agent") == talking
            call("call.join", call_id=call_id)
            told("call.party_joined", call_id=call_id)
            everybody = {"customer", "agent", "colleague"}
            assert mixed.hearing(*everybody) == {name: everybody - {name} for name in everybody}
            agent.order("hangup")
            told("call.connected", call_id=call_id, station="2002")
            remaining = {"customer": {"colleague"}, "colleague": {"customer"}}
            assert mixed.hearing("customer", "colleague") == remaining
            caller.hang_up()
            colleague.wait_hung_up_on()
        left, right = recorded(told("recording.completed").fields["path"]).T
    last = {"customer": caller.talker.said[-LATELY:], "colleague": colleague.talker.said[-LATELY:]}
    assert speakers(left[-JUDGED:], last) == {"customer"}
    assert speakers(right[-JUDGED:], last) == {"colleague"}
    assert len(left) > 10 * SAMPLE_RATE_HZ
