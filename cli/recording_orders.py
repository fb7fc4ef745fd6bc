"""One verb for many recordings: what is refused for one is told, and the others go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from cli.options import connect
from cli.output import print_json, print_line
from cli.progress import progress
from cli.refusals import in_commands
from cli.table import print_table
from switch.control.inbox import ControlClientError


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the orders."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    """Each ``recording_id`` and ``problem``."""


def order_each(
    socket: Path | None, config: Path | None, verb: str, recording_ids: Sequence[str], **params: Any
) -> Carried:
    """Give one order after the other, by one connection. Raises what ``ask`` raises for one alone."""
    carried = Carried()
    with connect(socket, config) as client, progress("recordings", len(recording_ids)) as done:
        for recording_id in recording_ids:
            try:
                carried.answers.append(client.call(verb, recording_id=recording_id, **params))
            except ControlClientError as refusal:
                if len(recording_ids) == 1:
                    raise
                problem = in_commands(str(refusal))
                carried.refused.append({"recording_id": recording_id, "problem": problem})
            done()
    return carried


def show_orders(carried: Carried, done: str, rest: str = "", *, as_json: bool) -> None:
    """``done``: what became of them, such as ``deleted``. Ends with 1 when any was refused."""
    if as_json:
        print_json([*carried.answers, *carried.refused])
    elif carried.refused:
        rows = [(one["recording_id"], one["problem"]) for one in carried.refused]
        print_table("refused", ("recording", "problem"), rows, ())
    if not as_json:
        print_line(f"{len(carried.answers)} {done}{rest}")
    if carried.refused:
        raise typer.Exit(1)
