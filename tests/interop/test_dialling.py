"""Foreign phones and carriers at the ends of the branches we dial."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sipp_scenarios.audio import speech
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import Scenario, SippProcess, free_port
from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.commands import DialLeg, HangUpLeg
from switch.sip.events import BranchFailed, DialogsClosed, LegAnswered, LegEnded
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, Forking
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.dialler import Dialler
from tests.helpers.switch_process import QUEUE_ONLY, STATIONS

needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)
HOST = "127.0.0.1"
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"


@pytest.fixture
def dialler() -> Iterator[Dialler]:
    with Dialler() as dialler:
        yield dialler


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port where datagrams arrive and nobody answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        yield silent.getsockname()[1]


class Carriers:
    """Scripted carriers, each at a port of its own."""

    def __init__(self, dialler: Dialler, folder: Path) -> None:
        self._dialler = dialler
        self._folder = folder
        self._running = ExitStack()

    def start(self, name: str, **keys: str | int) -> tuple[SippProcess, int]:
        scenario = Scenario(
            name=name, switch=self._dialler.address, port=free_port(HOST), keys=keys, timeout_s=60
        )
        return self._running.enter_context(SippProcess(scenario, self._folder)), scenario.port

    def close(self) -> None:
        self._running.close()


@pytest.fixture
def carriers(dialler: Dialler, tmp_path: Path) -> Iterator[Carriers]:
    carriers = Carriers(dialler, tmp_path)
    yield carriers
    carriers.close()


def way(name: str, port: int, credentials: Account | None = None) -> Branch:
    return Branch(
        name=name,
        uri=f"sip:13800138000@{HOST}:{port}",
        hop=Hop("udp", HOST, port),
        caller=f'"客服" <sip:95598@{HOST}>',
        called=f"<sip:13800138000@{HOST}>",
        credentials=credentials,
    )


def in_turn(*branches: Branch) -> DialLeg:
    return DialLeg(leg_id="leg", branches=branches, sdp=SDP, forking=Forking.SERIAL, attempt_timeout_s=2)


def test_a_call_goes_from_a_dead_way_over_a_congested_one_to_a_good_one(
    dialler: Dialler, carriers: Carriers, nobody: int
) -> None:
    congested, congested_port = carriers.start("carrier_is_congested")
    good, good_port = carriers.start("carrier_answers")
    dialler.order(in_turn(way("dead", nobody), way("congested", congested_port), way("good", good_port)))
    assert dialler.wait_for(LegAnswered).branch == "good"
    assert dialler.wait_for(BranchFailed, branch="dead").status == 408
    failed = dialler.wait_for(BranchFailed, branch="congested")
    assert (failed.status, failed.retry_after_s) == (503, 20)
    dialler.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING))
    dialler.wait_for(DialogsClosed)
    congested.finish().check()
    good.finish().check()


def test_a_carrier_that_asks_for_a_password_gets_it_for_the_call_and_for_its_end(
    dialler: Dialler, carriers: Carriers
) -> None:
    carrier, port = carriers.start("carrier_asks_for_password", user="ringmain", secret="s3cret")
    dialler.order(in_turn(way("carrier", port, Account("ringmain", "s3cret"))))
    dialler.wait_for(LegAnswered)
    dialler.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING))
    dialler.wait_for(DialogsClosed)
    carrier.finish().check()


def test_a_carrier_refuses_a_wrong_password(dialler: Dialler, carriers: Carriers) -> None:
    carrier, port = carriers.start("carrier_asks_for_password", user="ringmain", secret="s3cret")
    dialler.order(in_turn(way("carrier", port, Account("ringmain", "guess"))))
    assert dialler.wait_for(LegEnded).sip_status == 403
    carrier.finish().check()


def test_of_two_phones_of_a_station_one_answers_and_the_other_is_told(centre: CallCentre) -> None:
    desk = centre.seat("2001")
    mobile = second_phone(centre, "2001")
    mobile.register()
    with (
        centre.phone(desk) as answering,
        ConductedScenario(mobile.scenario("agent_loses_the_race"), centre.folder) as losing,
        centre.caller(QUEUE_ONLY) as caller,
    ):
        caller.wait_answered()
        answering.wait_ringing()
        losing.wait_for("ringing")
        answering.answer()
        losing.finish().check()
        centre.events.wait_for("call.connected", station="2001")
        caller.hang_up()
        answering.wait_hung_up_on()
    mobile.register(expires_s=0)


@needs_baresip
def test_baresip_answers_while_another_phone_of_its_station_rings(centre: CallCentre) -> None:
    with baresip_at(centre, "2002") as baresip:
        centre.events.wait_for("station.registered", station="2002")
        other = centre.seat("2002")
        losing = ConductedScenario(other.scenario("agent_loses_the_race"), centre.folder)
        with losing, centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            baresip.wait_for("CALL_INCOMING")
            losing.wait_for("ringing")
            baresip.order("accept")
            losing.finish().check()
            centre.events.wait_for("call.connected", station="2002")
            caller.hang_up()
            baresip.wait_for("CALL_CLOSED")
        baresip.order("quit")
        baresip.wait_for("EXIT")


@needs_baresip
def test_baresip_stops_ringing_when_another_phone_of_its_station_answers(centre: CallCentre) -> None:
    with baresip_at(centre, "2002") as baresip:
        centre.events.wait_for("station.registered", station="2002")
        desk = centre.seat("2002")
        with centre.phone(desk) as answering, centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            baresip.wait_for("CALL_INCOMING")
            answering.wait_ringing()
            answering.answer()
            baresip.wait_for("CALL_CLOSED")
            centre.events.wait_for("call.connected", station="2002")
            caller.hang_up()
            answering.wait_hung_up_on()
        baresip.order("quit")
        baresip.wait_for("EXIT")


def test_a_phone_that_rings_reliably_is_acknowledged_and_its_early_answer_counts(centre: CallCentre) -> None:
    station = centre.seat("2001")
    phone = station.scenario("agent_rings_reliably", rtp_port=free_port(HOST))
    with SippProcess(phone, centre.folder) as ringing, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        centre.events.wait_for("call.connected", station="2001")
        caller.hang_up()
        ringing.finish().check()


def second_phone(centre: CallCentre, station: str) -> Station:
    """Another telephone of the same station."""
    return Station(centre.switch.sip, station, STATIONS[station], centre.folder)


def baresip_at(centre: CallCentre, station: str) -> Baresip:
    sip = centre.switch.sip
    account = f"<sip:{station}@{sip.host}:{sip.port}>;auth_pass={STATIONS[station]};answermode=manual"
    return Baresip(sip.host, account, speech(5, 5), centre.folder / "baresip")
