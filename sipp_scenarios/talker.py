"""The mouth and ear of a scripted phone: one RTP port that talks, presses keys and keeps what it hears.

SIPp speaks the signalling; it is told this port and writes it into its SDP. SIPp's own players would
need a raw socket (root) for key presses, and SIPp cannot keep what it hears.
"""

import math
import socket
import time
from threading import Condition, Thread
from typing import Self

import numpy as np

from sipp_scenarios import rtp
from sipp_scenarios.audio import Law, Samples, from_law
from sipp_scenarios.voice import Coded, Voice

_PACKET_S = 0.02
_LAWS: dict[int, Law] = {rtp.PCMA: "ALAW", rtp.PCMU: "ULAW"}
_LONGEST_PACKET = 2048
_LONGEST_TIMELINE = 3600 * 8000
"""A timestamp further off belongs to another stream."""


class Talker:
    """Says ``speech`` in packets of 20 ms once it is told whom to talk to. Use it as a context manager."""

    def __init__(self, speech: Samples, host: str = "127.0.0.1") -> None:
        self._socket = bind_even_port(host)
        self.port: int = self._socket.getsockname()[1]
        self._voice = Voice(speech, seed=self.port)
        self._peer: tuple[str, int] | None = None
        self._listens_to: tuple[str, int] | None = None
        self._ticks = 0
        """Of 20 ms, in which it said something or paused."""
        self._began_s = math.inf
        self.spoke_since_s: list[tuple[int, float]] = []
        """The payload types it spoke in, and when the first packet of each went out, on that clock."""
        self._loses_each = 0
        self._sent = 0
        self._over = False
        self._heard: list[rtp.RtpPacket] = []
        self._keys: dict[int, str] = {}
        """By the RTP timestamp at which each was pressed."""
        self._changed = Condition()
        self._thread = Thread(target=self._run, name=f"talker-{self.port}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._thread.join()
        self._socket.close()

    def talk_to(self, host: str, port: int) -> None:
        """Begin to talk to this address, the one in the other side's SDP, and listen to nobody else.

        Ports are given out again: somebody whose call is over may still send to this one.
        """
        with self._changed:
            self._peer = self._listens_to = (host, port)

    def fall_silent(self) -> None:
        """Send nothing any more; when this returns the last packet is out."""
        with self._changed:
            self._peer = None

    def speak_in(self, law: Law) -> None:
        """Go on in this law of G.711."""
        with self._changed:
            self._voice.speak_in(law)

    def go_over_to(self, coded: Coded, packet_ms: int = 20) -> int:
        """Go on with the speech in this codec and packets of this length; returns how much was said."""
        with self._changed:
            self._voice.go_over_to(coded, packet_ms)
            return len(self._voice.said)

    def pause(self, pauses: bool) -> None:
        """Send nothing while the stream's time goes on, as on hold, or speak again."""
        with self._changed:
            self._voice.pause(pauses)

    def press(self, key: str) -> None:
        """Press a key for 160 ms within the running stream (RFC 4733)."""
        with self._changed:
            self._voice.press(key)

    def blurt(self, datagram: bytes) -> None:
        """Send something that is no speech, to whom it talks now."""
        with self._changed:
            if self._peer is not None:
                self._socket.sendto(datagram, self._peer)

    def lose_each(self, number: int) -> None:
        """From now on each packet of so many is lost on its way: 10 makes a loss of a tenth."""
        with self._changed:
            self._loses_each = number

    def wait_to_hear(self, duration_s: float, timeout_s: float = 30.0) -> None:
        """Return when ``duration_s`` more was heard. Raises TimeoutError."""
        self.wait_until_heard(self.heard_s + duration_s, timeout_s)

    def wait_to_say(self, duration_s: float, timeout_s: float = 30.0) -> None:
        """Return when ``duration_s`` more was said. Raises TimeoutError."""
        with self._changed:
            enough = self._ticks + round(duration_s / _PACKET_S)
            if not self._changed.wait_for(lambda: self._ticks >= enough, timeout_s):
                raise TimeoutError(f"port {self.port} did not say {duration_s} s of speech in {timeout_s} s")

    def wait_until_heard(self, whole_s: float, timeout_s: float = 30.0) -> None:
        """Return when so much was heard since the beginning. Raises TimeoutError."""
        with self._changed:
            enough = round(whole_s / _PACKET_S)
            if not self._changed.wait_for(lambda: len(self._heard) >= enough, timeout_s):
                raise TimeoutError(f"port {self.port} did not hear {whole_s} s of audio in {timeout_s} s")

    @property
    def heard_s(self) -> float:
        """How much it heard so far."""
        with self._changed:
            return len(self._heard) * _PACKET_S

    def wait_for_keys(self, count: int, timeout_s: float = 30.0) -> str:
        """All keys it was sent (RFC 4733), once there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._keys) >= count, timeout_s):
                raise TimeoutError(
                    f"port {self.port} was sent only the keys {''.join(self._keys.values())!r}"
                )
            return "".join(self._keys.values())

    @property
    def began_s(self) -> float:
        """When its first packet went out or should have, by the most punctual: on this process's clock."""
        with self._changed:
            return self._began_s

    @property
    def said(self) -> Samples:
        """All it said since ``talk_to``, silence where a key was pressed and in pauses."""
        with self._changed:
            return self._voice.said

    @property
    def heard(self) -> Samples:
        """The audio it heard, placed by RTP timestamp from the first packet on; gaps are silence."""
        with self._changed:
            packets = [p for p in self._heard if p.payload_type in _LAWS]
        if not packets:
            return np.zeros(0, np.int16)
        return _timeline(packets)

    @property
    def sources_heard(self) -> set[int]:
        """The SSRCs of all it heard; a switch that keeps its stream continuous has one."""
        with self._changed:
            return {packet.ssrc for packet in self._heard}

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over:
            due += _PACKET_S
            self._listen_until(due)
            with self._changed:
                self._say_next()

    def _listen_until(self, due: float) -> None:
        while (left := due - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                datagram, source = self._socket.recvfrom(_LONGEST_PACKET)
            except OSError:  # the 20 ms are up, or the other side has closed its port
                continue
            packet = rtp.decode(datagram)
            if packet is not None and self._listens_to in (None, source[:2]):
                self._hear(packet)

    def _hear(self, packet: rtp.RtpPacket) -> None:
        with self._changed:
            self._heard.append(packet)
            if packet.payload_type == rtp.TELEPHONE_EVENT:
                self._keys.setdefault(packet.timestamp, rtp.key_in(packet))
            self._changed.notify_all()

    def _say_next(self) -> None:
        if self._peer is None:
            return
        ticks_before, self._ticks = self._ticks, self._ticks + 1
        self._changed.notify_all()
        for packet in self._voice.next_packets():
            now_s = time.monotonic()
            self._began_s = min(self._began_s, now_s - ticks_before * _PACKET_S)
            self._note_payload_type(packet[1] & 0x7F, now_s)
            self._sent += 1
            if not self._loses_each or self._sent % self._loses_each:
                self._socket.sendto(packet, self._peer)

    def _note_payload_type(self, payload_type: int, now_s: float) -> None:
        before = self.spoke_since_s[-1][0] if self.spoke_since_s else None
        if payload_type not in (before, rtp.TELEPHONE_EVENT):
            self.spoke_since_s.append((payload_type, now_s))


def bind_even_port(host: str) -> socket.socket:
    """A UDP socket on a free even port, as RTP likes them (RFC 3550 §11)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        bound = socket.socket(family, socket.SOCK_DGRAM)
        bound.bind((host, 0))
        if bound.getsockname()[1] % 2 == 0:
            return bound
        bound.close()


def _timeline(packets: list[rtp.RtpPacket]) -> Samples:
    places = [(p.timestamp - packets[0].timestamp) & 0xFFFFFFFF for p in packets]
    timely = [(at, p) for at, p in zip(places, packets, strict=True) if at < _LONGEST_TIMELINE]
    timeline = np.zeros(max(at + len(p.payload) for at, p in timely), np.int16)
    for at, packet in timely:
        timeline[at : at + len(packet.payload)] = from_law(packet.payload, _LAWS[packet.payload_type])
    return timeline
