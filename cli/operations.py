"""``ringmain operations``: who had the switch do what."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, LimitOption, record_reader
from cli.output import print_json
from cli.table import print_table
from runtime.problems import shorten

app = noun()

_NOTHING: tuple[object, ...] = (None, "", [], {})
_MOMENTS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]


@app.command("list")
def list_operations(
    since: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="Done then or later, by the local clock.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="By this token's name, or this agent's number.")] = None,
    verb: Annotated[str | None, typer.Option(help="This verb, or a family, such as 'call.*'.")] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", "-t", help="Of this tenant's clients; \"\" for the house's.")
    ] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Only those that were not done.")] = False,
    limit: LimitOption = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was done by verb, and by whom, newest first. Verbs that only look are not kept.

    What is too long for a line is cut; --json tells all of it.
    """
    from switch.access.records import OperationSearch, found_by  # loads the database's library

    began = None if since is None else since.astimezone()
    search = OperationSearch(began, by, verb, tenant, refused, limit)
    found = record_reader(config).rows(found_by(search))
    if as_json:
        print_json(found)
    else:
        list_rows(found)


def list_rows(found: Iterable[dict[str, Any]]) -> None:
    """A table of operations, of which each stays on its line."""
    columns = ("when", "by", "role", "verb", "with", "outcome", "from", "tenant", "why")
    gives_way = ("tenant", "from", "why", "role", "with")
    print_table("operations", columns, map(_row, found), gives_way)


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    who = (one["done_at"], one["done_by"] or "–", one["role"], one["verb"], shorten(_given(one["params"])))
    return (*who, one["outcome"], one["source"], one["tenant"], shorten(one["message"]))


def _given(params: str) -> str:
    """What was given, without what says nothing: ``agent=1001 reason=午休``."""
    try:
        given = json.loads(params)
    except ValueError:  # of an older version, or cut
        return params
    if not isinstance(given, dict):
        return params
    return " ".join(f"{name}={_in_words(value)}" for name, value in given.items() if value not in _NOTHING)


def _in_words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
