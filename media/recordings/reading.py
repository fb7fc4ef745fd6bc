"""Writes a piece of what is in an encrypted recording to standard output, in a process of its own.

python -m media.recordings.reading <address> <access as JSON> <first octet> <how many>

Decrypting keeps a processor busy; done here, it holds up nobody. Nothing plain touches a disk.
"""

import os
import sys
from contextlib import suppress
from typing import BinaryIO

from media.recordings.opening import write_plain
from media.recordings.tiers import Access, lies_of
from runtime.errors import PeerError, UsageError

_NICE = 5
"""Calls on the same machine come first; somebody waits for this all the same."""


class Enough(Exception):
    """All that is wanted was passed on."""


class Window:
    """Passes on a piece of what is written to it."""

    def __init__(self, target: BinaryIO, first: int, length: int) -> None:
        self._target = target
        self._skip = first
        self._missing = length

    def write(self, octets: bytes) -> int:
        """Raises Enough behind the end of the piece."""
        piece = octets[self._skip :][: self._missing]
        self._skip = max(0, self._skip - len(octets))
        self._target.write(piece)
        self._missing -= len(piece)
        if not self._missing:
            raise Enough
        return len(octets)

    def flush(self) -> None:
        self._target.flush()


def main(address: str, access: str, first: str, length: str) -> None:
    """Ends with 1 and a sentence on stderr when it cannot be read."""
    os.nice(_NICE)
    window = Window(sys.stdout.buffer, int(first), int(length))
    try:
        with suppress(Enough, BrokenPipeError):
            write_plain(lies_of(address), window, Access.model_validate_json(access))
            window.flush()
    except (PeerError, UsageError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
