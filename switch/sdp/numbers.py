"""The payload types of our offers: those of before keep their meaning (RFC 3264 §8.3.2)."""

from collections.abc import Sequence

from media.commands import Codec
from switch.sdp.formats import (
    COMFORT_NOISE_TYPE,
    ENCODINGS,
    EVENT_TYPES,
    USUAL_CLOCK_HZ,
    Formats,
    takes_comfort_noise,
)

_DYNAMIC_TYPES = range(96, 128)
"""RFC 3551 §3."""
_NOTHING = Formats({}, None, {})


def offered_formats(codecs: Sequence[Codec], said: Formats | None, *, comfort_noise: bool) -> Formats:
    """These codecs with telephone-event at their clocks, and comfort noise if it is wanted.

    ``said`` is what our last description of the stream named, None for a first offer.
    """
    before = said or _NOTHING
    taken = set(before.payload_types)

    def number(wanted: int, before: int | None) -> int:
        if before is not None:
            return before
        free = (other for other in (wanted, *_DYNAMIC_TYPES) if other not in taken)
        found = next(free, wanted)
        taken.add(found)
        return found

    chosen = {codec: number(ENCODINGS[codec].payload_type, before.codecs.get(codec)) for codec in codecs}
    clocks_hz = sorted({USUAL_CLOCK_HZ, *(ENCODINGS[codec].clock_hz for codec in codecs)})
    events = {clock_hz: number(EVENT_TYPES[clock_hz], before.events.get(clock_hz)) for clock_hz in clocks_hz}
    silences = comfort_noise and any(takes_comfort_noise(codec) for codec in codecs)
    return Formats(chosen, number(COMFORT_NOISE_TYPE, before.comfort_noise) if silences else None, events)
