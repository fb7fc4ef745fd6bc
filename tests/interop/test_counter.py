"""Stations recorded at the counter, without a caller: called, or dialling for it by a foreign phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import soundfile

from media.recordings.manifest import read_manifest
from sipp_scenarios.audio import compare, find, speech
from sipp_scenarios.follower import EventFollower
from switch.control.client import VerbRefused
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import STATIONS, switch_process
from tests.helpers.toml_text import section

COUNTER = "*80"
RATE_HZ = 8000
_PATIENCE_S = 45.0


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[CallCentre]:
    """A switch with an access code for it."""
    code = section("[[access_codes]]", number=COUNTER, target="counter:record", record=False)
    with (
        switch_process(tmp_path, recordings={"beep": "tone:recorded"}, more=code) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


def catalogued(centre: CallCentre, **search: str) -> list[dict[str, Any]]:
    """What the catalogue finds, once the database has anything."""
    deadline = monotonic() + _PATIENCE_S
    while not (found := centre.events.call("recording.list", **search)["recordings"]):
        assert monotonic() < deadline, f"no recording with {search}"
        sleep(0.1)
    return list(found)


def test_a_station_that_is_called_is_recorded_and_found_by_its_agent(counter: CallCentre) -> None:
    station = counter.register("2001")
    counter.events.call("agent.sign_in", agent="2001", station="2001")
    with counter.phone(station) as clerk:
        begun = counter.events.call("station.record", station="2001", by="班长")
        clerk.wait_ringing()
        clerk.answer()
        told = counter.events.wait_for("station.recorded", call_id=begun["call_id"]).fields
        assert (told["station"], told["agent"], told["by"]) == ("2001", "2001", "班长")
        clerk.talker.wait_to_hear(0.2)
        counter.wait_for_media(lambda media: media["packets_received"] > 150)
        ended = counter.events.call("station.stop_recording", station="2001")
        clerk.wait_hung_up_on()
        said = clerk.talker.said
    over = counter.events.wait_for("recording.completed", recording_id=ended["recording_id"]).fields
    left, right = soundfile.read(over["path"], dtype="int16")[0].T
    assert compare(said[: len(left) - RATE_HZ // 2], left).whole
    assert not right.any()
    (row,) = catalogued(counter, agent="2001")
    assert (row["recording_id"], row["station"], row["caller"]) == (ended["recording_id"], "2001", "2001")
    manifest = read_manifest(Path(over["path"]))
    assert manifest is not None
    assert (manifest.stations, manifest.agents) == (("2001",), ("2001",))
    with pytest.raises(VerbRefused, match="not recorded"):
        counter.events.call("station.stop_recording", station="2001")


def test_who_calls_from_outside_finds_no_counter(counter: CallCentre) -> None:
    counter.run("caller_is_declined", COUNTER)
    counter.events.wait_for("call.ended", cause="CALL_REJECTED")


@pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)
def test_a_foreign_phone_dials_for_it_and_ends_it_by_key(counter: CallCentre) -> None:
    sip, voice = counter.switch.sip, speech(3, 30)
    account = f"<sip:2002@{sip.host}:{sip.port}>;auth_pass={STATIONS['2002']};answermode=manual"
    with Baresip(sip.host, account, voice, counter.folder / "baresip") as baresip:
        counter.events.wait_for("station.registered", station="2002")
        baresip.order("dial", f"sip:{COUNTER}@{sip.host}:{sip.port}")
        counter.events.wait_for("station.recorded", station="2002", agent=None)
        counter.wait_for_media(lambda media: media["packets_received"] > 100)
        baresip.order("sndcode", "#")
        over = counter.events.wait_for("recording.completed").fields
        left, right = soundfile.read(over["path"], dtype="int16")[0].T
        assert find(voice[:RATE_HZ], left).score > 0.9
        assert not right.any()
        (row,) = catalogued(counter, station="2002")
        assert row["recording_id"] == over["recording_id"]
