"""What a template can say of a station. Pure."""

from dataclasses import dataclass

from media.commands import Codec
from media.config import Srtp
from switch.provisioning.config import PhoneTransport


@dataclass(frozen=True, slots=True)
class Lamp:
    """A key whose lamp shows another station's calls."""

    station: str
    label: str


@dataclass(frozen=True, slots=True)
class StationFacts:
    """The variables of templates."""

    station: str
    """User name, and user part of the address."""
    display_name: str
    """Of whoever sits there, or the station's own."""
    password: str
    realm: str
    host: str
    """Where it registers; IPv6 in brackets."""
    outbound_proxy: str
    """Through which it is reached; empty where ``host`` is the switch itself."""
    port: int
    transport: PhoneTransport
    srtp: Srtp
    codecs: tuple[Codec, ...]
    """The best first."""
    expires_s: int
    ntp: str
    utc_offset_h: float
    language: str
    voicemail: str
    lamps: tuple[Lamp, ...]
