"""Ports for media of this process's own, since tests run in several processes at a time."""

import socket
from functools import cache

_HOST = "127.0.0.1"
_BLOCK = 500
_FIRSTS = (*range(30_000, 32_500, _BLOCK), *range(61_000, 65_500, _BLOCK))
"""Behind those of a switch that was told nothing, beside those of outgoing connections."""


@cache
def own_media_ports() -> range:
    """A block of ports that no other process which runs tests uses for media."""
    first, _ = _claimed()
    return range(first, first + _BLOCK)


@cache
def _claimed() -> tuple[int, socket.socket]:
    """The first port of a block; a TCP socket on it, kept while the process lives, tells the others."""
    for first in _FIRSTS:
        claim = socket.socket()
        try:
            claim.bind((_HOST, first))
        except OSError:
            claim.close()
        else:
            return first, claim
    raise AssertionError(f"more than {len(_FIRSTS)} processes run tests")
