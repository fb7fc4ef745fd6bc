"""A program that follows all events, in a process of its own: it may be stopped.

``python -m benchmarks.following_child SOCKET``. For each line it is given it tells what it has, as JSON.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass

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

    def take(self, entry: JournalEntry) -> None:
        if entry.topic == "event.gap":
            self.gaps += 1
        elif self.last and entry.sequence != self.last + 1:
            self.holes += 1
        self.events += 1
        self.last = entry.sequence


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
        while await asked.readline():
            print(json.dumps(asdict(had)), flush=True)
        following.cancel()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
