"""What a scripted phone sends, packet by packet: its speech and, within the same stream, its key presses."""

from collections import deque
from random import Random

import numpy as np

from sipp_scenarios import rtp
from sipp_scenarios.audio import Law, Samples, from_law, to_law

_TICKS = rtp.TICKS_PER_PACKET
_LAWS: dict[Law, int] = {"ALAW": rtp.PCMA, "ULAW": rtp.PCMU}


class Voice:
    """One RTP stream of speech, in A-law at first, begun anew at its end. Pure: its owner keeps the time."""

    def __init__(self, speech: Samples, seed: int) -> None:
        self._speech = speech[: len(speech) // _TICKS * _TICKS]
        self.speak_in("ALAW")
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
        self._octets = to_law(self._speech, law)
        self._samples = from_law(self._octets, law)
        self._payload_type = _LAWS[law]

    def pause(self, pauses: bool) -> None:
        """Send nothing from now on while the stream's time goes on, or speak again."""
        self._pauses = pauses

    def next_packets(self) -> list[bytes]:
        """What is due every 20 ms: one packet of speech, or what a key press sends in that time."""
        packets, samples = self._next()
        self._said.append(samples)
        self._timestamp = (self._timestamp + _TICKS) & 0xFFFFFFFF
        return packets

    def _next(self) -> tuple[list[bytes], Samples]:
        if self._pauses:
            return [], np.zeros(_TICKS, np.int16)
        return self._next_of_press() if self._press else self._next_of_speech()

    def _next_of_speech(self) -> tuple[list[bytes], Samples]:
        start = len(self._said) * _TICKS % len(self._octets)
        payload = self._octets[start : start + _TICKS]
        packet = self._packet(self._payload_type, self._timestamp, payload, marker=not self._said)
        return [packet], self._samples[start : start + _TICKS]

    def _next_of_press(self) -> tuple[list[bytes], Samples]:
        tick = self._press.popleft()
        began = (self._timestamp - tick.since_press) & 0xFFFFFFFF
        marker = tick.since_press == 0
        packets = [self._packet(rtp.TELEPHONE_EVENT, began, payload, marker) for payload in tick.payloads]
        return packets, np.zeros(_TICKS, np.int16)

    def _packet(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return rtp.RtpPacket(payload_type, self._sequence, timestamp, self._ssrc, payload, marker).encode()
