"""What a Via says about the way a request came and its answers go."""

from switch.sip.header_values import Via, parse_via, split_values
from switch.sip.hop import Hop
from switch.sip.message import Request

MAGIC_COOKIE = "z9hg4bk"
"""Begins the branch of every RFC 3261 element (§8.1.1.7), compared without regard to case."""
DEFAULT_PORT = 5060


def note_source(request: Request, source: Hop) -> Via:
    """Write where the request really came from into its top Via, and return that Via.

    ``received`` when sent-by names another host (RFC 3261 §18.2.1), both values when the client asked
    with ``rport`` (RFC 3581 §4). Raises SipSyntaxError when the top Via cannot be read.
    """
    lines = request.headers.get_all("via")
    first, *rest = split_values(lines[:1])
    via = parse_via(first)
    wants_port = via.param("rport") is not None
    if not wants_port and via.host == source.host:
        return via
    via = via.with_param("received", source.host)
    if wants_port:
        via = via.with_param("rport", str(source.port))
    request.headers.set_all("via", [str(via), *rest, *lines[1:]])
    return via


def reply_hop(via: Via, source: Hop, *, to_source: bool) -> Hop:
    """Where the answer goes: the source address, at the source port when the client asked for it with
    ``rport`` (RFC 3581 §4) or ``to_source`` says so, else at the port of sent-by (RFC 3261 §18.2.2)."""
    if to_source or via.param("rport") is not None:
        return source
    return Hop(source.transport, source.host, via.port or DEFAULT_PORT)


def has_cookie(branch: str) -> bool:
    """Whether a branch identifies its transaction by itself (RFC 3261 §17.2.3)."""
    return branch[:7].lower() == MAGIC_COOKIE
