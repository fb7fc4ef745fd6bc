"""``ringmain events``: what happens, as it happens."""

import sys
from itertools import islice
from typing import Annotated

import typer
from rich.markup import escape

from cli.brief import brief_fields
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, connect
from cli.output import print_json_line, print_line, print_note, time_of_day
from switch.records.projection import JournalEntry

app = noun()

TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--topic", "-t", help="Only these topics, such as call.answered or call.*; may be repeated."
    ),
]
CountOption = Annotated[int | None, typer.Option("--count", min=1, help="End after so many events.")]
_LEFT_OUT = frozenset({"sdp"})


@app.command("follow")
def follow(
    topic: TopicOption = None,
    count: CountOption = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print each event on a line until interrupted; with --json one JSON document a line."""
    topics = topic or ["*"]
    with connect(socket, config) as client:
        entries = client.events(*topics)
        if sys.stderr.isatty():
            print_note(f"following {', '.join(topics)}; Ctrl-C ends")
        for entry in islice(entries, count):
            _show(entry, as_json)


def _show(entry: JournalEntry, as_json: bool) -> None:
    if as_json:
        print_json_line(
            {"sequence": entry.sequence, "time": entry.time, "topic": entry.topic, "fields": entry.fields}
        )
        return
    told = brief_fields(entry.fields, _LEFT_OUT)
    fields = " ".join(f"[dim]{name}=[/]{escape(value)}" for name, value in told.items())
    print_line(f"[dim]{time_of_day(entry.time)}[/] [bold cyan]{entry.topic:<24}[/] {fields}")
