"""Tables that fit the terminal they are printed on, with every cell whole."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from cli.brief import short_id
from cli.output import cell, console

_NO_LIMIT = 100_000
"""Columns to measure a table in, to learn how wide it would like to be."""


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], gives_way: Sequence[str] = ()
) -> None:
    """A table; columns whose name ends in ``#`` are numbers and stand at the right.

    Where it is too wide, ids are shown by their beginning, and of the columns in ``gives_way`` only those for
    which there is room, the last named first; the others are named below the table.
    """
    target = console()
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        target.print(f"[bold]{escape(title)}[/]: none")
        return
    left_out, table = _fitting(columns, cells, gives_way, target)
    target.print(f"[italic]{escape(title)}[/]")
    target.print(table)
    if left_out:
        names = ", ".join(name.removesuffix("#") for name in left_out)
        target.print(f"[dim]no room for: {escape(names)}[/]")


def _fitting(
    columns: Sequence[str], cells: list[list[str]], gives_way: Sequence[str], target: Console
) -> tuple[Sequence[str], Table]:
    """The columns that must be left out, and the table without them."""
    whole = _table(columns, cells, ())
    if _width(whole, target) <= target.width:
        return (), whole
    short = [[short_id(text) for text in row] for row in cells]
    left_out, table = list(gives_way), _table(columns, short, gives_way)
    for column in reversed(gives_way):
        fewer = [name for name in left_out if name != column]
        wider = _table(columns, short, fewer)
        if _width(wider, target) <= target.width:
            left_out, table = fewer, wider
    return left_out, table


def _table(columns: Sequence[str], cells: list[list[str]], left_out: Sequence[str]) -> Table:
    kept = [index for index, column in enumerate(columns) if column not in left_out]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for index in kept:
        column = columns[index]
        justify: JustifyMethod = "right" if column.endswith("#") else "left"
        table.add_column(column.removesuffix("#"), justify=justify, overflow="fold")
    for row in cells:
        table.add_row(*(escape(row[index]) for index in kept))
    return table


def _width(table: Table, target: Console) -> int:
    return Measurement.get(target, target.options.update(max_width=_NO_LIMIT), table).maximum
