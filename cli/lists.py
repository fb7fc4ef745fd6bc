"""``ringmain lists``: VIPs, black lists and tags, by number."""

import sys
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
import tzlocal
from rich.markup import escape

from cli.noun import noun
from cli.number_table import (
    COLUMNS,
    Cells,
    UnusableTable,
    find_problems,
    read_rows,
    write_csv,
    write_table,
)
from cli.options import ConfigOption, JsonOption, SocketOption, ask, connect, own_name, record_reader
from cli.output import print_error, print_fields, print_json, print_line, print_problems
from cli.table import print_table
from runtime.problems import Problem
from switch.customers.verbs import MOST_AT_A_TIME
from switch.records.queries import RecordReader

app = noun()

_MOST_PROBLEMS = 100

ListArgument = Annotated[
    str, typer.Argument(metavar="LIST", help="The list, by its name in the configuration, or tag:<any tag>.")
]
NumberArgument = Annotated[
    str, typer.Argument(help="A number, or the beginning of numbers such as 1390013*.")
]


@app.command("list")
def list_lists(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List all number lists, and the tags that numbers have."""
    found = ask(socket, config, "list.list")
    if as_json:
        print_json(found)
        return
    columns = ("list", "title", "kind", "entries#", "priority#", "tags")
    print_table("number lists", columns, map(_row, found), ("title", "priority#"))


@app.command("show")
def show_list(
    name: ListArgument,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Show so many entries.")] = 100,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one list with the entries changed last; `export` has all."""
    found = ask(socket, config, "list.show", list=name, limit=limit)
    if as_json:
        print_json(found)
        return
    newest = found.pop("newest")
    print_fields(f"list {found.pop('name')}", found)
    print_table("changed last", COLUMNS, ([entry[column] for column in COLUMNS] for entry in newest))


@app.command("add")
def add_number(
    name: ListArgument,
    number: NumberArgument,
    remark: Annotated[str, typer.Option("--remark", help="What people shall know.")] = "",
    valid_from: Annotated[str, typer.Option("--from", help="From which day or moment on, 2026-12-01.")] = "",
    valid_until: Annotated[
        str, typer.Option("--until", help="Until which day, which still counts, or moment.")
    ] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a number on a list, or change its entry."""
    entry = {"number": number, "remark": remark, "valid_from": valid_from, "valid_until": valid_until}
    found = ask(socket, config, "list.add", list=name, entries=[entry], by=own_name())
    _answer(found, f"{number} is on {name}", as_json)


@app.command("remove")
def remove_number(
    name: ListArgument,
    number: NumberArgument,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a number off a list."""
    found = ask(socket, config, "list.remove", list=name, numbers=[number], by=own_name())
    _answer(found, f"{number} was taken off {name}", as_json)


@app.command("lookup")
def look_up(
    number: NumberArgument,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what is known of a caller's number now, and by which entries."""
    found = ask(socket, config, "list.lookup", number=number)
    if as_json:
        print_json(found)
        return
    rejection = found["rejection"]
    what = (
        None if rejection is None else f"by {rejection['list']}: {rejection['target'] or rejection['cause']}"
    )
    fields = {name: found[name] for name in ("lists", "tags", "priority")}
    print_fields(f"number {number}", fields | {"rejected": what})
    rows = ((name, *(entry[column] for column in COLUMNS)) for name, entry in found["entries"].items())
    print_table("because of", ("list", *COLUMNS), rows)


@app.command("import")
def import_numbers(
    name: ListArgument,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A table, CSV or .xlsx.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put all numbers of a table on a list; nothing when a row of it makes no sense.

    Columns: number 号码, and maybe remark 备注, valid_from 生效日期, valid_until 失效日期.
    """
    try:
        _check(file)
        count = 0
        with connect(socket, config) as client:
            for entries in _chunks(file):
                client.call("list.add", list=name, entries=entries, by=own_name())
                count += len(entries)
    except UnusableTable as error:
        print_error(f"{file} cannot be imported; expected {error}")
        raise typer.Exit(1) from None
    if as_json:
        print_json({"list": name, "imported": count})
    else:
        print_line(f"{count} numbers are on {escape(name)}")


@app.command("export")
def export_numbers(
    name: ListArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A file, CSV or .xlsx.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write all entries of a list as a table that Excel opens and `import` takes back.

    They are read from the database, where a change is within about a second.
    """
    rows = _exported(name, record_reader(config))
    if out is None:
        write_csv(sys.stdout, rows)
        return
    count = write_table(out, rows)
    print_line(f"{count} numbers are in {escape(str(out))}")


def _check(file: Path) -> None:
    """Tell what is wrong with a table, and end."""
    problems: list[Problem] = list(islice(find_problems(file, tzlocal.get_localzone()), _MOST_PROBLEMS + 1))
    if problems:
        print_problems(problems[:_MOST_PROBLEMS], complete=len(problems) <= _MOST_PROBLEMS, stderr=True)
        raise typer.Exit(1)


def _chunks(file: Path) -> Iterator[list[Cells]]:
    rows = (cells for _, cells in read_rows(file))
    while chunk := list(islice(rows, MOST_AT_A_TIME)):
        yield chunk


def _exported(name: str, records: RecordReader) -> Iterator[list[str]]:
    zone = tzlocal.get_localzone()
    for _, entry in records.number_entries(name):
        moments = (entry.valid_from, entry.valid_until)
        yield [entry.number, entry.remark, *(_moment(wall, zone) for wall in moments)]


def _moment(wall: float | None, zone: tzinfo) -> str:
    return "" if wall is None else datetime.fromtimestamp(wall, zone).isoformat(timespec="seconds")


def _answer(found: dict[str, Any], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_line(f"{escape(sentence)}, which has {found['entries']} entries")


def _row(found: dict[str, Any]) -> tuple[object, ...]:
    return tuple(found[key] for key in ("name", "title", "kind", "entries", "priority", "tags"))
