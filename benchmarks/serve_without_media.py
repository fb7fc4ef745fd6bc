"""The switch with the media off, for ``bench_calls --media-off``: no port is bound and no media thread runs.

``python -m benchmarks.serve_without_media serve --config FILE`` is ``ringmain serve`` but for the media core.
In its place is one that gives numbers of ports and says that each leg carried nothing. The shell around it,
and all that the house does with ports, agreements and legs, is what it is with media.
"""

import os
from contextlib import suppress
from typing import Any, NamedTuple
from unittest.mock import patch

from cli.main import main
from media import _core

_CARRIED_NOTHING = (*(0,) * 7, 0.0, *(0,) * 5, 0.0, *(None,) * 9)
"""The counters of an endpoint that neither heard nor sent a packet."""


class EndpointClosed(NamedTuple):
    """In the place of the core's own, which only the core can make."""

    endpoint: int
    counters: tuple[Any, ...] = _CARRIED_NOTHING


class MediaOff:
    """In the place of the media core."""

    facts_lost = 0
    lateness_s = (0.0, 0.0)
    sends_raw = True

    def __init__(self, *, ports: tuple[int, int], **_: object) -> None:
        self._pairs = range(ports[0] + ports[0] % 2, ports[1], 2)
        self._opened = 0
        self._facts: list[EndpointClosed] = []
        self.event_fd = os.eventfd(0, os.EFD_NONBLOCK)

    def open_endpoint(self, near: int | None, ipv6: bool) -> tuple[int, int]:
        self._opened += 1
        return self._opened, self._pairs[self._opened % len(self._pairs)]

    def configure_endpoint(self, endpoint: int, command: object) -> None:
        """Nothing is sent and nothing heard."""

    def bridge(self, endpoint: int, peer: int) -> None:
        """Nobody says anything."""

    def close_endpoint(self, endpoint: int) -> None:
        self._facts.append(EndpointClosed(endpoint))

    def wake(self) -> None:
        """As the core's workers do, tell of all that was closed since the last time in one go."""
        if self._facts:
            os.eventfd_write(self.event_fd, 1)

    def drain(self, limit: int) -> list[EndpointClosed]:
        facts, self._facts = self._facts[:limit], self._facts[limit:]
        if not self._facts:
            with suppress(BlockingIOError):  # nobody was woken for them
                os.eventfd_read(self.event_fd)
        return facts

    def load_prompt(self, name: str, narrow: bytes, wide: bytes) -> None:
        """Nobody will hear it."""

    def close(self, patience_s: float) -> bool:
        return True


if __name__ == "__main__":
    with patch.multiple(_core, Core=MediaOff, EndpointClosed=EndpointClosed):
        main()
