"""``ringmain queues``: who waits, and who serves them."""

from typing import Any

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json
from cli.table import print_table

app = noun("Queues 技能队列: who waits, and who serves them.")


@app.command("list")
def list_queues(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all queues with their callers and agents."""
    found = ask(socket, config, "queue.list")
    if as_json:
        print_json(found)
        return
    columns = ("queue", "title", "waiting#", "longest#", "eligible#", "agents", "calls since the start")
    gives_way = ("calls since the start", "title")
    print_table("queues", columns, (_row(queue) for queue in found), gives_way)


def _row(queue: dict[str, Any]) -> tuple[object, ...]:
    return (
        queue["name"],
        queue["title"],
        queue["waiting"],
        duration(queue["longest_wait_s"]) if queue["waiting"] else None,
        queue["eligible"],
        _counts(queue["agents"]),
        _counts(queue["calls"]),
    )


def _counts(numbers: dict[str, int]) -> list[str]:
    """Only what there is: ``2 AVAILABLE``, ``1 ON_CALL``."""
    return [f"{number} {name}" for name, number in numbers.items() if number]
