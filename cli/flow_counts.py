"""``ringmain flows counts``: how many callers came to each node of a flow, and how many are there now."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, or_, select

from cli.flow_drawing import began
from cli.options import ConfigOption, JsonOption, SocketOption, ask, record_reader
from cli.output import print_json
from cli.table import print_table
from ivr.records import FLOW_RUNS, STEP


@dataclass(slots=True)
class _Past:
    """Of the runs that are over."""

    came: Counter[str] = field(default_factory=Counter)
    """Callers who came to a node, each counted once."""
    left: Counter[str] = field(default_factory=Counter)
    """Callers whose last node it was."""


def counts(
    name: Annotated[str, typer.Argument(help="The flow.")],
    since: Annotated[str, typer.Option("--since", help="Count this long back: 8h, 7d.")] = "7d",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count callers by node: who is there now, who came lately, and who left the flow from there."""
    now = ask(socket, config, "flow.nodes", flow=name)["callers"]
    past = _past(name, config, began(since))
    rows = [
        {"node": node, "now": now.get(node, 0), "came": past.came[node], "left": past.left[node]}
        for node in dict.fromkeys((*now, *past.came))
    ]
    if as_json:
        print_json(rows)
        return
    print_table(f"callers of {name}", ("node", "now#", "came#", "left#"), (_cells(row) for row in rows))


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["node"], row["now"], row["came"], row["left"])


def _past(name: str, config: Path | None, begin: datetime) -> _Past:
    """By the runs through this flow, and those through others that led into it."""
    led_here = FLOW_RUNS.c.path.contains(f"{name}/", autoescape=True)
    columns = (FLOW_RUNS.c.flow, FLOW_RUNS.c.path, FLOW_RUNS.c.left_node)
    runs = (
        select(*columns, func.count().label("runs"))
        .where(FLOW_RUNS.c.entered_at >= begin, or_(FLOW_RUNS.c.flow == name, led_here))
        .group_by(*columns)
    )
    past = _Past()
    for row in record_reader(config).rows(runs):
        before = "" if row["flow"] == name else f"{name}/"
        path = [node for node in row["path"].split(STEP) if node.startswith(before)]
        own = (node.removeprefix(before) for node in path if before or "/" not in node)
        for node in dict.fromkeys(own):
            past.came[node] += row["runs"]
        if not before:
            past.left[row["left_node"]] += row["runs"]
    return past
