"""A wallboard in the terminal: queues and agents as they are now, drawn anew when something happens.

python docs/examples/wallboard.py run/ringmain.sock
python docs/examples/wallboard.py run/ringmain.sock --once
"""

import argparse
import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from switch.control.client import ControlClient, EventStream

TOPICS = ("agent.*", "call.*", "offer.*", "queue.*")
CALM_S = 0.5
"""At most so often is it drawn."""
CLEAR = "\x1b[H\x1b[2J"


def width(text: str) -> int:
    """Columns in a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lines with columns as wide as what is in them."""
    cells = [list(columns), *([str(value) for value in row] for row in rows)]
    widths = [max(width(row[place]) for row in cells) for place in range(len(columns))]
    lines = [
        "  ".join(text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=True))
        for row in cells
    ]
    return "\n".join([title, *(line.rstrip() for line in lines), ""])


async def board(client: ControlClient) -> str:
    """All of it, as it is now."""
    queues, agents = await client.queue.list(), await client.agent.list()
    of_queues = [
        (
            queue["title"],
            "open" if queue["open"] else "closed",
            queue["waiting"],
            f"{queue['longest_wait_s']:.0f}",
            queue["eligible"],
            queue["calls"].get("answered", 0),
            queue["calls"].get("abandoned", 0),
        )
        for queue in queues
    ]
    of_agents = [
        (
            agent["id"],
            agent["name"],
            agent["state"],
            agent["reason"],
            agent["station"] or "–",
            f"{agent['since_s'] or 0:.0f}",
        )
        for agent in agents
    ]
    columns = ("queue", "state", "waiting", "longest s", "free", "answered", "lost")
    return "\n".join(
        [
            table("QUEUES 队列", columns, of_queues),
            table("AGENTS 坐席", ("agent", "name", "state", "reason", "station", "for s"), of_agents),
        ]
    )


async def follow(client: ControlClient, events: EventStream) -> None:
    """Draw now, and whenever something has happened; what happens meanwhile is drawn together."""
    while True:
        print(CLEAR + await board(client), end="", flush=True)
        await anext(events)
        await asyncio.sleep(CALM_S)
        events.skip()


async def show(address: str, *, once: bool) -> None:
    """Until interrupted, or once."""
    async with ControlClient.connect(address, reconnect=not once) as client:
        if once:
            print(await board(client), end="")
            return
        async with client.subscription(*TOPICS, coalesce=True) as events:
            await follow(client, events)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="run/ringmain.sock")
    parser.add_argument("--once", action="store_true", help="draw once and end")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(show(given.address, once=given.once))
