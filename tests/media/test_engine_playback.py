"""Prompts and digits over loopback."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from media.commands import (
    FOR_EVER,
    BridgeEndpoints,
    CloseEndpoint,
    Codec,
    PausePlayback,
    ResumePlayback,
    SeekPlayback,
    SendDigits,
    SetPlaybackGain,
    SkipPlayback,
    StartPlayback,
    StopPlayback,
)
from media.events import DigitDetected, EndpointClosed, PlaybackEnded
from runtime.errors import UsageError
from sipp_scenarios.audio import from_alaw
from sipp_scenarios.rtp import TELEPHONE_EVENT, RtpPacket
from tests.helpers.media_rig import MediaRig, media_rig, tone

PACKETS = 5


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        rig.engine.load_prompt("zh/问候", tone(PACKETS * 160))
        rig.engine.load_prompt("en/menu", tone(160, amplitude=2000))
        yield rig


def play(rig: MediaRig, *prompts: str, playback_id: str = "p", times: int = 1) -> None:
    rig.order(StartPlayback(playback_id=playback_id, leg_id="a", prompts=prompts, times=times))


def loudest(packet: RtpPacket) -> int:
    return int(from_alaw(packet.payload).max())


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
    assert ended.position_ms == 20 * (PACKETS + 1)
    assert phone.hears_nothing()


def test_a_loop_goes_on_until_it_is_stopped(rig: MediaRig) -> None:
    phone = rig.leg("a")
    play(rig, "en/menu", times=FOR_EVER)
    assert len({phone.hear().payload for _ in range(4)}) == 1
    rig.order(StopPlayback(leg_id="a"))
    (ended,) = rig.wait(PlaybackEnded)
    assert ended.reason == "stopped"


def test_a_new_playback_replaces_the_old(rig: MediaRig) -> None:
    rig.leg("a")
    play(rig, "en/menu", playback_id="music", times=FOR_EVER)
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
    play(rig, "en/menu", times=FOR_EVER)
    rig.order(order)
    (ended,) = rig.wait(PlaybackEnded)
    assert ended.reason == "stopped"
    if isinstance(order, CloseEndpoint):
        rig.wait(EndpointClosed)
        assert [type(event) for event in rig.events[-2:]] == [PlaybackEnded, EndpointClosed]


def test_an_unknown_prompt_fails_and_what_plays_goes_on(rig: MediaRig) -> None:
    phone = rig.leg("a")
    play(rig, "en/menu", times=FOR_EVER)
    play(rig, "en/menu", "en/nothing", playback_id="wrong")
    (ended,) = rig.wait(PlaybackEnded)
    assert (ended.playback_id, ended.reason) == ("wrong", "failed")
    assert ended.problem == "there is no prompt named en/nothing"
    phone.hear()
    phone.hear()


def test_a_playback_is_paused_moved_and_resumed(rig: MediaRig) -> None:
    phone = rig.leg("a")
    play(rig, "zh/问候", "en/menu")
    phone.hear()
    rig.order(PausePlayback(leg_id="a"))
    rig.order(SeekPlayback(leg_id="a", position_ms=10))
    rig.order(SkipPlayback(leg_id="a", offset_ms=20 * PACKETS - 10))
    rig.let_pass(60)
    while not phone.hears_nothing():
        phone.hear()
    rig.order(ResumePlayback(leg_id="a"))
    menu = phone.hear()
    assert menu.marker
    assert loudest(menu) == pytest.approx(2000, rel=0.05)
    ended = rig.wait(PlaybackEnded, count=2)[-1]
    assert (ended.playback_id, ended.position_ms) == ("p", 20 * (PACKETS + 1))


def test_a_playback_is_made_quieter_while_it_plays(rig: MediaRig) -> None:
    phone = rig.leg("a")
    play(rig, "zh/问候", times=FOR_EVER)
    rig.order(SetPlaybackGain(leg_id="a", gain_db=-20.0))
    heard = [loudest(phone.hear()) for _ in range(4)]
    assert heard[-1] == pytest.approx(800, rel=0.05)
    with pytest.raises(UsageError, match="-40 to 40 dB"):
        rig.order(SetPlaybackGain(leg_id="a", gain_db=60.0))


def test_a_key_that_goes_down_silences_what_may_be_barged_in_on(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.order(StartPlayback(playback_id="p", leg_id="a", prompts=("zh/问候",), times=FOR_EVER, barge_in=True))
    phone.hear()
    phone.press(5)
    (ended,) = rig.wait(PlaybackEnded)
    rig.wait(DigitDetected)
    assert ended.reason == "barged_in"
    told = [type(event) for event in rig.events]
    assert told.index(PlaybackEnded) < told.index(DigitDetected)


def test_who_joins_music_later_hears_what_the_others_hear(rig: MediaRig) -> None:
    level = 600
    rig.engine.load_prompt("music", np.repeat(np.arange(50, dtype=np.int16) * level, 160))
    first, later = rig.leg("a"), rig.leg("b")
    for leg_id in ("a", "b"):
        rig.order(
            StartPlayback(playback_id=leg_id, leg_id=leg_id, prompts=("music",), times=FOR_EVER, shared=True)
        )
        rig.let_pass(200)
    joined = loudest(later.hear())
    assert any(abs(loudest(first.hear()) - joined) < level for _ in range(30))


@pytest.mark.parametrize("codec", [Codec.G722, Codec.OPUS])
def test_all_who_hear_music_get_the_same_packets_also_of_codecs_that_encode_by_what_was_before(
    rig: MediaRig, codec: Codec
) -> None:
    rng = np.random.default_rng(1)
    rig.engine.load_prompt("music", (rng.normal(size=8 * 1003) * 2000).astype(np.int16))
    phones = [rig.leg(f"leg-{number}", codec=codec) for number in range(5)]
    for number in range(5):
        rig.order(
            StartPlayback(
                playback_id=f"{number}",
                leg_id=f"leg-{number}",
                prompts=("music",),
                times=FOR_EVER,
                gain_db=-6.0,
                shared=True,
            )
        )
        rig.let_pass(40)
    heard = [[phone.hear().payload for _ in range(60)] for phone in phones]
    for one in heard[1:]:
        begin = heard[0].index(one[0])
        common = len(heard[0]) - begin
        assert common > 30
        assert one[:common] == heard[0][begin:]


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


def test_a_press_is_as_long_and_as_loud_as_asked_for(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.order(SendDigits(leg_id="a", digits="5", press_ms=60, pause_ms=40, level_dbm0=-20))
    press = [phone.hear() for _ in range(5)]
    assert [int.from_bytes(packet.payload[2:]) for packet in press] == [160, 320, 480, 480, 480]
    assert {packet.payload[1] & 0x3F for packet in press} == {20}
    with pytest.raises(UsageError, match="40 to 60000 ms"):
        rig.order(SendDigits(leg_id="a", digits="5", press_ms=10))


def test_keys_are_tones_for_a_peer_that_takes_no_events(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.configure("a", phone, dtmf_payload_type=None)
    rig.order(SendDigits(leg_id="a", digits="1"))
    sound = np.concatenate([from_alaw(phone.hear().payload) for _ in range(5)]).astype(float)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8000))
    strongest = sorted(int(low + spectrum[low:high].argmax()) for low, high in ((600, 1000), (1100, 1700)))
    assert strongest == pytest.approx([697, 1209], abs=4)
