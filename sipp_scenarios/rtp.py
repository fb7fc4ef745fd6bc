"""The little of RTP that a test phone speaks: audio packets and key presses (RFC 3550, RFC 4733)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PCMU = 0
PCMA = 8
TELEPHONE_EVENT = 101
TICKS_PER_PACKET = 160
"""20 ms at 8 kHz."""

_KEYS = "0123456789*#ABCD"
_PRESS_PACKETS = 8
_END_REPEATS = 3
_VOLUME = 10
"""10 dB below full scale, as phones send it."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet without padding, extension or CSRC, which test phones do not send."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def encode(self) -> bytes:
        second = self.payload_type | (0x80 if self.marker else 0)
        return struct.pack("!BBHII", 0x80, second, self.sequence, self.timestamp, self.ssrc) + self.payload


def decode(datagram: bytes) -> RtpPacket | None:
    """Read a packet of the switch; None when it is not plain RTP version 2."""
    if len(datagram) < 12 or datagram[0] != 0x80:
        return None
    _, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", datagram)
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, datagram[12:], bool(second & 0x80))


@dataclass(frozen=True, slots=True)
class PressTick:
    """What a key press sends in one of its 20 ms."""

    since_press: int
    """Ticks of the RTP clock from the moment the key went down."""
    payloads: tuple[bytes, ...]


def key_press(key: str) -> Iterator[PressTick]:
    """One press of 160 ms; its end is told three times, so that two may be lost (RFC 4733 §2.5.1.4)."""
    event = _KEYS.index(key)
    for number in range(_PRESS_PACKETS):
        last = number == _PRESS_PACKETS - 1
        second_octet = _VOLUME | (0x80 if last else 0)
        payload = struct.pack("!BBH", event, second_octet, (number + 1) * TICKS_PER_PACKET)
        yield PressTick(number * TICKS_PER_PACKET, (payload,) * (_END_REPEATS if last else 1))


def key_in(packet: RtpPacket) -> str:
    """Which key a telephone event tells of."""
    return _KEYS[packet.payload[0]]
