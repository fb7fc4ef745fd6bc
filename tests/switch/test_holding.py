"""Hold by either end, in both styles, in any order."""

import pytest

from media.commands import ConfigureEndpoint, StartPlayback, StopPlayback
from switch.causes import Cause
from switch.commands import AnswerCall, ConnectCall, OfferCall
from switch.events import CallHeld, CallResumed, PromptFinished
from switch.sip.commands import AnswerReoffer, DialStation
from switch.sip.events import LegAnswered, LegConfirmed, LegEnded, LegReoffered
from switch.trunks.commands import DialTrunk
from tests.helpers.dialling_rig import DiallingRig
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, OUTSIDE_NUMBER, ExchangeRig

HOLDS = {
    "sendonly": CALLER_SDP + "a=sendonly\r\n",
    "inactive": CALLER_SDP + "a=inactive\r\n",
    "no address": CALLER_SDP.replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0"),
}


class Talk(ExchangeRig):
    """A customer talks to station 1001."""

    def __init__(self, station_sdp: str = AGENT_SDP) -> None:
        super().__init__()
        call_id = self.arrive()
        self.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
        self.answer_station(station_sdp)
        self.feed(ConnectCall(call_id=call_id, offer_id="o1"))
        self.station = self.last(DialStation).leg_id

    def reoffer(self, leg_id: str, sdp: str = CALLER_SDP) -> None:
        self.feed(LegReoffered(leg_id=leg_id, sdp=sdp))


@pytest.mark.parametrize("style", HOLDS.values(), ids=HOLDS.keys())
def test_the_customer_holds_and_the_station_hears_music(style: str) -> None:
    rig = Talk()
    rig.reoffer("customer", style)
    assert rig.last(StartPlayback).prompts == ("music",)
    assert set(rig.media.playing) == {rig.station}
    assert rig.last(CallHeld).by == "customer"


@pytest.mark.parametrize("style", HOLDS.values(), ids=HOLDS.keys())
def test_the_station_holds_and_resumes(style: str) -> None:
    rig = Talk()
    rig.reoffer(rig.station, style)
    assert set(rig.media.playing) == {"customer"}
    assert rig.last(CallHeld).by == "station"
    rig.reoffer(rig.station)
    assert rig.media.playing == {}
    assert rig.last(CallResumed).by == "station"
    assert "a=sendrecv" in (rig.last(AnswerReoffer).sdp or "")


def test_both_hold_each_other_and_each_resumes_for_itself() -> None:
    rig = Talk()
    for leg_id in (rig.station, "customer"):
        rig.reoffer(leg_id, HOLDS["sendonly"])
    assert set(rig.media.playing) == {rig.station, "customer"}
    rig.reoffer(rig.station)
    assert set(rig.media.playing) == {rig.station}  # the customer holds still
    rig.reoffer("customer")
    assert rig.media.playing == {}
    assert [event.by for event in rig.all(CallResumed)] == ["station", "customer"]


def test_a_hold_that_is_said_again_is_told_once() -> None:
    rig = Talk()
    for style in HOLDS.values():
        rig.reoffer("customer", style)
    assert len(rig.all(CallHeld)) == 1
    assert len(rig.all(StartPlayback)) == 1


def test_a_new_address_without_a_hold_is_no_hold() -> None:
    rig = Talk()
    rig.reoffer("customer", CALLER_SDP.replace("192.0.2.1", "192.0.2.99").replace("4000", "4500"))
    configured = rig.last(ConfigureEndpoint)
    assert (configured.host, configured.port) == ("192.0.2.99", 4500)
    assert rig.all(CallHeld) == []


def test_who_resumes_at_another_address_with_another_codec_is_heard_there() -> None:
    rig = Talk()
    rig.reoffer("customer", HOLDS["no address"])
    rig.reoffer("customer", CALLER_SDP.replace("4000", "4600").replace("0 8 101", "8 101"))
    configured = rig.last(ConfigureEndpoint)
    assert (configured.port, configured.codec, configured.sending) == (4600, "PCMA", True)
    assert rig.last(CallResumed).by == "customer"


def test_a_late_offer_may_resume_too() -> None:
    rig = Talk()
    rig.reoffer("customer", HOLDS["sendonly"])
    rig.feed(LegReoffered(leg_id="customer", sdp=None), LegConfirmed(leg_id="customer", sdp=CALLER_SDP))
    assert rig.last(CallResumed).by == "customer"
    assert rig.media.playing == {}


def test_hold_music_is_no_prompt_of_an_application() -> None:
    rig = Talk()
    rig.reoffer(rig.station, HOLDS["sendonly"])
    rig.reoffer(rig.station)
    assert rig.all(PromptFinished) == []
    assert rig.exchange.snapshot().own_playbacks == set()


def test_a_station_that_goes_while_it_holds_leaves_no_music_behind() -> None:
    rig = Talk()
    rig.reoffer(rig.station, HOLDS["sendonly"])
    rig.feed(LegEnded(leg_id=rig.station, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    assert rig.last(StopPlayback).leg_id == "customer"
    assert rig.media.playing == {}


def test_a_station_that_answers_on_hold_is_met_with_music() -> None:
    rig = Talk(AGENT_SDP + "a=inactive\r\n")
    assert set(rig.media.playing) == {"customer"}
    assert rig.last(CallHeld).by == "station"


def test_of_an_agent_who_calls_out_and_the_number_that_is_called_the_number_is_the_customer() -> None:
    rig = DiallingRig()
    rig.arrive("agent", OUTSIDE_NUMBER, station="1001")
    outside = rig.last(DialTrunk).leg_id
    rig.feed(LegAnswered(leg_id=outside, sdp=AGENT_SDP))
    for leg_id, who in (("agent", "station"), (outside, "customer")):
        rig.feed(LegReoffered(leg_id=leg_id, sdp=HOLDS["sendonly"]))
        assert rig.last(CallHeld).by == who
        rig.feed(LegReoffered(leg_id=leg_id, sdp=CALLER_SDP))
        assert rig.last(CallResumed).by == who
