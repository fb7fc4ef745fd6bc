"""Prompts and digits over loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from media.commands import (
    BridgeEndpoints,
    CloseEndpoint,
    Codec,
    SendDigits,
    StartPlayback,
    StopPlayback,
)
from media.events import DigitDetected, EndpointClosed, PlaybackEnded
from runtime.errors import UsageError
from sipp_scenarios.rtp import TELEPHONE_EVENT
from tests.helpers.media_rig import MediaRig, media_rig, tone

PACKETS = 5


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        rig.engine.load_prompt("zh/问候", tone(PACKETS * 160))
        rig.engine.load_prompt("en/menu", tone(160, amplitude=2000))
        yield rig


def play(rig: MediaRig, *prompts: str, playback_id: str = "p", loop: bool = False) -> None:
    rig.order(StartPlayback(playback_id=playback_id, leg_id="a", prompts=prompts, loop=loop))


@pytest.mark.parametrize("codec", [Codec.PCMA, Codec.PCMU])
def test_prompts_are_heard_one_after_the_other_and_end_once(rig: MediaRig, codec: Codec) -> None:
    phone = rig.leg("a", codec=codec)
    play(rig, "zh/问候", "en/menu")
    heard = [phone.hear() for _ in range(PACKETS + 1)]
    assert [packet.marker for packet in heard] == [True] + [False] * PACKETS
    assert {packet.payload_type for packet in heard} == {phone.payload_type}
    assert len({packet.payload for packet in heard[:PACKETS]}) == 1, "the tone's period fits a packet"
    assert heard[PACKETS].payload != heard[0].payload
    assert len(set(heard[0].payload)) > 5, "a tone, not silence"
    (ended,) = rig.wait(PlaybackEnded)
    assert (ended.playback_id, ended.leg_id, ended.reason) == ("p", "a", "finished")
    assert phone.hears_nothing()


def test_a_loop_goes_on_until_it_is_stopped(rig: MediaRig) -> None:
    phone = rig.leg("a")
    play(rig, "en/menu", loop=True)
    assert len({phone.hear().payload for _ in range(4)}) == 1
    rig.order(StopPlayback(leg_id="a"))
    (ended,) = rig.wait(PlaybackEnded)
    assert ended.reason == "stopped"


def test_a_new_playback_replaces_the_old(rig: MediaRig) -> None:
    rig.leg("a")
    play(rig, "en/menu", playback_id="music", loop=True)
    play(rig, "zh/问候", playback_id="greeting")
    ended = rig.wait(PlaybackEnded, count=2)
    assert [(event.playback_id, event.reason) for event in ended] == [
        ("music", "stopped"),
        ("greeting", "finished"),
    ]


@pytest.mark.parametrize("order", [BridgeEndpoints(leg_id="b", peer_leg_id="a"), CloseEndpoint(leg_id="a")])
def test_bridging_or_closing_stops_the_prompt(rig: MediaRig, order: BridgeEndpoints | CloseEndpoint) -> None:
    rig.leg("a")
    rig.leg("b", near="a")
    play(rig, "en/menu", loop=True)
    rig.order(order)
    (ended,) = rig.wait(PlaybackEnded)
    assert ended.reason == "stopped"
    if isinstance(order, CloseEndpoint):
        rig.wait(EndpointClosed)
        assert [type(event) for event in rig.events[-2:]] == [PlaybackEnded, EndpointClosed]


def test_an_unknown_prompt_fails_and_what_plays_goes_on(rig: MediaRig) -> None:
    phone = rig.leg("a")
    play(rig, "en/menu", loop=True)
    play(rig, "en/menu", "en/nothing", playback_id="wrong")
    (ended,) = rig.wait(PlaybackEnded)
    assert (ended.playback_id, ended.reason) == ("wrong", "failed")
    phone.hear()
    phone.hear()


def test_bridged_voice_follows_a_prompt_in_the_same_stream(rig: MediaRig) -> None:
    phone, agent = rig.leg("a"), rig.leg("b", near="a", ssrc=2)
    play(rig, "zh/问候")
    prompt = [phone.hear() for _ in range(PACKETS)]
    rig.wait(PlaybackEnded)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    agent.talk(bytes(160))
    voice = phone.hear()
    last = prompt[-1]
    assert voice.ssrc == last.ssrc
    assert voice.sequence == (last.sequence + 1) % 2**16
    assert 160 <= (voice.timestamp - last.timestamp) % 2**32 < 80_000
    assert voice.marker


def test_each_press_is_detected_once(rig: MediaRig) -> None:
    phone = rig.leg("a")
    for code in (1, 1, 10, 11, 12):
        phone.press(code)
    digits = rig.wait(DigitDetected, count=5)
    assert [event.digit for event in digits] == ["1", "1", "*", "#", "A"]
    assert {event.duration_ms for event in digits} == {100}


def test_a_press_whose_end_was_lost_is_detected_when_it_is_over(rig: MediaRig) -> None:
    phone = rig.leg("a")
    phone.press(7, ends=0)
    (digit,) = rig.wait(DigitDetected)
    assert (digit.leg_id, digit.digit, digit.duration_ms) == ("a", "7", 80)


def test_a_hook_flash_whose_end_was_lost_leaves_the_media_thread_running(rig: MediaRig) -> None:
    phone = rig.leg("a")
    phone.press(16, ends=0)
    rig.let_pass(200)
    phone.press(5)
    assert [event.digit for event in rig.wait(DigitDetected)] == ["5"]


def test_digits_pass_a_bridge_and_are_detected_too(rig: MediaRig) -> None:
    phone, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    phone.press(5)
    heard = [agent.hear() for _ in range(7)]
    assert {packet.payload_type for packet in heard} == {TELEPHONE_EVENT}
    assert len({packet.timestamp for packet in heard}) == 1
    assert [packet.payload[1] >> 7 for packet in heard] == [0, 0, 0, 0, 1, 1, 1]
    assert rig.wait(DigitDetected)[0].digit == "5"


def test_a_peer_without_telephone_event_is_not_sent_any(rig: MediaRig) -> None:
    phone, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.configure("b", agent, dtmf_payload_type=None)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    phone.press(5)
    phone.talk(b"voice")
    assert agent.hear().payload == b"voice"


def test_digits_are_sent_one_after_the_other(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.order(SendDigits(leg_id="a", digits="19#"))
    heard = [phone.hear() for _ in range(21)]
    presses = [heard[start : start + 7] for start in (0, 7, 14)]
    for press, code in zip(presses, (1, 9, 11), strict=True):
        assert {packet.payload_type for packet in press} == {TELEPHONE_EVENT}
        assert {packet.payload[0] for packet in press} == {code}
        assert len({packet.timestamp for packet in press}) == 1
        assert [packet.marker for packet in press] == [True] + [False] * 6
        assert [packet.payload[1] >> 7 for packet in press] == [0] * 4 + [1] * 3
    assert len({packet.timestamp for packet in heard}) == 3


def test_senseless_digits_are_refused(rig: MediaRig) -> None:
    rig.leg("a")
    with pytest.raises(UsageError, match="0-9"):
        rig.order(SendDigits(leg_id="a", digits="12x"))
