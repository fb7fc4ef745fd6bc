"""Datagrams that come to a leg in fragments (RFC 791 §3.2): whole in the end, too long, or never whole."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from media.commands import BridgeEndpoints
from sipp_scenarios.rtp import RtpPacket
from tests.helpers.media_rig import HOST, MediaRig, media_rig

VOICE = bytes(range(160))
PCMA = 8
NEVER_WHOLE = 300
"""The kernel keeps them for half a minute, in a memory that all of the machine share."""
_OCTETS = 64
"""Of the datagram in a fragment; a multiple of eight."""
_MORE = 0x2000
_UDP = 17


class Fragmenter:
    """Sends datagrams from any port of this machine in fragments."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._idents = count(1)

    def send(self, payload: bytes, source: int, to: int, *, octets: int = _OCTETS, last: bool = True) -> None:
        """Without the ``last`` fragment the datagram is never whole."""
        datagram = struct.pack("!HHHH", source, to, 8 + len(payload), 0) + payload
        ident = next(self._idents)
        for at in range(0, len(datagram), octets):
            more = at + octets < len(datagram)
            if more or last:
                header = self._header(ident, at // 8 | (_MORE if more else 0))
                self._raw.sendto(header + datagram[at : at + octets], (HOST, 0))

    def _header(self, ident: int, place: int) -> bytes:
        """Of IP; the kernel writes its length and its checksum."""
        address = socket.inet_aton(HOST)
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, ident, place, 64, _UDP, 0, address, address)


@pytest.fixture
def fragmenter() -> Iterator[Fragmenter]:
    try:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    except PermissionError:
        pytest.skip("only root may send fragments")
    with closing(raw):
        yield Fragmenter(raw)


def test_fragments_cost_only_who_sends_them(tmp_path: Path, fragmenter: Fragmenter) -> None:
    with media_rig(tmp_path) as rig:
        caller, agent = rig.leg("a"), rig.leg("b", near="a")
        rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
        caller.talk(VOICE)
        assert agent.hear().payload == VOICE
        own, leg = caller.port, caller.leg_port
        for _ in range(NEVER_WHOLE):
            fragmenter.send(rtp(2, VOICE), own, leg, last=False)
        fragmenter.send(rtp(2, VOICE), agent.port, leg)  # a stranger here
        fragmenter.send(rtp(2, bytes(9000)), own, leg, octets=1400)
        rig.wait_received("a", 3)
        fragmenter.send(rtp(2, VOICE[::-1]), own, leg)
        assert agent.hear().payload == VOICE[::-1], "the phone's own, whole in the end"
        caller.talk(VOICE, count=5)
        assert [agent.hear().payload for _ in range(5)] == [VOICE] * 5
        assert counted(rig) == (7, 2)


def rtp(sequence: int, payload: bytes) -> bytes:
    return RtpPacket(PCMA, sequence, sequence * 160, 1, payload).encode()


def counted(rig: MediaRig) -> tuple[int, int]:
    """Packets received and dropped by the caller's leg."""
    counters = rig.engine.counters_of("a")
    assert counters is not None
    return counters.packets_received, counters.packets_dropped
