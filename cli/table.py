"""Tables that fit the terminal they are printed on, with every cell whole."""

from collections.abc import Iterable, Iterator, Sequence

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

    Where it is too wide, ids are shown by their beginning; then the columns of ``gives_way`` are left out,
    one after the other, and named below the table.
    """
    target = console()
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        target.print(f"[bold]{escape(title)}[/]: none")
        return
    target.print(f"[italic]{escape(title)}[/]")
    drafts = list(_drafts(columns, cells, gives_way))
    left_out, table = next(
        (draft for draft in drafts if _width(draft[1], target) <= target.width), drafts[-1]
    )
    target.print(table)
    if left_out:
        names = ", ".join(name.removesuffix("#") for name in left_out)
        target.print(f"[dim]no room for: {escape(names)}[/]")


def _drafts(
    columns: Sequence[str], cells: list[list[str]], gives_way: Sequence[str]
) -> Iterator[tuple[Sequence[str], Table]]:
    """Ever narrower tables, each with the columns that it does without."""
    yield (), _table(columns, cells, ())
    cells = [[short_id(text) for text in row] for row in cells]
    for count in range(len(gives_way) + 1):
        yield gives_way[:count], _table(columns, cells, gives_way[:count])


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
