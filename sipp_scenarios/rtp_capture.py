"""A pcap file of RTP for SIPp's ``play_pcap_audio``: packets of any length, not of 20 ms only."""

import struct
from collections.abc import Iterator

from sipp_scenarios.rtp import PCMA, RtpPacket

_FILE_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)
"""Ethernet, which is what SIPp reads."""
_ETHERNET = bytes(12) + b"\x08\x00"
_SSRC = 0x60
_PORT = 6000
_TICKS_PER_MS = 8


def capture(alaw: bytes, packet_ms: int) -> bytes:
    """Speech as A-law cut into packets; what is left of the last is not spoken."""
    return _FILE_HEADER + b"".join(_records(alaw, packet_ms))


def _records(alaw: bytes, packet_ms: int) -> Iterator[bytes]:
    octets = packet_ms * _TICKS_PER_MS
    for number in range(len(alaw) // octets):
        payload = alaw[number * octets : (number + 1) * octets]
        frame = _frame(RtpPacket(PCMA, number % 2**16, number * octets, _SSRC, payload).encode())
        seconds, ms = divmod(number * packet_ms, 1000)
        yield struct.pack("<IIII", seconds, ms * 1000, len(frame), len(frame)) + frame


def _frame(rtp: bytes) -> bytes:
    udp = struct.pack("!HHHH", _PORT, _PORT, 8 + len(rtp), 0) + rtp
    host = bytes((127, 0, 0, 1))
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, host, host)
    return _ETHERNET + ip + udp
