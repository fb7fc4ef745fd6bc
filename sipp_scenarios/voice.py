"""What a scripted phone sends, packet by packet: its speech and, within the same stream, its key presses."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from sipp_scenarios import rtp
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Law, Samples, from_law, to_law

_TICKS = rtp.TICKS_PER_PACKET
_PACKET_MS = 20
_LAWS: dict[Law, int] = {"ALAW": rtp.PCMA, "ULAW": rtp.PCMU}


@dataclass(frozen=True, slots=True)
class Coded:
    """The whole of a speech in one codec."""

    payload_type: int
    clock_hz: int
    """Of its RTP timestamps."""
    frames: Sequence[bytes]
    """Payloads of 20 ms. Several in one packet are a longer payload, where the codec allows that."""
    samples: Samples
    """What they sound like."""


def in_law(speech: Samples, law: Law) -> Coded:
    """The whole packets of a speech in a law of G.711."""
    octets = to_law(speech[: len(speech) // _TICKS * _TICKS], law)
    frames = [octets[begin : begin + _TICKS] for begin in range(0, len(octets), _TICKS)]
    return Coded(_LAWS[law], SAMPLE_RATE_HZ, frames, from_law(octets, law))


class Voice:
    """One RTP stream of speech, in A-law at first, begun anew at its end. Pure: its owner keeps the time."""

    def __init__(self, speech: Samples, seed: int) -> None:
        self._speech = speech
        self._coded = in_law(speech, "ALAW")
        self._frames_a_packet = 1
        self._wanted = (self._coded, self._frames_a_packet)
        self._frames: list[bytes] = []
        """Of the next packet, those that were said already."""
        self._frames_from = 0
        self._pauses = False
        random = Random(seed)
        self._sequence = random.getrandbits(16)
        self._timestamp = random.getrandbits(32)
        self._ssrc = random.getrandbits(32)
        self._press: deque[rtp.PressTick] = deque()
        self._said: list[Samples] = []

    @property
    def said(self) -> Samples:
        """All that was sent until now, silence where a key was pressed and in pauses."""
        return np.concatenate(self._said) if self._said else np.zeros(0, np.int16)

    def press(self, key: str) -> None:
        """Press a key with the next packet."""
        self._press.extend(rtp.key_press(key))

    def speak_in(self, law: Law) -> None:
        """Go on in this law."""
        self.go_over_to(in_law(self._speech, law))

    def go_over_to(self, coded: Coded, packet_ms: int = _PACKET_MS) -> None:
        """Go on with the speech in this codec and packets of this length, once the packet begun is full."""
        self._wanted = (coded, packet_ms // _PACKET_MS)

    def pause(self, pauses: bool) -> None:
        """Send nothing from now on while the stream's time goes on, or speak again."""
        self._pauses = pauses

    def next_packets(self) -> list[bytes]:
        """What is due every 20 ms: speech when a packet is full, or what a key press sends in that time."""
        packets, samples = self._next()
        self._said.append(samples)
        ticks = self._coded.clock_hz * _PACKET_MS // 1000
        self._timestamp = (self._timestamp + ticks) & 0xFFFFFFFF
        return packets

    def _next(self) -> tuple[list[bytes], Samples]:
        if self._pauses:
            return self._packets_of_speech(), np.zeros(_TICKS, np.int16)
        return self._next_of_press() if self._press else self._next_of_speech()

    def _next_of_speech(self) -> tuple[list[bytes], Samples]:
        if not self._frames:
            self._coded, self._frames_a_packet = self._wanted
            self._frames_from = self._timestamp
        place = len(self._said) % len(self._coded.frames)
        self._frames.append(self._coded.frames[place])
        is_full = len(self._frames) == self._frames_a_packet
        packets = self._packets_of_speech() if is_full else []
        return packets, self._coded.samples[place * _TICKS : (place + 1) * _TICKS]

    def _packets_of_speech(self) -> list[bytes]:
        """One of all that was said and not sent, or none."""
        payload = b"".join(self._frames)
        self._frames = []
        if not payload:
            return []
        return [self._packet(self._coded.payload_type, self._frames_from, payload, marker=not self._said)]

    def _next_of_press(self) -> tuple[list[bytes], Samples]:
        tick = self._press.popleft()
        began = (self._timestamp - tick.since_press) & 0xFFFFFFFF
        marker = tick.since_press == 0
        packets = [self._packet(rtp.TELEPHONE_EVENT, began, payload, marker) for payload in tick.payloads]
        return [*self._packets_of_speech(), *packets], np.zeros(_TICKS, np.int16)

    def _packet(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return rtp.RtpPacket(payload_type, self._sequence, timestamp, self._ssrc, payload, marker).encode()
