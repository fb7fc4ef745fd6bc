"""``ringmain flows draw``: a flow as a picture, with the numbers of callers on its roads if asked."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy import func, or_, select

from cli.options import ConfigOption, configuration_path, record_reader
from cli.output import print_line
from cli.paths import shown_path
from ivr.document import Flow
from ivr.records import FLOW_RUNS, STEP
from runtime.clock import local_now
from runtime.durations import parse_duration
from runtime.errors import UsageError


def draw(
    name: Annotated[str, typer.Argument(help="The flow.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="By default <name>.svg.")] = None,
    counts: Annotated[bool, typer.Option("--counts", help="How many callers went which way.")] = False,
    since: Annotated[str, typer.Option("--since", help="Count this long back: 8h, 7d.")] = "7d",
    config: ConfigOption = None,
) -> None:
    """Draw a flow as an SVG: nodes by kind, roads by key or condition, those of errors dashed."""
    from cli.configuration.flow_folders import chosen, read_flow_folders  # loads audio libraries
    from ivr.drawing.picture import picture
    from ivr.drawing.svg import to_svg

    folders = read_flow_folders(configuration_path(config))
    (whole,) = chosen(folders, [name])
    flow = next(
        folder.flows[flow] for folder in folders for flow in folder.flows if folder.name_of(flow) == whole
    )
    numbers = _counts(flow, whole, config, began(since)) if counts else None
    path = output if output is not None else Path(f"{flow.name}.svg")
    _write(path, to_svg(picture(flow, numbers)))
    print_line(f"[bold green]written:[/] {escape(shown_path(path))} (nodes {len(flow.nodes)})")


def began(since: str) -> datetime:
    """Ends the command (2) for what is no length of time."""
    try:
        return local_now() - timedelta(seconds=parse_duration(since))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error


def _write(path: Path, document: str) -> None:
    try:
        path.write_text(document, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _counts(flow: Flow, name: str, config: Path | None, began: datetime) -> Counter[tuple[str, str]]:
    """By the runs through this flow, and those through others that led into it."""
    from ivr.drawing.counting import steps_of

    led_here = FLOW_RUNS.c.path.contains(f"{name}/", autoescape=True)
    runs = (
        select(FLOW_RUNS.c.flow, FLOW_RUNS.c.path, func.count().label("runs"))
        .where(FLOW_RUNS.c.entered_at >= began, or_(FLOW_RUNS.c.flow == name, led_here))
        .group_by(FLOW_RUNS.c.flow, FLOW_RUNS.c.path)
    )
    counted: Counter[tuple[str, str]] = Counter()
    for row in record_reader(config).rows(runs):
        for step in steps_of(row["path"].split(STEP), flow, name, is_own=row["flow"] == name):
            counted[step] += row["runs"]
    return counted
