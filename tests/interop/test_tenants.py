"""Two tenants in one switch that call everything alike: each has its own callers, agents and recordings."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from media.recordings.wav import read_recording
from sipp_scenarios.audio import compare, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CallerPhone, Station
from sipp_scenarios.runner import ScenarioError
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

CODES = {"acme": "95001", "globex": "95002"}
STATION = "2001"
_LONGEST_CALL_S = 30.0


@dataclass(frozen=True, slots=True)
class Rig:
    switch: SwitchProcess
    events: EventFollower
    folder: Path
    stations: dict[str, Station]

    def caller(self, tenant: str, number: str) -> CallerPhone:
        voice = speech(int(number), _LONGEST_CALL_S)
        return CallerPhone(self.switch.sip, CODES[tenant], voice, self.folder, number)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    tenants = tmp_path / "tenants"
    tenants.mkdir()
    for name, code in CODES.items():
        sections = [
            section("[tenant]", domain=f"{name}.example"),
            section("[[stations]]", name=STATION, password=f"secret of {name}"),
            section("[[access_codes]]", number=code, target="queue:service"),
            section("[[queues]]", name="service", wrap_up_s=0),
            section("[[agents]]", id=STATION, queues=["service"]),
        ]
        (tenants / f"{name}.toml").write_text("\n".join(sections))
    recordings = {"path": "{date}/{tenant}/{recording_id}"}
    more = section("[tenants]", folder="tenants")
    with switch_process(tmp_path, recordings=recordings, more=more) as switch:
        stations = {
            name: Station(switch.sip, STATION, f"secret of {name}", tmp_path, domain=f"{name}.example")
            for name in CODES
        }
        with EventFollower(switch.control_socket) as events:
            yield Rig(switch, events, tmp_path, stations)


def seat(rig: Rig, tenant: str) -> None:
    rig.stations[tenant].register()
    rig.events.wait_for("station.registered", station=f"{tenant}/{STATION}")
    rig.events.call("agent.sign_in", agent=f"{tenant}/{STATION}", station=f"{tenant}/{STATION}")
    rig.events.call("agent.ready", agent=f"{tenant}/{STATION}")


def test_calls_of_two_tenants_at_a_time_never_cross(rig: Rig) -> None:
    for tenant in CODES:
        seat(rig, tenant)
    with (
        rig.stations["acme"].expect_call(speech(1, _LONGEST_CALL_S)) as acmes,
        rig.stations["globex"].expect_call(speech(2, _LONGEST_CALL_S)) as globexes,
        rig.caller("globex", "13800000002") as second,
    ):
        second.wait_answered()
        globexes.wait_ringing()
        globexes.answer()
        with rig.caller("acme", "13800000001") as first:
            first.wait_answered()
            acmes.wait_ringing()
            acmes.answer()
            acmes.talker.wait_to_hear(1.5)
            first.hang_up()
            acmes.wait_hung_up_on()
        second.hang_up()
        globexes.wait_hung_up_on()
    assert compare(acmes.talker.heard, first.talker.said).whole
    assert compare(globexes.talker.heard, second.talker.said).whole
    for tenant, caller, stranger in (("acme", first, second), ("globex", second, first)):
        joined = rig.events.wait_for("queue.caller_joined", queue=f"{tenant}/service").fields
        completed = rig.events.wait_for("recording.completed", call_id=joined["call_id"]).fields
        assert completed["recording_id"].startswith(f"recording-{tenant}-")
        assert Path(completed["path"]).parent.name == tenant
        recording = read_recording(Path(completed["path"]))
        assert compare(recording.customer, caller.talker.said).found >= 2
        assert not compare(recording.customer, stranger.talker.said).found


def test_a_station_registers_with_its_own_tenants_password_only(rig: Rig) -> None:
    stranger = Station(rig.switch.sip, STATION, "secret of acme", rig.folder, domain="globex.example")
    with pytest.raises(ScenarioError):
        stranger.register()
    assert rig.events.call("registration.list")["registrations"] == []


def test_a_tenants_customer_cannot_be_told_from_one_of_the_house_by_what_the_phone_sees(rig: Rig) -> None:
    seat(rig, "acme")
    with (
        rig.stations["acme"].expect_call(speech(1, _LONGEST_CALL_S)) as agent,
        rig.caller("acme", "13800000001") as caller,
    ):
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        caller.hang_up()
        result = agent.wait_hung_up_on()
    messages = (result.folder / "messages.log").read_text(errors="replace")
    assert f"To: <sip:{STATION}@" in messages
    assert "acme/" not in messages
