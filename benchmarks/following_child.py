"""A program that follows all events, in a process of its own: it may be stopped.

``python -m benchmarks.following_child SOCKET``. For each line ``?`` it tells as JSON what it has. A line with
a moment (seconds since the Unix epoch) is one that is sent to it just then: how late it is when it is read is
what this machine takes to wake a program, whatever the switch does.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field

import uvloop

from switch.control.client import ControlClient
from switch.records.projection import JournalEntry


@dataclass(slots=True)
class Had:
    """What it was told."""

    events: int = 0
    last: int = 0
    """Sequence of the last event."""
    holes: int = 0
    """Events whose number does not follow the one before."""
    gaps: int = 0
    """Told."""
    delays_ms: list[float] = field(default_factory=list)
    """Of events since it was last asked: from when they happened until the program had them."""
    bare_delays_ms: list[float] = field(default_factory=list)
    """Of lines since then: from when they were written until the program had them."""

    def take(self, entry: JournalEntry) -> None:
        """The next event, or gap."""
        if entry.topic == "event.gap":
            self.gaps += 1
        elif self.last and entry.sequence != self.last + 1:
            self.holes += 1
        self.events += 1
        self.last = entry.sequence
        self.delays_ms.append((time.time() - entry.time) * 1000)

    def hear(self, line: bytes) -> None:
        """The next line."""
        if line.strip() != b"?":
            self.bare_delays_ms.append((time.time() - float(line)) * 1000)
            return
        print(json.dumps(asdict(self)), flush=True)
        self.delays_ms.clear()
        self.bare_delays_ms.clear()


async def main(path: str) -> None:
    """Follow until the standard input ends."""
    had = Had()
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    async with ControlClient.connect(path, reconnect=True) as client, client.subscription("*") as events:

        async def follow() -> None:
            async for entry in events:
                had.take(entry)

        following = asyncio.create_task(follow())
        while line := await asked.readline():
            had.hear(line)
        following.cancel()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
