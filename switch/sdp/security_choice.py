"""An offer of ours that leaves encryption open, for a peer of which we know what it shall be."""

from media.config import Srtp
from switch.sdp.parser import parse_sdp
from switch.sdp.security import demand_security, without_security
from switch.sdp.writer import write_sdp


def offer_secured(offer: str, srtp: Srtp) -> str:
    """Our offer of one stream: with its keys taken out, or as encrypted only, or as it is."""
    if srtp is Srtp.OPTIONAL:
        return offer
    description = parse_sdp(offer)
    (media,) = description.media
    if without_security(media) is media:  # it was offered without keys
        return offer
    media = demand_security(media) if srtp is Srtp.REQUIRED else without_security(media)
    return write_sdp(description._replace(media=(media,)))
