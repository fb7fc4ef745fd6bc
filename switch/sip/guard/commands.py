"""What the guard can be told."""

from typing import NamedTuple

from runtime.vocabulary import Command, plain_data
from switch.sip.guard.events import RefusalKind

TRUNKS = "trunks"
"""The owner of the addresses that calls of trunks come from."""


@plain_data
class BanSource(Command):
    """Hear nothing from a source any more. Refused for a source that is trusted."""

    source: str
    """An IP address; of IPv6 its network of 64 bits is banned."""
    reason: str
    duration_s: float | None
    """None: until it is lifted."""


@plain_data
class LiftBan(Command):
    """Hear a source again. Refused when it is not banned."""

    source: str


@plain_data
class TrustSources(Command):
    """Apply no limits to these addresses and networks, in place of those of the same owner before."""

    owner: str
    """Whose they are, such as ``TRUNKS``."""
    sources: tuple[str, ...]


@plain_data
class NoteRefusal(Command):
    """Something a source sent was refused elsewhere: count it, tell it, and ban a source for too many."""

    kind: RefusalKind
    peer: str
    """As ``str(hop)`` has it."""
    detail: str
    status: int | None
    """What it is answered."""


class DelayMeasured(NamedTuple):
    """What the probe brings: how long work had to wait just now. Never journalled."""

    delay_s: float
