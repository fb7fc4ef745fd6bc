"""Ports for media of this process's own, since tests run in several processes at a time."""

import atexit
import socket
from functools import cache

_HOST = "127.0.0.1"
_FEW = 500
_FEW_FROM = range(61_000, 65_500, _FEW)
_MANY = 2_500
_MANY_FROM = range(27_500, 32_500, _MANY)
"""Behind those that a switch takes first which was told nothing; these and the others lie beside those of
outgoing connections."""


@cache
def own_media_ports() -> range:
    """A block of ports that no other process which runs tests uses for media: enough for 250 legs."""
    first = _claimed(_FEW_FROM)
    return range(first, first + _FEW)


@cache
def many_media_ports() -> range:
    """A block that is enough for 1,250 legs, of which there are few."""
    first = _claimed(_MANY_FROM)
    return range(first, first + _MANY)


@cache
def _claimed(firsts: range) -> int:
    """The first port of a block; a TCP socket on it, kept while the process lives, tells the others."""
    for first in firsts:
        claim = socket.socket()
        try:
            claim.bind((_HOST, first))
        except OSError:
            claim.close()
        else:
            atexit.register(claim.close)
            return first
    raise AssertionError(f"more than {len(firsts)} processes run tests that want such a block of ports")
