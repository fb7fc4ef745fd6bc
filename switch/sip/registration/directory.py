"""Where stations can be reached: what the dialler asks of the registrar."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from switch.sip.hop import Hop


class ContactAddress(NamedTuple):
    """One place where a station can be reached."""

    uri: str
    hop: Hop
    q: float = 1.0
    """How much the station wants to be called here: 0 to 1 (RFC 3261 §20.10)."""
    path: tuple[str, ...] = ()
    """Proxies on the way there, as Route values (RFC 3327 §5.3)."""
    phone: str = ""
    """The name of the phone, where that keeps several flows to us (RFC 5626)."""


class Directory(Protocol):
    """Where stations are."""

    def contacts(self, station: str) -> Sequence[ContactAddress]:
        """All contact addresses of a station, the highest q first; empty when it has none."""
