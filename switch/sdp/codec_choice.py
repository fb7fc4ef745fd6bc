"""Fewer codecs in an offer of ours, or in another order, for a peer that wants it so."""

from collections.abc import Sequence

from media.commands import Codec
from switch.sdp.description import Attribute
from switch.sdp.formats import read_formats
from switch.sdp.parser import parse_sdp
from switch.sdp.writer import write_sdp

_OF_A_FORMAT = frozenset({"rtpmap", "fmtp"})


def choose_codecs(offer: str, codecs: Sequence[Codec]) -> str | None:
    """Our offer of one stream with these codecs only, in this order; None when it has none of them."""
    description = parse_sdp(offer)
    (media,) = description.media
    offered = read_formats(media)
    chosen = {codec: offered.codecs[codec] for codec in codecs if codec in offered.codecs}
    if not chosen:
        return None
    if list(chosen) == list(offered.codecs):
        return offer
    kept = tuple(map(str, offered.only(chosen).payload_types))
    attributes = tuple(line for line in media.attributes if _describes(line, kept))
    return write_sdp(description._replace(media=(media._replace(formats=kept, attributes=attributes),)))


def _describes(line: Attribute, formats: Sequence[str]) -> bool:
    """Whether an attribute is about the whole stream, or about one of these formats."""
    name, value = line
    return name not in _OF_A_FORMAT or (value or "").partition(" ")[0] in formats
