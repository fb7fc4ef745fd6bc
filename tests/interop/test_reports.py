"""RTCP with phones other people wrote: what they tell of us, what we tell of them."""

import re
import shutil
from pathlib import Path

import pytest
import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, speech
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.linphone import Linphone
from tests.helpers.switch_process import DIRECT

NUMBER = "13900139000"
EXTENDED_REPORTS = (
    "[rtp]",
    "rtcp_xr_enabled=1",
    "rtcp_xr_stat_summary_enabled=1",
    "rtcp_xr_voip_metrics_enabled=1",
)
"""What linphone is to offer (RFC 3611)."""
needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)
needs_linphone = pytest.mark.skipif(
    shutil.which("linphonec") is None, reason="linphonec is not installed (Debian package linphone-cli)"
)


@needs_baresip
def test_what_a_phone_reports_of_us_is_shown_and_what_we_report_is_in_its_own_statistics(
    centre: CallCentre,
) -> None:
    sip, folder = centre.switch.sip, centre.folder / "baresip"
    station = centre.register("2001")
    account = f"<sip:{NUMBER}@{sip.host}>;regint=0"
    phone = Baresip(sip.host, account, speech(3, 30), folder, "module_app rtcpsummary.so")
    with phone as baresip, centre.phone(station) as agent:
        agent.talker.lose_each(10)
        baresip.order("dial", f"sip:{DIRECT}@{sip.host}:{sip.port}")
        agent.wait_ringing()
        agent.answer()
        baresip.wait_for("CALL_ESTABLISHED")
        shown = centre.wait_for_media(lambda media: (media["remote_packets_lost"] or 0) > 20)
        baresip.order("hangup")
        agent.wait_hung_up_on()
        baresip.order("quit")
        baresip.wait_for("EXIT")
    lost = shown["remote_packets_lost"]
    assert lost / (lost + shown["packets_sent"]) == pytest.approx(0.1, abs=0.03)
    assert 1.0 < shown["remote_mos"] < 4.0, "a tenth is lost"
    assert 0 <= shown["round_trip_ms"] < 500
    assert 0 <= shown["remote_jitter_ms"] < 100
    assert (shown["packets_lost"], shown["mos"] > 4.0) == (0, True), "the other way is whole"
    own = statistics_of(folder)
    assert own["PL"][1] == 0.0
    assert 0 < own["JI"][1] < 100, "it knows by our reports alone how evenly we hear it"


@needs_linphone
def test_the_score_of_a_phone_that_offers_extended_reports_is_its_own(centre: CallCentre) -> None:
    station, sip = centre.register("2001"), centre.switch.sip
    voice = centre.folder / "voice.wav"
    soundfile.write(voice, speech(3, 30), SAMPLE_RATE_HZ, subtype="PCM_16")
    with Linphone(centre.folder / "linphone", *EXTENDED_REPORTS) as phone, centre.phone(station) as agent:
        agent.talker.lose_each(10)
        phone.order(f"play {voice}")
        phone.order(f"call sip:{DIRECT}@{sip.host}:{sip.port}")
        agent.wait_ringing()
        agent.answer()
        shown = centre.wait_for_media(lambda media: media["rtcp_received"] >= 3)
        phone.order("terminate")
        agent.wait_hung_up_on()
    assert shown["remote_packets_lost"] > 0
    score = shown["remote_mos"]
    assert 1.0 < score < 4.3
    assert score == round(score, 1), "extended reports count in tenths, our estimate does not"


def statistics_of(folder: Path) -> dict[str, list[float]]:
    """What baresip says of packets lost (PL) and jitter in ms (JI): where it hears, and where it is heard."""
    screen = (folder / "screen.log").read_text("utf-8", "replace")
    [line] = re.findall(r"EX=BareSip;(.*)", screen)
    fields = (field.partition("=") for field in line.split(";"))
    return {name: [float(one) for one in text.split(",")] for name, _, text in fields if name in ("PL", "JI")}
