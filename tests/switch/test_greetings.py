"""What a station hears before it is connected, and the customer on being connected."""

from media.commands import AttachToRecording, BridgeEndpoints, Channel, StartPlayback
from media.events import PlaybackEnded
from switch.commands import AnswerCall, ConnectCall, OfferCall, PlayToStation
from switch.config import AccessCodeConfig
from switch.events import PromptFinished
from switch.recording_beeps import RecordingBeep
from switch.recording_rule import RecordingRule
from switch.sip.commands import DialStation
from tests.helpers.exchange_rig import ExchangeRig


def ringing(beep: str = "") -> tuple[ExchangeRig, str]:
    """A recorded call whose customer has been answered, and a station that rings for it."""
    code = AccessCodeConfig(number="95598", target="flow:hotline", record=RecordingRule.FROM_ANSWER)
    rig = ExchangeRig([code], recording_beep=RecordingBeep(prompt=beep))
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="offer", station="1001"))
    return rig, call_id


def greeting(call_id: str) -> PlayToStation:
    return PlayToStation(
        call_id=call_id, offer_id="offer", playback_id="greeting", prompts=("zh/greeting", "zh/menu")
    )


def test_a_station_that_picked_up_hears_prompts_unrecorded_and_their_end_is_told() -> None:
    rig, call_id = ringing()
    rig.answer_station()
    rig.feed(greeting(call_id))
    played, leg_id = rig.last(StartPlayback), rig.last(DialStation).leg_id
    assert (played.leg_id, played.prompts) == (leg_id, ("zh/greeting", "zh/menu"))
    assert rig.all(BridgeEndpoints) == []
    assert [attached.channel for attached in rig.all(AttachToRecording)] == [Channel.CUSTOMER]
    rig.feed(PlaybackEnded(playback_id="greeting", leg_id=leg_id, reason="finished", position_ms=900))
    finished = rig.last(PromptFinished)
    assert (finished.call_id, finished.playback_id, finished.reason) == (call_id, "greeting", "finished")


def test_nothing_is_played_to_one_that_has_not_or_is_connected() -> None:
    rig, call_id = ringing()
    rig.feed(greeting(call_id))
    assert rig.last(PromptFinished).reason == "failed"
    rig.answer_station()
    rig.feed(ConnectCall(call_id=call_id, offer_id="offer"), greeting(call_id))
    assert [finished.reason for finished in rig.all(PromptFinished)] == ["failed"] * 2
    assert rig.all(StartPlayback) == []


def test_the_customer_hears_the_greeting_when_connected_and_the_beep_over_it() -> None:
    rig, call_id = ringing(beep="tone:recorded")
    rig.answer_station()
    rig.feed(ConnectCall(call_id=call_id, offer_id="offer", greeting=("zh/greeting",)))
    heard = [(played.leg_id, played.prompts, played.laid_over) for played in rig.all(StartPlayback)]
    bridge = rig.last(BridgeEndpoints)
    assert heard == [
        (bridge.leg_id, ("zh/greeting",), False),
        (bridge.leg_id, ("tone:recorded",), True),
        (bridge.peer_leg_id, ("tone:recorded",), True),
    ]
