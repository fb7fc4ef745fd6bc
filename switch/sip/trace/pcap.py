"""Traced messages as a pcap file, which Wireshark, sngrep and tcpdump read.

Each message is one packet of IP and UDP, whatever transport it used, since what lies below SIP is not kept.
Its Via tells the transport. Files of others are read as far as they hold SIP in unfragmented UDP.
"""

import struct
from collections.abc import Iterator
from ipaddress import ip_address
from typing import BinaryIO

from runtime.errors import PeerError
from switch.sip.hop import Hop
from switch.sip.trace.traced import TracedMessage

_MAGIC = 0xA1B2C3D4
_FILE_HEADER = struct.Struct("<IHHiIII")
_PACKET_HEADER = struct.Struct("<IIII")
_SNAP_BYTES = 262_144
_LINK_RAW = 101
"""Packets begin with their IP header (LINKTYPE_RAW)."""
_IP_OFFSETS = {_LINK_RAW: 0, 1: 14, 113: 16, 276: 20}
"""Where IP begins by link type: raw, Ethernet, and the two kinds of Linux "any" captures."""
_UDP = 17
_V4 = struct.Struct("!BBHHHBBH4s4s")
_V6 = struct.Struct("!IHBB16s16s")
_UDP_HEADER = struct.Struct("!HHHH")
_DONT_FRAGMENT = 0x4000
_FRAGMENT = 0x3FFF
_HOPS = 64


class NotPcap(PeerError):
    """A file is no pcap file, or of a kind that is not read here."""


def file_header() -> bytes:
    """How a file begins; packets follow."""
    return _FILE_HEADER.pack(_MAGIC, 2, 4, 0, 0, _SNAP_BYTES, _LINK_RAW)


def encode_packet(message: TracedMessage) -> bytes:
    """A message as a packet of a file."""
    packet = _ip_packet(message)
    seconds, micros = divmod(round(message.time * 1e6), 1_000_000)
    return _PACKET_HEADER.pack(seconds, micros, len(packet), len(packet)) + packet


def read_packets(file: BinaryIO) -> Iterator[TracedMessage]:
    """The UDP datagrams of a file in their order; one that was cut short at the end is left out.

    Raises NotPcap.
    """
    offset = _ip_offset(file.read(_FILE_HEADER.size))
    while len(header := file.read(_PACKET_HEADER.size)) == _PACKET_HEADER.size:
        seconds, micros, length, _ = _PACKET_HEADER.unpack(header)
        packet = file.read(length)
        if len(packet) < length:
            return
        message = _read_ip(packet[offset:], seconds + micros / 1e6)
        if message is not None:
            yield message


def _ip_offset(header: bytes) -> int:
    if len(header) < _FILE_HEADER.size:
        raise NotPcap("not a pcap file: too short")
    magic, _, _, _, _, _, link = _FILE_HEADER.unpack(header)
    if magic != _MAGIC:
        raise NotPcap("not a pcap file of this kind; convert it with: editcap -F pcap <file> <new file>")
    if link not in _IP_OFFSETS:
        raise NotPcap(f"a pcap file of link type {link}; expected raw IP, Ethernet or Linux cooked")
    return _IP_OFFSETS[link]


def _ip_packet(message: TracedMessage) -> bytes:
    source, target = _packed_ends(message)
    room = 65_535 - _UDP_HEADER.size - _V4.size
    data = message.data[:room]
    length = _UDP_HEADER.size + len(data)
    ports = message.source.port, message.target.port
    pseudo = source + target + struct.pack("!HH", _UDP, length)
    udp = _UDP_HEADER.pack(*ports, length, 0) + data
    checksum = _checksum(pseudo + udp) or 0xFFFF
    udp = _UDP_HEADER.pack(*ports, length, checksum) + data
    if len(source) == 16:
        return _V6.pack(6 << 28, length, _UDP, _HOPS, source, target) + udp
    fields = (0x45, 0, _V4.size + length, 0, _DONT_FRAGMENT, _HOPS, _UDP)
    checksum = _checksum(_V4.pack(*fields, 0, source, target))
    return _V4.pack(*fields, checksum, source, target) + udp


def _packed_ends(message: TracedMessage) -> tuple[bytes, bytes]:
    """Both addresses. Where the switch advertises a name, or another family, it is written as unspecified."""
    source, target = _packed(message.source.host), _packed(message.target.host)
    peer = target if message.sent else source
    length = len(peer or source or target) or 4
    return (
        source if len(source) == length else bytes(length),
        target if len(target) == length else bytes(length),
    )


def _packed(host: str) -> bytes:
    """Empty for a name."""
    try:
        return ip_address(host).packed
    except ValueError:
        return b""


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    even = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(even) // 2}H", even))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _read_ip(packet: bytes, time: float) -> TracedMessage | None:
    """The datagram in a packet; None when it is anything else."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= _V4.size:
        header = _V4.unpack_from(packet)
        whole = header[6] == _UDP and not header[4] & _FRAGMENT
        return _read_udp(packet[4 * (packet[0] & 15) :], header[8], header[9], time) if whole else None
    if version == 6 and len(packet) >= _V6.size:
        _, _, next_header, _, source, target = _V6.unpack_from(packet)
        return _read_udp(packet[_V6.size :], source, target, time) if next_header == _UDP else None
    return None


def _read_udp(datagram: bytes, source: bytes, target: bytes, time: float) -> TracedMessage | None:
    if len(datagram) < _UDP_HEADER.size:
        return None
    from_port, to_port, length, _ = _UDP_HEADER.unpack_from(datagram)
    data = datagram[_UDP_HEADER.size : max(length, _UDP_HEADER.size)]
    return TracedMessage(time, _hop(source, from_port), _hop(target, to_port), data)


def _hop(address: bytes, port: int) -> Hop:
    return Hop("udp", str(ip_address(address)), port)
