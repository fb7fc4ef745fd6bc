"""How commands answer: lines for people, JSON for programs, plain sentences on standard error."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, TextIO

import typer
from rich.console import Console
from rich.markup import escape

from cli.paths import shown_path
from runtime.durations import format_duration
from runtime.problems import Problem

_WIDTH_OF_A_FILE = 10_000
"""Columns for output that goes to no terminal, so that nothing is left out or folded in a pipe."""
_FOR_PROGRAMS = ContextVar("errors are for programs", default=False)


@contextmanager
def errors_for_programs(wanted: bool) -> Iterator[None]:
    """Errors that are told meanwhile are JSON, one a line, if it is ``wanted``."""
    before = _FOR_PROGRAMS.set(wanted)
    try:
        yield
    finally:
        _FOR_PROGRAMS.reset(before)


def print_json(value: object) -> None:
    """One JSON document; moments as ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_json_line(value: object) -> None:
    """One JSON document on one line."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_fields(title: str, fields: Mapping[str, Any]) -> None:
    """One thing, a line for each of its fields. Long values are whole, for the terminal to fold."""
    if not fields:
        print_line(f"[bold]{escape(title)}[/]: none")
        return
    width = max(map(len, fields))
    print_line(f"[bold]{escape(title)}[/]")
    for name, value in fields.items():
        print_line(f"[dim]{name:<{width}}[/]  {escape(cell(value))}")


def print_line(text: str) -> None:
    """A sentence on standard output; rich markup allowed."""
    console().print(text, soft_wrap=True)


def print_error(text: str, *, code: str = "", data: object = None) -> None:
    """A sentence on standard error; ``code`` and ``data`` tell programs more, as the switch's errors do."""
    if _FOR_PROGRAMS.get():
        told = {"code": code, "message": text, "data": data}
        _print_json_error({name: value for name, value in told.items() if value})
        return
    console(stderr=True).print(f"[bold red]ringmain:[/] {escape(text)}", soft_wrap=True)


def print_note(text: str) -> None:
    """A remark on standard error, beside the answer."""
    console(stderr=True).print(f"[dim]{escape(text)}[/]", soft_wrap=True)


def print_problems(problems: Sequence[Problem], *, complete: bool = True, stderr: bool = False) -> None:
    """Every mistake on a line of its own, its place first; ``complete``: there are no others."""
    lines = [str(replace(problem, file=shown_path(problem.file))) for problem in problems]
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    rest = "" if complete else "; more may follow once these are mended"
    if stderr and _FOR_PROGRAMS.get():
        data = {"problems": [asdict(problem) for problem in problems], "complete": complete}
        _print_json_error({"message": "\n".join([*lines, f"{count}{rest}"]), "data": data})
        return
    target = console(stderr=stderr)
    for line in lines:
        target.print(line, markup=False, soft_wrap=True)
    target.print(f"[bold red]{count}[/]{rest}", soft_wrap=True)


def print_cautions(cautions: Sequence[Problem]) -> None:
    """Each on a line of its own, marked as one."""
    for caution in cautions:
        print_caution(str(replace(caution, file=shown_path(caution.file))))


def print_caution(text: str) -> None:
    """What is no mistake, and yet seldom what was meant."""
    print_line(f"[bold yellow]caution:[/] {escape(text)}")


def console(*, stderr: bool = False) -> Console:
    """Where to print now; made anew, because tests and pipes exchange the streams."""
    fixed = None if _is_limited(sys.stderr if stderr else sys.stdout) else _WIDTH_OF_A_FILE
    return Console(stderr=stderr, width=fixed, highlight=False, emoji=False)


def terminal_width() -> int | None:
    """Cells of a line on standard output; None for a pipe or a file, where lines have no end."""
    return shutil.get_terminal_size().columns if _is_limited(sys.stdout) else None


def _is_limited(stream: TextIO) -> bool:
    return stream.isatty() or "COLUMNS" in os.environ


def cell(value: object) -> str:
    """A value as a table shows it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(float(f"{value:.12g}"))  # without what sums of fractions leave behind
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "–"
    return str(value)


def duration(seconds: float | None) -> str:
    """A length of time as a table shows it; a dash for None."""
    return cell(None) if seconds is None else format_duration(seconds)


def minute(moment: datetime) -> str:
    """Local date and time to the minute, for lists."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def time_of_day(wall: float) -> str:
    """Local time with milliseconds."""
    return datetime.fromtimestamp(wall).astimezone().strftime("%H:%M:%S.%f")[:-3]


def _print_json_error(error: Mapping[str, object]) -> None:
    """In the form in which the switch answers a browser."""
    typer.echo(json.dumps({"error": error}, ensure_ascii=False, default=_plain), err=True)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
