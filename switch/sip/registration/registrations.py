"""The registered contacts as people see them."""

from dataclasses import dataclass

from switch.sip.messages.text import printable
from switch.sip.registration.bindings import Binding


@dataclass(frozen=True, slots=True)
class Registration:
    """One contact of a station."""

    station: str
    contact: str
    peer: str
    expires_s: int
    transport: str = "udp"
    user_agent: str = ""
    q: float = 1.0
    since_s: int = 0
    """How long ago it was registered first, however often it was refreshed."""


def shown(binding: Binding, now: float) -> Registration:
    """A contact for people: text safe to print, times as seconds from now."""
    return Registration(
        station=binding.station,
        contact=printable(binding.contact_address),
        transport=binding.hop.transport,
        peer=str(binding.hop),
        user_agent=printable(binding.user_agent),
        q=binding.q,
        expires_s=seconds_left(binding, now),
        since_s=max(0, round(now - binding.registered_at)),
    )


def seconds_left(binding: Binding, now: float) -> int:
    """How long the contact holds, rounded."""
    return max(0, round(binding.expires_at - now))
