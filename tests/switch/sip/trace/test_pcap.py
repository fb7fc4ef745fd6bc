"""Traced messages come back from a pcap file as they went in."""

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.hop import Hop
from switch.sip.trace.pcap import NotPcap, encode_packet, file_header, read_packets
from switch.sip.trace.traced import TracedMessage

V4 = st.ip_addresses(v=4).map(str)
V6 = st.ip_addresses(v=6).map(str)
PORTS = st.integers(1, 65535)


def udp(host: str, port: int) -> Hop:
    return Hop("udp", host, port)


MESSAGE = TracedMessage(
    1_790_000_000.25, udp("192.0.2.1", 5060), udp("192.0.2.2", 6000), b"OPTIONS sip:a SIP/2.0"
)


def file_of(*messages: TracedMessage) -> BytesIO:
    return BytesIO(file_header() + b"".join(map(encode_packet, messages)))


@given(st.one_of(st.tuples(V4, V4), st.tuples(V6, V6)), PORTS, PORTS, st.binary(max_size=3000))
def test_any_message_comes_back(hosts: tuple[str, str], from_port: int, to_port: int, data: bytes) -> None:
    message = TracedMessage(1.5, udp(hosts[0], from_port), udp(hosts[1], to_port), data)
    assert list(read_packets(file_of(message))) == [message]


def test_messages_stand_in_their_order_and_a_cut_end_is_left_out() -> None:
    second = MESSAGE._replace(time=1_790_000_001.5, data=b"SIP/2.0 200 OK")
    whole = file_of(MESSAGE, second).getvalue()
    assert list(read_packets(BytesIO(whole))) == [MESSAGE, second]
    assert list(read_packets(BytesIO(whole[:-1]))) == [MESSAGE]


@pytest.mark.parametrize(("peer", "unspecified"), [("192.0.2.1", "0.0.0.0"), ("2001:db8::1", "::")])
@pytest.mark.parametrize("ours", ["switch.example.com", "0.0.0.0", "::"])
@pytest.mark.parametrize("sent", [True, False])
def test_a_switch_that_advertises_a_name_is_written_as_unspecified(
    peer: str, unspecified: str, ours: str, sent: bool
) -> None:
    ends = (udp(ours, 5060), udp(peer, 6000))
    source, target = ends if sent else ends[::-1]
    (read,) = read_packets(file_of(TracedMessage(1.5, source, target, b"OPTIONS", sent)))
    switch, phone = (read.source, read.target) if sent else (read.target, read.source)
    assert (switch.host, phone.host) == (unspecified, peer)


def test_checksums_are_right() -> None:
    packet = encode_packet(MESSAGE)[16:]
    header = struct.unpack("!10H", packet[:20])
    assert sum(header) % 0xFFFF == 0
    pseudo = packet[12:20] + struct.pack("!HH", 17, len(packet) - 20)
    text = pseudo + packet[20:]
    text += b"\0" * (len(text) % 2)
    assert sum(struct.unpack(f"!{len(text) // 2}H", text)) % 0xFFFF == 0


def test_captures_from_an_ethernet_are_read_and_what_is_not_udp_is_left_out() -> None:
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    packet = encode_packet(MESSAGE)
    framed = packet[:8] + struct.pack("<II", len(packet) - 2, len(packet) - 2) + b"\0" * 14 + packet[16:]
    arp = packet[:8] + struct.pack("<II", 42, 42) + b"\0" * 42
    assert list(read_packets(BytesIO(header + arp + framed))) == [MESSAGE]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "too short"),
        (b"\x0a\x0d\x0d\x0a" + b"\0" * 40, "editcap"),
        (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147), "link type 147"),
    ],
)
def test_what_is_no_pcap_file_is_told(content: bytes, told: str) -> None:
    with pytest.raises(NotPcap, match=told):
        list(read_packets(BytesIO(content)))


@given(st.binary(max_size=200))
def test_any_bytes_are_packets_or_none(junk: bytes) -> None:
    list(read_packets(BytesIO(file_header() + junk)))
