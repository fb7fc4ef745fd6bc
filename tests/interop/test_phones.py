"""Phones that call each other, hold and transfer, scripted ones and those that other people wrote."""

import shutil

import numpy as np
import pytest
import soundfile

from sipp_scenarios.audio import compare, find, speech
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.linphone import Linphone
from tests.helpers.switch_process import DIRECT, STATIONS

needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)
needs_linphone = pytest.mark.skipif(
    shutil.which("linphonec") is None, reason="linphonec is not installed (Debian package linphone-cli)"
)


def baresip_of(centre: CallCentre, name: str) -> Baresip:
    """A foreign phone that registers as a station."""
    sip = centre.switch.sip
    account = f"<sip:{name}@{sip.host}:{sip.port}>;auth_pass={STATIONS[name]};answermode=manual"
    return Baresip(sip.host, account, speech(int(name), 30), centre.folder / f"baresip-{name}")


def test_a_customer_reaches_a_station_by_its_access_code(centre: CallCentre) -> None:
    station = centre.register("2001")
    with centre.phone(station) as called, centre.caller(DIRECT) as caller:
        called.wait_ringing()
        called.answer()
        caller.wait_answered()
        called.talker.wait_to_hear(1.5)
        called.hang_up()
        caller.wait_hung_up_on()
    assert compare(caller.talker.heard, called.talker.said).whole
    assert compare(called.talker.heard, caller.talker.said).whole


def test_a_customer_hears_what_the_called_phone_says_before_it_answers(centre: CallCentre) -> None:
    station = centre.register("2001")
    with (
        station.expect_call(speech(2001, 30), "agent_announces") as called,
        centre.caller(DIRECT) as caller,
    ):
        called.announce()
        caller.talker.wait_to_hear(1.0)
        early = caller.talker.heard
        called.answer()
        caller.wait_answered()
        called.talker.wait_to_hear(0.5)
        caller.hang_up()
        called.wait_hung_up_on()
    assert find(early[:4000], called.talker.said).score > 0.95


@needs_baresip
def test_a_station_calls_another_holds_it_and_resumes(centre: CallCentre) -> None:
    station, sip = centre.register("2002"), centre.switch.sip
    music = soundfile.read(centre.switch.configuration.media.prompts / "music.wav", dtype="int16")[0]
    with baresip_of(centre, "2001") as baresip, centre.phone(station) as called:
        centre.events.wait_for("station.registered", station="2001")
        baresip.order("dial", f"sip:2002@{sip.host}:{sip.port}")
        called.wait_ringing()
        called.answer()
        baresip.wait_for("CALL_ESTABLISHED")
        centre.events.wait_for("call.connected", station="2002")
        called.talker.wait_to_hear(0.5)
        baresip.order("hold")
        centre.events.wait_for("call.held", by="customer")
        called.talker.wait_to_hear(1.0)
        on_hold = called.talker.heard[-4000:]
        baresip.order("resume")
        centre.events.wait_for("call.resumed", by="customer")
        called.talker.wait_to_hear(0.5)
        baresip.order("hangup")
        called.wait_hung_up_on()
    # All who are on hold hear one stream: it is joined anywhere, and may begin anew meanwhile.
    assert find(on_hold, np.tile(music, 2)).score > 0.9


@needs_baresip
def test_a_station_transfers_a_customer_to_another_station(centre: CallCentre) -> None:
    station, sip = centre.register("2002"), centre.switch.sip
    with (
        baresip_of(centre, "2001") as baresip,
        centre.phone(station) as target,
        centre.caller(DIRECT) as caller,
    ):
        baresip.wait_for("CALL_INCOMING")
        baresip.order("accept")
        caller.wait_answered()
        centre.events.wait_for("call.connected", station="2001")
        baresip.order("transfer", f"sip:2002@{sip.host}:{sip.port}")
        target.wait_ringing()
        target.answer()
        assert centre.events.wait_for("call.transferred").fields["by"] == "2001"
        centre.events.wait_for("call.connected", station="2002")
        baresip.wait_for("CALL_CLOSED")
        target.talker.wait_to_hear(1.5)
        caller.hang_up()
        target.wait_hung_up_on()
    assert find(target.talker.heard[-8000:-2000], caller.talker.said).score > 0.95


@needs_linphone
def test_a_station_consults_another_and_joins_the_customer_with_it(centre: CallCentre) -> None:
    station, sip = centre.register("2002"), centre.switch.sip
    with Linphone(centre.folder / "linphone") as phone, centre.phone(station) as consulted:
        phone.register("2001", STATIONS["2001"], sip)
        centre.events.wait_for("station.registered", station="2001")
        with centre.caller(DIRECT) as caller:
            centre.events.wait_for("offer.ringing")
            phone.order("answer")
            caller.wait_answered()
            centre.events.wait_for("call.connected", station="2001")
            phone.order("pause")
            centre.events.wait_for("call.held", by="station")
            phone.order(f"call sip:2002@{sip.host}:{sip.port}")
            consulted.wait_ringing()
            consulted.answer()
            centre.events.wait_for("call.connected", station="2002")
            phone.wait_to_read("for call 2 (audio)")
            phone.order("transfer 1 --to-call 2")
            transferred = centre.events.wait_for("call.transferred").fields
            consulted.talker.wait_to_hear(1.5)
            caller.hang_up()
            consulted.wait_hung_up_on()
    assert (transferred["kind"], transferred["by"]) == ("attended", "2001")
    assert find(consulted.talker.heard[-8000:-2000], caller.talker.said).score > 0.95
