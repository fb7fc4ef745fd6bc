"""Which of a stream's formats we speak, and how it wants its packets (RFC 3551 §6, RFC 4733 §2.4)."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from media.commands import Codec
from switch.sdp.description import Attribute, MediaDescription, RtpMap, read_rtpmaps


class Encoding(NamedTuple):
    """How a codec is written in a session description."""

    payload_type: int
    """The static one (RFC 3551 table 4), or the dynamic one that we offer it by."""
    clock_hz: int = 8000
    channels: int = 1
    fmtp: str = ""


ENCODINGS = {
    Codec.PCMU: Encoding(0),
    Codec.PCMA: Encoding(8),
    Codec.G722: Encoding(9),  # its clock is a mistake that was kept (RFC 3551 §4.5.2)
    Codec.G729: Encoding(18, fmtp="annexb=no"),  # else it is allowed (RFC 4856 §2.1.9)
    # Two channels whatever is sent (RFC 7587 §4.1); what else it can do we have no use for.
    Codec.OPUS: Encoding(111, 48_000, 2, "maxplaybackrate=16000;sprop-maxcapturerate=16000;useinbandfec=1"),
}
COMFORT_NOISE_TYPE = 13
EVENT_TYPES = {8000: 101, 48_000: 110}
"""The numbers that we offer telephone-event by, at each clock."""
DEFAULT_PTIME_MS = 20
_PACKET_TIMES_MS = {Codec.OPUS: (10, 20, 40, 60)}
_USUAL_PACKET_TIMES_MS = (10, 20, 30, 40, 50, 60)
USUAL_CLOCK_HZ = 8000
_TELEPHONE_EVENT = "telephone-event"
_COMFORT_NOISE = "CN"
_DTMF_EVENTS = "0-16"
"""Digits, * and #, A to D, and hook flash (RFC 4733 §7)."""
_CODEC_OF_NAME = {codec.upper(): codec for codec in Codec}
_STATIC_MAPS = {
    **{
        encoding.payload_type: RtpMap(encoding.payload_type, codec.value, encoding.clock_hz)
        for codec, encoding in ENCODINGS.items()
        if codec is not Codec.OPUS
    },
    COMFORT_NOISE_TYPE: RtpMap(COMFORT_NOISE_TYPE, _COMFORT_NOISE, USUAL_CLOCK_HZ),
}


class Formats(NamedTuple):
    """The payload types of a stream that mean something to us."""

    codecs: Mapping[Codec, int]
    """In the stream's order of preference."""
    comfort_noise: int | None
    """CN beside codecs of 8 kHz clock (RFC 3389 §4)."""
    events: Mapping[int, int]
    """telephone-event by its clock in Hz, whatever its numbers."""

    @property
    def payload_types(self) -> list[int]:
        """As they stand in the ``m=`` line: codecs, then comfort noise, then telephone-event."""
        noise = [] if self.comfort_noise is None else [self.comfort_noise]
        return [*self.codecs.values(), *noise, *self.events.values()]

    def only(self, codecs: Mapping[Codec, int]) -> "Formats":
        """These codecs and what goes with them.

        Phones speak telephone-event of 8 kHz beside any codec, though its clock should be the codec's
        (RFC 4733 §2.1).
        """
        clocks_hz = {USUAL_CLOCK_HZ, *(ENCODINGS[codec].clock_hz for codec in codecs)}
        events = {clock_hz: number for clock_hz, number in self.events.items() if clock_hz in clocks_hz}
        noise = self.comfort_noise if any(takes_comfort_noise(codec) for codec in codecs) else None
        return Formats(codecs, noise, events)


def clock_of(codec: Codec, clocks_hz: Collection[int]) -> int:
    """The clock of the telephone-event that goes with a codec, when there are those of these clocks."""
    clock_hz = ENCODINGS[codec].clock_hz
    return clock_hz if clock_hz in clocks_hz else USUAL_CLOCK_HZ


def takes_comfort_noise(codec: Codec) -> bool:
    """Whether CN may stand in for it in a pause. Opus and G.729 have something of their own for that."""
    return codec in (Codec.PCMA, Codec.PCMU, Codec.G722)


