"""Which of a stream's formats we speak, and how it wants its packets (RFC 3551 §6, RFC 4733 §2.4)."""

from functools import lru_cache
from typing import NamedTuple

from media.commands import Codec
from switch.sdp.description import Attribute, MediaDescription, RtpMap, read_rtpmaps

STATIC_TYPES = {Codec.PCMU: 0, Codec.PCMA: 8}
"""Payload types that need no rtpmap (RFC 3551 table 4)."""
DEFAULT_PTIME_MS = 20
_SHORTEST_PTIME_MS = 10
_LONGEST_PTIME_MS = 60
_CLOCK_HZ = 8000
_TELEPHONE_EVENT = "telephone-event"
_DTMF_EVENTS = "0-16"
"""Digits, * and #, A to D, and hook flash (RFC 4733 §7)."""
_CODEC_OF_NAME = {codec.value: codec for codec in Codec}
_STATIC_MAPS = {number: RtpMap(number, codec.value, _CLOCK_HZ) for codec, number in STATIC_TYPES.items()}


class Formats(NamedTuple):
    """The payload types of a stream that mean something to us."""

    codecs: dict[Codec, int]
    """In the stream's order of preference."""
    dtmf: int | None
    """telephone-event at the clock of our codecs, whatever its number."""

    @property
    def payload_types(self) -> list[int]:
        """As they stand in the ``m=`` line: codecs, then telephone-event."""
        types = list(self.codecs.values())
        return types if self.dtmf is None else [*types, self.dtmf]


def read_formats(media: MediaDescription) -> Formats:
    """What of a stream's formats we speak: 8 kHz, mono, each at the first payload type that has it."""
    return _formats(media.formats, media.attributes)


@lru_cache(maxsize=256)
def _formats(numbers: tuple[str, ...], attributes: tuple[Attribute, ...]) -> Formats:
    """Phones describe all their streams alike, so that the last of these answers are kept."""
    maps = _STATIC_MAPS | read_rtpmaps(attributes)
    codecs: dict[Codec, int] = {}
    dtmf = None
    for text in numbers:
        rtpmap = maps.get(_payload_type(text))
        if rtpmap is None or rtpmap.clock_hz != _CLOCK_HZ or rtpmap.channels != 1:
            continue
        if codec := _CODEC_OF_NAME.get(rtpmap.encoding.upper()):
            codecs.setdefault(codec, rtpmap.payload_type)
        elif dtmf is None and rtpmap.encoding.lower() == _TELEPHONE_EVENT:
            dtmf = rtpmap.payload_type
    return Formats(codecs, dtmf)


def packet_time_ms(media: MediaDescription) -> int:
    """What the peer wants to receive in one packet: whole tens of milliseconds, 10 to 60."""
    wanted = _milliseconds(media, "ptime") or DEFAULT_PTIME_MS
    longest = _milliseconds(media, "maxptime") or _LONGEST_PTIME_MS
    tens = min(wanted, longest) // 10 * 10
    return max(_SHORTEST_PTIME_MS, min(tens, _LONGEST_PTIME_MS))


def format_attributes(formats: Formats, ptime_ms: int) -> tuple[Attribute, ...]:
    """The ``a=`` lines that describe these formats."""
    lines: list[Attribute] = [
        ("rtpmap", f"{number} {codec}/{_CLOCK_HZ}") for codec, number in formats.codecs.items()
    ]
    if formats.dtmf is not None:
        lines.append(("rtpmap", f"{formats.dtmf} {_TELEPHONE_EVENT}/{_CLOCK_HZ}"))
        lines.append(("fmtp", f"{formats.dtmf} {_DTMF_EVENTS}"))
    lines.append(("ptime", str(ptime_ms)))
    return tuple(lines)


def _payload_type(text: str) -> int:
    """RTP has seven bits for it (RFC 3550 §5.1); -1 for anything else."""
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 127:
        return int(text)
    return -1


def _milliseconds(media: MediaDescription, name: str) -> int | None:
    """A packet time from an attribute; None when absent or not a positive number."""
    text = media.attribute(name) or ""
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 4 else None
