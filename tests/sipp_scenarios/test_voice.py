import numpy as np

from sipp_scenarios import rtp
from sipp_scenarios.audio import from_alaw, from_law, speech
from sipp_scenarios.voice import Coded, Voice, in_law


def packets_of(voice: Voice, ticks: int) -> list[rtp.RtpPacket]:
    decoded = [rtp.decode(datagram) for _ in range(ticks) for datagram in voice.next_packets()]
    assert None not in decoded
    return [packet for packet in decoded if packet is not None]


def test_speech_is_one_continuous_stream() -> None:
    packets = packets_of(Voice(speech(1, 1), seed=1), 50)
    assert {p.ssrc for p in packets} == {packets[0].ssrc}
    assert [(p.sequence - packets[0].sequence) & 0xFFFF for p in packets] == list(range(50))
    assert [(p.timestamp - packets[0].timestamp) & 0xFFFFFFFF for p in packets] == list(range(0, 8000, 160))
    assert [p.marker for p in packets] == [True] + [False] * 49


def test_said_is_what_went_out() -> None:
    voice = Voice(speech(1, 1), seed=1)
    packets = packets_of(voice, 60)
    assert np.array_equal(voice.said, from_alaw(b"".join(p.payload for p in packets)))


def test_a_key_press_takes_the_place_of_speech_and_ends_three_times() -> None:
    voice = Voice(speech(1, 1), seed=1)
    before = packets_of(voice, 1)[0]
    voice.press("5")
    press = packets_of(voice, 8)
    after = packets_of(voice, 1)[0]
    assert {p.payload_type for p in press} == {rtp.TELEPHONE_EVENT}
    assert {p.payload[0] for p in press} == {5}
    assert [p.payload[1] >> 7 for p in press] == [0] * 7 + [1] * 3
    assert [int.from_bytes(p.payload[2:], "big") for p in press] == [*range(160, 1121, 160), 1280, 1280, 1280]
    assert {(p.timestamp - before.timestamp) & 0xFFFFFFFF for p in press} == {160}
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 9 * 160
    assert (after.sequence - before.sequence) & 0xFFFF == 11
    assert not np.any(voice.said[160 : 9 * 160])


def test_two_presses_are_two_events() -> None:
    voice = Voice(speech(1, 1), seed=1)
    voice.press("1")
    voice.press("1")
    assert len({p.timestamp for p in packets_of(voice, 16)}) == 2


def test_in_a_pause_nothing_is_sent_and_time_goes_on() -> None:
    voice = Voice(speech(1, 1), seed=1)
    before = packets_of(voice, 2)[-1]
    voice.pause(True)
    assert packets_of(voice, 5) == []
    voice.pause(False)
    after = packets_of(voice, 1)[0]
    assert (after.sequence - before.sequence) & 0xFFFF == 1
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 6 * 160
    assert np.flatnonzero(voice.said.reshape(-1, 160).any(axis=1)).tolist() == [0, 1, 7]


def test_another_law_goes_on_where_the_one_before_was() -> None:
    spoken = speech(1, 1)
    voice = Voice(spoken, seed=1)
    packets_of(voice, 3)
    voice.speak_in("ULAW")
    packets = packets_of(voice, 2)
    assert {packet.payload_type for packet in packets} == {rtp.PCMU}
    heard = from_law(b"".join(packet.payload for packet in packets), "ULAW")
    assert np.array_equal(voice.said[480:], heard)
    assert np.corrcoef(heard, spoken[480:800])[0, 1] > 0.99


def test_what_is_not_plain_rtp_is_not_read() -> None:
    assert rtp.decode(b"") is None
    assert rtp.decode(b"\x80" * 11) is None
    assert rtp.decode(b"\x40" + b"\0" * 20) is None


def test_a_longer_packet_is_sent_when_it_is_full_and_another_codec_begins_behind_it() -> None:
    spoken = speech(1, 1)
    voice = Voice(spoken, seed=1)
    before = packets_of(voice, 2)[-1]
    voice.go_over_to(in_law(spoken, "ALAW"), 40)
    assert packets_of(voice, 1) == []
    voice.go_over_to(Coded(111, 48_000, [bytes([number]) for number in range(50)], spoken), 20)
    packets = packets_of(voice, 3)
    assert [p.payload_type for p in packets] == [rtp.PCMA, 111, 111]
    assert np.array_equal(from_alaw(packets[0].payload), voice.said[320:640])
    assert [p.payload for p in packets[1:]] == [b"\x04", b"\x05"]
    since = [(p.timestamp - before.timestamp) & 0xFFFFFFFF for p in packets]
    assert since == [160, 480, 480 + 960]
    assert [(p.sequence - before.sequence) & 0xFFFF for p in packets] == [1, 2, 3]


def test_a_pause_or_a_key_sends_what_was_said_of_a_longer_packet() -> None:
    voice = Voice(speech(1, 1), seed=1)
    voice.go_over_to(in_law(speech(1, 1), "ALAW"), 40)
    packets_of(voice, 3)
    voice.pause(True)
    assert [len(p.payload) for p in packets_of(voice, 2)] == [160]
    voice.pause(False)
    packets_of(voice, 1)
    voice.press("5")
    assert [p.payload_type for p in packets_of(voice, 1)] == [rtp.PCMA, rtp.TELEPHONE_EVENT]
