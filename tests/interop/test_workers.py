"""Calls that different media threads carry are joined as if one carried both."""

import shutil
from pathlib import Path

import pytest
import soundfile

from sipp_scenarios.audio import Samples, find
from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.linphone import Linphone
from tests.helpers.switch_process import DIRECT, STATIONS, switch_process

RATE_HZ = 8000


@pytest.mark.skipif(
    shutil.which("linphonec") is None, reason="linphonec is not installed (Debian package linphone-cli)"
)
def test_a_consulted_station_and_the_customer_hear_each_other_and_are_recorded(tmp_path: Path) -> None:
    # The worker with the fewest legs takes the first leg of a call: each of the two calls has one of its own.
    running = switch_process(tmp_path, media={"workers": 2}, more='[dialling]\nrecord = "from_connect"')
    with running as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        station = centre.register("2002")
        with Linphone(tmp_path / "linphone") as phone, centre.phone(station) as consulted:
            phone.register("2001", STATIONS["2001"], switch.sip)
            events.wait_for("station.registered", station="2001")
            with centre.caller(DIRECT) as caller:
                events.wait_for("offer.ringing")
                phone.order("answer")
                caller.wait_answered()
                events.wait_for("call.connected", station="2001")
                phone.order("pause")
                events.wait_for("call.held", by="station")
                phone.order(f"call sip:2002@{switch.sip.host}:{switch.sip.port}")
                consulted.wait_ringing()
                consulted.answer()
                events.wait_for("call.connected", station="2002")
                phone.wait_to_read("for call 2 (audio)")
                phone.order("transfer 1 --to-call 2")
                assert events.wait_for("call.transferred").fields["kind"] == "attended"
                consulted.talker.wait_to_hear(2)
                caller.talker.wait_to_hear(1)
                caller.hang_up()
                consulted.wait_hung_up_on()
            begun = events.wait_for("recording.started").fields
            ended = events.wait_for("recording.completed", recording_id=begun["recording_id"])
        centre.wait_until_nothing_is_left()
        centre.close()
    recording = recorded(ended.fields["path"])
    assert find(consulted.talker.heard[-8000:-2000], caller.talker.said).score > 0.95
    assert find(caller.talker.heard[-8000:-2000], consulted.talker.said).score > 0.95
    assert find(recording[-2 * RATE_HZ : -RATE_HZ, 0], caller.talker.said).score > 0.9
    assert find(recording[-2 * RATE_HZ : -RATE_HZ, 1], consulted.talker.said).score > 0.9


def recorded(path: str) -> Samples:
    samples: Samples = soundfile.read(path, dtype="int16", always_2d=True)[0]
    return samples
