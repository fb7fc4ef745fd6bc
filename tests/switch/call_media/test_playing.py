"""What programs play, beside whoever has the call."""

import asyncio
from collections.abc import Callable

import pytest

from media.commands import SeekPlayback, StartPlayback
from media.events import PlaybackEnded
from switch.causes import Cause
from switch.commands import ConnectCall, HangUpCall, OfferCall, StopPrompt
from switch.events import PromptFinished
from switch.sip.commands import RingLeg
from tests.helpers.call_media_rig import CallMediaRig


@pytest.fixture
def rig() -> CallMediaRig:
    return CallMediaRig()


def told(rig: CallMediaRig) -> list[tuple[str, str]]:
    return [(event.playback_id, event.reason) for event in rig.all(PromptFinished)]


def play(rig: CallMediaRig, **params: object) -> str:
    return str(rig.ask("call.play", **({"prompts": ["zh/notice"]} | params))["playback_id"])


def connect(rig: CallMediaRig) -> None:
    rig.feed(OfferCall(call_id=rig.call_id, offer_id="o1", station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=rig.call_id, offer_id="o1"))


def stop_prompt(rig: CallMediaRig) -> None:
    rig.feed(StopPrompt(call_id=rig.call_id))


def test_a_customer_hears_it_and_its_end_is_told(rig: CallMediaRig) -> None:
    rig.answered()
    playback_id = play(rig, times=2, barge_in=True)
    assert rig.last(StartPlayback) == StartPlayback(
        playback_id=playback_id, leg_id="customer", prompts=("zh/notice",), times=2, barge_in=True
    )
    rig.hear_end()
    assert told(rig) == [(playback_id, "finished")]
    assert rig.exchange.snapshot().by_id[rig.call_id].program_playbacks == {}


