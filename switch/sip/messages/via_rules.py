"""What a Via says about the way a request came and its answers go."""

from runtime.hosts import is_address
from switch.sip.hop import OPENED, Hop
from switch.sip.messages.header_values import parse_name_addr, parse_via, split_values
from switch.sip.messages.message import Headers, Request, TopVia
from switch.sip.messages.reader import READER
from switch.sip.messages.uri import parse_uri

DEFAULT_PORT = 5060
DEFAULT_TLS_PORT = 5061
MAGIC_COOKIE = "z9hG4bK"
"""Begins the branch of every RFC 3261 element (§8.1.1.7)."""


def read_top_via(headers: Headers) -> TopVia:
    """Raises SipSyntaxError when the top Via cannot be read."""
    return READER.read_top_via(headers.get("via") or "")


def read_way_back(headers: Headers) -> TopVia:
    """As much of a top Via as the refusal of a malformed request needs, whatever its version and parameters.

    Raises SipSyntaxError when even that cannot be read.
    """
    return READER.read_way_back(headers.get("via") or "")


def note_source(request: Request, source: Hop) -> TopVia:
    """Write where the request really came from into its top Via, and return that Via.

    ``received`` when sent-by names another host (RFC 3261 §18.2.1), both values when the client asked
    with ``rport`` (RFC 3581 §4). Raises SipSyntaxError when the top Via cannot be read.
    """
    return READER.note_source(request.headers, source.host, source.port)


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
