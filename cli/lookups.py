"""``ringmain lookups``: the services that flows ask over HTTP, and one request by hand."""

from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask, connect
from cli.output import cell, duration, print_fields, print_json
from cli.table import print_table
from switch.lookups.commands import Method
from switch.lookups.config import LONGEST_S

app = noun()

_ANSWERED = "answered"
_WAITS_S = LONGEST_S + 5


@app.command("list")
def list_lookups(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all services: circuit breaker, lookups, times, what went wrong last."""
    found = ask(socket, config, "lookup.list")
    if as_json:
        print_json(found)
        return
    columns = (
        "service",
        "breaker",
        "under way#",
        "waiting#",
        "answered#",
        "failed#",
        "p50 ms#",
        "p95 ms#",
        "last failure",
        "url",
    )
    print_table("lookups", columns, map(_row, found), ("url", "last failure", "p50 ms#"))


@app.command("try")
def try_lookup(
    service: Annotated[str, typer.Argument(help="The service, by its name in the configuration.")],
    path: Annotated[str, typer.Option("--path", help="What follows its address.")] = "",
    query: Annotated[
        list[str] | None, typer.Option("--query", help="NAME=VALUE, as often as needed.")
    ] = None,
    method: Annotated[Method, typer.Option("--method", help="What is asked.")] = Method.GET,
    body: Annotated[str | None, typer.Option("--body", help="A JSON document to send.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a service once, as a flow would. Its retries, limits and circuit breaker hold here too."""
    asked = {"method": method.value, "path": path, "query": _pairs(query or []), "body": _document(body)}
    with connect(socket, config, answer_timeout_s=_WAITS_S) as client:
        found = client.call("lookup.try", service=service, **asked)
    if as_json:
        print_json(found)
    else:
        answer = found.pop("answer")
        print_fields(f"lookup {found.pop('service')}", found)
        if found["outcome"] == _ANSWERED:
            print_json(answer)
    if found["outcome"] != _ANSWERED:
        raise typer.Exit(1)


def _row(service: dict[str, Any]) -> tuple[object, ...]:
    outcomes = dict(service["outcomes"])
    answered = outcomes.pop(_ANSWERED, 0)
    open_s = service["open_s"]
    breaker = service["breaker"] if open_s is None else f"{service['breaker']} {duration(open_s)}"
    return (
        service["name"],
        breaker,
        service["under_way"],
        service["waiting"],
        answered,
        sum(outcomes.values()),
        cell(service["p50_ms"]),
        cell(service["p95_ms"]),
        service["last_failure"],
        escape(service["url"]),
    )


def _pairs(given: list[str]) -> dict[str, str]:
    """Names and values. Ends the command (2) at one without a ``=``."""
    pairs = [text.partition("=") for text in given]
    wrong = next((name for name, equals, _ in pairs if not (name and equals)), None)
    if wrong is not None:
        raise typer.BadParameter(f"{wrong!r} is no NAME=VALUE", param_hint="--query")
    return {name: value for name, _, value in pairs}


def _document(text: str | None) -> Any:
    try:
        return None if text is None else orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"it is no JSON: {error}", param_hint="--body") from error