def test_what_was_played_goes_on_where_it_was_and_its_owner_notices_nothing(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("menu")
    playback_id = play(rig)
    assert told(rig) == []
    rig.hear_end()
    assert told(rig) == [(playback_id, "finished")]
    assert rig.media.playing == {"customer": "menu"}
    rig.hear_end()
    assert told(rig) == [(playback_id, "finished"), ("menu", "finished")]


def test_it_goes_on_at_its_position(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("menu")
    rig.media.playing.clear()  # the media core tells how far it came
    play(rig)
    rig.media.playing["customer"], program = "menu", rig.media.playing["customer"]
    rig.hear_end(reason="stopped")
    rig.media.playing["customer"] = program
    rig.hear_end()
    assert rig.last(SeekPlayback) == SeekPlayback(leg_id="customer", position_ms=1500)


def test_what_is_ordered_meanwhile_comes_after_it(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("menu")
    playback_id = play(rig)
    rig.play("place in line")
    assert rig.media.playing == {"customer": playback_id}
    assert told(rig) == [("menu", "stopped")]
    rig.hear_end()
    assert rig.media.playing == {"customer": "place in line"}


def test_what_is_stopped_meanwhile_does_not_go_on(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("menu")
    playback_id = play(rig)
    rig.feed(StopPrompt(call_id=rig.call_id))
    assert rig.media.playing == {"customer": playback_id}
    rig.hear_end()
    assert rig.media.playing == {}
    assert told(rig) == [("menu", "stopped"), (playback_id, "finished")]


def test_another_takes_its_place_and_what_waits_waits_on(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("menu")
    first, second = play(rig), play(rig)
    assert told(rig) == [(first, "stopped")]
    rig.hear_end()
    assert told(rig) == [(first, "stopped"), (second, "finished")]
    assert rig.media.playing == {"customer": "menu"}


def test_it_is_stopped_by_verb(rig: CallMediaRig) -> None:
    rig.answered()
    playback_id = play(rig, times=0)
    assert rig.ask("call.stop_playing")["playback_ids"] == [playback_id]
    assert told(rig) == [(playback_id, "stopped")]
    assert rig.refusal("call.stop_playing") == "nothing_plays"


def test_each_of_two_who_talk_can_hear_it_and_both(rig: CallMediaRig) -> None:
    rig.talk()
    customers = play(rig)
    assert rig.media.playing == {"customer": customers}
    stations = play(rig, to="station")
    assert rig.media.playing == {"customer": customers, rig.agent: stations}
    both = play(rig, to="both")
    assert rig.media.playing == {"customer": both, rig.agent: both}
    assert rig.media.bridges == {frozenset(("customer", rig.agent))}
    rig.hear_end()
    assert (both, "finished") not in told(rig)
    rig.hear_end(rig.agent)
    assert told(rig)[-1] == (both, "finished")


def test_it_can_be_laid_over_a_conversation(rig: CallMediaRig) -> None:
    rig.talk()
    playback_id = play(rig, to="both", over=True)
    assert rig.media.laid_over == {"customer": playback_id, rig.agent: playback_id}
    assert rig.media.playing == {}


def test_music_on_hold_goes_on_after_it(rig: CallMediaRig) -> None:
    rig.talk()
    rig.ask("call.hold")
    music = rig.media.playing["customer"]
    play(rig)
    rig.hear_end()
    assert rig.media.playing == {"customer": music}
    rig.ask("call.retrieve")
    assert rig.media.playing == {}
    assert rig.exchange.snapshot().own_playbacks == set()
    assert music not in [playback_id for playback_id, _ in told(rig)]


def test_music_does_not_go_on_when_the_hold_has_ended_meanwhile(rig: CallMediaRig) -> None:
    rig.talk()
    rig.ask("call.hold")
    playback_id = play(rig)
    rig.ask("call.retrieve")
    assert told(rig) == [(playback_id, "stopped")]  # they are bridged anew
    assert rig.media.playing == {}
    assert rig.exchange.snapshot().own_playbacks == set()


def test_an_announcement_for_one_who_waits_does_not_go_on_in_the_conversation(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("music")
    playback_id = play(rig)
    connect(rig)
    assert told(rig) == [(playback_id, "stopped"), ("music", "stopped")]
    assert rig.media.playing == {}


@pytest.mark.parametrize("stop", [connect, stop_prompt])
def test_what_was_stopped_does_not_go_on_though_its_end_is_told_only_now(
    rig: CallMediaRig, stop: Callable[[CallMediaRig], None]
) -> None:
    rig.answered()
    rig.play("music")
    rig.media.playing.clear()  # the media core tells of its end later
    stop(rig)
    playback_id = play(rig)
    rig.feed(PlaybackEnded(playback_id="music", leg_id="customer", reason="stopped", position_ms=940))
    rig.hear_end()
    assert told(rig) == [("music", "stopped"), (playback_id, "finished")]
    assert rig.media.playing == {}


def test_music_on_hold_that_was_stopped_does_not_go_on_though_its_end_is_told_only_now(
    rig: CallMediaRig,
) -> None:
    rig.talk()
    rig.ask("call.hold")
    music = rig.media.playing.pop("customer")
    rig.ask("call.retrieve")
    playback_id = play(rig)
    rig.feed(PlaybackEnded(playback_id=music, leg_id="customer", reason="stopped", position_ms=940))
    rig.hear_end()
    assert told(rig) == [(playback_id, "finished")]
    assert rig.media.playing == {}
    assert rig.exchange.snapshot().own_playbacks == set()


def test_a_caller_who_is_not_answered_hears_it_as_early_media(rig: CallMediaRig) -> None:
    rig.call_id = rig.arrive()
    playback_id = play(rig)
    assert rig.last(RingLeg).sdp
    assert rig.media.playing == {"customer": playback_id}
    assert rig.exchange.find(rig.call_id).state.value == "alerting"  # type: ignore[union-attr]


def test_nobody_is_left_waiting_when_the_call_ends(rig: CallMediaRig) -> None:
    rig.answered()
    rig.play("menu")
    play(rig)
    rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.NORMAL_CLEARING))
    rig.assert_idle()


def test_what_cannot_be_heard_is_refused(rig: CallMediaRig) -> None:
    assert rig.refusal("call.play", call_id="call-99", prompts=["x"]) == "no_such_call"
    rig.call_id = rig.arrive(sdp=None)
    assert rig.refusal("call.play", prompts=["x"]) == "not_answered"
    rig.answered()
    assert rig.refusal("call.play", prompts=["x"], to="station") == "not_connected"
    assert rig.refusal("call.play", prompts=["x"], to="both") == "not_connected"


def test_a_text_is_said(rig: CallMediaRig) -> None:
    rig.answered()
    said = asyncio.run(rig.ask("call.say", text="您好", language="zh"))
    assert rig.last(StartPlayback).prompts == ("speech:zh:您好",)
    assert rig.media.playing == {"customer": said["playback_id"]}


@pytest.mark.parametrize("verb", ["call.play", "call.collect"])
def test_a_prompt_there_is_not_is_refused_before_anything_is_played(rig: CallMediaRig, verb: str) -> None:
    rig.answered()
    wanted = {"prompts": ["zh/notice", "zh/missing"]} | ({"max_digits": 4} if "collect" in verb else {})
    assert rig.refusal(verb, **wanted) == "no_such_prompt"
    assert rig.all(StartPlayback) == []
