"""``ringmain acd replay``: what the ACD was told, told again to this very code."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from acd.replay.comparison import SLACK_S, TOPICS_COMPARED, Difference, Verdict, compare
from acd.replay.folder import entries_from, first_start, folder_of, start_before
from acd.replay.player import Player
from cli.explanation import moment
from cli.options import ConfigOption, JsonOption, configuration
from cli.output import print_json, print_line
from switch.records.call_events import entries_since

FromOption = Annotated[
    str | None, typer.Option("--from", help="From this moment on: 14:30 of today, or 2026-11-21T14:30:05.")
]
ToOption = Annotated[str | None, typer.Option("--to", help="Up to this moment.")]


def replay(
    began: FromOption = None,
    ended: ToOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the ACD again what it was told, and say whether it decides as the journal has it; 1 if not."""
    journal = configuration(config).records.journal
    since = 0.0 if began is None else moment(began).timestamp()
    until = float("inf") if ended is None else moment(ended).timestamp()
    folder = folder_of(journal)
    start = first_start(folder) if began is None else start_before(folder, since)
    player = Player()
    player.start(start)
    events = entries_since(journal, since - SLACK_S if began else 0.0, TOPICS_COMPARED)
    verdict = compare(player, entries_from(folder, start, until), events, since)
    print_json(verdict.plain()) if as_json else _show(verdict)
    if verdict.difference is not None:
        raise typer.Exit(1)


def _show(verdict: Verdict) -> None:
    for version in verdict.other_versions:
        print_line(f"written by Ringmain {escape(version)} with another ACD: it may have decided otherwise")
    if verdict.began is None or verdict.ended is None:
        print_line("nothing was told to the ACD then")
        return
    lost = f", {verdict.lost} lost" if verdict.lost else ""
    print_line(
        f"{verdict.inputs} inputs from {_moment(verdict.began)} to {_moment(verdict.ended)}{lost}: "
        f"{verdict.events} events as they are in the journal"
    )
    if verdict.difference is not None:
        _show_difference(verdict.difference)


def _show_difference(difference: Difference) -> None:
    print_line(
        f"[bold red]then it differs[/]: {escape(difference.given)} at {_moment(difference.time)}: "
        f"{escape(difference.reason)}"
    )
    for when, told in (("then", difference.then), ("now", difference.now)):
        if told is not None:
            print_line(f"  {when:<4} {escape(_event(told))}")


def _event(told: dict[str, Any]) -> str:
    fields = " ".join(f"{name}={value!r}" for name, value in told["fields"].items())
    return f"{told['topic']} {fields}"


def _moment(wall: float) -> str:
    return f"{datetime.fromtimestamp(wall).astimezone():%Y-%m-%d %H:%M:%S}"
