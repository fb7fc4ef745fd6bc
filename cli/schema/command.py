"""``ringmain schema``: what can be asked of the switch and what it tells."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.markup import escape

from cli.options import JsonOption
from cli.output import print_json, print_line
from cli.schema.tidying import Schema, inlined
from cli.schema.words import lines_of, type_of
from cli.table import print_table
from runtime.errors import UsageError
from runtime.problems import closest

NameArgument = Annotated[
    str | None, typer.Argument(help="A verb, an event or an error; absent: all there are.")
]


def schema(name: NameArgument = None, as_json: JsonOption = False) -> None:
    """Tell of every verb, event and error what it is; no switch need run. With --json as JSON Schema."""
    from cli.schema.document import control_schema  # loads every part of the switch

    whole = control_schema()
    if name is not None:
        _tell_one(name, whole, as_json)
    elif as_json:
        print_json(whole)
    else:
        _tell_all(whole)


def _tell_all(whole: Schema) -> None:
    verbs = ((name, ", ".join(verb["for"]), verb["description"]) for name, verb in whole["verbs"].items())
    print_table("verbs", ("verb", "for", "what it does"), verbs)
    for kind, title in (("events", "event"), ("errors", "error")):
        rows = ((name, part["description"]) for name, part in whole[kind].items())
        print_table(kind, (title, "what it tells"), rows)


def _tell_one(name: str, whole: Schema, as_json: bool) -> None:
    found = _find(name, whole)
    if as_json:
        print_json(found)
        return
    print_line(f"[bold]{escape(name)}[/]  {escape(found['description'])}")
    if "for" in found:
        print_line(f"[dim]for[/] {', '.join(found['for'])}{'' if found['tenants'] else '; of the house'}")
        _tell_part("parameters", found["parameters"])
        _tell_part("answer", found["answer"])
        print_line(f"[dim]errors[/] {', '.join(found['errors'])}")
    elif "fields" in found:
        _tell_part("fields", found["fields"])


def _tell_part(title: str, part: Schema) -> None:
    lines = list(lines_of(part))
    print_line(f"[dim]{title}[/] {'' if lines and part.get('type') == 'object' else escape(_none(part))}")
    width = max((2 * line.depth + len(line.name) for line in lines), default=0)
    for line in lines:
        key = f"{'  ' * line.depth}{line.name}"
        meaning = f"  [dim]{escape(line.meaning)}[/]" if line.meaning else ""
        print_line(f"  {key:<{width}}  {escape(line.type)}{meaning}")


def _none(part: Schema) -> str:
    return "none" if part.get("properties") == {} else type_of(part)


def _find(name: str, whole: Schema) -> Schema:
    """Raises UsageError when there is no verb, event or error of the name."""
    for kind in ("verbs", "events", "errors"):
        if name in whole[kind]:
            found: Schema = inlined(whole[kind][name], whole["$defs"])
            return found
    raise UsageError(f"there is no verb, event or error {name!r}{_hint(name, _names(whole))}")


def _names(whole: Schema) -> Iterable[str]:
    return [name for kind in ("verbs", "events", "errors") for name in whole[kind]]


def _hint(name: str, names: Iterable[str]) -> str:
    meant = closest(name, names)
    return f"; did you mean {meant}?" if meant else "; `ringmain schema` names all there are"
