"""``ringmain ask``: any verb of the control socket, by its own name."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.completion import names_of
from cli.named_values import named_value
from cli.options import ANSWER_TIMEOUT_S, ConfigOption, JsonOption, SocketOption, connect
from cli.output import print_fields, print_json, print_line
from cli.table import print_table
from runtime.errors import UsageError
from runtime.problems import closest

Verb = Annotated[
    str,
    typer.Argument(
        help="Such as call.speak; ringmain schema lists them.",
        autocompletion=names_of("verb.list", "name", "help"),
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Argument(help="As name=value; a value that is no text is JSON, such as prompts='[\"a\"]'."),
]
Patience = Annotated[float, typer.Option("--wait", min=0.1, help="Seconds that the answer may take.")]
_TYPES: Mapping[str, type] = {"array": list, "object": dict, "null": type(None), "boolean": bool}
"""JSON types that nobody writes when he means a text, where a parameter may be either."""


def ask_verb(
    verb: Verb,
    parameters: Parameters = None,
    wait_s: Patience = ANSWER_TIMEOUT_S,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the switch for any verb by its own name, also those that have no command."""
    with connect(socket, config, answer_timeout_s=wait_s) as client:
        given = read_parameters(parameters or [], _schema_of(verb, client.call("verb.list")))
        answer = client.call(verb, **given)
    if as_json:
        print_json(answer)
    else:
        print_answer(verb, answer)


def read_parameters(texts: Sequence[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name. What the verb takes as text stays as it is typed: 1001 may be an agent.

    Raises UsageError for a text without a name.
    """
    given = {}
    for text in texts:
        name, value = named_value(text)
        kinds = _kinds(schema.get("properties", {}).get(name, {}), schema.get("$defs", {}))
        given[name] = text.partition("=")[2] if _is_text(value, kinds) else value
    return given


def print_answer(verb: str, answer: object) -> None:
    """A table of a list of maps, the fields of a map, a line of anything else."""
    if isinstance(answer, list) and answer and all(isinstance(row, dict) for row in answer):
        columns = list(dict.fromkeys(name for row in answer for name in row))
        rows = ([row.get(name) for name in columns] for row in answer)
        print_table(verb, columns, rows, gives_way=columns[1:])
    elif isinstance(answer, dict):
        print_fields(verb, answer)
    else:
        print_line("done" if answer is None else escape(str(answer)))


def _schema_of(verb: str, known: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Raises UsageError when the switch has no such verb."""
    schemas: dict[str, Mapping[str, Any]] = {each["name"]: each["parameters"] for each in known}
    if verb not in schemas:
        near = closest(verb, schemas)
        meant = f"did you mean {near}?" if near else "`ringmain schema` lists all"
        raise UsageError(f"the switch has no verb {verb!r}; {meant}")
    return schemas[verb]


def _kinds(schema: Mapping[str, Any], named: Mapping[str, Any]) -> set[str]:
    """The JSON types that a parameter may have."""
    schema = named.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return {schema.get("type", "")}.union(*(_kinds(part, named) for part in schema.get("anyOf", ())))


def _is_text(value: object, kinds: set[str]) -> bool:
    """Whether what can be read as JSON is meant as it stands."""
    return "string" in kinds and not any(isinstance(value, _TYPES[kind]) for kind in kinds & _TYPES.keys())
