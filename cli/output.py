"""How commands answer: tables for people, JSON for programs, plain sentences on standard error."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runtime.durations import format_duration
from runtime.problems import Problem

_WIDTH_OF_A_FILE = 200
"""Columns for output that goes to no terminal, so that a pipe does not cut cells at 80."""


def print_json(value: object) -> None:
    """One JSON document; moments as ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_json_line(value: object) -> None:
    """One JSON document on one line."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; columns whose name ends in ``#`` are numbers and stand at the right."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.removesuffix("#"), justify="right" if column.endswith("#") else "left")
    for row in rows:
        table.add_row(*(escape(cell(value)) for value in row))
    console().print(table if table.row_count else f"[bold]{escape(title)}[/]: none")


def print_fields(title: str, fields: Mapping[str, Any]) -> None:
    """One thing, a line for each of its fields."""
    print_table(title, ("field", "value"), fields.items())


def print_line(text: str) -> None:
    """A sentence on standard output; rich markup allowed."""
    console().print(text, soft_wrap=True)


def print_error(text: str) -> None:
    """A sentence on standard error."""
    console(stderr=True).print(f"[bold red]ringmain:[/] {escape(text)}", soft_wrap=True)


def print_problems(problems: Sequence[Problem], *, stderr: bool = False) -> None:
    """Every mistake of a document, with its place and what would have been right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("where", "key", "value", "expected"):
        table.add_column(column, overflow="fold")
    for problem in problems:
        where = f"{problem.file}:{problem.line}" if problem.line else problem.file
        table.add_row(*(escape(text) for text in (where, problem.key, problem.value, problem.expected)))
    target = console(stderr=stderr)
    target.print(table)
    target.print(f"[bold red]{len(problems)} problem{'s' if len(problems) > 1 else ''}[/]")


def console(*, stderr: bool = False) -> Console:
    """Where to print now; made anew, because tests and pipes exchange the streams."""
    stream = sys.stderr if stderr else sys.stdout
    fixed = None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH_OF_A_FILE
    return Console(stderr=stderr, width=fixed, highlight=False)


def cell(value: object) -> str:
    """A value as a table shows it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "–"
    return str(value)


def duration(seconds: float | None) -> str:
    """A length of time as a table shows it; a dash for None."""
    return cell(None) if seconds is None else format_duration(seconds)


def time_of_day(wall: float) -> str:
    """Local time with milliseconds."""
    return datetime.fromtimestamp(wall).astimezone().strftime("%H:%M:%S.%f")[:-3]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
