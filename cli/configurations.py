"""``ringmain configuration``: what stands in it, changed while the switch runs, and its versions."""

import json
from datetime import datetime
from typing import Annotated, Any

import tomli
import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import print_json, print_line
from cli.reload import print_changes
from cli.table import print_table

Section = Annotated[str, typer.Argument(help="Such as agents, queues, access_codes or acd.")]
Name = Annotated[str, typer.Argument(help="Which agent, queue …; none for what is there once, such as acd.")]
TenantOption = Annotated[
    str, typer.Option("--tenant", "-t", help="Whose file; by default the house's own, or the socket's.")
]
FileOption = Annotated[
    str | None, typer.Option("--tenant", "-t", help="Only this tenant's file; \"\" for the house's own.")
]
CheckOption = Annotated[bool, typer.Option("--check", help="Only tell what would change; nothing is done.")]
WhyOption = Annotated[str, typer.Option("--why", help="What it is about, for the history.")]
ByOption = Annotated[str, typer.Option("--by", help="Who wants it; by default you.")]

app = noun()


@app.command("show")
def show(
    section: Annotated[str, typer.Argument(help="Such as agents; all by default.")] = "",
    name: Annotated[str, typer.Argument(help="Which agent, queue …; all by default.")] = "",
    tenant: TenantOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what stands in the configuration, as the switch read it; passwords are hidden."""
    found = ask(socket, config, "configuration.show", section=section, name=name, tenant=tenant)
    if as_json:
        print_json(found)
        return
    rows = ((each["section"], each["name"], *_keys(each["keys"])) for each in found)
    print_table("configuration", ("section", "name", "keys"), rows)


@app.command("set")
def set_keys(
    section: Section,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME] KEY=VALUE…",
            help="Which agent, queue …, and its keys: weight=2, name=张伟, queues='[\"service\"]'.",
        ),
    ],
    defaults: Annotated[
        list[str] | None, typer.Option("--default", help="A key to take out, so that its default holds.")
    ] = None,
    tenant: TenantOption = "",
    check: CheckOption = False,
    why: WhyOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an agent, a queue … to the configuration, or change keys of it; the switch goes by it at once."""
    name = "" if "=" in words[0] else words[0]
    keys = dict(key_with_value(word) for word in words[1 if name else 0 :]) | dict.fromkeys(defaults or ())
    told = ask(
        socket,
        config,
        "configuration.set",
        section=section,
        name=name,
        keys=keys,
        tenant=tenant,
        check=check,
        why=why,
        by=by or own_name(),
    )
    tell_change(told, as_json)


@app.command("remove")
def remove(
    section: Section,
    name: Name = "",
    tenant: TenantOption = "",
    check: CheckOption = False,
    why: WhyOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an agent, a queue … out of the configuration."""
    told = ask(
        socket,
        config,
        "configuration.remove",
        section=section,
        name=name,
        tenant=tenant,
        check=check,
        why=why,
        by=by or own_name(),
    )
    tell_change(told, as_json)


@app.command("undo")
def undo(
    to: Annotated[int | None, typer.Option("--to", help="The version to go back, or forward, to.")] = None,
    tenant: FileOption = None,
    check: CheckOption = False,
    why: WhyOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go back to what was before the last change; a second time, to what was before that."""
    told = ask(
        socket,
        config,
        "configuration.undo",
        to=to,
        tenant=tenant,
        check=check,
        why=why,
        by=by or own_name(),
    )
    tell_change(told, as_json)


@app.command("history")
def history(
    tenant: FileOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=200, help="So many at most.")] = 50,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the versions of the configuration, the newest first."""
    found = ask(socket, config, "configuration.history", tenant=tenant, limit=limit)
    if as_json:
        print_json(found)
        return
    columns = ("version#", "since", "came by", "by", "why")
    rows = (
        (each["version"], _moment(each["at"]), _ORIGINS[each["origin"]], each["by"], each["why"])
        for each in found
    )
    print_table("versions of the configuration", columns, rows)


@app.command("diff")
def diff(
    version: Annotated[
        int | None, typer.Argument(help="By default what was changed by hand and not read yet.")
    ] = None,
    since: Annotated[
        int | None, typer.Option("--since", help="An earlier version; by default the one before it.")
    ] = None,
    tenant: FileOption = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a version changed, key by key."""
    found = ask(socket, config, "configuration.diff", version=version, since=since, tenant=tenant)
    if as_json:
        print_json(found)
        return
    columns = ("tenant", "section", "name", "what", "key", "before", "after")
    print_table("what is other", columns, (row for each in found for row in _differences(each)))


_ORIGINS = {
    "start": "found at the start",
    "files": "reload of the files",
    "change": "a change",
    "undo": "an undo",
}


def key_with_value(word: str) -> tuple[str, Any]:
    """Values are TOML where they are that, else texts: ``weight=2`` is a number and ``name=张伟`` a text."""
    key, equals, text = word.partition("=")
    if not key or not equals:
        raise typer.BadParameter(f"{word!r} is no key with a value, such as weight=2")
    try:
        return key, tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return key, text


def _keys(keys: dict[str, Any]) -> tuple[str]:
    return (", ".join(f"{key} = {_value(value)}" for key, value in keys.items()),)


def _value(value: Any) -> str:
    """As the file writes it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _differences(each: dict[str, Any]) -> list[tuple[str, ...]]:
    what = (each["tenant"], each["section"], each["name"], each["kind"])
    keys = each["keys"].items()
    return [(*what, key, _value(before), _value(after)) for key, (before, after) in keys] or [
        (*what, "", "", "")
    ]


def tell_change(told: dict[str, Any], as_json: bool) -> None:
    """What has become of the configuration, and how to take it back."""
    if as_json:
        print_json(told)
        return
    print_changes(told["changes"], checked_only=told["checked_only"])
    for key in told["restart_needed"]:
        print_line(f"[bold yellow]needs a restart:[/] {escape(key)}")
    if told["version"] is not None:
        print_line(f"This is version {told['version']}; ringmain configuration undo takes it back.")


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at).astimezone()
