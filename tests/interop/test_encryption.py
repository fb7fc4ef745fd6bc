"""Calls whose audio is encrypted, by a phone other people wrote."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from sipp_scenarios.audio import compare, find, speech
from sipp_scenarios.follower import EventFollower
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, STATIONS, switch_process

HOST = "127.0.0.1"
MODULES = ("module srtp.so",)
pytestmark = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)


@pytest.fixture(params=["accept"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CallCentre]:
    """A switch with the rule about encryption that the test asks for."""
    with (
        switch_process(tmp_path, srtp=request.param) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


def caller(encryption: str) -> str:
    return f"<sip:13900139000@{HOST};transport=udp>;regint=0;mediaenc={encryption}"


@pytest.mark.parametrize("encryption", ["srtp", "srtp-mand"])
def test_an_encrypted_caller_and_a_plain_agent_talk_and_are_recorded(
    house: CallCentre, encryption: str
) -> None:
    voice = speech(3, 30)
    station = house.seat("2001")
    folder = house.folder / "baresip"
    with Baresip(HOST, caller(encryption), voice, folder, *MODULES) as baresip, house.phone(station) as agent:
        baresip.order("dial", f"sip:{HOTLINE}@{HOST}:{house.switch.sip.port}")
        baresip.wait_for("CALL_ESTABLISHED")
        house.events.wait_for("media.started")
        baresip.order("sndcode", "1")
        house.events.wait_for("call.digit_received", digit="1")
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(2)
        baresip.order("hangup")
        agent.wait_hung_up_on()
        assert compare(agent.talker.heard, voice).whole
        baresip.order("quit")
        baresip.wait_for("EXIT")
        assert find(agent.talker.said[:8000], baresip.heard).score > 0.95
    recorded, _ = soundfile.read(house.events.wait_for("recording.completed").fields["path"], dtype="int16")
    assert find(voice[:8000], recorded[:, 0]).score > 0.95
    assert_no_key_was_kept(house.folder)


@pytest.mark.parametrize("house", ["required"], indirect=True)
def test_a_plain_caller_is_refused_where_encryption_is_required(house: CallCentre) -> None:
    with Baresip(HOST, caller(""), speech(5, 5), house.folder / "baresip", *MODULES) as baresip:
        baresip.order("dial", f"sip:{QUEUE_ONLY}@{HOST}:{house.switch.sip.port}")
        assert "488" in baresip.wait_for("CALL_CLOSED")["param"]
        baresip.order("quit")
        baresip.wait_for("EXIT")
    house.events.wait_for("call.refused", cause="INCOMPATIBLE_DESTINATION")


@pytest.mark.parametrize("house", ["off"], indirect=True)
def test_a_caller_that_insists_on_encryption_is_refused_where_it_is_off(house: CallCentre) -> None:
    with Baresip(HOST, caller("srtp-mand"), speech(5, 5), house.folder / "baresip", *MODULES) as baresip:
        baresip.order("dial", f"sip:{QUEUE_ONLY}@{HOST}:{house.switch.sip.port}")
        assert "488" in baresip.wait_for("CALL_CLOSED")["param"]
        baresip.order("quit")
        baresip.wait_for("EXIT")
    house.events.wait_for("call.refused", cause="INCOMPATIBLE_DESTINATION")


@pytest.mark.parametrize(
    ("house", "encryption"), [("optional", "srtp"), ("required", "srtp-mand")], indirect=["house"]
)
def test_an_agents_phone_is_offered_encryption_and_holds_and_resumes_under_it(
    house: CallCentre, encryption: str
) -> None:
    voice = speech(4, 30)
    sip = house.switch.sip
    account = (
        f"<sip:2002@{HOST}:{sip.port}>;auth_pass={STATIONS['2002']};answermode=manual;mediaenc={encryption}"
    )
    other = Baresip(HOST, caller("srtp-mand"), speech(6, 30), house.folder / "caller", *MODULES)
    with Baresip(HOST, account, voice, house.folder / "agent", *MODULES) as agent, other as customer:
        house.events.wait_for("station.registered", station="2002")
        house.sign_in("2002")
        customer.order("dial", f"sip:{QUEUE_ONLY}@{HOST}:{sip.port}")
        customer.wait_for("CALL_ESTABLISHED")
        agent.wait_for("CALL_INCOMING")
        agent.order("accept")
        house.events.wait_for("call.connected", station="2002")
        agent.order("hold")
        house.events.wait_for("call.held", by="station")
        agent.order("resume")
        house.events.wait_for("call.resumed", by="station")
        customer.wait_to_hear(3)
        agent.order("hangup")
        customer.wait_for("CALL_CLOSED")
        for phone in (agent, customer):
            phone.order("quit")
            phone.wait_for("EXIT")
        assert find(customer.heard[-12_000:-4_000], voice).score > 0.95
    closed = [house.events.wait_for("endpoint.closed").fields for _ in range(2)]
    assert [leg["packets_forged"] for leg in closed] == [0, 0]


def assert_no_key_was_kept(folder: Path) -> None:
    """Neither the log nor the journal nor a trace tells one."""
    files = [folder / "switch.log", *(folder / "journal").rglob("*"), *(folder / "trace").rglob("*")]
    kept = b"".join(path.read_bytes() for path in files if path.is_file())
    keys = [part.split()[0] for part in kept.split(b"inline:")[1:]]
    assert keys, "the call's offer was kept"
    assert all(set(key.split(b"\\r")[0].split(b"|")[0]) <= set(b"x") for key in keys)
