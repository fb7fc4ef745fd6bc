"""What the fuzz targets of the core begin with: valid packets of each kind, a folder for each target.

    .venv/bin/python -m tests.fuzz.media_seeds <folder>

Each seed has the frame that its target reads (``media/core/fuzz/fuzz_targets``).
"""

import hmac
import struct
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

_SSRC = 0x5501A0B2
_VOICE = bytes([0xD5]) * 160
_SIP_MESSAGES = Path(__file__).parents[1] / "vectors" / "sip"
_STUN_COOKIE = 0x2112A442
_STUN_PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"
"""Of the target, which has it from RFC 5769 §2.1."""


def rtp(
    payload: bytes = _VOICE, *, number: int = 8, sequence: int = 1, timestamp: int = 160, first: int = 0x80
) -> bytes:
    """A packet with a plain header (RFC 3550 §5.1)."""
    return struct.pack("!BBHII", first, number, sequence, timestamp, _SSRC) + payload


def rtcp(kind: int, count: int, body: bytes) -> bytes:
    """One packet of a compound (RFC 3550 §6)."""
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def key(code: int, duration: int, *, end: bool) -> bytes:
    """A telephone-event (RFC 4733 §2.3)."""
    return struct.pack("!BBH", code, (0x80 if end else 0) | 10, duration)


def check(*extra: tuple[int, bytes]) -> bytes:
    """A binding request under the target's password (RFC 8489 §5, §14.5, §14.7)."""
    body = _attribute(0x0006, b"evtj:h6vY") + b"".join(_attribute(kind, value) for kind, value in extra)
    tag = hmac.digest(_STUN_PASSWORD, _stun(body, 24) + body, "sha1")
    body += _attribute(0x0008, tag)
    fingerprint = zlib.crc32(_stun(body, 8) + body) ^ 0x5354554E
    return _stun(body, 8) + body + _attribute(0x8028, struct.pack("!I", fingerprint))


def _stun(body: bytes, more: int) -> bytes:
    return struct.pack("!HHI", 1, len(body) + more, _STUN_COOKIE) + b"transaction!"


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _compounds() -> list[bytes]:
    ours = struct.pack("!I", _SSRC)
    block = struct.pack("!IIIIII", 0, 3 << 24 | 12, 65_600, 40, 0x12345678, 65_536)
    sender = ours + struct.pack("!QIII", 0xE0000000_80000000, 8000, 50, 8000)
    name = rtcp(202, 1, ours + b"\x01\x05a@b.c\x00")
    voip = struct.pack("!BBH", 7, 0, 8) + struct.pack("!I", 0) + bytes(28)
    return [
        rtcp(200, 1, sender + block) + name,
        rtcp(201, 1, ours + block) + name,
        rtcp(201, 0, ours) + name + rtcp(207, 0, ours + voip),
        rtcp(201, 0, ours) + name + rtcp(203, 1, ours),
    ]


def _calls() -> Iterable[bytes]:
    """Datagrams behind their length and a step of time, of 20 ms, as the target of a leg reads them."""
    voice = [rtp(sequence=number, timestamp=160 * number) for number in range(1, 8)]
    presses = [
        rtp(key(5, 160 * step, end=step > 4), number=101, sequence=20 + step, timestamp=4000)
        for step in range(1, 8)
    ]
    noise = [rtp(b"\x40", number=13, sequence=30, timestamp=8000)]
    other_law = [rtp(number=0, sequence=31, timestamp=8160)]
    for datagrams in (voice, presses, [*voice, *presses, *noise, *other_law]):
        yield b"".join(bytes([len(datagram), 4 << 1]) + datagram for datagram in datagrams)


def _buffers() -> Iterable[bytes]:
    """The codec, and packets of it that go on by one each; silence of Opus is three octets."""
    for codec, (payload, ticks) in enumerate(
        [(_VOICE, 160), (_VOICE, 160), (_VOICE, 160), (b"\xf8\xff\xfe", 960)]
    ):
        steps = bytes([len(payload), 1 << 2]) + struct.pack("!HI", 1, ticks) + payload
        noise = bytes([1, 1 << 2 | 1]) + struct.pack("!HI", 1, ticks) + b"\x40"
        yield bytes([codec]) + steps * 6 + noise + steps


def seeds() -> dict[str, list[bytes]]:
    """By target."""
    plain = [rtp(), rtp(bytes(4) * 2 + _VOICE, first=0x82), rtp(_VOICE + b"\0\0\0\4", first=0xA0)]
    extended = rtp(struct.pack("!HHI", 0xBEDE, 1, 0x10FF0000) + _VOICE, first=0x90)
    keys = b"".join(
        key(1, 160 * step, end=step > 4) + struct.pack("!IBB", 1600, 20, 0) for step in range(1, 8)
    )
    compounds = _compounds()
    protected = [bytes([suite, len(rtp())]) + rtp() for suite in range(4)]
    return {
        "rtp_packet": [*plain, extended],
        "rtcp": compounds,
        "telephone_event": [keys, keys * 2],
        "endpoint": list(_calls()),
        "srtp": [*protected, b"\0" + b"".join(bytes([len(each)]) + each for each in compounds)],
        "jitter_buffer": list(_buffers()),
        "stun": [check(), check((0x0025, b"")), check((0x8029, bytes(8))), check((0x0024, b"n\0\1\xff"))],
        # Time passes and all is delivered; something is lost, and repeated after a second and more.
        "sip_message": [path.read_bytes() for path in sorted(_SIP_MESSAGES.rglob("*.sip"))],
        "handshake": [b"\7\1" + bytes(40), b"\7\1\0\0\0\0\1\0\1\0\7\x0b" + bytes(20) + b"\7\x20" + bytes(40)],
    }


def main() -> None:
    for target, octets in seeds().items():
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(octets):
            (folder / str(number)).write_bytes(seed)


if __name__ == "__main__":
    main()
