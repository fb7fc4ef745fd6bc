"""What this switch is called by its peers: the names of the listener that serves a peer's hop."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from switch.sip.hop import Hop
from switch.sip.messages.grammar import bracketed
from switch.sip.messages.header_values import Via
from switch.sip.messages.via_rules import DEFAULT_PORT, MAGIC_COOKIE
from switch.sip.transport.config import ListenerConfig

_URI_PARAMETER = {"udp": "", "wss": ";transport=ws"}
"""How a URI names its transport, where not by the transport's own name (RFC 3261 §19.1.1, RFC 7118 §5.2)."""
_SIPS_PARAMETER = {"tls": "", "wss": ";transport=ws"}
"""The same in a SIPS URI, which says by itself that there is TLS."""
_ASKS_FOR_REUSE = frozenset({"tcp", "tls"})
"""Over these peers may send their requests by the connection we opened (RFC 5923 §5)."""

_NEIGHBOURS = 4096
"""Peers whose names are found at once."""


class Names(NamedTuple):
    """What one listener is called. Fixed text, built once."""

    host: str
    """As it is written: IPv6 in brackets."""
    contact: str
    """The value of a Contact header."""
    secure_contact: str
    """The same for a peer that asks for SIPS; the usual one where nothing is encrypted."""
    via: str
    """A Via up to and with its branch's magic cookie."""
    hop: Hop
    """The address itself."""


class OwnNames:
    """Names by the peer's transport and address family.

    Where nobody listens, the closest listener lends its names: the peer answers on the connection we opened.
    """

    def __init__(self, listeners: Sequence[ListenerConfig]) -> None:
        self._listeners = listeners
        self._sent_by = {_sent_by(listener) for listener in listeners}
        self._names: dict[tuple[str, bool], Names] = {}
        self.of = lru_cache(maxsize=_NEIGHBOURS)(self._of)
        """The names this peer knows us by."""

    def wrote(self, via: Via) -> bool:
        """Whether a Via is one of ours."""
        return (via.host.lower(), via.port or DEFAULT_PORT) in self._sent_by

    def _of(self, hop: Hop) -> Names:
        key = (hop.transport, ":" in hop.host)
        return self._names.get(key) or self._build(*key)

    def _build(self, transport: str, is_ipv6: bool) -> Names:
        listener = self._closest(transport, is_ipv6)
        host, port = _sent_by(listener)
        address = f"{bracketed(host)}:{port}"
        parameter = _URI_PARAMETER.get(transport, f";transport={transport}")
        contact = f"<sip:{address}{parameter}>"
        secure = _SIPS_PARAMETER.get(transport)
        alias = ";alias" if transport in _ASKS_FOR_REUSE else ""
        names = self._names[transport, is_ipv6] = Names(
            host=bracketed(host),
            contact=contact,
            secure_contact=contact if secure is None else f"<sips:{address}{secure}>",
            via=f"SIP/2.0/{transport.upper()} {address};rport{alias};branch={MAGIC_COOKIE}",
            hop=Hop(transport, host, port),
        )
        return names

    def _closest(self, transport: str, is_ipv6: bool) -> ListenerConfig:
        """The one of that transport and family, or else of that family, or else the first."""
        return max(
            self._listeners, key=lambda one: (one.is_ipv6 is is_ipv6, one.transport.value == transport)
        )


def _sent_by(listener: ListenerConfig) -> tuple[str, int]:
    return (listener.advertised_host or listener.host).lower(), listener.advertised_port or listener.port
