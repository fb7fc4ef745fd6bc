"""A phone other people wrote speaks a codec that the other party does not know, through the exchange."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sipp_scenarios.audio import Samples, find
from sipp_scenarios.follower import EventFollower
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, switch_process
from tests.helpers.voices import level_of

pytestmark = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)
TONE_HZ = 1000.0
AMPLITUDE = 8000


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CallCentre]:
    codecs = ["PCMA", "PCMU", "G722", "opus"]
    with switch_process(tmp_path, codecs=codecs) as switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, tmp_path)


@pytest.mark.parametrize("module", ["opus", "g722"])
def test_a_caller_and_a_station_without_a_common_codec_hear_each_other(
    centre: CallCentre, module: str
) -> None:
    host = centre.switch.sip.host
    phone = Baresip.wide(host, module, lambda rate_hz: tone(rate_hz, 30), centre.folder / "baresip")
    station = centre.register("2001")
    with phone as baresip, centre.phone(station) as agent:
        baresip.order("dial", f"sip:{DIRECT}@{host}:{centre.switch.sip.port}")
        agent.wait_ringing()
        agent.answer()
        baresip.wait_for("CALL_ESTABLISHED")
        agent.talker.wait_to_hear(3)
        baresip.order("hangup")
        agent.wait_hung_up_on()
        baresip.order("quit")
        baresip.wait_for("EXIT")
    last_second = agent.talker.heard[-8000:]
    assert level_of(last_second, 8000, TONE_HZ) > 0.7 * AMPLITUDE
    assert find(agent.talker.said[4000:8000], baresip.heard).score > 0.7


def tone(rate_hz: int, duration_s: int) -> Samples:
    return (AMPLITUDE * np.sin(2 * np.pi * TONE_HZ * np.arange(rate_hz * duration_s) / rate_hz)).astype(
        np.int16
    )
