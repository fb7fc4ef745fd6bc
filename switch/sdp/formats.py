"""Which of a stream's formats we speak, and how it wants its packets (RFC 3551 §6, RFC 4733 §2.4)."""

from media.commands import Codec
from switch.sdp.description import Attribute, MediaDescription, RtpMap

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


def codec_types(media: MediaDescription) -> dict[Codec, int]:
    """The codecs of ours in a stream with their payload types, in the stream's order of preference."""
    types: dict[Codec, int] = {}
    for rtpmap in _mapped_formats(media):
        codec = _CODEC_OF_NAME.get(rtpmap.encoding.upper())
        if codec is not None:
            types.setdefault(codec, rtpmap.payload_type)
    return types


def dtmf_type(media: MediaDescription) -> int | None:
    """The payload type of telephone-event at the clock of our codecs, whatever its number."""
    for rtpmap in _mapped_formats(media):
        if rtpmap.encoding.lower() == _TELEPHONE_EVENT:
            return rtpmap.payload_type
    return None


def packet_time_ms(media: MediaDescription) -> int:
    """What the peer wants to receive in one packet: whole tens of milliseconds, 10 to 60."""
    wanted = _milliseconds(media, "ptime") or DEFAULT_PTIME_MS
    longest = _milliseconds(media, "maxptime") or _LONGEST_PTIME_MS
    tens = min(wanted, longest) // 10 * 10
    return max(_SHORTEST_PTIME_MS, min(tens, _LONGEST_PTIME_MS))


def format_attributes(codecs: dict[Codec, int], dtmf: int | None, ptime_ms: int) -> tuple[Attribute, ...]:
    """The ``a=`` lines that describe these formats."""
    lines: list[Attribute] = [("rtpmap", f"{number} {codec}/{_CLOCK_HZ}") for codec, number in codecs.items()]
    if dtmf is not None:
        lines.append(("rtpmap", f"{dtmf} {_TELEPHONE_EVENT}/{_CLOCK_HZ}"))
        lines.append(("fmtp", f"{dtmf} {_DTMF_EVENTS}"))
    lines.append(("ptime", str(ptime_ms)))
    return tuple(lines)


def _mapped_formats(media: MediaDescription) -> list[RtpMap]:
    """The stream's 8 kHz mono formats in order; payload types without meaning are left out."""
    maps = _STATIC_MAPS | media.rtpmaps
    known = (maps[number] for text in media.formats if (number := _payload_type(text)) in maps)
    return [rtpmap for rtpmap in known if rtpmap.clock_hz == _CLOCK_HZ and rtpmap.channels == 1]


def _payload_type(text: str) -> int:
    """RTP has seven bits for it (RFC 3550 §5.1); -1 for anything else."""
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 127:
        return int(text)
    return -1


def _milliseconds(media: MediaDescription, name: str) -> int | None:
    """A packet time from an attribute; None when absent or not a positive number."""
    text = media.attribute(name) or ""
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 4 else None
