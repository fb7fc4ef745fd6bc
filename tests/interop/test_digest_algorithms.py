"""A phone that knows MD5 only, and gives up at a challenge that lists more (RFC 8760)."""

import shutil
from pathlib import Path

import pytest

from sipp_scenarios.audio import speech
from sipp_scenarios.follower import EventFollower
from tests.helpers.baresip import Baresip
from tests.helpers.switch_process import STATIONS, switch_process

pytestmark = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)


@pytest.mark.parametrize("offered", [["MD5"], ["SHA-256", "MD5"]])
def test_baresip_registers_where_its_station_is_offered_md5_alone(tmp_path: Path, offered: list[str]) -> None:
    with (
        switch_process(tmp_path, algorithms=offered, station_algorithms=["MD5"]) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        host, port = switch.sip
        account = f"<sip:2001@{host}:{port}>;auth_pass={STATIONS['2001']}"
        with Baresip(host, account, speech(5, 1), tmp_path / "baresip") as baresip:
            registered = events.wait_for("station.registered", station="2001")
            assert "baresip" in registered.fields["user_agent"]
            baresip.order("quit")
            baresip.wait_for("EXIT")