def read_formats(media: MediaDescription) -> Formats:
    """What of a stream's formats we speak, each at the first payload type that has it."""
    return _formats(media.formats, media.attributes)


@lru_cache(maxsize=256)
def _formats(numbers: tuple[str, ...], attributes: tuple[Attribute, ...]) -> Formats:
    """Phones describe all their streams alike, so that the last of these answers are kept."""
    maps = _STATIC_MAPS | read_rtpmaps(attributes)
    codecs: dict[Codec, int] = {}
    noise: int | None = None
    events: dict[int, int] = {}
    for rtpmap in (maps.get(_payload_type(text)) for text in numbers):
        if rtpmap is None:
            continue
        if codec := _codec_of(rtpmap):
            codecs.setdefault(codec, rtpmap.payload_type)
        elif _is(rtpmap, _TELEPHONE_EVENT) and rtpmap.clock_hz in EVENT_TYPES:
            events.setdefault(rtpmap.clock_hz, rtpmap.payload_type)
        elif _is(rtpmap, _COMFORT_NOISE) and rtpmap.clock_hz == USUAL_CLOCK_HZ and noise is None:
            noise = rtpmap.payload_type
    return Formats(codecs, noise, events)


def _codec_of(rtpmap: RtpMap) -> Codec | None:
    """Mono; Opus is taken without its second channel too, which some leave out."""
    codec = _CODEC_OF_NAME.get(rtpmap.encoding.upper())
    if codec is None:
        return None
    _, clock_hz, channels, _ = ENCODINGS[codec]
    return codec if rtpmap.clock_hz == clock_hz and rtpmap.channels in (1, channels) else None


def _is(rtpmap: RtpMap, encoding: str) -> bool:
    return rtpmap.encoding.lower() == encoding.lower() and rtpmap.channels == 1


def packet_time_ms(media: MediaDescription, codec: Codec) -> int:
    """What the peer wants to receive in one packet: whole tens of milliseconds, 10 to 60."""
    wanted = _milliseconds(media, "ptime") or DEFAULT_PTIME_MS
    longest = min(wanted, longest_packet_ms(media) or wanted)
    possible = _PACKET_TIMES_MS.get(codec, _USUAL_PACKET_TIMES_MS)
    return max((ms for ms in possible if ms <= longest), default=possible[0])


def longest_packet_ms(media: MediaDescription) -> int | None:
    """The longest packet the peer takes (RFC 8866 §6.4); None when it does not say."""
    return _milliseconds(media, "maxptime")


def format_attributes(formats: Formats, ptime_ms: int) -> tuple[Attribute, ...]:
    """The ``a=`` lines that describe these formats."""
    lines: list[Attribute] = []
    for codec, number in formats.codecs.items():
        lines += _lines_of(codec, number)
    if formats.comfort_noise is not None:
        lines.append(("rtpmap", f"{formats.comfort_noise} {_COMFORT_NOISE}/{USUAL_CLOCK_HZ}"))
    for clock_hz, number in formats.events.items():
        lines.append(("rtpmap", f"{number} {_TELEPHONE_EVENT}/{clock_hz}"))
        lines.append(("fmtp", f"{number} {_DTMF_EVENTS}"))
    lines.append(("ptime", str(ptime_ms)))
    return tuple(lines)


def _lines_of(codec: Codec, number: int) -> list[Attribute]:
    _, clock_hz, channels, fmtp = ENCODINGS[codec]
    rtpmap = f"{number} {codec}/{clock_hz}" + (f"/{channels}" if channels > 1 else "")
    return [("rtpmap", rtpmap), *([("fmtp", f"{number} {fmtp}")] if fmtp else [])]


def _payload_type(text: str) -> int:
    """RTP has seven bits for it (RFC 3550 §5.1); -1 for anything else."""
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 127:
        return int(text)
    return -1


def _milliseconds(media: MediaDescription, name: str) -> int | None:
    """A packet time from an attribute; None when absent or not a positive number."""
    text = media.attribute(name) or ""
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 4 else None
