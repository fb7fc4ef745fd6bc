"""What a Via says about the way a request came and its answers go."""

from runtime.hosts import is_address
from switch.sip.hop import OPENED, Hop
from switch.sip.messages.header_values import parse_name_addr, parse_via, split_values
from switch.sip.messages.message import Headers, Message, Request, TopVia
from switch.sip.messages.reader import READER
from switch.sip.messages.uri import parse_uri

DEFAULT_PORT = 5060
DEFAULT_TLS_PORT = 5061
MAGIC_COOKIE = "z9hG4bK"
"""Begins the branch of every RFC 3261 element (§8.1.1.7)."""
_COOKIE = MAGIC_COOKIE.lower()
"""Compared without regard to case."""


def read_top_via(headers: Headers) -> TopVia:
    """Raises SipSyntaxError when the top Via cannot be read."""
    return READER.read_top_via(headers.get("via") or "")


def read_way_back(headers: Headers) -> TopVia:
    """As much of a top Via as the refusal of a malformed request needs, whatever its version and parameters.

    Raises SipSyntaxError when even that cannot be read.
    """
    return READER.read_way_back(headers.get("via") or "")


def top_via(message: Message) -> TopVia:
    """The top Via. Raises SipSyntaxError when it cannot be read."""
    return message.top_via or read_top_via(message.headers)


def note_source(request: Request, source: Hop) -> TopVia:
    """Write where the request really came from into its top Via, and return that Via.

    ``received`` when sent-by names another host (RFC 3261 §18.2.1), both values when the client asked
    with ``rport`` (RFC 3581 §4). Raises SipSyntaxError when the top Via cannot be read.
    """
    top = top_via(request)
    if top.wants_port or top.host != source.host:
        first, *others = request.headers.get_all("via")
        usual = _with_source(first, top, source)
        lines = [usual] if usual else _rewritten(first, top, source)
        request.headers.set_all("via", [*lines, *others])
    return top


def _with_source(line: str, top: TopVia, source: Hop) -> str:
    """The line with both values written into its text; empty when that takes a look at its parts."""
    if "," in line or '"' in line or "received" in line.lower():
        return ""
    if top.wants_port and ";rport;" not in f"{line};":
        return ""
    if top.wants_port:
        line = f"{line};".replace(";rport;", f";rport={source.port};", 1)[:-1]
    return f"{line};received={source.host}"


def _rewritten(line: str, top: TopVia, source: Hop) -> list[str]:
    """The members of the line, with both values among the parameters of the first."""
    first, *rest = split_values([line])
    via = parse_via(first).with_param("received", source.host)
    if top.wants_port:
        via = via.with_param("rport", str(source.port))
    return [str(via), *rest]


def reply_hop(via: TopVia, source: Hop, *, to_source: bool) -> Hop:
    """Where the answer goes: the source address, at the source port when the client asked for it with
    ``rport`` (RFC 3581 §4) or ``to_source`` says so, else at the port of sent-by (RFC 3261 §18.2.2). Over a
    connection it goes back by that."""
    if source.transport != "udp":
        return source
    if to_source or via.wants_port or via.port == source.port:
        return source
    return Hop(source.transport, source.host, via.port)


def hop_of_sent_by(headers: Headers, gone: Hop) -> Hop | None:
    """Where an answer goes when the connection of its request is gone (RFC 3261 §18.2.2); None when there is
    no other place, or no way to open a connection to it. Raises SipSyntaxError."""
    if gone.transport not in OPENED:
        return None
    via = parse_via(next(iter(split_values(headers.get_all("via")[:1])), ""))
    port = via.port or (DEFAULT_TLS_PORT if gone.transport == "tls" else DEFAULT_PORT)
    listening = Hop(gone.transport, via.param("received") or via.host, port, gone.domain)
    return None if listening == gone or not is_address(listening.host) else listening


def hop_of_target(request: Request, gone: Hop) -> Hop | None:
    """Where the receiver of a request listens, when the connection with it is gone (RFC 3261 §12.2.1.1).

    That is its first Route or else its URI, as far as it is an address other than ``gone``.
    Raises SipSyntaxError.
    """
    if gone.transport not in OPENED:
        return None
    routes = split_values(request.headers.get_all("route")[:1])
    uri = parse_name_addr(routes[0]).uri if routes else parse_uri(request.uri)
    port = uri.port or (DEFAULT_TLS_PORT if gone.transport == "tls" else DEFAULT_PORT)
    listening = Hop(gone.transport, uri.host, port, gone.domain)
    return None if listening == gone or not is_address(uri.host) else listening


def has_cookie(branch: str) -> bool:
    """Whether a branch identifies its transaction by itself (RFC 3261 §17.2.3): the cookie and more."""
    return len(branch) > len(_COOKIE) and branch[:7].lower() == _COOKIE
